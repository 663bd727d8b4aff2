import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { SetupError } from '../src/kernel/errors.ts'
import type { Month } from '../src/kernel/month.ts'
import { isMonth } from '../src/kernel/month.ts'
import { packageRoot } from '../src/kernel/package-root.ts'

/** A month `YYYY-MM` in a data file. */
export const month = z
  .string()
  .refine(isMonth, { error: 'must be a month such as 2022-12' }) as z.ZodType<Month>

/** Whole rupiah, 0 or more, in a data file. */
export const rupiah = z.number().int().nonnegative().transform(BigInt)

/**
 * Reads a data file of this package.
 *
 * @param path from the package's folder, `seeds/rates.yaml`.
 * @param nameOf what to call a part of the file in a message, from its path; by default `rows 3, from`.
 * @throws SetupError that names the file and every wrong part of it.
 */
export function readYaml<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  nameOf: (path: readonly PropertyKey[], content: unknown) => string = pathName,
): z.infer<Schema> {
  // Core has no dates, so 2022-12-01 stays the text it is.
  const content: unknown = parse(readFileSync(join(packageRoot, path), 'utf8'), { schema: 'core' })
  const result = schema.safeParse(content)
  if (result.success) return result.data
  throw new SetupError(
    `${path} has mistakes:`,
    result.error.issues.map((issue) => `${nameOf(issue.path, content)}: ${issue.message}`),
  )
}

function pathName(path: readonly PropertyKey[]): string {
  const words = path.map((part) => (typeof part === 'number' ? `row ${part + 1}` : String(part)))
  return words.join(', ') || 'the file'
}
