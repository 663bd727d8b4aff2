import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { done, type Outcome } from '../../contract/outcome.ts'
import { checkedReason } from '../../contract/reason.ts'
import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import { firstDay, type Month } from '../../kernel/month.ts'
import { checkActsFor, mayActFor } from '../../payers/acting.ts'
import { ref, sql } from '../../planner/sql.ts'
import { CoverageProgramEntity } from '../../programs/program.entity.ts'
import { actor, insertEvents } from '../../workers/record-events.ts'
import { EnrollmentEntity } from '../enrollment.entity.ts'
import { nothingToDo } from '../state-refusal.ts'
import { acting } from './end.ts'
import { COMMITTED } from './held-enrollment.ts'

export interface Paying {
  /** Code: everybody in it; or else `enrollments`, or `roster`. */
  readonly program?: string | null
  /** Ids. */
  readonly enrollments?: readonly string[] | null
  /** Id: everybody who was enrolled with it. */
  readonly roster?: string | null
  /** The last month that is paid, with all unpaid ones before it. */
  readonly through: string
  /** Number of the payment order, or what else the ledger should say. */
  readonly reference: string
}

/**
 * Records that BPJS was paid: each enrollment for all its unpaid months through a month. Months are paid in their order,
 * so an earlier month is never left open behind a paid one.
 *
 * @throws Refused by StateRefusal when nothing is due.
 */
export async function pay(context: Context, input: Paying): Promise<Outcome> {
  const { query, note, post } = context.change!
  const reference = checkedReason('input.reference', input.reference)
  const target = await targetOf(query, context, input)
  const due = [target.value, firstDay(input.through as Month), COMMITTED]
  // Whoever owes something from here on only is not held, and another clerk may change what covers him: he is not paid for.
  const held = await query<{ id: string }>(
    `/* payment.hold */ select id from worker where id in (
      select charge.worker_id
      from enrollment join charge on (charge.worker_id, enrollment_id) = (enrollment.worker_id, enrollment.id)
      where ${target.condition} and ${IS_DUE}
    ) order by id for no key update`,
    due,
  )
  const [paid] = await query<PaidRow>(payStatement(target.condition), [
    ...due,
    reference,
    ...actor(acting(context)),
    held.map(({ id }) => id),
  ])
  const { enrollments, months, amount, workers, budgets } = paid!
  if (Number(enrollments) === 0) {
    throw nothingToDo('Nothing is due through this month.')
  }
  const entry = { kind: 'PAY', note: `${reference}: through ${input.through}` } as const
  post((budgets ?? []).map(({ budget, amount: part }) => ({ ...entry, budget, amount: BigInt(part) })))
  note({ workers: workers!, ...(target.subject && { subject: target.subject }) })
  return done('PaymentRecorded', {
    enrollments: Number(enrollments),
    months: Number(months),
    amount: amount ?? '0',
    budgets: budgets ?? [],
  })
}

interface PaidRow {
  readonly enrollments: string
  readonly months: string | null
  readonly amount: string | null
  readonly workers: string[] | null
  readonly budgets: { budget: string; amount: string }[] | null
}

interface Target {
  /** SQL over `enrollment`, of `$1`. */
  readonly condition: string
  readonly value: unknown
  readonly subject?: string
}

async function targetOf(query: Query, context: Context, input: Paying): Promise<Target> {
  const { program, enrollments, roster } = input
  if ([program, enrollments, roster].filter((named) => named != null).length !== 1)
    throw badInput('input.program', 'Name either a program, enrollments or a roster.')
  if (program != null) return programOf(query, context, program)
  if (roster != null) return rosterOf(query, context, roster)
  return enrollmentsOf(query, context, enrollments!)
}

async function programOf(query: Query, { viewer }: Context, program: string): Promise<Target> {
  const [found] = await query<{ payer: string }>(
    '/* payment.program */ select payer_id as payer from coverage_program where code = $1',
    [program],
  )
  if (!found)
    throw badInput('input.program', 'There is no program of this code.', 'Look it up with programs.')
  checkActsFor(viewer, found.payer, 'input.program')
  return { condition: 'program_code = $1', value: program, subject: `CoverageProgram:${program}` }
}

/** Rosters are a floor above: what they enrolled is asked of their table, and nothing of theirs is imported. */
async function rosterOf(query: Query, { viewer }: Context, roster: string): Promise<Target> {
  const [found] = await query<{ id: string; payer: string }>(
    '/* payment.roster */ select id, payer_id as payer from roster where id = $1',
    [idValue(roster)],
  )
  // Another payer's list is nobody else's to know of.
  if (!found || !mayActFor(viewer, found.payer))
    throw badInput('input.roster', 'There is no roster of this id.', 'Look it up with rosters.')
  return {
    condition: `enrollment.id in (select enrollment_id from roster_row where roster_id = $1 and outcome = 'ENROLLED')`,
    value: found.id,
    subject: `Roster:${found.id}`,
  }
}

async function enrollmentsOf(
  query: Query,
  { read, viewer }: Context,
  enrollments: readonly string[],
): Promise<Target> {
  const ids = [...new Set(enrollments)]
  if (ids.length === 0 || ids.length > MOST_ENROLLMENTS)
    throw badInput(
      'input.enrollments',
      `Name 1 to ${MOST_ENROLLMENTS} enrollments.`,
      'Pay by program instead.',
    )
  const [enrollment, of] = [ref(EnrollmentEntity), ref(CoverageProgramEntity)]
  const payers = await read<{ payer: string }>(
    sql`/* payment.enrollments */ select ${of.payer} as payer from ${enrollment}
      join ${of} on ${of.code} = ${enrollment.program} where ${enrollment.id} = any(${ids.map(idValue)}::bigint[])`,
    query,
  )
  for (const { payer } of payers) checkActsFor(viewer, payer, 'input.enrollments')
  if (payers.length < ids.length)
    throw badInput('input.enrollments', 'There is no enrollment of one of these ids.', 'Look them up.')
  return { condition: 'enrollment.id = any($1::bigint[])', value: ids }
}

const MOST_ENROLLMENTS = 1_000

/** Whether a charge of an enrollment has months through `$2` that are not paid; `$3` are the decisions that commit. */
const IS_DUE = `decision = any($3) and first_month <= $2::date
    and coalesce(paid_through < least($2::date, (upper(charge.period) - interval '1 month')::date), true)`

function payStatement(condition: string): string {
  return `/* payment.record */
with due as (
  select charge.worker_id, charge.enrollment_id, first_month, budget_id, monthly, payer_id,
    coalesce((paid_through + interval '1 month')::date, first_month) as first,
    least($2::date, (upper(charge.period) - interval '1 month')::date) as last
  from unnest($8::bigint[]) as held (worker_id)
    join enrollment using (worker_id)
    join coverage_program as program on program.code = program_code
    join charge on (charge.worker_id, enrollment_id) = (enrollment.worker_id, enrollment.id)
  where ${condition} and ${IS_DUE}
), counted as (
  select due.*, ((extract(year from last) - extract(year from first)) * 12
    + extract(month from last) - extract(month from first) + 1)::int as months
  from due
), paid as (
  update charge set paid_through = counted.last from counted
  where (charge.worker_id, charge.enrollment_id, charge.first_month)
    = (counted.worker_id, counted.enrollment_id, counted.first_month)
), told as (
  ${insertEvents(
    `select worker_id, 'PAID', enrollment_id, payer_id, daterange(min(first), (max(last) + interval '1 month')::date),
      sum(monthly * months), $4, null
    from counted group by worker_id, enrollment_id, payer_id`,
    5,
  )}
)
select count(distinct enrollment_id) as enrollments, sum(months) as months, sum(monthly * months)::text as amount,
  (select array_agg(distinct worker_id) from counted) as workers,
  (select jsonb_agg(jsonb_build_object('budget', budget_id::text, 'amount', amount::text) order by budget_id)
    from (select budget_id, sum(monthly * months) as amount from counted where budget_id is not null group by 1) as by_budget
  ) as budgets
from counted`
}
