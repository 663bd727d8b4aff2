import type { Query } from '../../db/database.ts'
import { type ChargePlan, type ChargeRow, chargePlans } from './charge-plan.ts'
import { PLANS } from './charges.ts'

/** What the months of a program are charged with, by whether the person works in transport: all others are charged alike. */
export interface PricedPlans {
  readonly transport: readonly ChargePlan[]
  readonly other: readonly ChargePlan[]
}

/**
 * @param period a daterange, half open.
 * @returns plans without the months whose rate is not known.
 */
export async function pricePlans(query: Query, program: string, period: string): Promise<PricedPlans> {
  const rows = await query<{ is_transport: boolean; charges: ChargeRow[] | null }>(
    `/* enrollment.price */ with asked as (
      select $1::text as program_code, $2::daterange as period, is_transport from (values (true), (false)) as kind (is_transport)
    ), ${PLANS}
    select is_transport, charges from plan left join charged using (plan)`,
    [program, period],
  )
  const of = (isTransport: boolean) =>
    chargePlans(rows.find(({ is_transport }) => is_transport === isTransport)?.charges ?? [])
  return { transport: of(true), other: of(false) }
}
