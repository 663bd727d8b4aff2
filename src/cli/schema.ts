import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessTable } from '../access/access-table.ts'
import { policies } from '../graph/policies.ts'
import { hubSchema, hubSdl } from '../graph/schema.ts'
import { SetupError } from '../kernel/errors.ts'
import { documentsText } from './documents.ts'

/** The files of `schema/`: the contract, who may read what of it, and the trusted documents. */
const FILES: Readonly<Record<string, () => string>> = {
  'hub.graphql': hubSdl,
  'access.md': () => accessTable(hubSchema(), policies),
  'documents.json': () => documentsText(),
}

/** Prints the contract, or writes every file of `schema/` into a folder. */
export function printSchema({ out }: { out?: string }): void {
  if (out === undefined) process.stdout.write(hubSdl())
  else for (const [file, text] of Object.entries(FILES)) writeFileSync(join(out, file), text())
}

/**
 * Compares the files of a folder with what the code and the documentation make.
 *
 * @throws SetupError naming each that differs.
 */
export function checkSchema(folder: string): void {
  const stale = Object.entries(FILES).filter(([file, text]) => read(join(folder, file)) !== text())
  if (stale.length === 0) return
  throw new SetupError(
    `Not what the code and the documentation make; write anew with npm run schema:`,
    stale.map(([file]) => join(folder, file)),
  )
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
