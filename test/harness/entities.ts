import type { EntitySchema } from '@mikro-orm/core'
import * as auditEvents from '../../src/access/audit/audit-event.entity.ts'
import * as auditPending from '../../src/access/audit/audit-pending.entity.ts'
import * as auditSeals from '../../src/access/audit/audit-seal.entity.ts'
import * as areas from '../../src/areas/area.entity.ts'
import * as budgets from '../../src/budgets/budget.entity.ts'
import * as budgetEntries from '../../src/budgets/budget-entry.entity.ts'
import * as settings from '../../src/db/setting.entity.ts'
import * as charges from '../../src/enrollments/charge.entity.ts'
import * as coverageLines from '../../src/enrollments/coverage-line.entity.ts'
import * as enrollments from '../../src/enrollments/enrollment.entity.ts'
import * as refunds from '../../src/enrollments/refund.entity.ts'
import * as answers from '../../src/graph/answers/remembered-answer.entity.ts'
import * as agreements from '../../src/payers/agreement.entity.ts'
import * as payers from '../../src/payers/payer.entity.ts'
import * as rates from '../../src/programs/contribution-rate.entity.ts'
import * as programs from '../../src/programs/program.entity.ts'
import * as rosters from '../../src/rosters/roster.entity.ts'
import * as rosterRows from '../../src/rosters/roster-row.entity.ts'
import * as claimChecks from '../../src/workers/claim-check.entity.ts'
import * as disputes from '../../src/workers/dispute.entity.ts'
import * as workers from '../../src/workers/worker.entity.ts'
import * as workerEvents from '../../src/workers/worker-event.entity.ts'
import * as identities from '../../src/workers/worker-identity.entity.ts'
import * as merges from '../../src/workers/worker-merge.entity.ts'

const rooms = [
  settings,
  areas,
  payers,
  agreements,
  programs,
  rates,
  workers,
  identities,
  merges,
  disputes,
  claimChecks,
  workerEvents,
  budgets,
  budgetEntries,
  enrollments,
  charges,
  coverageLines,
  refunds,
  rosters,
  rosterRows,
  answers,
  auditEvents,
  auditPending,
  auditSeals,
]

/** Every entity of the hub: whatever an entity file exports under a name that ends in `Entity`. */
export const entities: readonly EntitySchema[] = rooms.flatMap((room) =>
  Object.entries(room).flatMap(([name, value]) => (name.endsWith('Entity') ? [value as EntitySchema] : [])),
)
