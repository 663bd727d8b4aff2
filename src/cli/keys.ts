import { backUpNikKeys, backupWarning } from '../access/vault/backup.ts'
import { loadOrCreateNikKeys, type NikKeys } from '../access/vault/nik-keys.ts'
import type { Database } from '../db/database.ts'
import { type Config, readConfig } from '../kernel/config.ts'
import { SetupError } from '../kernel/errors.ts'
import { type Progress, silentProgress, terminalProgress } from '../kernel/progress.ts'
import {
  indexPartner as fillIndex,
  removePartner,
  rotateKeys as rotate,
} from '../workers/identity-rotation.ts'
import { withDatabase } from './database.ts'
import { type Output, print } from './output.ts'

interface LongWork extends Output {
  /** Identities per transaction. */
  readonly batch?: number
}

/** Brings everybody in the vault to the first key of PAYUNG_NIK_KEYS. */
export async function rotateKeys({ json, ...options }: LongWork & { retire?: string }): Promise<void> {
  const keys = keysOf(readConfig())
  const done = await withVault((db) => rotate(db, keys, { ...options, progress: progressFor(json) }))
  if (json) return print(done)
  print(
    [
      `Everybody is under the key ${done.key}; ${done.identities} identities were brought there now.`,
      ...(done.dropped === undefined ? [] : [`${done.dropped} tokens of ${options.retire} were dropped.`]),
    ].join('\n'),
  )
}

/** Fills or, with `remove`, empties the index by which one partner finds people. */
export async function indexPartner(
  partner: string,
  { json, remove, ...options }: LongWork & { remove?: boolean },
): Promise<void> {
  const config = readConfig()
  const work = { ...options, progress: progressFor(json) }
  if (remove) {
    const dropped = await withVault((db) => removePartner(db, partner, work))
    return print(json ? { partner, dropped } : `${dropped} tokens of ${partner} were dropped.`)
  }
  const key = config.partnerKeys.find((candidate) => candidate.partner === partner)
  if (!key) throw new SetupError(`PAYUNG_PARTNER_KEYS has no key for ${partner}.`)
  const indexed = await withVault((db) => fillIndex(db, keysOf(config), key, work))
  print(json ? { partner, indexed } : `${partner} can find everybody; ${indexed} tokens were made now.`)
}

/** Copies the generated keys of the data folder to a file outside of it. */
export function backUpKeys({ to, json }: Output & { to: string }): void {
  const { file, keys } = backUpNikKeys(readConfig(), to)
  print(
    json ? { file, keys } : `${file} holds the keys ${keys.join(', ')}. Keep it where nobody else reads it.`,
  )
}

/** Says on standard error, in one line, when the keys of the data folder were never backed up. */
export function warnWithoutBackup(): void {
  const warning = backupWarning(readConfig())
  if (warning !== undefined) process.stderr.write(`${warning}\n`)
}

function keysOf(config: Config): NikKeys {
  if (config.nikKeys || config.dataDir !== 'memory') return loadOrCreateNikKeys(config)
  throw new SetupError('A hub in memory keeps no people to work on. Set PAYUNG_DATA or DATABASE_URL.')
}

function withVault<Result>(work: (db: Database) => Promise<Result>): Promise<Result> {
  return withDatabase(async (db) => {
    await db.migrate()
    return work(db)
  })
}

function progressFor(json: boolean | undefined): Progress {
  return json ? silentProgress : terminalProgress()
}
