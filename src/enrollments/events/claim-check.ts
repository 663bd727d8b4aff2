import type { Query } from '../../db/database.ts'
import { addMonths, firstDay, type Month } from '../../kernel/month.ts'
import { recordEvents } from '../../workers/record-events.ts'
import type { Consequence } from './consequence.ts'
import type { Telling } from './person.ts'

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

/** That a claim check is opened for a month. */
export function claimCheckOf(month: Month): Consequence {
  return { kind: 'CLAIM_CHECK_OPENED', months: { from: month, until: addMonths(month, 1) } }
}

/** Opens it: somebody covered has died, and his heirs may have a claim (DOMAIN.md §4.4, §9.2 X01). */
export async function openClaimCheck(
  { query, context, person, reason }: Telling,
  month: Month,
): Promise<void> {
  await query(
    `/* claim_check.open */ insert into claim_check (worker_id, event, month, opened_on)
      values ($1, 'DEATH', $2::date, $3::date)`,
    [person.id, firstDay(month), context.today],
  )
  const period = claimCheckOf(month).months
  await recordEvents(query, context, [{ worker: person.id, kind: 'CLAIM_CHECK_OPENED', period, reason }])
}
