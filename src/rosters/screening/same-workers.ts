import type { Query } from '../../db/database.ts'
import type { MatchedRow } from './match-rows.ts'

interface Candidate extends Pick<MatchedRow, 'row' | 'match' | 'worker'> {
  readonly isComplete: boolean
  /** Whether somebody has said that the suspect is this person. */
  readonly isSettled: boolean
}

/**
 * Finds rows whose person another row is already, under another NIK: one that he had before two records of him were merged,
 * or one with a slip that somebody has settled. The row that says his NIK right goes first, then the earlier one.
 *
 * @param rows in the order of their numbers.
 * @returns that other row by row.
 */
export async function sameWorkers(
  query: Query,
  roster: string,
  rows: readonly Candidate[],
): Promise<Map<number, number>> {
  const people = rows.filter(isSomebodyKnown)
  if (people.length === 0) return new Map()
  const stored = await query<{ row: number; worker: string; is_exact: boolean }>(KNOWN, [
    roster,
    people.map(({ worker }) => worker),
    rows.map(({ row }) => row),
  ])
  const exact = new Map<string, number>()
  const settled = new Map<string, number>()
  for (const { row, worker, is_exact } of stored) setFirst(is_exact ? exact : settled, worker, row)
  for (const { row, worker, match } of people) if (match === 'EXACT') setFirst(exact, worker!, row)
  const same = new Map<number, number>()
  for (const { row, worker, match } of people) {
    const other = match === 'EXACT' ? exact.get(worker!) : (exact.get(worker!) ?? settled.get(worker!))
    if (other !== undefined && other !== row && (match !== 'EXACT' || other < row)) same.set(row, other)
  }
  return same
}

function isSomebodyKnown({ worker, match, isComplete, isSettled }: Candidate): boolean {
  return worker !== null && isComplete && (match === 'EXACT' || (match === 'SUSPECT' && isSettled))
}

function setFirst(rows: Map<string, number>, worker: string, row: number): void {
  rows.set(worker, Math.min(row, rows.get(worker) ?? row))
}

const KNOWN = `/* roster.same_workers */ select row, worker_id as worker, match = 'EXACT' as is_exact from roster_row
where roster_id = $1 and worker_id = any($2::bigint[]) and not row = any($3::int[]) and in_file is null
  and (match = 'EXACT' or identity_decision = 'SAME_PERSON')
  and outcome not in ('INVALID_NIK', 'INCOMPLETE', 'SUSPECT_MATCH')
order by row`
