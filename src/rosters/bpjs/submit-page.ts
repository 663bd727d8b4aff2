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
  readonly rows: readonly (SubmittedRow & { readonly worker: string })[]
  /** The row after which the next page begins; undefined when there is none left. */
  readonly last: number | undefined
}

/**
 * The next enrolled rows of a roster as BPJS needs them, and notes of their enrollments that they are SUBMITTED. Whoever
 * has lost all of his months since he was enrolled is not in it, nor who has no identity in the vault: BPJS could not tell
 * who that is.
 *
 * @param query of a transaction.
 */
export async function submitPage(
  query: Query,
  { nikKeys, today }: Pick<Context, 'nikKeys' | 'today'>,
  roster: string,
  after: number,
): Promise<SubmittedPage> {
  const next = await query<{ row: number; worker: string }>(NEXT, [roster, after, PAGE])
  await holdWorkers(
    query,
    next.map(({ worker }) => worker),
  )
  const numbers = next.map(({ row }) => row)
  const running = await readRows(query, roster, numbers)
  const identities = await readIdentities(
    query,
    running.map(({ worker }) => worker),
    nikKeys,
  )
  const found = running.filter(({ worker }) => identities.has(worker))
  await submitEnrollments(
    query,
    found.map(({ worker }) => worker),
    found.map(({ enrollment }) => enrollment),
    today,
  )
  const rows = found.map(({ period, charges, ...row }) => ({
    ...row,
    period: fromDaterange(period),
    identity: identities.get(row.worker)!,
    charges: charges.map((charge) => ({
      period: fromDaterange(charge.period),
      monthly: BigInt(charge.monthly),
    })),
  }))
  return { rows, last: numbers.at(-1) }
}

const NEXT = `/* submission.next */
select line.row, enrollment.worker_id as worker
from roster_row as line join enrollment on enrollment.id = line.enrollment_id
where roster_id = $1 and outcome = 'ENROLLED' and row > $2 order by row limit $3`

interface FoundRow {
  readonly row: number
  readonly worker: string
  readonly enrollment: string
  readonly sex: Sex
  readonly category: WorkerCategory
  readonly village: string
  readonly benefits: readonly Benefit[]
  readonly period: string
  readonly charges: readonly { period: string; monthly: string }[]
}

function readRows(query: Query, roster: string, rows: readonly number[]): Promise<FoundRow[]> {
  return query<FoundRow>(
    `/* submission.rows */ select line.row, worker.id as worker, enrollment.id as enrollment, worker.sex, worker.category, worker.village_code as village,
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
