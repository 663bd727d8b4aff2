import type { PGlite } from '@electric-sql/pglite'
import type { Dialect } from 'kysely'
import type { Pool } from 'pg'
import type { Notifications } from './notifications.ts'

/**
 * Runs one statement with `$1`-style parameters and returns its rows.
 *
 * Both kinds of database return the same JavaScript values: int8 and numeric as decimal strings, date as
 * `YYYY-MM-DD`, timestamptz as PostgreSQL writes it in UTC, ranges as text, json parsed, bytea as bytes, arrays
 * as arrays of these. Text without parameters may hold several statements; the rows are those of the last.
 */
export type Query = <Row = Record<string, unknown>>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>

/** How a transaction runs. */
export interface TransactionOptions {
  /**
   * Statements are planned without looking at their values, and plans of `prepared` ones (`prepared.ts`) are kept. PostgreSQL
   * would weigh such a plan against one for the values at hand, and make that anew each time: for the rules of eligibility,
   * ten times as long as running them. It takes a list whose length it does not know for short, and looks up one row after the
   * other: right for a few, and for thousands out of a table that it has no statistics of yet. Two such lists are to be joined
   * by an equality, or each row of one is compared with all of the other.
   */
  readonly keepsPlans?: boolean
}

/** The part in which the embedded database and a server differ; {@link Database} is the same over both. */
export interface Engine {
  readonly kind: 'embedded' | 'server'
  readonly pool?: Pool
  readonly pglite?: PGlite
  /** The name PostgreSQL knows the database by. */
  readonly databaseName: string
  /** How MikroORM reaches the same connections. It never closes them: this engine does. */
  readonly dialect: Dialect
  readonly query: Query
  readonly notifications: Notifications
  transaction<T>(work: (query: Query) => Promise<T>, options?: TransactionOptions): Promise<T>
  close(): Promise<void>
}
