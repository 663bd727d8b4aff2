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
  const [last] = await query<{ month: string | null }>(
    '/* claim_check.last */ select max(month) as month from claim_check where worker_id = $1',
    [worker],
  )
  if (!last?.month || from > monthOf(last.month)) return
  throw refusal('StateRefusal', {
    code: 'CLAIM_OPEN',
    message: 'There may be a claim for a month from there on, so the worker stays covered in it.',
    possibleFrom: addMonths(monthOf(last.month), 1),
  })
}
