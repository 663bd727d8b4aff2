import type { EligibilityLimits } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { firstDay, type Month } from '../../kernel/month.ts'
import type { Period } from '../../kernel/period.ts'
import type { FundingSource, PayerKind } from '../../payers/payer.entity.ts'
import type { Benefit } from '../../programs/program.entity.ts'
import { type ChargePlan, type ChargeRow, chargePlans } from './charge-plan.ts'
import { TRANSPORT } from './charges.ts'
import type { Finding } from './finding.ts'
import { screening } from './screening.ts'

/** Whom to enroll in what, and when. */
export interface Candidate {
  /** Id. */
  readonly worker: string
  /** Code. */
  readonly program: string
  readonly period: Period
}

/** Months in which somebody pays already for a benefit of the program; the last month included. */
export interface Covered {
  readonly [name: string]: string
  readonly benefit: Benefit
  readonly payerKind: PayerKind
  readonly from: Month
  readonly to: Month
}

/** What the rules say of a candidate. */
export interface Screened extends Candidate {
  readonly payer: string
  readonly fundingSource: FundingSource
  readonly findings: readonly Finding[]
  readonly covered: readonly Covered[]
  /** Without the months whose contribution is not known. */
  readonly charges: readonly ChargePlan[]
}

/**
 * Applies the rules of eligibility to candidates, in one statement however many they are; who is not known, or whose
 * program is not, is not in it. Writes nothing: whether the budgets last is for whoever holds them.
 *
 * @returns in the order of the candidates, by their position.
 */
export async function screen(
  query: Query,
  candidates: readonly Candidate[],
  limits: EligibilityLimits,
): Promise<Map<number, Screened>> {
  const rows = await query<ScreenedRow>(SCREEN, [
    candidates.map(({ worker }) => worker),
    candidates.map(({ program }) => program),
    candidates.map(({ period }) => firstDay(period.from)),
    candidates.map(({ period }) => firstDay(period.until)),
    JSON.stringify(limits),
    TRANSPORT,
  ])
  return new Map(rows.map((row) => [row.index, screened(candidates[row.index]!, row)]))
}

interface ScreenedRow {
  readonly index: number
  readonly payer: string
  readonly funding_source: FundingSource
  readonly findings: Finding[]
  readonly covered: Covered[]
  readonly charges: ChargeRow[]
}

function screened(candidate: Candidate, { payer, funding_source, findings, covered, charges }: ScreenedRow) {
  return {
    ...candidate,
    payer,
    fundingSource: funding_source,
    findings,
    covered,
    charges: chargePlans(charges),
  }
}

// People of one program, one sector and the same months are charged alike, so the tariff is looked up once for them.
const SCREEN = prepared(`/* enrollment.screen */
with asked as (
  select (index - 1)::int as index, worker_id, program_code, first, daterange(first, until) as period,
    coalesce(worker.category = any($6::text[]), false) as is_transport
  from unnest($1::bigint[], $2::text[], $3::date[], $4::date[]) with ordinality
    as given (worker_id, program_code, first, until, index)
    join worker on worker.id = worker_id and worker.merged_into_id is null
), ${screening({
  people: `join (
    select worker.*, exists (select from worker_identity where worker_id = worker.id) as has_identity from worker
  ) as w on w.id = c.worker_id`,
  limits: '$5',
})}
select index, payer, funding_source, found as findings, covered, charges from screened order by index`)
