import { isSubsidy } from '../subsidy.ts'
import { PLANS } from './charges.ts'
import { FINDINGS } from './rules.ts'

/**
 * The rules over people, as parts of a `with`: the same for one person and for a file of them. Given `asked` (`index`,
 * `worker_id`, `program_code`, `first`, `period`, `is_transport`), they end in `screened`: the columns of `asked`, `payer`, `funding_source`,
 * `found` (findings), `covered`, `charges`.
 *
 * @param people joins `w` to a candidate `c`: the person, as `rules.ts` reads him. Who is not registered yet has no `id`.
 * @param limits the parameter that holds the limits, as JSON.
 * @param more further columns of `screened`, over the same names as the rules.
 */
export function screening({
  people,
  limits,
  more = [],
}: {
  readonly people: string
  readonly limits: string
  readonly more?: readonly string[]
}): string {
  return `${PLANS}, l as (
  select "minAge" as min_age, "maxAge" as max_age, "reviewAge" as review_age, "decileMonths" as decile_months,
    "exemptCategories" as exempt_categories, earmarks
  from jsonb_to_record(${limits}::jsonb) as given ("minAge" int, "maxAge" int, "reviewAge" int, "decileMonths" int,
    "exemptCategories" text[], earmarks jsonb)
), candidate as (
  select asked.*, plan.plan, unpriced.unpriced
  from asked
    join plan using (program_code, period, is_transport)
    left join unpriced using (plan)
), screened as (
  select c.*, p.payer_id as payer, p.funding_source,
    ${FINDINGS} as found,
    coalesce(covered.covered, '[]') as covered,
    ${["coalesce(charged.charges, '[]') as charges", ...more].join(',\n    ')}
  from candidate as c
    ${people}
    cross join lateral (select extract(year from age(c.first, w.birth_month))::int as age) as a
    join program as p on p.code = c.program_code
    join payer as y on y.id = p.payer_id
    cross join l
    left join charged on charged.plan = c.plan
    cross join lateral (
      select jsonb_agg(jsonb_build_object('benefit', line.benefit, 'payerKind', (select kind from payer where id = line.payer_id),
        'from', to_char(lower(line.period * c.period), 'YYYY-MM'),
        'to', to_char(upper(line.period * c.period) - 1, 'YYYY-MM')) order by line.period, line.benefit, line.id)
        as covered
      from coverage_line as line
      where line.worker_id = c.worker_id and line.period && c.period and line.benefit = any(p.benefits)
        and (${isSubsidy('line')} and ${isSubsidy('p')} or line.funding_source = 'SELF' and p.funding_source = 'SELF')
    ) as covered
)`
}
