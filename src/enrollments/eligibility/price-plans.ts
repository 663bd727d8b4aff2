import type { Query } from '../../db/database.ts'
import type { FundingSource } from '../../payers/payer.entity.ts'
import { type ChargePlan, type ChargeRow, chargePlans, needsOf } from './charge-plan.ts'
import { PLANS } from './charges.ts'

/** What the months of a program are charged with, for people who are charged alike. */
export interface PricedPlan {
  readonly charges: readonly ChargePlan[]
  /** What they need of each budget, in rupiah; of none when the worker pays himself. */
  readonly needs: ReadonlyMap<string | null, bigint>
}

/** By whether the person works in transport: all others are charged alike. */
export interface PricedPlans {
  readonly transport: PricedPlan
  readonly other: PricedPlan
}

/**
 * @param period a daterange, half open.
 * @returns plans without the months whose rate is not known.
 */
export async function pricePlans(query: Query, program: string, period: string): Promise<PricedPlans> {
  const rows = await query<PlanRow>(
    `/* enrollment.price */ with asked as (
      select $1::text as program_code, $2::daterange as period, is_transport from (values (true), (false)) as kind (is_transport)
    ), ${PLANS}
    select is_transport, funding_source, charges from plan left join charged using (plan)`,
    [program, period],
  )
  const of = (isTransport: boolean) => priced(rows.find(({ is_transport }) => is_transport === isTransport))
  return { transport: of(true), other: of(false) }
}

interface PlanRow {
  readonly is_transport: boolean
  readonly funding_source: FundingSource
  readonly charges: ChargeRow[] | null
}

function priced(row: PlanRow | undefined): PricedPlan {
  const charges = chargePlans(row?.charges ?? [])
  return { charges, needs: row?.funding_source === 'SELF' ? new Map() : needsOf(charges) }
}
