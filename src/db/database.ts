import type { PGlite } from '@electric-sql/pglite'
import type { EntitySchema } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { Pool } from 'pg'
import type { Logger } from '../kernel/log.ts'
import { schemaDrift } from './drift.ts'
import { openEmbedded } from './embedded.ts'
import type { Query } from './engine.ts'
import { migrate } from './migrate.ts'
import { openOrm } from './orm.ts'
import { openServer } from './server.ts'

export type { Query } from './engine.ts'

/** The one database of a hub, for MikroORM and for plain SQL over the same connections. */
export interface Database {
  /** `embedded` is PGlite: one connection, everything waits for everything. `server` is PostgreSQL. */
  readonly kind: 'embedded' | 'server'
  readonly orm: MikroORM
  /** Present when `kind` is `server`. Ended by {@link Database.close} and by nobody else. */
  readonly pool?: Pool
  /** Present when `kind` is `embedded`. */
  readonly pglite?: PGlite
  /** @throws Error inside {@link Database.transaction}: what runs there must use the query it was handed. */
  readonly query: Query
  /**
   * Runs the work in one transaction and commits what it did; rolls back when it throws. On the embedded
   * database everything else waits meanwhile, so the work must not wait for another use of the database.
   */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>
  /**
   * Applies the migrations that are missing, once, however many processes start together.
   *
   * @returns the names this call applied, in order.
   */
  migrate(): Promise<readonly string[]>
  /** What differs between the entities and the tables, as SQL or sentences; empty when they agree. */
  schemaDrift(): Promise<readonly string[]>
  /** Waits for running statements. A second call does nothing more. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** A PostgreSQL server, 15 or later. Wins over `dataDir`. */
  readonly databaseUrl?: string
  /** The folder of the embedded database, created when absent; `memory` (the default) keeps nothing. */
  readonly dataDir?: string
  /** Connections to the server at most. Default 10. */
  readonly poolSize?: number
  readonly logger?: Logger
}

/**
 * Opens the database; does not migrate it.
 *
 * @param entities every entity of the hub: floor 1 knows no rooms, so whoever wires the hub names them.
 * @throws SetupError when the server cannot be reached or is too old, or the folder is open in another process.
 */
export async function openDatabase(
  { databaseUrl, dataDir = 'memory', poolSize = 10, logger }: DatabaseOptions,
  entities: readonly EntitySchema[],
): Promise<Database> {
  const engine =
    databaseUrl === undefined
      ? await openEmbedded(dataDir)
      : await openServer({ databaseUrl, poolSize, logger })
  try {
    const orm = openOrm(engine, entities, logger)
    let closing: Promise<void> | undefined
    return {
      kind: engine.kind,
      orm,
      pool: engine.pool,
      pglite: engine.pglite,
      query: engine.query,
      transaction: (work) => engine.transaction(work),
      migrate: () => migrate(engine, orm),
      schemaDrift: () => schemaDrift(engine, orm),
      close: () => {
        closing ??= orm.close().finally(() => engine.close())
        return closing
      },
    }
  } catch (error) {
    await engine.close()
    throw error
  }
}
