import type { Month } from '../kernel/month.ts'
import type { NikKey } from '../kernel/nikKeys.ts'
import type { PlannedRequest } from '../planner/planner.ts'

/** Who counts as eligible; limits are configuration, not law. */
export interface EligibilityLimits {
  readonly minAge: number
  readonly maxAge: number
  readonly maxDecile: number
  /** Categories that are eligible without a welfare decile. */
  readonly exemptCategories: readonly string[]
}

/** What a resolver knows of its request. */
export interface Context extends PlannedRequest {
  readonly requestId: string
  /** Today in Jakarta, or the scenario's today. */
  readonly today: string
  readonly currentMonth: Month
  readonly limits: EligibilityLimits
  /** Keys of the identity vault, the current one first. */
  readonly nikKeys: readonly NikKey[]
  /** Whether the operation came over HTTP GET, where URLs are logged by others. */
  readonly overGet: boolean
}
