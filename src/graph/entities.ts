import { DistrictEntity, ProvinceEntity, RegencyEntity, VillageEntity } from '../areas/area.entity.ts'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { BudgetEntryEntity } from '../budgets/budget-entry.entity.ts'
import { SettingEntity } from '../db/setting.entity.ts'
import { ChargeEntity } from '../enrollments/charge.entity.ts'
import { CoverageLineEntity } from '../enrollments/coverage-line.entity.ts'
import { EnrollmentEntity } from '../enrollments/enrollment.entity.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { ContributionRateEntity } from '../programs/contribution-rate.entity.ts'
import { CoverageProgramEntity } from '../programs/program.entity.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { WorkerIdentityEntity } from '../workers/worker-identity.entity.ts'

/** Every table of the hub. */
export const entities = [
  ProvinceEntity,
  RegencyEntity,
  DistrictEntity,
  VillageEntity,
  PayerEntity,
  CoverageProgramEntity,
  ContributionRateEntity,
  WorkerEntity,
  WorkerIdentityEntity,
  BudgetEntity,
  BudgetEntryEntity,
  EnrollmentEntity,
  ChargeEntity,
  CoverageLineEntity,
  SettingEntity,
] as const
