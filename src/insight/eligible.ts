import type { EligibilityLimits } from '../contract/context.ts'
import { wageEarnerIn } from '../enrollments/covered.ts'
import { type Column, type Sql, sql } from '../planner/sql.ts'
import { isUnmerged, type WorkerRef } from '../workers/domicile.ts'

/** Limits as most schemes set them: a proposal, hence configuration. */
export const DEFAULT_LIMITS: EligibilityLimits = {
  version: '2026.1',
  minAge: 18,
  maxAge: 64,
  reviewAge: 15,
  maxDecile: 4,
  decileMonths: 12,
  exemptCategories: ['NON_ASN'],
  // PMK 72/2024 art. 5(5)(c) and PMK 91/2023, by the categories that come nearest.
  earmarks: {
    DBH_CHT: ['FARMER', 'FARM_LABOURER'],
    DBH_SAWIT: ['FARMER', 'FARM_LABOURER'],
  },
}

/**
 * Whether a subsidy may reach a worker in the month: alive, of age, not a civil servant, without a wage-earner
 * line, and poor enough or of an exempt category. Ages are those of the month of birth: whoever
 * turns 18 in the month is 18, whoever turns 65 in it is 65.
 */
export function eligibleIn(worker: WorkerRef, month: Sql | Column, limits: EligibilityLimits): Sql {
  const yearsBefore = (years: number) => sql`(${month} - make_interval(years => ${years}::int))::date`
  return sql`(${isUnmerged(worker)} and ${worker.birthMonth} <= ${yearsBefore(limits.minAge)} and ${worker.birthMonth} > ${yearsBefore(limits.maxAge + 1)} and not ${worker.civilServant} and coalesce(${worker.deathMonth} >= ${month}, true) and (coalesce(${worker.welfareDecile} <= ${limits.maxDecile}::int, false) or ${worker.category} = any(${limits.exemptCategories})) and not ${wageEarnerIn(worker, month)})`
}
