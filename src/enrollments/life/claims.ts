import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { addMonths, firstDay, type Month, monthOf } from '../../kernel/month.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { stateRefusal } from '../state-refusal.ts'
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
  throw stateRefusal(
    'CLAIM_OPEN',
    'There may be a claim for a month from there on, so the worker stays covered in it.',
    addMonths(last, 1),
  )
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

/** Whether any line covers a worker in a month, of the hub or reported. */
export async function isCovered(query: Query, worker: string, month: Month): Promise<boolean> {
  const covering = await query(
    '/* claim_check.covered */ select from coverage_line where worker_id = $1 and period @> $2::date limit 1',
    [worker, firstDay(month)],
  )
  return covering.length > 0
}

/** Whether nobody looks after a claim for a death in this month yet. */
export async function isUnchecked(query: Query, worker: string, month: Month): Promise<boolean> {
  const open = await query(
    `/* claim_check.find */ select from claim_check where (worker_id, event, month) = ($1, 'DEATH', $2::date)`,
    [worker, firstDay(month)],
  )
  return open.length === 0
}

/** Opens a claim check: somebody covered has died, and his heirs may have a claim (DOMAIN.md §4.4, §9.2 X01). */
export async function openClaimCheck(
  context: Context,
  { worker, month, reason }: { readonly worker: string; readonly month: Month; readonly reason: string },
): Promise<void> {
  const { query } = context.change!
  await query(
    `/* claim_check.open */ insert into claim_check (worker_id, event, month, opened_on)
      values ($1, 'DEATH', $2::date, $3::date)`,
    [worker, firstDay(month), context.today],
  )
  const period = { from: month, until: addMonths(month, 1) }
  await recordEvents(query, context, [{ worker, kind: 'CLAIM_CHECK_OPENED', period, reason }])
}
