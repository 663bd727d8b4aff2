import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput } from '../../kernel/errors.ts'
import type { Month } from '../../kernel/month.ts'
import { checkActsFor } from '../../payers/acting.ts'
import { holdWorkers } from '../../workers/hold-workers.ts'
import { actor } from '../../workers/record-events.ts'
import { checkClaims } from './claims.ts'
import { planCut, writeCuts } from './cut.ts'
import { acting, type FromMonth, ledgerNote, noteOf, nothingToDo } from './end.ts'
import { findEnrollment, holdEnrollment } from './held-enrollment.ts'

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
 * the budget. Refused: it stays spent.
 *
 * @throws Refused by StateRefusal when it was settled or withdrawn before.
 */
export async function settleRefund(context: Context, { refund, granted, reason }: Settling): Promise<void> {
  const { query, note, post } = context.change!
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
  const [settled] = await query<{ budget: string; amount: string }>(SETTLE, [
    found.worker,
    refund,
    granted,
    because,
    ...actor(acting(context)),
  ])
  if (!settled) {
    throw nothingToDo('This request was settled or withdrawn before.')
  }
  const { budget, amount } = settled
  if (granted) post([{ budget, kind: 'REFUND', amount: BigInt(amount), note: `Refund ${refund}` }])
}

// What was unpaid after the months of a request was released when it was made; but later paid months of their charge may
// wait for an answer of their own, and stay charged.
const SETTLE = `/* refund.settle */
with settled as (
  update refund set status = case when $3 then 'GRANTED' else 'REFUSED' end, settled_on = $5::date
  where worker_id = $1 and id = $2 and status = 'REQUESTED'
  returning *
), returned as (
  select charge.*, settled.period as months
  from settled join charge
    on (charge.worker_id, charge.enrollment_id) = (settled.worker_id, settled.enrollment_id)
      and charge.period @> settled.period
  where $3
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
), told as (
  insert into worker_event (worker_id, kind, enrollment_id, payer_id, period, amount, reason, entered_on, actor,
  actor_payer_id)
select worker_id, case when $3 then 'REFUND_GRANTED' else 'REFUND_REFUSED' end, enrollment_id, budget.payer_id,
  settled.period, amount, $4, $5::date, $6, $7::bigint
from settled join budget on budget.id = budget_id
)
select budget_id as budget, amount from settled`
