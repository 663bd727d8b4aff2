import { readFileSync, writeFileSync } from 'node:fs'
import { hubSdl } from '../graph/schema.ts'
import { SetupError } from '../kernel/errors.ts'

/** Prints the contract, or writes it to a file. */
export function printSchema({ out }: { out?: string }): void {
  if (out === undefined) process.stdout.write(hubSdl())
  else writeFileSync(out, hubSdl())
}

/**
 * Compares a file with the contract that the code makes.
 *
 * @throws SetupError when they differ.
 */
export function checkSchema(file: string): void {
  if (readFileSync(file, 'utf8') === hubSdl()) return
  throw new SetupError(`${file} is not the schema that the code makes. Write it anew: npm run schema`)
}
