import { isWithin } from '../areas/area-level.ts'
import type { Ref, RowOf, Sql } from '../planner/sql.ts'
import type { PayerEntity } from './payer.entity.ts'

type PayerRef = Ref<RowOf<typeof PayerEntity>>

/** Whether a payer is the government of an area or of one inside it. */
export function governsWithin(payer: PayerRef, areaCode: Sql | string): Sql {
  return isWithin(payer.areaCode, areaCode)
}
