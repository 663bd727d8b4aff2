import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SetupError } from '../kernel/errors.ts'

/**
 * The text of a file that only its owner reads, made on first use together with its folder.
 *
 * @param what begins the sentence when that fails: `The key …`.
 * @throws SetupError when the file can neither be read nor written.
 */
export function readOrCreateSecret(file: string, what: string, make: () => string): string {
  return readSecret(file, what) ?? create(file, what, make())
}

/** The text of such a file; undefined where there is none. */
export function readSecret(file: string, what: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined
    throw new SetupError(`${what} in ${file} cannot be read.`, [], { cause })
  }
}

/** Through a second name: whoever finds the file finds it whole, also when two processes make it at once. */
function create(file: string, what: string, text: string): string {
  const draft = `${file}.${randomUUID()}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
    linkSync(draft, file)
    return text
  } catch (cause) {
    const made = isSystemError(cause, 'EEXIST') ? readSecret(file, what) : undefined
    if (made !== undefined) return made
    throw new SetupError(`${what} cannot be written to ${file}.`, [], { cause })
  } finally {
    rmSync(draft, { force: true })
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
