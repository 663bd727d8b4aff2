import type { PGlite, Transaction } from '@electric-sql/pglite'
import type { PoolClient } from 'pg'
import type { Database } from '../../src/db/database.ts'

/** The texts of all statements that a database is sent from now on, without their values, in a list that grows. */
export function statementsOf({ pool, pglite }: Database): string[] {
  const statements: string[] = []
  if (pglite) listenToEmbedded(pglite, statements)
  const clients = new WeakSet<PoolClient>()
  pool?.on('acquire', (client) => {
    if (!clients.has(client)) listenTo(client, ['query'], statements)
    clients.add(client)
  })
  return statements
}

function listenToEmbedded(pglite: PGlite, statements: string[]): void {
  listenTo(pglite, ['query', 'exec'], statements)
  const { transaction } = pglite
  pglite.transaction = (work) =>
    transaction.call(pglite, (tx: Transaction) => {
      listenTo(tx, ['query', 'exec'], statements)
      return work(tx)
    }) as never
}

function listenTo<Name extends string>(
  target: { [name in Name]: unknown },
  methods: readonly Name[],
  statements: string[],
): void {
  for (const name of methods) {
    const method = target[name] as (...args: unknown[]) => unknown
    const listening = (...args: unknown[]) => {
      const [statement] = args as [string | { text: string }]
      statements.push(typeof statement === 'string' ? statement : statement.text)
      return method.apply(target, args)
    }
    Object.assign(target, { [name]: listening })
  }
}
