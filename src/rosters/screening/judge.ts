import type { EligibilityLimits } from '../../contract/context.ts'
import { TRANSPORT } from '../../enrollments/eligibility/charges.ts'
import { screening } from '../../enrollments/eligibility/screening.ts'
import { isDisputed } from '../../workers/disputed.ts'
import { leaveIncomplete } from '../incomplete.ts'
import { RANK } from '../rank.ts'
import type { MatchedRow } from './match-rows.ts'

/**
 * Rows of a roster under all rules, as parts of a `with` over `$1` to `$9`, the {@link judgedValues}. They end in `judged`, a
 * row each: `row`, `match`, `found_worker`, `in_file`, `same_as`, `worker_id` (whom it is judged as; null: nobody whom the hub
 * knows), `problems`, `findings`, `covered`, `is_transport`, `judgement`, `rank`.
 *
 * Somebody whom the hub knows is judged by what it knows of him, as when he is enrolled alone; anybody else by what the file
 * says. What a person decided about a suspect holds for that one only, and what he admitted for what was found then. The
 * outcome is the first that applies, in the order of `RowOutcome`; the reasons are all there are. Of somebody whom those who
 * work for the payer do not see, they are told without the fact that decided: a file with his name and his NIK is no way to
 * learn where he has moved to.
 */
export const JUDGED = `asked as materialized (
  select found.row as index, found.match, found.worker as found_worker, found.in_file, found.same_as, line, roster.areas,
    roster.program_code, lower(roster.period) as first, roster.period, worker.id as worker_id,
    person.category, person.birth_month, person.village_code, person.regency_code, person.welfare_decile,
    person.decile_as_of, person.death_month, person.civil_servant,
    coalesce(person.category = any($8::text[]), false) as is_transport,
    -- Into whom a row was merged may have no identity himself.
    worker.id is null or (select true from worker_identity where worker_id = worker.id) is not null as has_identity,
    (line).village_code is not null and (select true from village where code = (line).village_code) is null as is_nowhere
  from unnest($2::int[], $3::text[], $4::bigint[], $5::text[], $6::int[]) as found (row, match, worker, in_file, same_as)
    -- Row by row: PostgreSQL knows nothing yet of a roster that has just arrived, and would read all of it each time.
    cross join lateral (
      select line from roster_row as line where line.roster_id = $1 and line.row = found.row offset 0
    ) as named
    join roster on roster.id = $1
    left join worker on worker.id = found.worker
      and (found.match = 'EXACT' or ((line).identity_decision = 'SAME_PERSON' and (line).worker_id = found.worker))
    cross join lateral (
      select worker.category, worker.birth_month, worker.village_code, worker.regency_code, worker.welfare_decile,
        worker.decile_as_of, worker.death_month, worker.civil_servant
      where worker.id is not null
      union all
      select (line).category, (line).birth_month, (line).village_code, left((line).village_code, 5), (line).welfare_decile,
        $9::date, null, false
      where worker.id is null
    ) as person
), ${screening({
  // All that the rules read of the person is in the candidate: joined by number, thousands would be compared with thousands.
  people: `cross join lateral (
      select c.worker_id as id, c.has_identity, c.category, c.birth_month, c.village_code, c.regency_code,
        c.welfare_decile, c.decile_as_of, c.death_month, c.civil_servant
    ) as w`,
  limits: '$7',
  more: [`${RANK} as found_rank`],
})}, reasoned as materialized (
  select screened.*,
    case when is_nowhere and not (line).problems @> '[{"code": "UNKNOWN"}]'
      then (line).problems || '[{"code": "UNKNOWN", "field": "village_code", "message": "There is no village of this code."}]'
      else (line).problems end as problems,
    case when worker_id is null or is_near or exists (
        select from coverage_line as line where line.worker_id = screened.worker_id and line.payer_id = screened.payer
      ) then told
      else (
        select coalesce(jsonb_agg(finding || '{"fact": null}' order by n), '[]')
        from jsonb_array_elements(told) with ordinality as findings (finding, n)
      )
    end as findings
  -- Read where they stand, and not where they are used: all rules would run once for each time a reason is named.
  from (select * from screened offset 0) as screened
    cross join lateral (
      select '*' = any(areas) or is_nowhere or village_code is null or exists (
        select from unnest(areas) as area where left(village_code, length(area)) = area
      ) as is_near
    ) as reach
    cross join lateral (
      -- Outside of the payer's area he is anyway, whoever has sent the file.
      select found
        || case when is_near or found @> '[{"code": "OUT_OF_AREA"}]' then '[]' else jsonb_build_array(jsonb_build_object(
          'code', 'OUT_OF_REACH', 'level', 'INELIGIBLE', 'message', 'Lives outside the areas of who sent the file.',
          'fact', regency_code)) end
        || case when not ${isDisputed('screened.worker_id')} then '[]' else jsonb_build_array(jsonb_build_object(
          'code', 'DISPUTED', 'level', 'REVIEW', 'message', 'A record of the worker is disputed.', 'fact', null)) end
        as told
      offset 0
    ) as told
), judged as (
  select index as row, match, found_worker, in_file, same_as, worker_id, problems, findings, covered, is_transport,
    (line).identity_reason, (line).decision_reason, found_rank as rank, (line).rank as former_rank, (line).category, (line).sex,
    (line).village_code, (line).welfare_decile,
    case
      when (line).nik_findings @> '[{"level": "ERROR"}]' then 'INVALID_NIK'
      when ${leaveIncomplete('problems')} then 'INCOMPLETE'
      when in_file = 'DUPLICATE' or (in_file = 'SUSPECT' and (line).identity_decision = 'SAME_PERSON')
        then 'DUPLICATE_IN_FILE'
      when match = 'CONFLICT' or in_file = 'CONFLICT' then 'IDENTITY_CONFLICT'
      when (match = 'SUSPECT' or in_file = 'SUSPECT') and (
          coalesce((line).identity_decision, 'REFUSE') = 'REFUSE' or (line).worker_id is distinct from found_worker
        ) then 'SUSPECT_MATCH'
      when covered <> '[]' then 'ALREADY_COVERED'
      when findings @> '[{"level": "INELIGIBLE"}]' then 'INELIGIBLE'
      when exists (
        select from jsonb_array_elements(findings) as finding
        where (finding ->> 'code' = any((line).admitted)) is not true
      ) then 'REVIEW'
      else 'ELIGIBLE'
    end as judgement
  from reasoned
)`

/** The values of a statement that begins with {@link JUDGED}. */
export function judgedValues(
  roster: string,
  rows: readonly MatchedRow[],
  { limits, today }: { readonly limits: EligibilityLimits; readonly today: string },
): unknown[] {
  return [
    roster,
    rows.map(({ row }) => row),
    rows.map(({ match }) => match),
    rows.map(({ worker }) => worker),
    rows.map(({ inFile }) => inFile),
    rows.map(({ sameAs }) => sameAs),
    JSON.stringify(limits),
    TRANSPORT,
    today,
  ]
}
