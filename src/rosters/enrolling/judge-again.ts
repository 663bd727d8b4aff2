import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import type { Finding } from '../../enrollments/eligibility/finding.ts'
import type { WorkerCategory } from '../../programs/worker-category.ts'
import type { Sex } from '../../workers/worker.entity.ts'
import type { RowOutcome } from '../roster-row.entity.ts'
import { JUDGED, judgedValues } from '../screening/judge.ts'
import type { MatchedRow, RowPerson } from '../screening/match-rows.ts'

/** A row as it is judged at the moment of enrolling, with what enrolling needs of it. */
export interface JudgedRow {
  readonly row: number
  readonly judgement: RowOutcome
  /** Id of the worker it is; null of somebody to be registered. */
  readonly worker: string | null
  /** Who it is, of somebody to be registered. */
  readonly person: RowPerson | null
  readonly category: WorkerCategory
  readonly sex: Sex
  readonly village: string
  readonly welfareDecile: number | null
  readonly findings: readonly Finding[]
  /** Whether the person works in transport: what others of the roster are charged with is the same for all. */
  readonly isTransport: boolean
  /** Why somebody said who it is, where that was asked. */
  readonly identityReason: string | null
  /** Why a person settled what the rules found. */
  readonly decisionReason: string | null
}

/** @returns in the order of rank. */
export async function judgeAgain(
  query: Query,
  roster: string,
  matched: readonly MatchedRow[],
  screening: Pick<Context, 'limits' | 'today'>,
): Promise<JudgedRow[]> {
  const rows = await query<Omit<JudgedRow, 'person'>>(JUDGE, judgedValues(roster, matched, screening))
  const personOf = new Map(matched.map(({ row, person }) => [row, person]))
  return rows.map((row) => ({ ...row, person: personOf.get(row.row) ?? null }))
}

const JUDGE = prepared(`/* roster.judge_again */ with ${JUDGED}
select row, judgement, worker_id as worker, category, sex, village_code as village, welfare_decile as "welfareDecile",
  findings, is_transport as "isTransport", identity_reason as "identityReason",
  decision_reason as "decisionReason"
from judged order by former_rank, row`)
