import { openHub } from '../app.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { entities } from '../graph/entities.ts'
import { readConfig } from '../kernel/config.ts'
import { createLogger } from '../kernel/log.ts'
import { silentProgress, terminalProgress } from '../kernel/progress.ts'
import { FAILED } from './failure.ts'
import { type Output, print } from './output.ts'

/** Applies the migrations that are missing. */
export async function migrate({ json }: Output): Promise<void> {
  const applied = await withDatabase((db) => db.migrate())
  if (json) return print({ applied })
  print(
    applied.length === 0
      ? 'The database is up to date.'
      : applied.map((name) => `applied ${name}`).join('\n'),
  )
}

/** Compares the tables with the entities; exits 1 when they differ. */
export async function verifySchema({ json }: Output): Promise<void> {
  const differences = await withDatabase((db) => db.asOwner((owner) => owner.schemaDrift()))
  if (differences.length > 0) process.exitCode = FAILED
  const words = differences.length === 0 ? ['The tables are as the entities say.'] : differences
  print(json ? { differences } : words.join('\n'))
}

/** Fills an empty hub with a scenario; by default with the one of PAYUNG_SEED. */
export async function seed(
  scenario: string | undefined,
  { json, workers }: Output & { workers?: number },
): Promise<void> {
  const config = readConfig()
  const { seedHub } = await import('../../seeds/seed-hub.ts')
  const name = scenario ?? (config.seed === 'none' ? 'tangerang-2022' : config.seed)
  const hub = await openHub(config, createLogger({ level: config.logLevel }))
  try {
    const progress = json ? silentProgress : terminalProgress()
    // As the owner: the fastest way to fill tables takes their indexes away meanwhile.
    const seeding = await hub.db.asOwner((owner) =>
      seedHub(owner, name, { keys: hub.nikKeys, progress, workers }),
    )
    const words = { FILLED: `The hub is filled with ${name}.`, PRESENT: `The hub holds ${name} already.` }
    print(json ? seeding : words[seeding.outcome])
  } finally {
    await hub.close()
  }
}

/** Does the work on the database of the environment, opened as it is and closed after. */
export async function withDatabase<Result>(work: (db: Database) => Promise<Result>): Promise<Result> {
  const config = readConfig()
  const db = await openDatabase({ ...config, logger: createLogger({ level: config.logLevel }) }, entities)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}
