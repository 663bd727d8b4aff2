import { PostgresDialect } from 'kysely'
import { Pool, type PoolClient, type QueryConfig, type QueryResult, types } from 'pg'
import { SetupError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { arrayText } from './array-text.ts'
import type { Engine, Query, TransactionOptions } from './engine.ts'
import { preparedName } from './prepared.ts'
import { ServerNotifications } from './server-notifications.ts'
import { KEEP_PLANS, SESSION_SETTINGS } from './session.ts'
import { insideTransaction, refuseInsideTransaction } from './transaction-scope.ts'
import { VALUE_PARSERS } from './values.ts'

const OLDEST_SERVER = 150_000

/** Where a URL comes from, with what happens without it. */
const WITHOUT = {
  DATABASE_URL: 'use the embedded database',
  DATABASE_MIGRATION_URL: 'migrate through DATABASE_URL',
} as const

export type UrlVariable = keyof typeof WITHOUT

export interface ServerOptions {
  readonly databaseUrl: string
  /** Where the URL comes from, for messages. Default `DATABASE_URL`. */
  readonly variable?: UrlVariable | undefined
  readonly poolSize: number
  readonly logger?: Logger
}

/**
 * A PostgreSQL server behind one pool.
 *
 * @throws SetupError when it cannot be reached, refuses us, or is older than PostgreSQL 15.
 */
export async function openServer({
  databaseUrl,
  variable = 'DATABASE_URL',
  poolSize,
  logger,
}: ServerOptions): Promise<Engine> {
  const pool = new Pool({
    ...connection(databaseUrl),
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    // A connection carries its prepared statements: keep it over quiet minutes.
    idleTimeoutMillis: 300_000,
    keepAlive: true,
    types: { getTypeParser },
  })
  survive(pool, logger)
  const databaseName = await firstContact(pool, databaseUrl, variable).catch(async (error) => {
    await pool.end()
    throw error
  })
  // The dialect ends its pool when MikroORM closes; this pool is not MikroORM's.
  const sharedPool = { connect: () => pool.connect(), end: async () => {}, options: pool.options }
  const notifications = new ServerNotifications(connection(databaseUrl), logger)
  return {
    kind: 'server',
    pool,
    databaseName,
    notifications,
    dialect: new PostgresDialect({ pool: sharedPool }),
    query: (text, values) => {
      refuseInsideTransaction(pool)
      return run(pool, text, values)
    },
    transaction: (work, options) => transaction(pool, work, options),
    close: async () => {
      await notifications.close()
      await pool.end()
    },
  }
}

function connection(databaseUrl: string) {
  const url = new URL(databaseUrl)
  const settings = Object.entries(SESSION_SETTINGS).map(([name, value]) => `-c ${name}=${value}`)
  // What the URL says wins over a configuration object, so both have to be one text.
  const options = [...settings, url.searchParams.get('options') ?? ''].join(' ').trim()
  url.searchParams.delete('options')
  return { connectionString: url.href, options, application_name: 'payung' }
}

const getTypeParser: typeof types.getTypeParser = (id: number, format?: 'text' | 'binary') =>
  format === 'binary'
    ? types.getTypeParser(id, 'binary')
    : ((VALUE_PARSERS[id] ?? types.getTypeParser(id)) as never)

/** A connection that the server drops is an `error` event, and one that nobody hears ends the process. */
function survive(pool: Pool, logger?: Logger): void {
  const report = (err: Error) => logger?.warn({ component: 'database', err }, 'lost a database connection')
  pool.on('error', report)
  pool.on('connect', (client) => client.on('error', report))
}

async function firstContact(pool: Pool, databaseUrl: string, variable: UrlVariable): Promise<string> {
  const [server] = await run<{ name: string; version: number; version_text: string }>(
    pool,
    `/* database.first_contact */
    select current_database() as name, current_setting('server_version_num')::int as version,
      current_setting('server_version') as version_text`,
  ).catch((cause: Error & { code?: string }) => {
    throw new SetupError(
      `The database server ${placeOf(databaseUrl)} cannot be used: ${cause.message || cause.code}. ` +
        `Start it, correct ${variable}, or leave ${variable} out to ${WITHOUT[variable]}.`,
      [],
      { cause },
    )
  })
  if (server!.version < OLDEST_SERVER) {
    throw new SetupError(
      `The database server ${placeOf(databaseUrl)} is PostgreSQL ${server!.version_text}; 15 or later is needed.`,
    )
  }
  return server!.name
}

/** Where the server is, without user and password. */
function placeOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}

async function transaction<T>(
  pool: Pool,
  work: (query: Query) => Promise<T>,
  { keepsPlans = false }: TransactionOptions = {},
): Promise<T> {
  refuseInsideTransaction(pool)
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(keepsPlans ? `begin; ${KEEP_PLANS}` : 'begin')
    const result = await insideTransaction(pool, () => work((text, values) => run(client, text, values)))
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot even roll back must not return to the pool.
    await client.query('rollback').catch((rollback: Error) => {
      broken = rollback
    })
    throw error
  } finally {
    client.release(broken)
  }
}

async function run<Row>(on: Pool | PoolClient, text: string, values?: readonly unknown[]): Promise<Row[]> {
  const name = preparedName(text)
  const given = values?.map((value) => (Array.isArray(value) && arrayText(value)) || value)
  const result = await asked(on, { text, ...(name && { name }), ...(given && { values: given }) })
  // Several statements in one text come back as an array of results.
  const last = Array.isArray(result) ? result.at(-1)! : result
  return last.rows
}

/**
 * Asks with a callback: a promise of the driver's own holds the rows of the statement before it until all memory is searched
 * for what nobody uses, and a transaction of large statements then needs several times as much.
 */
async function asked(on: Pool | PoolClient, config: QueryConfig): Promise<QueryResult | QueryResult[]> {
  try {
    return await new Promise<QueryResult>((resolve, reject) => {
      on.query(config, (error, result) => (error ? reject(error) : resolve(result)))
    })
  } catch (error) {
    // From here, and not from where the server's answer arrived.
    Error.captureStackTrace(error as Error)
    throw error
  }
}
