import { everyOf } from '../access/answers.ts'
import type { Answer } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import type { AreaLevel } from '../areas/area.type.ts'
import { type AreaRef, levelOf, levelOfCode } from '../areas/area-level.ts'
import type { Context, EligibilityLimits } from '../contract/context.ts'
import { STATISTICS } from '../contract/readings.ts'
import { CoverageLineEntity } from '../enrollments/coverage-line.entity.ts'
import {
  coveredIn,
  type LineConditions,
  type LineRef,
  lineCounts,
  unpaidUpTo,
} from '../enrollments/covered.ts'
import { allOf, type Column, join, ref, type Sql, sql, verbatim } from '../planner/sql.ts'
import { domicileAt, isUnmerged, type WorkerRef } from '../workers/domicile.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { eligibleIn } from './eligible.ts'
import { exactColumn, exactIn, shownCount } from './exactness.ts'

/** The people who live in an area; undefined is everybody. The domicile counts, not the payer. */
export type Scope =
  | { readonly level: AreaLevel; readonly code: Sql | Column; readonly exact: Answer }
  | undefined

export function scopeOfCode(code: string | null | undefined, viewer: Viewer): Scope {
  if (code == null) return undefined
  return { level: levelOfCode(code), code: sql`${code}::text`, exact: exactIn(code, viewer) }
}

export function scopeOfArea(area: AreaRef, viewer: Viewer): Scope {
  return { level: levelOf(area), code: area.code, exact: exactIn(area.code, viewer) }
}

/** One question about coverage: who, when, and which coverage counts. */
export interface Question {
  readonly scope: Scope
  readonly month: Sql | Column
  readonly conditions: LineConditions & { readonly categories?: readonly string[] | null | undefined }
  readonly limits: EligibilityLimits
  readonly viewer: Viewer
  /** `YYYY-MM-DD`: agreements of payers hold from a day to a day. */
  readonly today: string
}

/** The question of a request: with its filter, within its limits, by its viewer. */
export function questionOf(
  scope: Scope,
  month: Sql,
  filter: Question['conditions'] | null,
  { limits, viewer, today }: Context,
): Question {
  return { scope, month, conditions: filter ?? {}, limits, viewer, today }
}

/** The columns of every count of people. */
export interface PeopleCountsRow {
  eligibleWorkers: number
  coveredWorkers: number
  eligibleCoveredWorkers: number
  uncoveredWorkers: number
  committedUnpaidWorkers: number
  coverageRate: number
}

/** Whether a question's numbers are exact for who asks. */
export function exactFor({ scope, viewer }: Question): Answer {
  return scope ? scope.exact : exactIn(undefined, viewer)
}

/** Whether a question is about everybody in a regency or a larger area. */
export function isBroad({ scope, conditions }: Question): boolean {
  const isLarge = scope === undefined || scope.level === 'PROVINCE' || scope.level === 'REGENCY'
  return isLarge && Object.values(conditions).every((list) => list == null)
}

/** Whether a worker is among the people asked about. */
export function isAskedAbout(worker: WorkerRef, { scope, conditions }: Question): Sql {
  return allOf(
    isUnmerged(worker),
    scope && sql`${domicileAt(worker, scope.level)} = ${scope.code}`,
    conditions.categories && sql`${worker.category} = any(${conditions.categories})`,
  )
}

/**
 * Columns that count people of a subquery `p` of {@link people}, named like the fields of `PeopleCounts`. The uncovered
 * are the eligible less the covered of them: {@link shownCounts}.
 */
const COUNTS = verbatim(
  [
    `count(*) filter (where p.eligible) as "eligibleWorkers"`,
    `count(*) filter (where p.covered) as "coveredWorkers"`,
    `count(*) filter (where p.eligible and p.covered) as "eligibleCoveredWorkers"`,
    `count(*) filter (where p.covered and p.unpaid) as "committedUnpaidWorkers"`,
  ].join(', '),
)

/** One row: the counts of all people asked about, none of them rounded yet. */
export function countPeople(question: Question): Sql {
  return sql`select ${COUNTS} from (${people(question)}) as p`
}

/** A row of counts for each value of a column, which is there as `grouped`. */
export function countPeopleBy(question: Question, by: (worker: WorkerRef) => Column): Sql {
  return sql`select p.grouped, ${COUNTS} from (${people(question, by)}) as p group by p.grouped`
}

/**
 * The columns of `PeopleCounts` as they may be shown, out of a subquery `c` of counts, and `exact`. The rate and the
 * uncovered are those of the numbers shown: rounded by themselves they would give the others away. What is committed and
 * not paid is read from charges, which are their payers' own: exact for viewers of the whole country only.
 */
export function shownCounts(exact: Answer, viewer: Viewer): Sql {
  const shown = (name: string, exactly = exact) =>
    shownCount(sql`coalesce(${verbatim(`c."${name}"`)}, 0)`, exactly)
  const [eligible, covered] = [shown('eligibleWorkers'), shown('eligibleCoveredWorkers')]
  const columns = {
    eligibleWorkers: eligible,
    coveredWorkers: shown('coveredWorkers'),
    eligibleCoveredWorkers: covered,
    uncoveredWorkers: sql`greatest(${eligible} - ${covered}, 0)`,
    committedUnpaidWorkers: shown('committedUnpaidWorkers', everyOf([exact, seesEverywhere(viewer)])),
    coverageRate: sql`${covered}::float8 / nullif(${eligible}, 0)`,
    exact: exactColumn(exact),
  }
  return join(
    Object.entries(columns).map(([name, column]) => sql`${column} as ${verbatim(`"${name}"`)}`),
    ', ',
  )
}

/** No count of a group is larger than both of these. */
const LARGEST_COUNTS = ['eligibleWorkers', 'coveredWorkers']

/** Which rows of a breakdown may be shown: a group that is rounded to nobody would still say that it is there. */
export function shownGroups(exact: Answer, names: readonly string[] = LARGEST_COUNTS): Sql {
  if (exact === true) return verbatim('true')
  const counts = names.map((name) => sql`${shownCount(verbatim(`c."${name}"`), false)} > 0`)
  const anybody = sql`(${join(counts, ' or ')})`
  return exact === false ? anybody : sql`(${exact} or ${anybody})`
}

/**
 * A row per person asked about, with what each count needs to know. `offset 0` keeps PostgreSQL from merging this
 * into the counting and evaluating `covered` once per count; columns that no count reads are dropped all the same.
 */
function people(question: Question, by?: (worker: WorkerRef) => Column): Sql {
  const worker = ref(WorkerEntity, STATISTICS)
  const { month, conditions, limits } = question
  const grouped = by ? sql`, ${by(worker)} as grouped` : sql``
  const covered = coveredIn(worker, month, conditions, STATISTICS)
  return sql`select ${eligibleIn(worker, month, limits)} as eligible, ${covered} as covered, ${unpaidUpTo(worker, month)} as unpaid${grouped} from ${worker} where ${isAskedAbout(worker, question)} offset 0`
}

/** Distinct covered people for each value of a column of their lines, which is there as `grouped`. */
export function countCoveredBy(question: Question, by: (line: LineRef) => Column): Sql {
  const [worker, line] = [ref(WorkerEntity, STATISTICS), ref(CoverageLineEntity, STATISTICS)]
  const distinct = sql`select distinct ${line.worker} as worker, ${by(line)} as grouped from ${line} join ${worker} on ${worker.id} = ${line.worker} where ${allOf(isAskedAbout(worker, question), lineCounts(line, question.month, question.conditions))}`
  return sql`select c.grouped, count(*) as "coveredWorkers" from (${distinct}) as c group by c.grouped`
}
