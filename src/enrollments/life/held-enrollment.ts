import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import type { Query } from '../../db/database.ts'
import { badInput, Fault } from '../../kernel/errors.ts'
import { addMonths, type Month, monthOf } from '../../kernel/month.ts'
import { fromDaterange, type Period } from '../../kernel/period.ts'
import { checkActsFor } from '../../payers/acting.ts'
import type { PayerKind } from '../../payers/payer.entity.ts'
import { ref, sql } from '../../planner/sql.ts'
import { holdWorkers } from '../../workers/hold-workers.ts'
import { type EnrollmentDecision, EnrollmentEntity } from '../enrollment.entity.ts'

/** Months of an enrollment that one budget is charged with. */
export interface HeldCharge {
  /** Null: the worker pays himself. */
  readonly budget: string | null
  readonly period: Period
  /** Rupiah a month. */
  readonly monthly: bigint
  /** The last month paid. */
  readonly paidThrough: Month | null
}

/** Money that BPJS is asked to give back. */
export interface HeldRefund {
  readonly id: string
  readonly budget: string
  readonly period: Period
  /** Rupiah. */
  readonly amount: bigint
}

/** An enrollment as it is while its worker is held: nobody else changes it meanwhile. */
export interface HeldEnrollment {
  readonly worker: string
  readonly id: string
  readonly program: string
  readonly payer: string
  readonly payerKind: PayerKind
  readonly decision: EnrollmentDecision
  readonly period: Period
  /** The first month after those it was decided for, where it was ended earlier. */
  readonly plannedUntil: Month | null
  readonly suspendedFrom: Month | null
  /** The first month that it covers; null when it covers none. */
  readonly coveredFrom: Month | null
  /** In the order of their months. */
  readonly charges: readonly HeldCharge[]
  /** Requested, and not settled yet. */
  readonly refunds: readonly HeldRefund[]
  /** The enrollment that has taken its place. */
  readonly replacedBy: string | null
}

/** Decisions in which an enrollment has lines and charges. */
export const COMMITTED: readonly EnrollmentDecision[] = ['COMMITTED', 'SUBMITTED', 'ACCEPTED']

/** The first month after the last one that is paid; undefined when none is. */
export function paidUntil({ charges }: Pick<HeldEnrollment, 'charges'>): Month | undefined {
  const last = charges
    .map(({ paidThrough }) => paidThrough)
    .filter((month) => month !== null)
    .sort()
    .at(-1)
  return last && addMonths(last, 1)
}

/** Which worker an enrollment is of that the viewer may see. */
export async function findEnrollment(
  query: Query,
  { read }: Pick<Context, 'read'>,
  id: string,
): Promise<{ worker: string } | undefined> {
  const enrollment = ref(EnrollmentEntity)
  const [found] = await read<{ worker: string }>(
    sql`/* enrollment.find */ select ${enrollment.worker} as worker from ${enrollment}
      where ${enrollment.id} = ${idValue(id)}`,
    query,
  )
  return found
}

/**
 * Holds the worker of an enrollment whose payer the viewer acts for, and reads it.
 *
 * @param hold holds the worker when others are to be held with him; by default holds him alone.
 * @throws Fault BAD_USER_INPUT or FORBIDDEN, about `input.enrollment`; CONFLICT beside a merge.
 */
export async function holdEnrollment(
  query: Query,
  context: Context,
  id: string,
  hold: (worker: string) => Promise<void> = (worker) => holdWorkers(query, [worker]),
): Promise<HeldEnrollment> {
  const held = await holdVisibleEnrollment(query, context, id, hold)
  checkActsFor(context.viewer, held.payer, 'input.enrollment')
  return held
}

/** The same, whoever acts for its payer. */
export async function holdVisibleEnrollment(
  query: Query,
  context: Context,
  id: string,
  hold: (worker: string) => Promise<void> = (worker) => holdWorkers(query, [worker]),
): Promise<HeldEnrollment> {
  const found = await findEnrollment(query, context, id)
  if (!found) throw unknownEnrollment()
  await hold(found.worker)
  const [held] = await readEnrollments(query, 'enrollment.worker_id = $1 and enrollment.id = $2', [
    found.worker,
    id,
  ])
  if (!held) throw movedMeanwhile()
  return held
}

/** What was found before its worker was held is another row's now: only a merge, or one that is undone, moves things. */
export function movedMeanwhile(): Fault {
  return new Fault('CONFLICT', 'This person was merged with another meanwhile, or is another one again.', {
    remedy: 'Send it again.',
  })
}

/** The committed enrollments of a worker who is held, in the order of ids. */
export function committedOf(query: Query, worker: string): Promise<HeldEnrollment[]> {
  return readEnrollments(query, 'enrollment.worker_id = $1 and enrollment.decision = any($2)', [
    worker,
    COMMITTED,
  ])
}

/** Enrollments of workers who are held, in the order of ids; one that has moved to another worker is not among them. */
export function heldEnrollments(
  query: Query,
  workers: readonly string[],
  ids: readonly string[],
): Promise<HeldEnrollment[]> {
  return readEnrollments(
    query,
    'enrollment.worker_id = any($1::bigint[]) and enrollment.id = any($2::bigint[])',
    [workers, ids],
  )
}

function unknownEnrollment() {
  return badInput('input.enrollment', 'There is no enrollment of this id.', 'Look it up with enrollments.')
}

async function readEnrollments(
  query: Query,
  condition: string,
  values: readonly unknown[],
): Promise<HeldEnrollment[]> {
  const rows = await query<EnrollmentRow>(
    `/* enrollment.read_held */ select enrollment.worker_id as worker, enrollment.id, program_code as program,
      payer_id as payer, payer.kind as payer_kind, decision, enrollment.period, planned_until, suspended_from,
      (select min(lower(line.period)) from coverage_line as line
        where (line.worker_id, line.enrollment_id) = (enrollment.worker_id, enrollment.id)) as covered_from,
      coalesce((
        select json_agg(json_build_object('budget', budget_id::text, 'period', charge.period,
          'monthly', monthly::text, 'paidThrough', to_char(paid_through, 'YYYY-MM')) order by first_month)
        from charge where (charge.worker_id, enrollment_id) = (enrollment.worker_id, enrollment.id)
      ), '[]') as charges,
      coalesce((
        select json_agg(json_build_object('id', refund.id::text, 'budget', budget_id::text, 'period', refund.period,
          'amount', amount::text) order by refund.id)
        from refund
        where (refund.worker_id, enrollment_id) = (enrollment.worker_id, enrollment.id) and status = 'REQUESTED'
      ), '[]') as refunds,
      (select follower.id from enrollment as follower
        where (follower.replaces_worker_id, follower.replaces_id) = (enrollment.worker_id, enrollment.id))
        as replaced_by
    from enrollment
      join coverage_program as program on program.code = program_code
      join payer on payer.id = payer_id
    where ${condition}
    order by enrollment.id`,
    values,
  )
  return rows.map(heldEnrollment)
}

interface EnrollmentRow {
  readonly worker: string
  readonly id: string
  readonly program: string
  readonly payer: string
  readonly payer_kind: PayerKind
  readonly decision: EnrollmentDecision
  readonly period: string
  readonly planned_until: string | null
  readonly suspended_from: string | null
  readonly covered_from: string | null
  readonly charges: { budget: string | null; period: string; monthly: string; paidThrough: Month | null }[]
  readonly refunds: { id: string; budget: string; period: string; amount: string }[]
  readonly replaced_by: string | null
}

function heldEnrollment(row: EnrollmentRow): HeldEnrollment {
  const { planned_until, suspended_from, covered_from, payer_kind, replaced_by, ...rest } = row
  return {
    ...rest,
    payerKind: payer_kind,
    replacedBy: replaced_by,
    period: fromDaterange(row.period),
    plannedUntil: planned_until === null ? null : monthOf(planned_until),
    suspendedFrom: suspended_from === null ? null : monthOf(suspended_from),
    coveredFrom: covered_from === null ? null : monthOf(covered_from),
    charges: row.charges.map(({ budget, period, monthly, paidThrough }) => ({
      budget,
      period: fromDaterange(period),
      monthly: BigInt(monthly),
      paidThrough,
    })),
    refunds: row.refunds.map(({ period, amount, ...refund }) => ({
      ...refund,
      period: fromDaterange(period),
      amount: BigInt(amount),
    })),
  }
}
