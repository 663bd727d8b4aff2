import {
  AreaFields,
  AreaQueries,
  DistrictFields,
  ProvinceFields,
  RegencyFields,
} from '../areas/area.resolver.ts'
import { AreaBudgets, BudgetResolver, PayerBudgets, ProgramBudgets } from '../budgets/budget.resolver.ts'
import {
  BudgetEnrollments,
  ChargeFields,
  CoverageLineFields,
  EnrollmentResolver,
  ProgramEnrollments,
  WorkerCoverage,
} from '../enrollments/enrollment.resolver.ts'
import { CoverageByAreaResolver } from '../insight/by-area.resolver.ts'
import { CheckCoverageResolver } from '../insight/check-coverage.resolver.ts'
import {
  AreaCoverageSummary,
  CoverageSummaryResolver,
  PayerCoverageFields,
} from '../insight/summary.resolver.ts'
import { CoverageTrendResolver } from '../insight/trend.resolver.ts'
import { AreaPayers, PayerResolver } from '../payers/payer.resolver.ts'
import { ContributionRateResolver } from '../programs/contribution-rate.resolver.ts'
import { AreaPrograms, PayerPrograms, ProgramResolver } from '../programs/program.resolver.ts'
import { AreaWorkers, ProgramCategories, WorkerResolver } from '../workers/worker.resolver.ts'

/** Every resolver class of the hub. */
export const resolvers = [
  AreaQueries,
  AreaFields,
  ProvinceFields,
  RegencyFields,
  DistrictFields,
  PayerResolver,
  AreaPayers,
  ProgramResolver,
  PayerPrograms,
  AreaPrograms,
  ContributionRateResolver,
  WorkerResolver,
  AreaWorkers,
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
  ProgramEnrollments,
  CoverageSummaryResolver,
  PayerCoverageFields,
  AreaCoverageSummary,
  CoverageByAreaResolver,
  CoverageTrendResolver,
  CheckCoverageResolver,
] as const
