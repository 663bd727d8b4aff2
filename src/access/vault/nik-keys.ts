import { join } from 'node:path'
import type { Config } from '../../kernel/config.ts'
import { SetupError } from '../../kernel/errors.ts'
import type { NikKey } from '../../kernel/nik-keys.ts'
import { generateNikKey, parseNikKeys } from '../../kernel/nik-keys.ts'
import { readOrCreateSecret, readSecret } from '../secret-file.ts'

/** The keys of the vault, the current one first: it writes, all of them read. */
export type NikKeys = readonly [NikKey, ...NikKey[]]

const FILE = 'nik-keys'

/** Begins the sentence that says what is wrong with the file. */
const WHAT = "The vault's keys"

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
  const file = nikKeysFile(config.dataDir)
  return keysIn(
    readOrCreateSecret(file, WHAT, () => `${generateNikKey('dev-1')}\n`),
    file,
  )
}

/** Where the generated keys of a data folder stand. */
export function nikKeysFile(dataDir: string): string {
  return join(dataDir, FILE)
}

/**
 * The generated keys of a data folder; nothing where none were made.
 *
 * @throws SetupError when the file cannot be read or understood.
 */
export function nikKeysInFolder(dataDir: string): NikKeys | undefined {
  const file = nikKeysFile(dataDir)
  const text = readSecret(file, WHAT)
  return text === undefined ? undefined : keysIn(text, file)
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
