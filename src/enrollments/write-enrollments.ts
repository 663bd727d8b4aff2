import type { Change } from '../contract/context.ts'
import { prepared } from '../db/prepared.ts'
import { firstDay, type Month } from '../kernel/month.ts'
import { monthCount, type Period } from '../kernel/period.ts'
import { type Acting, actor, insertEvents } from '../workers/record-events.ts'
import type { Finding } from './eligibility/finding.ts'
import { exclusiveGroup } from './subsidy.ts'

/** Months to charge; of a paid run the money is spent already and only changes hands. */
export interface NewCharge {
  /** Null: the worker pays himself. */
  readonly budget: string | null
  readonly period: Period
  /** Rupiah a month. */
  readonly monthly: bigint
  /** The last month that was paid before the charge came to this person; its months are committed already. */
  readonly paidThrough?: Month | undefined
}

/** An enrollment to write, whatever rules decided it before. */
export interface NewEnrollment {
  readonly worker: string
  readonly program: string
  /** Its months; of one that goes on, the months that are added to it. */
  readonly period: Period
  readonly charges: readonly NewCharge[]
  readonly rulesVersion?: string
  /** Findings that a person settled, and why. */
  readonly settled?: { readonly findings: readonly Finding[]; readonly because: string } | undefined
  /** The enrollment whose place it takes. */
  readonly replaces?: { readonly worker: string; readonly id: string } | undefined
  /** The enrollment that goes on, when this is not a new one. */
  readonly continues?: string | undefined
}

export interface Writing extends Acting {
  /** Kind of the event in each person's history. */
  readonly event: 'ENROLLED' | 'RESUMED' | 'TOOK_OVER' | 'TRANSFERRED'
  readonly reason?: string | null | undefined
  /** What the ledger says it is for; names nobody. */
  readonly note: string
}

/**
 * Writes enrollments with their charges, lines and events in one statement, and posts what they commit.
 *
 * The caller holds the workers (`workers/hold-workers.ts`) and has screened them since.
 *
 * @returns the ids, in the order given.
 */
export async function writeEnrollments(
  { query, post }: Change,
  enrollments: readonly NewEnrollment[],
  { event, reason, note, ...acting }: Writing,
): Promise<readonly string[]> {
  if (enrollments.length === 0) return []
  const charges = enrollments.flatMap((enrollment, index) =>
    enrollment.charges.map((charge) => ({ ...charge, n: index + 1 })),
  )
  const of = <Value>(value: (enrollment: NewEnrollment) => Value) => enrollments.map(value)
  const ofCharge = <Value>(value: (charge: (typeof charges)[number]) => Value) => charges.map(value)
  const [written] = await query<{ ids: string[] }>(WRITE, [
    of(({ worker }) => worker),
    of(({ program }) => program),
    of(({ period }) => firstDay(period.from)),
    of(({ period }) => firstDay(period.until)),
    of(({ rulesVersion }) => rulesVersion ?? null),
    of(({ settled }) =>
      settled ? JSON.stringify(settled.findings.map(({ code, fact }) => ({ code, fact }))) : null,
    ),
    of(({ settled }) => settled?.because ?? null),
    of(({ replaces }) => replaces?.worker ?? null),
    of(({ replaces }) => replaces?.id ?? null),
    of(({ continues }) => continues ?? null),
    ofCharge(({ n }) => n),
    ofCharge(({ budget }) => budget),
    ofCharge(({ period }) => firstDay(period.from)),
    ofCharge(({ period }) => firstDay(period.until)),
    ofCharge(({ monthly }) => monthly.toString()),
    ofCharge(({ period }) => monthCount(period)),
    ofCharge(({ paidThrough }) => (paidThrough ? firstDay(paidThrough) : null)),
    event,
    reason ?? null,
    ...actor(acting),
  ])
  post(
    charges.flatMap(({ budget, monthly, period, paidThrough }) => {
      if (budget === null || paidThrough !== undefined) return []
      return [{ budget, kind: 'COMMIT', amount: monthly * BigInt(monthCount(period)), note } as const]
    }),
  )
  return written!.ids
}

const WRITE = prepared(`/* enrollment.write */
with given as (
  select * from unnest($1::bigint[], $2::text[], $3::date[], $4::date[], $5::text[], $6::jsonb[], $7::text[],
      $8::bigint[], $9::bigint[], $10::bigint[]) with ordinality
    as given (worker_id, program_code, first, until, rules_version, settled, because, replaces_worker_id, replaces_id,
      continues, n)
), run as (
  select * from unnest($11::int[], $12::bigint[], $13::date[], $14::date[], $15::bigint[], $16::int[], $17::date[])
    as run (n, budget_id, first, until, monthly, months, paid_through)
), fresh as materialized (
  select given.*, daterange(given.first, given.until) as period,
    coalesce(given.continues, nextval(pg_get_serial_sequence('enrollment', 'id'))) as id
  from given
), enrolled as (
  insert into enrollment (worker_id, id, program_code, period, decision, decided_on, rules_version, settled,
    settled_because, replaces_worker_id, replaces_id)
  select worker_id, id, program_code, period, 'COMMITTED', $20::date, rules_version, settled, because,
    replaces_worker_id, replaces_id
  from fresh where continues is null
), continued as (
  update enrollment set decided_on = $20::date, rules_version = coalesce(fresh.rules_version, enrollment.rules_version),
    settled = coalesce(fresh.settled, enrollment.settled),
    settled_because = coalesce(fresh.because, enrollment.settled_because)
  from fresh where (enrollment.worker_id, enrollment.id) = (fresh.worker_id, fresh.continues)
), charged as (
  insert into charge (worker_id, enrollment_id, budget_id, period, monthly, paid_through)
  select worker_id, id, budget_id, daterange(run.first, run.until), monthly, paid_through
  from run join fresh using (n)
), covered as (
  insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit, period,
    exclusive_group, origin)
  select worker_id, fresh.id, program.code, payer_id, funding_source, segment, of.benefit, fresh.period,
    ${exclusiveGroup('of.benefit')}, 'HUB'
  from fresh join coverage_program as program on program.code = program_code cross join unnest(benefits) as of (benefit)
  order by worker_id
), told as (
  ${insertEvents(
    `select worker_id, $18, fresh.id, program.payer_id, fresh.period,
      cost.amount, coalesce($19, because), null
    from fresh join coverage_program as program on program.code = program_code
      -- Looked up for each of thousands, a list of as many would be read from its beginning.
      left join (select n, sum(monthly * months) as amount from run group by n) as cost using (n)`,
    20,
  )}
)
select array_agg(id order by n) as ids from fresh`)
