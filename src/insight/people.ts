import type { AreaLevel } from '../areas/area.type.ts'
import { type AreaRef, levelOf, levelOfCode } from '../areas/area-level.ts'
import type { EligibilityLimits } from '../contract/context.ts'
import { CoverageLineEntity } from '../enrollments/coverage-line.entity.ts'
import {
  coveredIn,
  type LineConditions,
  type LineRef,
  lineCounts,
  unpaidUpTo,
} from '../enrollments/covered.ts'
import { allOf, type Column, ref, type Sql, sql, verbatim } from '../planner/sql.ts'
import { domicileAt, type WorkerRef } from '../workers/domicile.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { eligibleIn } from './eligible.ts'

/** The people who live in an area; undefined is everybody. The domicile counts, not the payer. */
export type Scope = { readonly level: AreaLevel; readonly code: Sql | Column } | undefined

export function scopeOfCode(code: string | null | undefined): Scope {
  return code == null ? undefined : { level: levelOfCode(code), code: sql`${code}::text` }
}

export function scopeOfArea(area: AreaRef): Scope {
  return { level: levelOf(area), code: area.code }
}

/** One question about coverage: who, when, and which coverage counts. */
export interface Question {
  readonly scope: Scope
  readonly month: Sql | Column
  readonly conditions: LineConditions & { readonly categories?: readonly string[] | null | undefined }
  readonly limits: EligibilityLimits
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

/** Whether a worker is among the people asked about. */
export function isAskedAbout(worker: WorkerRef, { scope, conditions }: Question): Sql {
  return allOf(
    scope && sql`${domicileAt(worker, scope.level)} = ${scope.code}`,
    conditions.categories && sql`${worker.category} = any(${conditions.categories})`,
  )
}

/**
 * Columns that count people of a subquery `p` of {@link people}, named like the fields of `PeopleCounts`.
 * `eligible = eligibleCovered + uncovered` holds by construction.
 */
const COUNTS = verbatim(
  [
    `count(*) filter (where p.eligible) as "eligibleWorkers"`,
    `count(*) filter (where p.covered) as "coveredWorkers"`,
    `count(*) filter (where p.eligible and p.covered) as "eligibleCoveredWorkers"`,
    `count(*) filter (where p.eligible and not p.covered) as "uncoveredWorkers"`,
    `count(*) filter (where p.covered and p.unpaid) as "committedUnpaidWorkers"`,
    `(count(*) filter (where p.eligible and p.covered))::float8 / nullif(count(*) filter (where p.eligible), 0) as "coverageRate"`,
  ].join(', '),
)

/** One row: the counts of all people asked about. */
export function countPeople(question: Question): Sql {
  return sql`select ${COUNTS} from (${people(question)}) as p`
}

/** A row of counts for each value of a column, which is there as `grouped`. */
export function countPeopleBy(question: Question, by: (worker: WorkerRef) => Column): Sql {
  return sql`select p.grouped, ${COUNTS} from (${people(question, by)}) as p group by p.grouped`
}

/**
 * A row per person asked about, with what each count needs to know. `offset 0` keeps PostgreSQL from merging this
 * into the counting and evaluating `covered` once per count; columns that no count reads are dropped all the same.
 */
function people(question: Question, by?: (worker: WorkerRef) => Column): Sql {
  const worker = ref(WorkerEntity)
  const { month, conditions, limits } = question
  const grouped = by ? sql`, ${by(worker)} as grouped` : sql``
  return sql`select ${eligibleIn(worker, month, limits)} as eligible, ${coveredIn(worker, month, conditions)} as covered, ${unpaidUpTo(worker, month)} as unpaid${grouped} from ${worker} where ${isAskedAbout(worker, question)} offset 0`
}

/** Distinct covered people for each value of a column of their lines, which is there as `grouped`. */
export function countCoveredBy(question: Question, by: (line: LineRef) => Column): Sql {
  const [worker, line] = [ref(WorkerEntity), ref(CoverageLineEntity)]
  const distinct = sql`select distinct ${line.worker} as worker, ${by(line)} as grouped from ${line} join ${worker} on ${worker.id} = ${line.worker} where ${allOf(isAskedAbout(worker, question), lineCounts(line, question.month, question.conditions))}`
  return sql`select c.grouped, count(*) as "coveredWorkers" from (${distinct}) as c group by c.grouped`
}
