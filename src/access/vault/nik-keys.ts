import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../kernel/config.ts'
import { SetupError } from '../../kernel/errors.ts'
import type { NikKey } from '../../kernel/nikKeys.ts'
import { generateNikKey, parseNikKeys } from '../../kernel/nikKeys.ts'

/** The keys of the vault, the current one first: it writes, all of them read. */
export type NikKeys = readonly [NikKey, ...NikKey[]]

const FILE = 'nik-keys'

/**
 * The keys from the configuration; in development without any, those in the file `nik-keys` of the data folder,
 * made on first use and readable by their owner only.
 *
 * @throws SetupError in production without keys, and when the file cannot be written, read or understood. Key
 *   material is never quoted.
 */
export function loadOrCreateNikKeys(config: Pick<Config, 'nikKeys' | 'dataDir' | 'production'>): NikKeys {
  if (config.nikKeys) return config.nikKeys
  if (config.production) {
    throw new SetupError(
      'PAYUNG_NIK_KEYS is required in production: a key generated here could be lost with its folder.',
    )
  }
  const file = join(config.dataDir, FILE)
  return keysIn(readFile(file) ?? createFile(config.dataDir, file), file)
}

/** Keys that live as long as this process: for a hub in memory. */
export function temporaryNikKeys(): NikKeys {
  return keysIn(generateNikKey('memory'), 'memory')
}

function keysIn(text: string, file: string): NikKeys {
  const { keys, problems } = parseNikKeys(text.trim())
  const [current, ...older] = keys
  if (current && problems.length === 0) return [current, ...older]
  throw new SetupError(
    `The vault's keys in ${file} cannot be read; without them nobody in this hub can be identified. ` +
      'Restore the file, or start with a new PAYUNG_DATA.',
    problems,
  )
}

function readFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT')) return undefined
    throw new SetupError(`The vault's keys in ${file} cannot be read.`, [], { cause })
  }
}

/** Through a second name: whoever finds the file finds it whole, also when two processes make it at once. */
function createFile(folder: string, file: string): string {
  const draft = `${file}.${process.pid}`
  const text = generateNikKey('dev-1')
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(draft, `${text}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, file)
    return text
  } catch (cause) {
    const made = isSystemError(cause, 'EEXIST') ? readFile(file) : undefined
    if (made !== undefined) return made
    throw new SetupError(`The vault's keys cannot be written to ${file}.`, [], { cause })
  } finally {
    rmSync(draft, { force: true })
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
