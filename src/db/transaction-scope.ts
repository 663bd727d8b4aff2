import { AsyncLocalStorage } from 'node:async_hooks'

const scope = new AsyncLocalStorage<readonly object[]>()

/** Marks everything the work calls, directly or later, as being inside a transaction on `connections`. */
export function insideTransaction<T>(connections: object, work: () => Promise<T>): Promise<T> {
  return scope.run([...(scope.getStore() ?? []), connections], work)
}

/**
 * Refuses a use of the database that forgets the transaction around it: on a server it would run outside of it
 * and survive a rollback, on the embedded database it would wait for it for ever.
 */
export function refuseInsideTransaction(connections: object): void {
  if (!scope.getStore()?.includes(connections)) return
  throw new Error('Inside a transaction, use the query that the transaction hands out')
}
