import type { EligibilityLimits } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { firstDay, type Month, monthOf } from '../../kernel/month.ts'
import { monthCount, type Period } from '../../kernel/period.ts'
import type { FundingSource, PayerKind } from '../../payers/payer.entity.ts'
import type { Benefit } from '../../programs/program.entity.ts'
import { WORKER_CATEGORIES } from '../../programs/worker-category.ts'
import type { Finding } from './finding.ts'
import { FINDINGS } from './rules.ts'

/** Whom to enroll in what, and when. */
export interface Candidate {
  /** Id. */
  readonly worker: string
  /** Code. */
  readonly program: string
  readonly period: Period
}

/** Months in which somebody pays already for a benefit of the program; the last month included. */
export interface Covered {
  readonly [name: string]: string
  readonly benefit: Benefit
  readonly payerKind: PayerKind
  readonly from: Month
  readonly to: Month
}

/** Months that one budget is charged with, at one contribution. */
export interface ChargePlan {
  readonly year: number
  /** Null: there is no such budget, or there are several; or the worker pays himself. */
  readonly budget: string | null
  readonly period: Period
  /** Rupiah a month. */
  readonly monthly: bigint
}

/** What the rules say of a candidate. */
export interface Screened extends Candidate {
  readonly payer: string
  readonly fundingSource: FundingSource
  readonly findings: readonly Finding[]
  readonly covered: readonly Covered[]
  /** Without the months whose contribution is not known. */
  readonly charges: readonly ChargePlan[]
}

/**
 * Applies the rules of eligibility to candidates, in one statement however many they are; who is not known, or whose
 * program is not, is not in it. Writes nothing: whether the budgets last is for whoever holds them.
 *
 * @returns in the order of the candidates, by their position.
 */
export async function screen(
  query: Query,
  candidates: readonly Candidate[],
  limits: EligibilityLimits,
): Promise<Map<number, Screened>> {
  const rows = await query<ScreenedRow>(SCREEN, [
    candidates.map(({ worker }) => worker),
    candidates.map(({ program }) => program),
    candidates.map(({ period }) => firstDay(period.from)),
    candidates.map(({ period }) => firstDay(period.until)),
    JSON.stringify(limits),
    TRANSPORT,
  ])
  return new Map(rows.map((row) => [row.index, screened(candidates[row.index]!, row)]))
}

/** What the months of a plan cost, in rupiah. */
export function costOf(charges: readonly ChargePlan[]): bigint {
  return charges.reduce((sum, { monthly, period }) => sum + monthly * BigInt(monthCount(period)), 0n)
}

interface ScreenedRow {
  readonly index: number
  readonly payer: string
  readonly funding_source: FundingSource
  readonly findings: Finding[]
  readonly covered: Covered[]
  readonly charges: { year: number; budget: string | null; first: string; until: string; monthly: string }[]
}

function screened(candidate: Candidate, { payer, funding_source, findings, covered, charges }: ScreenedRow) {
  return {
    ...candidate,
    payer,
    fundingSource: funding_source,
    findings,
    covered,
    charges: charges.map(({ year, budget, first, until, monthly }) => ({
      year,
      budget,
      period: { from: monthOf(first), until: monthOf(until) },
      monthly: BigInt(monthly),
    })),
  }
}

const TRANSPORT = Object.entries(WORKER_CATEGORIES)
  .filter(([, { sector }]) => sector === 'TRANSPORT')
  .map(([category]) => category)

/**
 * The contribution of a month: of the rates in force, the one that names payer and sector applies before the one that
 * names one of them or anybody (PP 44/2015; the relief of PP 50/2025 art. 4(1), which excludes governments). The hub knows
 * no incomes, so of the bands the lowest applies.
 */
const TARIFF = `
  select sum(rate.amount) as monthly, bool_and(rate.amount is not null) as known
  from unnest(plan.benefits) as of (benefit)
  left join lateral (
    select amount from contribution_rate as rate
    where rate.segment = plan.segment and rate.benefit = of.benefit and rate.amount is not null
      and rate.variant in ('LOWEST_BAND', 'FLAT')
      and rate.payer in ('ANY', plan.rate_payer) and rate.sector in ('ANY', plan.rate_sector)
      and rate.effective_from <= month.day and coalesce(rate.effective_to, 'infinity') >= month.day
    order by rate.payer = 'ANY', rate.sector = 'ANY', rate.effective_from desc
    limit 1
  ) as rate on true`

// People of one program, one sector and the same months are charged alike, so the tariff is looked up once for them. The
// program is held, so that nobody revises it between its screening and its enrollment.
const SCREEN = prepared(`/* enrollment.screen */
with asked as (
  select (index - 1)::int as index, worker_id, program_code, first, daterange(first, until) as period,
    coalesce(worker.category = any($6::text[]), false) as is_transport
  from unnest($1::bigint[], $2::text[], $3::date[], $4::date[]) with ordinality
    as given (worker_id, program_code, first, until, index)
    join worker on worker.id = worker_id and worker.merged_into_id is null
), program as materialized (
  select * from coverage_program where code = any($2::text[]) for key share
), plan as materialized (
  select row_number() over () as plan, asked.*, program.payer_id, program.funding_source, program.agency,
    program.segment, program.benefits, case when is_transport then 'TRANSPORT' else 'OTHER' end as rate_sector,
    case when payer.kind in ('CENTRAL', 'PROVINCE', 'REGENCY', 'VILLAGE') then 'GOVERNMENT' else 'OTHER' end
      as rate_payer
  from (select distinct program_code, period, is_transport from asked) as asked
    join program on program.code = program_code
    join payer on payer.id = program.payer_id
), priced as (
  select plan.plan, plan.funding_source, plan.payer_id, plan.agency, month.day,
    extract(year from month.day)::int as year, tariff.known, tariff.monthly
  from plan
    cross join lateral (
      select day::date from generate_series(lower(plan.period), upper(plan.period) - 1, interval '1 month') as day
    ) as month
    cross join lateral (${TARIFF}) as tariff
), run as (
  select plan, year, monthly, min(day) as first, (max(day) + interval '1 month')::date as until,
    min(payer_id) as payer_id, min(funding_source) as funding_source, min(agency) as agency
  from (
    select priced.*, extract(month from day)::int - row_number() over (partition by plan, year, monthly order by day)
      as island
    from priced where known
  ) as numbered
  group by plan, year, monthly, island
), charged as (
  select plan, jsonb_agg(jsonb_build_object('year', year, 'budget', found.id::text, 'first', first, 'until', until,
    'monthly', monthly::text) order by first) as charges
  from run
    cross join lateral (
      select case when count(*) = 1 then min(budget.id) end as id from budget
      where run.funding_source <> 'SELF' and budget.payer_id = run.payer_id and budget.fiscal_year = run.year
        and budget.funding_source = run.funding_source and (run.agency is null or budget.agency = run.agency)
    ) as found
  group by plan
), unpriced as (
  select plan, min(day) as unpriced from priced where not known group by plan
), l as (
  select "minAge" as min_age, "maxAge" as max_age, "reviewAge" as review_age, "decileMonths" as decile_months,
    "exemptCategories" as exempt_categories, earmarks
  from jsonb_to_record($5::jsonb) as given ("minAge" int, "maxAge" int, "reviewAge" int, "decileMonths" int,
    "exemptCategories" text[], earmarks jsonb)
), candidate as (
  select asked.index, asked.worker_id, asked.first, asked.period, plan.plan, plan.program_code, unpriced.unpriced
  from asked
    join plan using (program_code, period, is_transport)
    left join unpriced using (plan)
)
select c.index, p.payer_id as payer, p.funding_source,
  ${FINDINGS} as findings,
  coalesce(covered.covered, '[]') as covered,
  coalesce(charged.charges, '[]') as charges
from (
  select candidate.*, extract(year from age(first, birth_month))::int as age
  from candidate join worker on worker.id = worker_id
) as c
  join worker as w on w.id = c.worker_id
  join program as p on p.code = c.program_code
  join payer as y on y.id = p.payer_id
  cross join l
  left join charged on charged.plan = c.plan
  cross join lateral (
    select jsonb_agg(jsonb_build_object('benefit', line.benefit, 'payerKind', other.kind,
      'from', to_char(lower(line.period * c.period), 'YYYY-MM'),
      'to', to_char(upper(line.period * c.period) - 1, 'YYYY-MM')) order by line.period, line.benefit, line.id)
      as covered
    from coverage_line as line join payer as other on other.id = line.payer_id
    where line.worker_id = c.worker_id and line.period && c.period and line.benefit = any(p.benefits)
      and line.segment not in ('PU', 'JAKON') and (line.funding_source = 'SELF') = (p.funding_source = 'SELF')
  ) as covered
order by c.index`)
