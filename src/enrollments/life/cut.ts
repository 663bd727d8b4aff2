import type { Change } from '../../contract/context.ts'
import { prepared } from '../../db/prepared.ts'
import { firstDay, type Month } from '../../kernel/month.ts'
import { intersection, monthCount, type Period } from '../../kernel/period.ts'
import { type Acting, actor, insertEvents } from '../../workers/record-events.ts'
import type { WorkerEventKind } from '../../workers/worker-event.entity.ts'
import type { EnrollmentDecision } from '../enrollment.entity.ts'
import { COMMITTED, type HeldEnrollment, type HeldRefund, paidUntil } from './held-enrollment.ts'

/**
 * What becomes of months that are paid already. STAY: the worker stays covered in them, and is cut off after them.
 * REFUND: he is not covered any more, and BPJS is asked for the money. MOVE: somebody else takes them over.
 */
export type PaidMonths = 'STAY' | 'REFUND' | 'MOVE'

/** Money of one budget over some months. */
export interface Amount {
  readonly budget: string
  readonly period: Period
  /** Rupiah. */
  readonly amount: bigint
}

/** A request for money, and what is left of it: rupiah, none when it is withdrawn as a whole. */
interface Withdrawal {
  readonly refund: string
  readonly left: bigint
}

/** How an enrollment loses its months from one on. Months are half open: `until` is the first that is lost. */
export interface Cut {
  readonly enrollment: HeldEnrollment
  /** The first month without coverage. */
  readonly coveredUntil: Month
  /** The first month without a charge: months stay charged while their money is asked for. */
  readonly chargedUntil: Month
  /** The enrollment's own months afterwards; null: they stay, as of one that is only suspended. */
  readonly period: Period | null
  readonly decision: EnrollmentDecision
  /** Unpaid months, whose money is free again. */
  readonly released: readonly Amount[]
  /** Paid months, whose money is asked for. */
  readonly refunds: readonly Amount[]
  /** Requests that are not upheld from the first lost month on, because somebody takes the months over. */
  readonly withdrawn: readonly Withdrawal[]
}

/**
 * What it means to cut an enrollment off at a month. Computed from what is held, so that it can be shown before it is done.
 *
 * @param ending ENDED: its months end too. SUSPENDED: they stay, and may be taken up again. What is left without any month
 *   is then RELEASED, or SUBSTITUTED or REJECTED where that is why.
 */
export function planCut(
  enrollment: HeldEnrollment,
  month: Month,
  paidMonths: PaidMonths,
  ending: 'ENDED' | 'SUSPENDED' | 'SUBSTITUTED' | 'REJECTED' = 'ENDED',
): Cut {
  const { charges, period, refunds } = enrollment
  const from = later(month, period.from)
  const paid = paidUntil(enrollment) ?? from
  const afterPaid = from > paid ? from : paid
  const coveredUntil = paidMonths === 'STAY' ? afterPaid : from
  const chargedUntil = paidMonths === 'MOVE' ? from : afterPaid
  const isEmpty = ending !== 'SUSPENDED' && losesAll(enrollment, coveredUntil)
  const asked = refunds.filter((refund) => refund.period.until > from)
  const alreadyAsked = asked.map((refund) => refund.period.from).sort()[0]
  const askedUntil = alreadyAsked !== undefined && alreadyAsked < paid ? alreadyAsked : paid
  return {
    enrollment,
    coveredUntil,
    chargedUntil,
    period:
      ending === 'SUSPENDED' || isEmpty
        ? null
        : { from: period.from, until: earlier(coveredUntil, period.until) },
    decision: isEmpty ? emptied(enrollment, ending) : enrollment.decision,
    released: amounts(charges, { from: later(from, paid), until: NEVER }),
    refunds: paidMonths === 'REFUND' ? amounts(charges, { from, until: askedUntil }) : [],
    withdrawn:
      paidMonths === 'MOVE' ? asked.map((refund) => ({ refund: refund.id, left: leftOf(refund, from) })) : [],
  }
}

/** Whether no month is left before one: also where an employer, or a refund, has its first months. */
function losesAll(
  { period, decision, suspendedFrom, coveredFrom }: HeldEnrollment,
  coveredUntil: Month,
): boolean {
  if (coveredUntil <= period.from) return true
  const mayGoOn = suspendedFrom !== null && suspendedFrom < coveredUntil
  return COMMITTED.includes(decision) && !mayGoOn && (coveredFrom ?? coveredUntil) >= coveredUntil
}

/** What is decided of one that is left without any month; what was decided against it before stays so. */
function emptied({ decision }: HeldEnrollment, ending: string): EnrollmentDecision {
  if (ending === 'SUBSTITUTED' || ending === 'REJECTED') return ending
  return COMMITTED.includes(decision) ? 'RELEASED' : decision
}

/** What is asked for months before one. */
function leftOf({ amount, period }: HeldRefund, from: Month): bigint {
  if (from <= period.from) return 0n
  return (amount / BigInt(monthCount(period))) * BigInt(monthCount({ from: period.from, until: from }))
}

const NEVER = '2999-12' as Month

const earlier = (a: Month, b: Month): Month => (a < b ? a : b)
const later = (a: Month, b: Month): Month => (a > b ? a : b)

function amounts(charges: HeldEnrollment['charges'], months: Period): Amount[] {
  if (months.from >= months.until) return []
  return charges.flatMap(({ budget, period, monthly }) => {
    const common = intersection(period, months)
    if (!common || budget === null) return []
    return [{ budget, period: common, amount: monthly * BigInt(monthCount(common)) }]
  })
}

export interface Cutting extends Acting {
  readonly event: WorkerEventKind
  readonly reason?: string | null | undefined
  /** What the ledger says it is for; names nobody. */
  readonly note: string
  readonly suspends?: boolean
}

/**
 * Does what was planned: lines, charges, refunds and history in one statement, however many enrollments; and posts what is
 * released or asked back.
 */
export async function writeCuts(
  { query, post }: Change,
  cuts: readonly Cut[],
  cutting: Cutting,
): Promise<void> {
  if (cuts.length === 0) return
  const { event, reason, note, suspends = false, ...acting } = cutting
  const of = <Value>(value: (cut: Cut) => Value) => cuts.map(value)
  const money = cuts.flatMap(({ enrollment, released, refunds }) => [
    ...released.map((amount) => ({ ...amount, enrollment, kind: 'RELEASE' as const })),
    ...refunds.map((amount) => ({ ...amount, enrollment, kind: 'REFUND_REQUEST' as const })),
  ])
  const ofMoney = <Value>(value: (one: (typeof money)[number]) => Value) => money.map(value)
  const withdrawals = cuts.flatMap(({ enrollment: { worker }, coveredUntil: from, withdrawn }) =>
    withdrawn.map((withdrawal) => ({ ...withdrawal, worker, from })),
  )
  const ofWithdrawn = <Value>(value: (one: (typeof withdrawals)[number]) => Value) => withdrawals.map(value)
  await query(CUT, [
    of(({ enrollment }) => enrollment.worker),
    of(({ enrollment }) => enrollment.id),
    of(({ coveredUntil }) => firstDay(coveredUntil)),
    of(({ chargedUntil }) => firstDay(chargedUntil)),
    of(({ period }) => (period ? firstDay(period.until) : null)),
    of(({ decision }) => decision),
    suspends,
    ofMoney((one) => one.enrollment.worker),
    ofMoney((one) => one.enrollment.id),
    ofMoney(({ kind }) => kind),
    ofMoney(({ budget }) => budget),
    ofMoney(({ period }) => firstDay(period.from)),
    ofMoney(({ period }) => firstDay(period.until)),
    ofMoney(({ amount }) => amount.toString()),
    ofWithdrawn(({ worker }) => worker),
    ofWithdrawn(({ refund }) => refund),
    ofWithdrawn(({ from }) => firstDay(from)),
    ofWithdrawn(({ left }) => left.toString()),
    event,
    reason ?? null,
    ...actor(acting),
  ])
  post(money.map(({ budget, kind, amount }) => ({ budget, kind, amount, note })))
}

// A row of lines or charges is either shortened or deleted, so that one statement may do both.
const CUT = prepared(`/* enrollment.cut */
with cut as (
  select given.*, enrollment.program_code, enrollment.period, program.payer_id
  from unnest($1::bigint[], $2::bigint[], $3::date[], $4::date[], $5::date[], $6::text[])
      as given (worker_id, id, covered_until, charged_until, until, decision)
    join enrollment using (worker_id, id)
    join coverage_program as program on program.code = program_code
), money as (
  select * from unnest($8::bigint[], $9::bigint[], $10::text[], $11::bigint[], $12::date[], $13::date[], $14::bigint[])
    as money (worker_id, enrollment_id, kind, budget_id, first, until, amount)
), lines_shortened as (
  update coverage_line as line set period = daterange(lower(line.period), covered_until) from cut
  where (line.worker_id, line.enrollment_id) = (cut.worker_id, cut.id)
    and lower(line.period) < covered_until and upper(line.period) > covered_until
), lines_deleted as (
  delete from coverage_line as line using cut
  where (line.worker_id, line.enrollment_id) = (cut.worker_id, cut.id) and lower(line.period) >= covered_until
), charges_shortened as (
  update charge set period = daterange(first_month, charged_until),
    paid_through = case when paid_through >= charged_until then (charged_until - interval '1 month')::date
      else paid_through end
  from cut
  where (charge.worker_id, enrollment_id) = (cut.worker_id, cut.id)
    and first_month < charged_until and upper(charge.period) > charged_until
), charges_deleted as (
  delete from charge using cut
  where (charge.worker_id, enrollment_id) = (cut.worker_id, cut.id) and first_month >= charged_until
), enrollments_cut as (
  update enrollment set decision = cut.decision, decided_on = $21::date,
    period = case when cut.until is null then enrollment.period else daterange(lower(enrollment.period), cut.until) end,
    planned_until = case when cut.until < upper(enrollment.period)
      then coalesce(planned_until, upper(enrollment.period)) else planned_until end,
    suspended_from = case when $7 then covered_until when suspended_from < cut.until then suspended_from end
  from cut where (enrollment.worker_id, enrollment.id) = (cut.worker_id, cut.id)
), refunds_asked as (
  insert into refund (worker_id, enrollment_id, budget_id, period, amount, requested_on)
  select worker_id, enrollment_id, budget_id, daterange(first, until), amount, $21::date
  from money where kind = 'REFUND_REQUEST'
), withdrawn as (
  select refund.*, from_month, amount_left
  from unnest($15::bigint[], $16::bigint[], $17::date[], $18::bigint[]) as given (worker_id, id, from_month, amount_left)
    join refund using (worker_id, id)
), refunds_withdrawn as (
  update refund set
    period = case when lower(refund.period) < from_month then daterange(lower(refund.period), from_month)
      else refund.period end,
    amount = case when lower(refund.period) < from_month then amount_left else refund.amount end,
    status = case when lower(refund.period) < from_month then refund.status else 'WITHDRAWN' end,
    settled_on = case when lower(refund.period) < from_month then null else $21::date end
  from withdrawn where (refund.worker_id, refund.id) = (withdrawn.worker_id, withdrawn.id)
)
${insertEvents(
  `select happened.*, $20, null
from (
  select worker_id, $19, cut.id, payer_id,
    case when covered_until < upper(period) then daterange(greatest(covered_until, lower(period)), upper(period)) end,
    (select sum(amount)::bigint from money
      where (money.worker_id, money.enrollment_id) = (cut.worker_id, cut.id) and kind = 'RELEASE')
  from cut
  union all
  select worker_id, 'REFUND_REQUESTED', enrollment_id, payer_id, daterange(money.first, money.until), amount
  from money join (select worker_id, id as enrollment_id, payer_id from cut) as cut using (worker_id, enrollment_id)
  where kind = 'REFUND_REQUEST'
  union all
  select worker_id, 'REFUND_WITHDRAWN', enrollment_id, payer_id,
    daterange(greatest(from_month, lower(period)), upper(period)), amount - amount_left
  from withdrawn join (select worker_id, id as enrollment_id, payer_id from cut) as cut using (worker_id, enrollment_id)
) as happened`,
  21,
)}`)
