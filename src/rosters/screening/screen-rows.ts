import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { JUDGED, judgedValues } from './judge.ts'
import { type MatchedRow, matchRows } from './match-rows.ts'

/** What screening needs to know. */
export type Screening = Pick<Context, 'nikKeys' | 'limits' | 'today'>

/**
 * Gives rows of a roster their outcome, with all reasons, by what is known now. Writes nothing else; done again, it finds
 * the same of the same facts.
 *
 * @param rows their numbers.
 */
export async function screenRows(
  query: Query,
  screening: Screening,
  roster: string,
  rows: readonly number[],
): Promise<void> {
  await writeOutcomes(query, screening, roster, await matchRows(query, roster, rows, screening.nikKeys))
}

/**
 * Writes the outcomes and reasons of rows that were matched just now.
 *
 * @param keepsRank whether a row keeps the rank that it has.
 */
export async function writeOutcomes(
  query: Query,
  screening: Pick<Screening, 'limits' | 'today'>,
  roster: string,
  matched: readonly MatchedRow[],
  { keepsRank = false } = {},
): Promise<void> {
  if (matched.length === 0) return
  await query(SCREEN, [...judgedValues(roster, matched, screening), keepsRank])
}

const SCREEN = `/* roster.screen */ with ${JUDGED}
update roster_row set outcome = judgement, match = judged.match, worker_id = found_worker, in_file = judged.in_file,
  same_as_row = same_as, problems = judged.problems, findings = judged.findings, covered = judged.covered,
  rank = case when judgement = 'ELIGIBLE' then coalesce(case when $10::bool then former_rank end, judged.rank) end
from judged where roster_row.roster_id = $1 and roster_row.row = judged.row`
