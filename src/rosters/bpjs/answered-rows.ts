import type { NikKeys } from '../../access/vault/nik-keys.ts'
import type { Query } from '../../db/database.ts'
import type { Nik } from '../../kernel/nik.ts'
import { findByNik } from '../../workers/find-by-nik.ts'
import type { RowAcceptance, RowOutcome } from '../roster-row.entity.ts'
import type { AnswerLine } from './answer-line.ts'
import type { AnswerProblemCode } from './answer-problem.ts'

/** A row of a roster that an answer may be about. */
export interface AnsweredRow {
  readonly row: number
  readonly outcome: RowOutcome | null
  readonly acceptance: RowAcceptance | null
  readonly reason: string | null
  readonly enrollment: string | null
  /** Whose enrollment it is now. */
  readonly worker: string | null
}

export interface AnsweredRows {
  readonly rows: ReadonlyMap<number, AnsweredRow>
  /** Which row a line is about, or why that cannot be said. */
  numberOf(answer: AnswerLine): number | AnswerProblemCode
}

/** Finds the rows that answers are about: by their number, or by the NIK of somebody who is enrolled by one. */
export async function findAnsweredRows(
  query: Query,
  roster: string,
  answers: readonly AnswerLine[],
  keys: NikKeys,
): Promise<AnsweredRows> {
  const niks = answers.flatMap(nikCandidates)
  const workers = await findByNik(query, [...new Set(niks)], keys)
  const workersOf = (some: readonly Nik[]) =>
    some.map((nik) => workers.get(nik)).filter((worker) => worker !== undefined)
  const unnumbered = workersOf(answers.filter(({ row }) => row === null).flatMap(nikCandidates))
  const numbers = new Set([
    ...answers.map(({ row }) => row).filter((row) => row !== null),
    ...(await numbersOfPeople(query, roster, unnumbered)),
  ])
  const rows = new Map((await readRows(query, roster, [...numbers])).map((row) => [row.row, row]))
  const ofWorker = Map.groupBy(rows.values(), ({ worker }) => worker)
  const rowsOf = (some: readonly Nik[]) => workersOf(some).flatMap((worker) => ofWorker.get(worker) ?? [])
  return {
    rows,
    numberOf(answer) {
      const { row, nik, roundedFrom } = answer
      if (row !== null) {
        const named = rows.get(row)
        if (!named) return 'UNKNOWN_ROW'
        const candidates = nikCandidates(answer)
        const isNamed = candidates.length === 0 || named.worker === null
        // A NIK that may be rounded says as much as its row does, as long as it could be that of its person.
        return isNamed || workersOf(candidates).includes(named.worker!) ? row : 'OTHER_PERSON'
      }
      const own = nik === null ? [] : rowsOf([nik])
      // Perhaps somebody else is meant, and not whose NIK it happens to be.
      if (rowsOf(roundedFrom).some((other) => !own.includes(other))) return 'ROUNDED_NIK'
      return own.length > 1 ? 'AMBIGUOUS' : (own[0]?.row ?? 'UNKNOWN_ROW')
    },
  }
}

/** Every NIK that a line may mean. */
function nikCandidates({ nik, roundedFrom }: AnswerLine): readonly Nik[] {
  return nik === null ? roundedFrom : [nik, ...roundedFrom]
}

/**
 * Rows by which people are enrolled. Two statements: joined, the second table would be looked at once for each of the
 * roster's rows whenever PostgreSQL takes them for few.
 */
async function numbersOfPeople(query: Query, roster: string, workers: readonly string[]): Promise<number[]> {
  if (workers.length === 0) return []
  const enrollments = await query<{ id: string }>(
    '/* acceptance.enrollments */ select id from enrollment where worker_id = any($1::bigint[])',
    [workers],
  )
  const rows = await query<{ row: number }>(
    `/* acceptance.numbers */ select row from roster_row
      where roster_id = $1 and outcome = 'ENROLLED' and enrollment_id = any($2::bigint[])`,
    [roster, enrollments.map(({ id }) => id)],
  )
  return rows.map(({ row }) => row)
}

/** Rows of a roster by their numbers, as they are now. */
export function readRows(query: Query, roster: string, rows: readonly number[]): Promise<AnsweredRow[]> {
  return query<AnsweredRow>(
    `/* acceptance.rows */ select line.row, outcome, acceptance, acceptance_reason as reason,
        enrollment_id as enrollment, enrollment.worker_id as worker
      from roster_row as line left join enrollment on enrollment.id = line.enrollment_id
      where roster_id = $1 and line.row = any($2::int[])`,
    [roster, rows],
  )
}
