import { randomUUID } from 'node:crypto'
import { loadOrCreateNikKeys, type NikKeys, temporaryNikKeys } from './access/vault/nik-keys.ts'
import type { Context } from './contract/context.ts'
import { leafFormats } from './contract/scalars.ts'
import { type Database, openDatabase } from './db/database.ts'
import { readSettings } from './db/settings.ts'
import { entities } from './graph/entities.ts'
import { createPlannedSchema } from './graph/schema.ts'
import { DEFAULT_LIMITS } from './insight/eligible.ts'
import { currentMonth, systemClock } from './kernel/clock.ts'
import type { Config } from './kernel/config.ts'
import type { Logger } from './kernel/log.ts'
import { embeddedExecutor, serverExecutor } from './planner/executor.ts'
import type { Planner } from './planner/planner.ts'
import { Tables } from './planner/tables.ts'

/** An open hub: everything a door (server, command line, test) needs to answer. */
export interface Hub {
  readonly db: Database
  readonly planner: Planner
  readonly nikKeys: NikKeys
  /** The context of a request. */
  context(request: RequestFacts): Context
  /** Reads the hub's settings again, after a scenario has filled it. */
  refresh(): Promise<void>
  close(): Promise<void>
}

/** What a door knows of a request. */
export interface RequestFacts {
  readonly requestId?: string
  readonly overGet?: boolean
}

/** What opening a hub needs of the configuration. `dataDir` may be `memory`, with keys that live as long. */
export type HubConfig = Pick<
  Config,
  'databaseUrl' | 'dataDir' | 'poolSize' | 'nikKeys' | 'production' | 'today' | 'exposeSql'
>

/**
 * Opens the database, brings its schema up to date and plans the contract over it.
 *
 * @throws SetupError when the database, its schema or the keys are not as they must be.
 */
export async function openHub(config: HubConfig, logger?: Logger): Promise<Hub> {
  const db = await openDatabase({ ...config, logger }, entities)
  try {
    await db.migrate()
    const nikKeys =
      config.dataDir === 'memory' && !config.nikKeys ? temporaryNikKeys() : loadOrCreateNikKeys(config)
    const planner = createPlannedSchema({
      tables: new Tables(db.orm, entities),
      formats: leafFormats,
      execute: db.pool ? serverExecutor(db.pool) : embeddedExecutor(db.pglite!),
      guarded: () => false,
    })
    let settings = await readSettings(db)
    return {
      db,
      planner,
      nikKeys,
      context: ({ requestId = randomUUID(), overGet = false }) => {
        const clock = systemClock(config.today ?? settings.today)
        return {
          requestId,
          overGet,
          // Most operations never ask for the date.
          get today() {
            return clock.today()
          },
          get currentMonth() {
            return currentMonth(clock)
          },
          limits: settings.eligibility ?? DEFAULT_LIMITS,
          nikKeys,
          predicate: seesEveryRow,
          trace: config.exposeSql ? [] : undefined,
        }
      },
      refresh: async () => {
        settings = await readSettings(db)
      },
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

/** Until access rules land every row may be seen, and the hub listens on a loopback address only. */
const seesEveryRow = () => undefined
