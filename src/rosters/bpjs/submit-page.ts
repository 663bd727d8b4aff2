import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { submitEnrollments } from '../../enrollments/life/at-bpjs.ts'
import { COMMITTED } from '../../enrollments/life/held-enrollment.ts'
import { fromDaterange } from '../../kernel/period.ts'
import type { Benefit } from '../../programs/program.entity.ts'
import type { WorkerCategory } from '../../programs/worker-category.ts'
import { holdWorkers } from '../../workers/hold-workers.ts'
import { readIdentities } from '../../workers/identity.ts'
import type { Sex } from '../../workers/worker.entity.ts'
import type { SubmittedRow } from './submission-lines.ts'

/** Rows at a time: a transaction each, which nobody waits for long. */
const PAGE = 1_000

export interface SubmittedPage {
  readonly rows: readonly SubmittedRow[]
  /** The row after which the next page begins; undefined when there is none left. */
  readonly last: number | undefined
}

/**
 * The next enrolled rows of a roster as BPJS needs them, and notes of their enrollments that they are SUBMITTED. Whoever
 * has lost all of his months since he was enrolled is not in it.
 */
export function submitPage(
  { db, nikKeys, today }: Context,
  roster: string,
  after: number,
): Promise<SubmittedPage> {
  return db.transaction(async (query) => {
    const next = await query<{ row: number; enrollment: string; worker: string }>(NEXT, [roster, after, PAGE])
    const workers = next.map(({ worker }) => worker)
    await holdWorkers(query, workers)
    await submitEnrollments(
      query,
      workers,
      next.map(({ enrollment }) => enrollment),
      today,
    )
    const numbers = next.map(({ row }) => row)
    const found = await readRows(query, roster, numbers)
    const identities = await readIdentities(
      query,
      found.map(({ worker }) => worker),
      nikKeys,
    )
    const rows = found.map(({ worker, period, ...row }) => ({
      ...row,
      period: fromDaterange(period),
      identity: identities.get(worker),
      charges: row.charges.map((charge) => ({
        period: fromDaterange(charge.period),
        monthly: BigInt(charge.monthly),
      })),
    }))
    return { rows, last: numbers.at(-1) }
  })
}

const NEXT = `/* submission.next */
select line.row, enrollment.id as enrollment, enrollment.worker_id as worker
from roster_row as line join enrollment on enrollment.id = line.enrollment_id
where roster_id = $1 and outcome = 'ENROLLED' and row > $2 order by row limit $3`

interface FoundRow {
  readonly row: number
  readonly worker: string
  readonly sex: Sex
  readonly category: WorkerCategory
  readonly village: string
  readonly benefits: readonly Benefit[]
  readonly period: string
  readonly charges: readonly { period: string; monthly: string }[]
}

function readRows(query: Query, roster: string, rows: readonly number[]): Promise<FoundRow[]> {
  return query<FoundRow>(
    `/* submission.rows */ select line.row, worker.id as worker, worker.sex, worker.category, worker.village_code as village,
        program.benefits, enrollment.period, coalesce((
          select json_agg(json_build_object('period', charge.period, 'monthly', monthly::text) order by first_month)
          from charge where (charge.worker_id, charge.enrollment_id) = (enrollment.worker_id, enrollment.id)
        ), '[]') as charges
      from roster_row as line
        join enrollment on enrollment.id = line.enrollment_id
        join worker on worker.id = enrollment.worker_id
        join coverage_program as program on program.code = enrollment.program_code
      where roster_id = $1 and line.row = any($2::int[]) and enrollment.decision = any($3)
      order by line.row`,
    [roster, rows, COMMITTED],
  )
}
