import { idValue } from '../contract/id.ts'
import { STATISTICS } from '../contract/readings.ts'
import { allOf, type Column, type Ref, type RowOf, ref, type Sql, sql } from '../planner/sql.ts'
import type { WorkerRef } from '../workers/domicile.ts'
import { ChargeEntity } from './charge.entity.ts'
import { CoverageLineEntity } from './coverage-line.entity.ts'

export type LineRef = Ref<RowOf<typeof CoverageLineEntity>>

/** Which coverage counts. All conditions must hold for one and the same line; a list is a union. */
export interface LineConditions {
  readonly benefits?: readonly string[] | null | undefined
  readonly fundingSources?: readonly string[] | null | undefined
  readonly payers?: readonly string[] | null | undefined
  readonly programs?: readonly string[] | null | undefined
}

/** Whether a line contains the month and meets the conditions. */
export function lineCounts(line: LineRef, month: Sql | Column, conditions: LineConditions = {}): Sql {
  const { benefits, fundingSources, payers, programs } = conditions
  return allOf(
    sql`${line.period} @> ${month}`,
    benefits && sql`${line.benefit} = any(${benefits})`,
    fundingSources && sql`${line.fundingSource} = any(${fundingSources})`,
    payers && sql`${line.payer} = any(${payers.map(idValue)}::bigint[])`,
    programs && sql`${line.program} = any(${programs})`,
  )
}

/**
 * Whether a worker is covered in the month: by any line of the hub or reported to it. `reading` says what the lines
 * are read for, when not to show them.
 */
export function coveredIn(
  worker: WorkerRef,
  month: Sql | Column,
  conditions: LineConditions = {},
  reading?: string,
): Sql {
  const line = ref(CoverageLineEntity, reading)
  return sql`exists (select 1 from ${line} where ${line.worker} = ${worker.id} and ${lineCounts(line, month, conditions)})`
}

/** Whether a wage-earner line covers the worker in the month: a subsidy must not replace an employer's duty. */
export function wageEarnerIn(worker: WorkerRef, month: Sql | Column): Sql {
  const line = ref(CoverageLineEntity, STATISTICS)
  return sql`exists (select 1 from ${line} where ${line.worker} = ${worker.id} and ${line.segment} = 'PU' and ${line.period} @> ${month})`
}

/** Whether any month of the worker up to this one is committed to a budget but not paid yet. */
export function unpaidUpTo(worker: WorkerRef, month: Sql | Column): Sql {
  const charge = ref(ChargeEntity, STATISTICS)
  const lastDue = sql`least(${month}, (upper(${charge.period}) - interval '1 month')::date)`
  return sql`exists (select 1 from ${charge} where ${charge.worker} = ${worker.id} and lower(${charge.period}) <= ${month} and coalesce(${charge.paidThrough} < ${lastDue}, true))`
}
