import type { PGlite } from '@electric-sql/pglite'
import type { EntitySchema } from '@mikro-orm/core'
import type { MikroORM } from '@mikro-orm/postgresql'
import type { Pool } from 'pg'
import { SetupError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { grantToApplication } from './application-role.ts'
import { schemaDrift } from './drift.ts'
import { openEmbedded } from './embedded.ts'
import type { Engine, Query, TransactionOptions } from './engine.ts'
import { isMigrated, migrate } from './migrate.ts'
import type { Heard } from './notifications.ts'
import { openOrm } from './orm.ts'
import { openServer, type UrlVariable } from './server.ts'
import { refuseInsideTransaction } from './transaction-scope.ts'

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
  transaction<T>(work: (query: Query) => Promise<T>, options?: TransactionOptions): Promise<T>
  /**
   * Hears what is sent to a channel with `notify` (`notifications.ts`) from now on, by this process or another one.
   * Waits for a server that is away; on the embedded database, for the transaction that runs.
   *
   * @param channel a constant of the code, never what a caller sent: lower case letters and `_`.
   * @returns stops listening, at once.
   * @throws Error inside {@link Database.transaction}.
   */
  listen(channel: string, heard: Heard): Promise<() => void>
  /**
   * Runs the work as the owner of the tables, who may change what they are: over a connection of its own when the
   * hub was opened with a `migrationUrl`, else over this one.
   */
  asOwner<T>(work: (owner: Database) => Promise<T>): Promise<T>
  /**
   * Applies the migrations that are missing, once, however many processes start together. With a `migrationUrl`, as
   * the tables' owner, who then grants the role of `databaseUrl` what the application needs.
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
  /**
   * The same database as `databaseUrl`, as the role that owns the tables. Absent: the role of `databaseUrl` owns
   * them, and could rewrite what is append-only. Only together with `databaseUrl`.
   */
  readonly migrationUrl?: string
  /** The variable that `databaseUrl` comes from, for what a person is told about it. Default `DATABASE_URL`. */
  readonly variable?: UrlVariable
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
  options: DatabaseOptions,
  entities: readonly EntitySchema[],
): Promise<Database> {
  const { migrationUrl, logger } = options
  const engine = await openEngine(options)
  try {
    const orm = openOrm(engine, entities, logger)
    let closing: Promise<void> | undefined
    const database: Database = {
      kind: engine.kind,
      orm,
      pool: engine.pool,
      pglite: engine.pglite,
      query: engine.query,
      transaction: (work, options) => engine.transaction(work, options),
      listen: async (channel, heard) => {
        refuseInsideTransaction(engine.pool ?? engine.pglite!)
        return engine.notifications.listen(channel, heard)
      },
      asOwner: (work) =>
        migrationUrl === undefined ? work(database) : asOwner(migrationUrl, logger, entities, work),
      migrate: () =>
        migrationUrl === undefined
          ? migrate(engine, orm)
          : database.asOwner((owner) => migrateAs(owner, engine)),
      schemaDrift: () => schemaDrift(engine, orm),
      close: () => {
        closing ??= orm.close().finally(() => engine.close())
        return closing
      },
    }
    return database
  } catch (error) {
    await engine.close()
    throw error
  }
}

async function openEngine({ databaseUrl, variable, dataDir, poolSize, logger }: DatabaseOptions) {
  if (databaseUrl === undefined) return openEmbedded(dataDir ?? 'memory')
  return openServer({ databaseUrl, variable, poolSize: poolSize ?? 10, logger })
}

async function asOwner<T>(
  migrationUrl: string,
  logger: Logger | undefined,
  entities: readonly EntitySchema[],
  work: (owner: Database) => Promise<T>,
): Promise<T> {
  // Two connections: MikroORM's migrator looks on one while the migration runs on the other.
  const owner = await openDatabase(
    { databaseUrl: migrationUrl, variable: 'DATABASE_MIGRATION_URL', poolSize: 2, logger },
    entities,
  )
  try {
    return await work(owner)
  } finally {
    await owner.close()
  }
}

async function migrateAs(owner: Database, application: Engine): Promise<readonly string[]> {
  const applied = await owner.migrate()
  const [session] = await application.query<{ role: string }>('/* grants.role */ select current_user as role')
  await owner.transaction((query) => grantToApplication(query, session!.role))
  if (await isMigrated(application)) return applied
  throw new SetupError(
    'DATABASE_MIGRATION_URL and DATABASE_URL name two databases. Both must name the same one.',
  )
}
