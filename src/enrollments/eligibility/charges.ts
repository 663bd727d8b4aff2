import { WORKER_CATEGORIES } from '../../programs/worker-category.ts'

/** Categories whose sector is TRANSPORT: some rates are theirs alone (DOMAIN.md §4.2). */
export const TRANSPORT = Object.entries(WORKER_CATEGORIES)
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

/**
 * What months cost, and whom, as parts of a `with`. Given `asked` (`program_code`, `period`, `is_transport`), they are `program`,
 * held so that nobody revises it before the transaction ends; `plan`, one for all people of one program, one sector and the
 * same months, who are charged alike; `charged`, its charges as JSON; `unpriced`, its first month without a known rate.
 */
export const PLANS = `program as materialized (
  select * from coverage_program where code in (select program_code from asked) for key share
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
), charged as materialized (
  select plan, jsonb_agg(jsonb_build_object('year', year, 'budget', found.id::text, 'first', first, 'until', until,
    'monthly', monthly::text) order by first) as charges
  from run
    cross join lateral (
      select case when count(*) = 1 then min(budget.id) end as id from budget
      where run.funding_source <> 'SELF' and budget.payer_id = run.payer_id and budget.fiscal_year = run.year
        and budget.funding_source = run.funding_source and (run.agency is null or budget.agency = run.agency)
    ) as found
  group by plan
), unpriced as materialized (
  select plan, min(day) as unpriced from priced where not known group by plan
)`
