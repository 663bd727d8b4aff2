import { AuditEventEntity } from '../access/audit/audit-event.entity.ts'
import { AuditPendingEntity } from '../access/audit/audit-pending.entity.ts'
import { AuditSealEntity } from '../access/audit/audit-seal.entity.ts'
import { DistrictEntity, ProvinceEntity, RegencyEntity, VillageEntity } from '../areas/area.entity.ts'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { BudgetEntryEntity } from '../budgets/budget-entry.entity.ts'
import { SettingEntity } from '../db/setting.entity.ts'
import { ChargeEntity } from '../enrollments/charge.entity.ts'
import { CoverageLineEntity } from '../enrollments/coverage-line.entity.ts'
import { EnrollmentEntity } from '../enrollments/enrollment.entity.ts'
import { RefundEntity } from '../enrollments/refund.entity.ts'
import { AgreementEntity } from '../payers/agreement.entity.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { ContributionRateEntity } from '../programs/contribution-rate.entity.ts'
import { CoverageProgramEntity } from '../programs/program.entity.ts'
import { RosterEntity, RosterStepEntity } from '../rosters/roster.entity.ts'
import { RosterIdentityEntity, RosterRowEntity } from '../rosters/roster-row.entity.ts'
import { ClaimCheckEntity } from '../workers/claim-check.entity.ts'
import { DisputeEntity } from '../workers/dispute.entity.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { WorkerEventEntity } from '../workers/worker-event.entity.ts'
import {
  FormerIdentityEntity,
  IdentityKeyEntity,
  IdentityTokenEntity,
  WorkerIdentityEntity,
} from '../workers/worker-identity.entity.ts'
import { WorkerMergeEntity } from '../workers/worker-merge.entity.ts'
import { RememberedAnswerEntity } from './answers/remembered-answer.entity.ts'

/** Every table of the hub. */
export const entities = [
  ProvinceEntity,
  RegencyEntity,
  DistrictEntity,
  VillageEntity,
  PayerEntity,
  AgreementEntity,
  CoverageProgramEntity,
  ContributionRateEntity,
  WorkerEntity,
  WorkerIdentityEntity,
  IdentityTokenEntity,
  IdentityKeyEntity,
  FormerIdentityEntity,
  WorkerMergeEntity,
  DisputeEntity,
  ClaimCheckEntity,
  WorkerEventEntity,
  BudgetEntity,
  BudgetEntryEntity,
  EnrollmentEntity,
  ChargeEntity,
  CoverageLineEntity,
  RefundEntity,
  RosterEntity,
  RosterStepEntity,
  RosterRowEntity,
  RosterIdentityEntity,
  RememberedAnswerEntity,
  SettingEntity,
  AuditEventEntity,
  AuditPendingEntity,
  AuditSealEntity,
] as const
