import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { type ChargePlan, type ChargeRow, chargePlans } from '../../enrollments/eligibility/charge-plan.ts'
import type { Finding } from '../../enrollments/eligibility/finding.ts'
import type { FundingSource } from '../../payers/payer.entity.ts'
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
  readonly person: RowPerson
  readonly category: WorkerCategory
  readonly sex: Sex
  readonly village: string
  readonly welfareDecile: number | null
  readonly findings: readonly Finding[]
  readonly charges: readonly ChargePlan[]
  readonly fundingSource: FundingSource
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
  const rows = await query<Omit<JudgedRow, 'charges' | 'person'> & { charges: ChargeRow[] }>(
    JUDGE,
    judgedValues(roster, matched, screening),
  )
  const personOf = new Map(matched.map(({ row, person }) => [row, person!]))
  return rows.map(({ charges, ...row }) => ({
    ...row,
    person: personOf.get(row.row)!,
    charges: chargePlans(charges),
  }))
}

const JUDGE = `/* roster.judge_again */ with ${JUDGED}
select row, judgement, worker_id as worker, category, sex, village_code as village, welfare_decile as "welfareDecile",
  findings, charges, funding_source as "fundingSource", identity_reason as "identityReason",
  decision_reason as "decisionReason"
from judged order by former_rank, row`
