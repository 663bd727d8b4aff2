import type { PGlite } from '@electric-sql/pglite'
import type { Pool, PoolClient } from 'pg'
import { getOrSet } from '../kernel/get-or-set.ts'
import type { Statement } from './render.ts'

/** Runs a statement and gives its rows as arrays of texts; a column that is null is null. */
export type Executor = (statement: Statement) => Promise<readonly (readonly (string | null)[])[]>

/** Runs statements on the embedded database, on its one connection. */
export function embeddedExecutor(pglite: PGlite): Executor {
  return async ({ text, values }) => {
    const result = await pglite.query<(string | null)[]>(text, [...values], { rowMode: 'array' })
    return result.rows
  }
}

/** How many statements a connection keeps prepared, and how many texts are remembered as seen once. */
export interface PreparedLimits {
  readonly perConnection: number
  readonly seen: number
}

const LIMITS: PreparedLimits = { perConnection: 200, seen: 2_000 }

/**
 * Runs statements on a PostgreSQL server, prepared by name. A text is given a name when it is seen for the
 * second time, and each connection keeps the names it used last: aliases that a caller invents cannot fill the
 * server's memory.
 */
export function serverExecutor(pool: Pool, limits: PreparedLimits = LIMITS): Executor {
  const names = new StatementNames(limits.seen)
  const preparedOn = new WeakMap<PoolClient, Map<string, true>>()
  return async ({ text, values }) => {
    const name = names.of(text)
    const client = await pool.connect()
    let failure: Error | undefined
    try {
      if (name) await makeRoom(client, name, preparedOn, limits.perConnection)
      const query = { text, values: [...values], rowMode: 'array' as const }
      const result = await client.query<(string | null)[]>(name ? { ...query, name } : query)
      return result.rows
    } catch (error) {
      failure = isConnectionFailure(error) ? error : undefined
      throw error
    } finally {
      client.release(failure)
    }
  }
}

/** Marks the name as used last on this connection, and deallocates the one used longest ago when there are too many. */
async function makeRoom(
  client: PoolClient,
  name: string,
  preparedOn: WeakMap<PoolClient, Map<string, true>>,
  limit: number,
): Promise<void> {
  const prepared = getOrSet(preparedOn, client, () => new Map<string, true>())
  prepared.delete(name)
  prepared.set(name, true)
  if (prepared.size <= limit) return
  const oldest = prepared.keys().next().value as string
  prepared.delete(oldest)
  // pg remembers what it has parsed by name; without this it would bind to a statement that is gone.
  const { connection } = client as unknown as { connection: { parsedStatements: Record<string, string> } }
  if (!(oldest in connection.parsedStatements)) return
  delete connection.parsedStatements[oldest]
  await client.query(`deallocate ${oldest}`)
}

/**
 * Whether the connection is gone or going. An error without an SQLSTATE did not come from the server; with one of
 * these the server takes leave of the client, and the socket closes a moment later.
 */
function isConnectionFailure(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const sqlState = 'code' in error && typeof error.code === 'string' && error.code.length === 5 && error.code
  return !sqlState || SERVER_TAKES_LEAVE.test(sqlState)
}

/** Connection exceptions, shutdowns and crashes, and the timeouts that end a session. */
const SERVER_TAKES_LEAVE = /^(08...|57P..|25P03|25P04)$/

/** Names of statement texts, from their second sight on; the texts seen longest ago are forgotten. */
class StatementNames {
  readonly #seen = new Map<string, string | undefined>()
  #next = 1

  constructor(readonly limit: number) {}

  of(text: string): string | undefined {
    const known = this.#seen.has(text)
    const name = known ? (this.#seen.get(text) ?? `payung_${this.#next++}`) : undefined
    this.#seen.delete(text)
    this.#seen.set(text, name)
    if (this.#seen.size > this.limit) this.#seen.delete(this.#seen.keys().next().value as string)
    return name
  }
}
