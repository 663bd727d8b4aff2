import { AuditResolver } from '../access/audit/audit.resolver.ts'
import { ViewerResolver } from '../access/viewer.resolver.ts'
import {
  AreaFields,
  AreaQueries,
  DistrictFields,
  ProvinceFields,
  RegencyFields,
} from '../areas/area.resolver.ts'
import { AreaBudgets, BudgetResolver, PayerBudgets, ProgramBudgets } from '../budgets/budget.resolver.ts'
import { EnrollResolver } from '../enrollments/enroll.resolver.ts'
import {
  BudgetEnrollments,
  ChargeFields,
  CoverageLineFields,
  EnrollmentResolver,
  ProgramEnrollments,
  WorkerCoverage,
} from '../enrollments/enrollment.resolver.ts'
import { DisputeMutations, WorkerDisputes } from '../enrollments/events/dispute.resolver.ts'
import {
  ConsequenceFields,
  LifeEventFields,
  LifeEventMutations,
  WorkerClaimChecks,
} from '../enrollments/events/life-event.resolver.ts'
import { BudgetForecasts } from '../enrollments/forecast.resolver.ts'
import {
  EnrollmentHistory,
  WorkerEventFields,
  WorkerHistory,
} from '../enrollments/history/history.resolver.ts'
import {
  BudgetPaymentFields,
  EnrollmentRefunds,
  LifeOfEnrollments,
  RefundFields,
} from '../enrollments/life/life.resolver.ts'
import {
  MergedWorkersFields,
  MergeMutations,
  UndoneMergeFields,
} from '../enrollments/merge/merge.resolver.ts'
import { CoverageByAreaResolver } from '../insight/by-area.resolver.ts'
import { CheckCoverageResolver } from '../insight/check-coverage.resolver.ts'
import {
  AreaCoverageSummary,
  CoverageSummaryResolver,
  PayerCoverageFields,
} from '../insight/summary.resolver.ts'
import { CoverageTrendResolver } from '../insight/trend.resolver.ts'
import { AgreementResolver, PayerAgreements } from '../payers/agreement.resolver.ts'
import { AreaPayers, PayerResolver, ViewerPayer } from '../payers/payer.resolver.ts'
import { ContributionRateResolver } from '../programs/contribution-rate.resolver.ts'
import { AreaPrograms, PayerPrograms, ProgramResolver } from '../programs/program.resolver.ts'
import { RosterMutations } from '../rosters/change-roster.resolver.ts'
import { ProgramRosters, RosterResolver } from '../rosters/roster.resolver.ts'
import { RosterRowFields, RowsOfRoster } from '../rosters/roster-row.resolver.ts'
import { RosterBudgetFields, SummaryOfRoster } from '../rosters/roster-summary.resolver.ts'
import { IdentityMutations, WorkerIdentity } from '../workers/identity.resolver.ts'
import {
  CorrectedIdentityFields,
  IdentityRefusalFields,
  RegisteredWorkerFields,
  RegistrationMutations,
} from '../workers/registration/registration.resolver.ts'
import { AreaWorkers, ProgramCategories, WorkerResolver } from '../workers/worker.resolver.ts'

/** Every resolver class of the hub. */
export const resolvers = [
  ViewerResolver,
  AreaQueries,
  AreaFields,
  ProvinceFields,
  RegencyFields,
  DistrictFields,
  PayerResolver,
  ViewerPayer,
  AreaPayers,
  AgreementResolver,
  PayerAgreements,
  ProgramResolver,
  PayerPrograms,
  AreaPrograms,
  ContributionRateResolver,
  WorkerResolver,
  AreaWorkers,
  WorkerIdentity,
  IdentityMutations,
  RegistrationMutations,
  RegisteredWorkerFields,
  CorrectedIdentityFields,
  IdentityRefusalFields,
  ProgramCategories,
  BudgetResolver,
  PayerBudgets,
  AreaBudgets,
  ProgramBudgets,
  EnrollmentResolver,
  ChargeFields,
  CoverageLineFields,
  WorkerCoverage,
  BudgetEnrollments,
  BudgetForecasts,
  ProgramEnrollments,
  EnrollResolver,
  LifeOfEnrollments,
  RefundFields,
  EnrollmentRefunds,
  BudgetPaymentFields,
  WorkerEventFields,
  WorkerHistory,
  EnrollmentHistory,
  LifeEventMutations,
  LifeEventFields,
  ConsequenceFields,
  WorkerClaimChecks,
  DisputeMutations,
  WorkerDisputes,
  MergeMutations,
  MergedWorkersFields,
  UndoneMergeFields,
  RosterResolver,
  ProgramRosters,
  RowsOfRoster,
  RosterRowFields,
  SummaryOfRoster,
  RosterBudgetFields,
  RosterMutations,
  CoverageSummaryResolver,
  PayerCoverageFields,
  AreaCoverageSummary,
  CoverageByAreaResolver,
  CoverageTrendResolver,
  CheckCoverageResolver,
  AuditResolver,
] as const
