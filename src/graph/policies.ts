import { accessPolicy } from '../access/access.policy.ts'
import type { Policy } from '../access/policy.ts'
import { areaPolicy } from '../areas/area.policy.ts'
import { budgetPolicy } from '../budgets/budget.policy.ts'
import { changePolicy } from '../enrollments/change.policy.ts'
import { enrollmentPolicy } from '../enrollments/enrollment.policy.ts'
import { eventsPolicy } from '../enrollments/events/events.policy.ts'
import { insightPolicy } from '../insight/insight.policy.ts'
import { payerPolicy } from '../payers/payer.policy.ts'
import { programPolicy } from '../programs/program.policy.ts'
import { rosterPolicy } from '../rosters/roster.policy.ts'
import { workerPolicy } from '../workers/worker.policy.ts'

/** The access rules of every room. */
export const policies: readonly Policy[] = [
  accessPolicy,
  areaPolicy,
  payerPolicy,
  programPolicy,
  workerPolicy,
  budgetPolicy,
  enrollmentPolicy,
  changePolicy,
  eventsPolicy,
  rosterPolicy,
  insightPolicy,
]
