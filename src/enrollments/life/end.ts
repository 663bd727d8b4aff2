import type { Context } from '../../contract/context.ts'
import { checkedReason } from '../../contract/reason.ts'
import type { Month } from '../../kernel/month.ts'
import { formatPeriod } from '../../kernel/period.ts'
import { enrollScreened, screenOne } from '../enroll.ts'
import { notRunning, paidMonths } from '../state-refusal.ts'
import { checkClaims } from './claims.ts'
import { type Cut, planCut, writeCuts } from './cut.ts'
import { COMMITTED, type HeldEnrollment, holdEnrollment } from './held-enrollment.ts'

/** A change of an enrollment from a month on. */
export interface FromMonth {
  /** Id. */
  readonly enrollment: string
  /** The first month without coverage; of a resumption, the first with it. */
  readonly from: string
  readonly reason: string
}

/**
 * Ends an enrollment from a month on: its unpaid months are released, paid ones stay.
 *
 * @throws Refused by StateRefusal when it has no month that could end.
 */
export async function end(context: Context, { enrollment, from, reason }: FromMonth): Promise<void> {
  const { query } = context.change!
  const because = checkedReason('input.reason', reason)
  const held = noteOf(context, await holdEnrollment(query, context, enrollment))
  await checkClaims(query, held, from as Month)
  const cut = planCut(checkRunning(held, from as Month), from as Month, 'STAY')
  if (changesNothing(cut)) throw allPaid(cut)
  await writeCuts(context.change!, [cut], {
    ...acting(context),
    event: 'ENDED',
    reason: because,
    note: ledgerNote(cut),
  })
}

/**
 * Suspends an enrollment from a month on: unpaid months are released and may be taken up again, paid ones stay.
 *
 * @throws Refused by StateRefusal when it is suspended already, or has no month that could be.
 */
export async function suspend(context: Context, { enrollment, from, reason }: FromMonth): Promise<void> {
  const { query } = context.change!
  const because = checkedReason('input.reason', reason)
  const held = noteOf(context, await holdEnrollment(query, context, enrollment))
  if (held.suspendedFrom !== null) throw notRunning('It is suspended already.')
  await checkClaims(query, held, from as Month)
  const cut = planCut(checkRunning(held, from as Month), from as Month, 'STAY', 'SUSPENDED')
  if (changesNothing(cut)) throw allPaid(cut)
  await writeCuts(context.change!, [cut], {
    ...acting(context),
    event: 'SUSPENDED',
    reason: because,
    note: ledgerNote(cut),
    suspends: true,
  })
}

/**
 * Takes a suspended enrollment up again from a month on, to its end. The rules and the budgets are asked anew, because
 * others may have enrolled the worker or spent the money in the meantime.
 *
 * @throws Refused like an enrollment; by StateRefusal when it is not suspended in that month.
 */
export async function resume(
  context: Context,
  { enrollment, from, reason, settledBecause }: FromMonth & { readonly settledBecause?: string | null },
): Promise<void> {
  const { query } = context.change!
  const because = checkedReason('input.reason', reason)
  const held = noteOf(context, await holdEnrollment(query, context, enrollment))
  const first = from as Month
  if (held.suspendedFrom === null) throw notRunning('It is not suspended.')
  if (first < held.suspendedFrom || first >= held.period.until)
    throw notRunning('It is not suspended in this month, or has ended by then.', held.suspendedFrom)
  const candidate = {
    worker: held.worker,
    program: held.program,
    period: { from: first, until: held.period.until },
  }
  const screened = await screenOne(query, candidate, context)
  const writing = { event: 'RESUMED', reason: because } as const
  await enrollScreened(screened, context, writing, settledBecause, { continues: held.id })
  await query(
    `/* enrollment.resumed */ update enrollment set suspended_from = null where (worker_id, id) = ($1, $2)`,
    [held.worker, held.id],
  )
}

/** Who acts, and when: a context is never spread, because its dates stand on its prototype. */
export function acting({ viewer, today }: Context) {
  return { viewer, today }
}

/** Notes whom and what a change is about. */
export function noteOf({ change }: Context, held: HeldEnrollment): HeldEnrollment {
  change!.note({ workers: [held.worker], subject: `Enrollment:${held.id}` })
  return held
}

/** @throws Refused by StateRefusal when the enrollment is not committed, or has ended before the month. */
export function checkRunning(held: HeldEnrollment, from: Month): HeldEnrollment {
  if (!COMMITTED.includes(held.decision))
    throw notRunning(`It is ${held.decision}: no month of it is committed.`)
  if (from >= held.period.until) throw notRunning('It has ended before this month.', null)
  return held
}

function changesNothing({ enrollment, coveredUntil, released }: Cut): boolean {
  return coveredUntil >= enrollment.period.until && released.length === 0
}

function allPaid({ coveredUntil, enrollment }: Cut) {
  const message =
    enrollment.payerKind === 'SELF'
      ? 'All of its months are paid, by the worker himself: they stay.'
      : 'All of its months are paid: ask for a refund, or for a substitute.'
  return paidMonths(message, coveredUntil < enrollment.period.until ? coveredUntil : null)
}

/** What the ledger says of a cut. */
export function ledgerNote({ enrollment, coveredUntil }: Cut): string {
  const { program, period } = enrollment
  const lost = coveredUntil < period.until ? { from: coveredUntil, until: period.until } : period
  return `${program}: 1 person less, ${formatPeriod({ ...lost, from: lost.from > period.from ? lost.from : period.from })}`
}
