import type { PGlite, Transaction } from '@electric-sql/pglite'
import type {
  CompiledQuery,
  DatabaseConnection,
  DatabaseIntrospector,
  Dialect,
  Driver,
  Kysely,
  QueryResult,
  TransactionSettings,
} from 'kysely'
import { PGliteAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { runOn } from './run-on-pglite.ts'

/**
 * Kysely over a PGlite instance that others use as well, and that this dialect never closes.
 *
 * Kysely's own PGliteDialect keeps one transaction for all its users: with two at a time, a statement of one runs
 * inside the transaction of the other, and the first commit waits for ever. Here every user that acquires a
 * connection has a transaction of its own, and PGlite makes them wait for each other.
 */
export class PgliteDialect implements Dialect {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  createDriver(): Driver {
    return new PgliteDriver(this.#pglite)
  }

  createAdapter() {
    return new PGliteAdapter()
  }

  createQueryCompiler() {
    return new PostgresQueryCompiler()
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature of kysely's interface
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new PostgresIntrospector(db)
  }
}

class PgliteDriver implements Driver {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  async init() {}

  async acquireConnection() {
    return new PgliteConnection(this.#pglite)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    await (connection as PgliteConnection).begin(settings)
  }

  async commitTransaction(connection: DatabaseConnection) {
    await (connection as PgliteConnection).end('commit')
  }

  async rollbackTransaction(connection: DatabaseConnection) {
    await (connection as PgliteConnection).end('rollback')
  }

  async savepoint(connection: DatabaseConnection, name: string) {
    await (connection as PgliteConnection).run(`savepoint ${quoted(name)}`)
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string) {
    await (connection as PgliteConnection).run(`rollback to savepoint ${quoted(name)}`)
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string) {
    await (connection as PgliteConnection).run(`release savepoint ${quoted(name)}`)
  }

  async releaseConnection() {}

  async destroy() {}
}

interface OpenTransaction {
  readonly tx: Transaction
  readonly finish: (how: 'commit' | 'rollback') => void
  readonly finished: Promise<void>
}

class PgliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite
  #open: OpenTransaction | undefined

  constructor(pglite: PGlite) {
    this.#pglite = pglite
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, affectedRows } = await this.run(sql, parameters)
    return {
      rows: rows as Row[],
      numAffectedRows: affectedRows === undefined ? undefined : BigInt(affectedRows),
    }
  }

  // biome-ignore lint/correctness/useYield: there is nothing to yield
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('The embedded database cannot stream rows')
  }

  run(sql: string, parameters?: readonly unknown[]) {
    return runOn(this.#open?.tx ?? this.#pglite, sql, parameters)
  }

  /** PGlite's transaction is a callback: it is kept open until `finish` says how it ends. */
  async begin({ isolationLevel, accessMode }: TransactionSettings) {
    const begun = Promise.withResolvers<Transaction>()
    const ending = Promise.withResolvers<'commit' | 'rollback'>()
    const finished = this.#pglite.transaction(async (tx) => {
      begun.resolve(tx)
      if ((await ending.promise) === 'rollback') await tx.rollback()
    })
    // Whoever ends the transaction hears of its failure; until then it is nobody's unhandled rejection.
    finished.catch(begun.reject)
    this.#open = { tx: await begun.promise, finish: ending.resolve, finished }
    if (isolationLevel) await this.run(`set transaction isolation level ${isolationLevel}`)
    if (accessMode) await this.run(`set transaction ${accessMode}`)
  }

  async end(how: 'commit' | 'rollback') {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    open.finish(how)
    await open.finished
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
