import type { Query } from '../db/database.ts'

/**
 * Whether a record of a worker is disputed, as SQL: then nothing is done about him without a person who looks at it. What
 * a clerk does by hand stays possible.
 *
 * @param worker SQL of his id, with the name of its table (`worker.id`).
 */
export function isDisputed(worker: string): string {
  return `exists (select from dispute where dispute.worker_id = ${worker} and dispute.decision is null)`
}

/** Those among workers of whom a record is disputed; ids. Of who is held it stays true. */
export async function disputedAmong(query: Query, workers: readonly string[]): Promise<Set<string>> {
  const disputed = await query<{ id: string }>(
    `/* dispute.among */ select id from unnest($1::bigint[]) as asked (id) where ${isDisputed('asked.id')}`,
    [workers],
  )
  return new Set(disputed.map(({ id }) => id))
}
