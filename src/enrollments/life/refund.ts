import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput } from '../../kernel/errors.ts'
import type { Month } from '../../kernel/month.ts'
import { checkActsFor } from '../../payers/acting.ts'
import { holdWorkers } from '../../workers/hold-workers.ts'
import { actor, insertEvents, recordEvents } from '../../workers/record-events.ts'
import { nothingToDo } from '../state-refusal.ts'
import { checkClaims } from './claims.ts'
import { planCut, writeCuts } from './cut.ts'
import { acting, type FromMonth, ledgerNote, noteOf } from './end.ts'
import {
  findEnrollment,
  type HeldEnrollment,
  type HeldRefund,
  heldEnrollments,
  holdEnrollment,
  movedMeanwhile,
} from './held-enrollment.ts'
import { giveBack, monthsBack } from './months-back.ts'

/**
 * Asks BPJS for the money of an enrollment's paid months from one on. The worker is not covered in them any more, and
 * unpaid months after them are released; the ledger keeps the money as paid until the request is granted.
 *
 * @throws Refused by StateRefusal when no such month is paid.
 */
export async function requestRefund(
  context: Context,
  { enrollment, from, reason }: FromMonth,
): Promise<void> {
  const { query } = context.change!
  const because = checkedReason('input.reason', reason)
  const held = noteOf(context, await holdEnrollment(query, context, enrollment))
  await checkClaims(query, held, from as Month)
  const cut = planCut(held, from as Month, 'REFUND')
  if (cut.refunds.length === 0) {
    throw nothingToDo('No month from there on is paid by a budget, or its money is asked for already.')
  }
  await writeCuts(context.change!, [cut], {
    ...acting(context),
    event: 'ENDED',
    reason: because,
    note: ledgerNote(cut),
  })
}

export interface Settling {
  /** Id of the request. */
  readonly refund: string
  readonly granted: boolean
  readonly reason: string
}

/**
 * Records what BPJS answered to a request. Granted: the months are charged to nobody any more, and the money is back in
 * the budget. Refused: the money stays spent, and the worker is covered again in the months that it paid for, unless
 * something speaks against that by now (`months-back.ts`).
 *
 * @throws Refused by StateRefusal when it was settled or withdrawn before; Fault CONFLICT beside a merge.
 */
export async function settleRefund(context: Context, { refund, granted, reason }: Settling): Promise<void> {
  const { query, note } = context.change!
  const because = checkedReason('input.reason', reason)
  const [found] = await query<{ worker: string; enrollment: string; payer: string }>(
    `/* refund.find */ select refund.worker_id as worker, enrollment_id as enrollment, payer_id as payer
      from refund join budget on budget.id = budget_id where refund.id = $1`,
    [idValue(refund)],
  )
  if (!found || !(await findEnrollment(query, context, found.enrollment)))
    throw badInput('input.refund', 'There is no refund of this id.', 'Look it up with its enrollment.')
  checkActsFor(context.viewer, found.payer, 'input.refund')
  note({ workers: [found.worker], subject: `Refund:${refund}` })
  await holdWorkers(query, [found.worker])
  const [held] = await heldEnrollments(query, [found.worker], [found.enrollment])
  if (!held) throw movedMeanwhile()
  const asked = held.refunds.find(({ id }) => id === refund)
  if (!asked) throw nothingToDo('This request was settled or withdrawn before.')
  if (granted) await grant(context, held, asked, because)
  else await refuse(context, held, asked, because)
}

async function grant(
  context: Context,
  { worker }: HeldEnrollment,
  { id, budget, amount }: HeldRefund,
  reason: string,
): Promise<void> {
  const { query, post } = context.change!
  await query(GRANT, [worker, id, reason, ...actor(acting(context))])
  post([{ budget, kind: 'REFUND', amount, note: `Refund ${id}` }])
}

// What was unpaid after the months of a request was released when it was made; but later paid months of their charge may
// wait for an answer of their own, and stay charged.
const GRANT = `/* refund.grant */
with settled as (
  update refund set status = 'GRANTED', settled_on = $4::date where worker_id = $1 and id = $2
  returning *
), returned as (
  select charge.*, settled.period as months
  from settled join charge
    on (charge.worker_id, charge.enrollment_id) = (settled.worker_id, settled.enrollment_id)
      and charge.period @> settled.period
), earlier_kept as (
  update charge set period = daterange(charge.first_month, lower(months)),
    paid_through = (lower(months) - interval '1 month')::date
  from returned
  where (charge.worker_id, charge.enrollment_id, charge.first_month)
    = (returned.worker_id, returned.enrollment_id, returned.first_month) and charge.first_month < lower(months)
), without_earlier as (
  delete from charge using returned
  where (charge.worker_id, charge.enrollment_id, charge.first_month)
    = (returned.worker_id, returned.enrollment_id, returned.first_month) and charge.first_month = lower(months)
), later_kept as (
  insert into charge (worker_id, enrollment_id, budget_id, period, monthly, paid_through)
  select worker_id, enrollment_id, budget_id, daterange(upper(months), upper(period)), monthly, paid_through
  from returned where upper(months) < upper(period)
)
${insertEvents(
  `select worker_id, 'REFUND_GRANTED', enrollment_id, budget.payer_id, settled.period, amount, $3, null
  from settled join budget on budget.id = budget_id`,
  4,
)}`

async function refuse(
  context: Context,
  held: HeldEnrollment,
  { id, period, amount }: HeldRefund,
  reason: string,
): Promise<void> {
  const { query } = context.change!
  const { worker, id: enrollment, payer } = held
  const back = await monthsBack(query, held, period)
  await query(
    `/* refund.refuse */ update refund set status = 'REFUSED', settled_on = $3::date where worker_id = $1 and id = $2`,
    [worker, id, context.today],
  )
  await recordEvents(query, context, [
    { worker, kind: 'REFUND_REFUSED', enrollment, payer, period, amount, reason, fact: back.not },
  ])
  await giveBack(context, held, back.months, reason)
}
