import { refusal } from '../../contract/outcome.ts'
import type { Query } from '../../db/database.ts'
import { addMonths, type Month, monthOf } from '../../kernel/month.ts'
import type { HeldEnrollment } from './held-enrollment.ts'

/**
 * Keeps the months that a claim rests on: whoever died while he was covered stays covered in that month, or his heirs
 * would lose what they may claim (DOMAIN.md §4.4).
 *
 * @throws Refused by StateRefusal when coverage would be taken away in the month of a claim check or before.
 */
export async function checkClaims(query: Query, { worker }: HeldEnrollment, from: Month): Promise<void> {
  const last = (await lastClaims(query, [worker])).get(worker)
  if (last === undefined || from > last) return
  throw refusal('StateRefusal', {
    code: 'CLAIM_OPEN',
    message: 'There may be a claim for a month from there on, so the worker stays covered in it.',
    possibleFrom: addMonths(last, 1),
  })
}

/**
 * From which month on an event in somebody's life ends his coverage: from its own, but in no month that a claim rests on.
 * An event is a fact and is recorded all the same, so nothing is refused.
 */
export async function afterClaims(query: Query, worker: string, from: Month): Promise<Month> {
  const last = (await lastClaims(query, [worker])).get(worker)
  return last === undefined || from > last ? from : addMonths(last, 1)
}

/** The last month of a claim check, of those among the workers who have one. */
export async function lastClaims(query: Query, workers: readonly string[]): Promise<Map<string, Month>> {
  const claims = await query<{ worker: string; month: string }>(
    `/* claim_check.last */ select worker_id as worker, max(month) as month from claim_check
      where worker_id = any($1::bigint[]) group by worker_id`,
    [workers],
  )
  return new Map(claims.map(({ worker, month }) => [worker, monthOf(month)]))
}
