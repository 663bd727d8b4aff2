import type { MikroORM } from '@mikro-orm/postgresql'
import type { Engine } from './engine.ts'
import { MIGRATION_NAMES } from './migrations/names.ts'

/** Where the names of applied migrations stand. */
export const MIGRATIONS_TABLE = 'migration'

/** A number of our own among PostgreSQL's advisory locks: the letters "payung". */
export const LOCK = '123667784232551'

/**
 * Applies the migrations that are missing and returns their names. Processes that start together wait for the
 * first; all migrations of one call are one transaction.
 */
export async function migrate(engine: Engine, orm: MikroORM): Promise<readonly string[]> {
  if (await isMigrated(engine)) return []
  // Loaded only here, because an ordinary start has nothing to migrate.
  const { useMigrations } = await import('./migrations/index.ts')
  useMigrations(orm)
  await createMigrationsTable(engine)
  // The migrator prepares itself on a connection of its own: once it is inside the transaction, too late.
  await orm.migrator.getExecuted()
  const done = await orm.em.fork().transactional(async (em) => {
    await em.execute(`/* migrate.lock */ select pg_advisory_xact_lock(${LOCK})`)
    return orm.migrator.up({ transaction: em.getTransactionContext() })
  })
  return done.map(({ name }) => name)
}

/** Whether every migration has been applied, as far as this connection sees. */
export async function isMigrated(engine: Pick<Engine, 'query'>): Promise<boolean> {
  const applied = await appliedNames(engine)
  return MIGRATION_NAMES.every((name) => applied.has(name))
}

async function appliedNames(engine: Pick<Engine, 'query'>): Promise<ReadonlySet<string>> {
  try {
    const rows = await engine.query<{ name: string }>(
      `/* migrate.applied */ select name from ${MIGRATIONS_TABLE}`,
    )
    return new Set(rows.map(({ name }) => name))
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return new Set()
    throw error
  }
}

const UNDEFINED_TABLE = '42P01'

/** As MikroORM would create it, except that two processes may do it at once. */
async function createMigrationsTable(engine: Engine): Promise<void> {
  await engine.transaction(async (query) => {
    await query(`/* migrate.lock */ select pg_advisory_xact_lock(${LOCK})`)
    await query(`/* migrate.table */ create table if not exists ${MIGRATIONS_TABLE} (
      id serial primary key,
      name varchar(255) not null,
      executed_at timestamptz(6) not null default current_timestamp
    )`)
  })
}
