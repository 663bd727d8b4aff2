import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import type { MatchedRow } from './match-rows.ts'

/**
 * Finds rows whose person another row is already, under another NIK: one that he had before two records of him were merged,
 * or one with a slip that somebody has settled. The row that says his NIK right goes first, then the earlier one.
 *
 * @param rows in the order of their numbers; those before them in the file have their outcomes.
 * @returns that other row by row.
 */
export async function sameWorkers(
  query: Query,
  roster: string,
  rows: readonly MatchedRow[],
): Promise<Map<number, number>> {
  const people = rows.filter(isSomebodyKnown)
  if (people.length === 0) return new Map()
  const stored = await query<{ row: number; worker: string; is_exact: boolean }>(KNOWN, [
    roster,
    people.map(({ worker }) => worker),
    people.map(({ match }) => match === 'SUSPECT'),
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

function isSomebodyKnown({ worker, match, isComplete, isSettled }: MatchedRow): boolean {
  return worker !== null && isComplete && (match === 'EXACT' || (match === 'SUSPECT' && isSettled))
}

function setFirst(rows: Map<string, number>, worker: string, row: number): void {
  rows.set(worker, Math.min(row, rows.get(worker) ?? row))
}

// Two rows that say a NIK right can be one person only if two records of him were merged: of all others no row is read. The
// lists are looked up in a table made of them, and never joined: PostgreSQL would compare each row with each of the list.
const KNOWN = prepared(`/* roster.same_workers */ with asked as materialized (
  select worker_id from unnest($2::bigint[], $3::bool[]) as asked (worker_id, is_settled)
  where is_settled or exists (select from worker where merged_into_id = worker_id)
)
select row, worker_id as worker, match = 'EXACT' as is_exact from roster_row
where exists (select from asked) and roster_id = $1 and in_file is null and (match = 'EXACT' or identity_decision = 'SAME_PERSON')
  and (worker_id in (select worker_id from asked)) is true and (row in (select unnest($4::int[]))) is not true
  and outcome not in ('INVALID_NIK', 'INCOMPLETE', 'SUSPECT_MATCH')
order by row`)
