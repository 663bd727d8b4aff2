import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { JUDGED, judgedValues } from './judge.ts'
import type { MatchedRow } from './match-rows.ts'
import { sameWorkers } from './same-workers.ts'

/** What screening needs to know. */
export type Screening = Pick<Context, 'limits' | 'today'>

/**
 * Gives rows of a roster their outcome, with all reasons, by what is known now. Writes nothing else; done again, it finds
 * the same of the same facts.
 *
 * @param matched rows as they were matched just now.
 */
export async function screenRows(
  query: Query,
  screening: Screening,
  roster: string,
  matched: readonly MatchedRow[],
): Promise<void> {
  const same = await sameWorkers(query, roster, matched)
  const rows = matched.map((row): MatchedRow => {
    const duplicate = same.get(row.row)
    if (duplicate === undefined || row.inFile !== null) return row
    return { ...row, inFile: 'DUPLICATE', sameAs: duplicate }
  })
  await writeOutcomes(query, screening, roster, rows)
}

/**
 * Writes the outcomes and reasons of rows that were matched just now.
 *
 * @param keepsRank whether a row keeps the rank that it has.
 */
export async function writeOutcomes(
  query: Query,
  screening: Screening,
  roster: string,
  matched: readonly MatchedRow[],
  { keepsRank = false } = {},
): Promise<void> {
  if (matched.length === 0) return
  await query(SCREEN, [...judgedValues(roster, matched, screening), keepsRank])
}

const SCREEN = prepared(`/* roster.screen */ with ${JUDGED}
update roster_row set outcome = judgement, match = judged.match, worker_id = found_worker, in_file = judged.in_file,
  same_as_row = same_as, problems = judged.problems, findings = judged.findings, covered = judged.covered,
  rank = case when judgement = 'ELIGIBLE' then coalesce(case when $10::bool then former_rank end, judged.rank) end
from judged where roster_row.roster_id = $1 and roster_row.row = judged.row`)
