import { join } from 'node:path'
import type { z } from 'zod'
import { type DataFile, readDataFile } from '../src/kernel/data-file.ts'
import { packageRoot } from '../src/kernel/package-root.ts'

/**
 * Reads a data file of this package.
 *
 * @param path from the package's folder, `seeds/rates.yaml`.
 * @throws SetupError that names the file and every wrong part of it.
 */
export function readYaml<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  nameOf?: DataFile<Schema>['nameOf'],
): z.infer<Schema> {
  return readDataFile(join(packageRoot, path), { schema, name: path, nameOf })
}
