import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, writeFileSync, writeSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Config } from '../../kernel/config.ts'
import { SetupError } from '../../kernel/errors.ts'
import { checkValue } from './check-value.ts'
import { type NikKeys, nikKeysFile, nikKeysInFolder } from './nik-keys.ts'

/** Notes, in the data folder, which keys were backed up when. Never their material. */
const NOTE = 'nik-keys.backup.json'

export interface Backup {
  readonly file: string
  /** Ids of the keys in it. */
  readonly keys: readonly string[]
}

/**
 * Copies the generated keys of a data folder to a file that only its owner reads, and notes it in the folder.
 *
 * @throws SetupError when there are none, when the file exists, or would stand in the folder that it is to survive.
 */
export function backUpNikKeys({ dataDir, nikKeys }: Pick<Config, 'dataDir' | 'nikKeys'>, to: string): Backup {
  if (nikKeys) {
    throw new SetupError(
      'The keys come from PAYUNG_NIK_KEYS: they are kept, and backed up, where that is set.',
    )
  }
  const keys = nikKeysInFolder(dataDir)
  if (!keys) throw new SetupError(`There are no keys in ${dataDir}; they are made when a hub starts there.`)
  const file = outside(dataDir, to)
  writeOnce(file, readFileSync(nikKeysFile(dataDir), 'utf8'))
  const note = { at: new Date().toISOString(), keys: namesOf(keys) }
  writeFileSync(join(dataDir, NOTE), `${JSON.stringify(note)}\n`, { mode: 0o600 })
  return { file, keys: keys.map(({ id }) => id) }
}

/**
 * One line for whoever uses a data folder whose generated keys were never backed up: with the folder the hub would
 * lose who its people are.
 *
 * @returns nothing when they were, or when the folder has none.
 */
export function backupWarning({ dataDir, nikKeys }: Pick<Config, 'dataDir' | 'nikKeys'>): string | undefined {
  if (nikKeys || dataDir === 'memory') return undefined
  const keys = nikKeysInFolder(dataDir)
  if (!keys) return undefined
  const saved = notedIn(dataDir)
  const missing = keys.filter((_, index) => !saved.includes(namesOf(keys)[index]!))
  if (missing.length === 0) return undefined
  const ids = missing.map(({ id }) => id).join(', ')
  return `The vault's keys in ${dataDir} (${ids}) have no backup: payung keys backup --to FILE`
}

/** With the check value: a key that was made anew under an old id has no backup. */
function namesOf(keys: NikKeys): string[] {
  return keys.map((key) => `${key.id} ${checkValue(key).toString('hex')}`)
}

function notedIn(dataDir: string): readonly unknown[] {
  try {
    const note = JSON.parse(readFileSync(join(dataDir, NOTE), 'utf8')) as { keys?: unknown }
    return Array.isArray(note.keys) ? note.keys : []
  } catch {
    // Better a warning too many.
    return []
  }
}

/** Links followed, so that no detour leads back into the folder. */
function outside(dataDir: string, to: string): string {
  const file = join(realFolder(dirname(resolve(to))), basename(to))
  const way = relative(realpathSync(dataDir), file)
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way) return file
  throw new SetupError(`${to} is inside ${dataDir}: what loses the folder would lose the backup with it.`)
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder)
  } catch (cause) {
    throw new SetupError(`There is no folder ${folder}.`, [], { cause })
  }
}

function writeOnce(file: string, text: string): void {
  try {
    const opened = openSync(file, 'wx', 0o600)
    try {
      writeSync(opened, text)
      fsyncSync(opened)
    } finally {
      closeSync(opened)
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'exists already, and nothing is overwritten' : 'cannot be written'
    throw new SetupError(`${file} ${why}.`, [], { cause })
  }
}
