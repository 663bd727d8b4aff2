import type { Query } from '../db/database.ts'

/**
 * What budgets have left: ceiling less committed, in rupiah, by id.
 *
 * @param budgets ids; null for none.
 * @param holds whether nobody else may commit from them until the transaction ends.
 */
export async function remainingOf(
  query: Query,
  budgets: Iterable<string | null>,
  { holds = false } = {},
): Promise<Map<string, bigint>> {
  const rows = await query<{ id: string; remaining: string }>(
    `/* budget.remaining */ select id, ceiling - committed as remaining from budget where id = any($1::bigint[])
      order by id ${holds ? 'for no key update' : ''}`,
    [[...new Set(budgets)].filter((id) => id !== null)],
  )
  return new Map(rows.map(({ id, remaining }) => [id, BigInt(remaining)]))
}
