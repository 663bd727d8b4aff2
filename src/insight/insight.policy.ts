import type { Policy } from '../access/policy.ts'
import { ofEveryArea } from '../areas/area.policy.ts'

const PEOPLE_COUNTS = [
  'eligibleWorkers',
  'coveredWorkers',
  'eligibleCoveredWorkers',
  'uncoveredWorkers',
  'committedUnpaidWorkers',
  'coverageRate',
]

/** Statistics are public, rounded and in fixed breakdowns; exact ones need a permission: see `exactness.ts`. */
export const insightPolicy: Policy = {
  fields: {
    Query: {
      anyone: ['coverageSummary', 'coverageByArea', 'coverageTrend'],
      'coverage:check': ['checkCoverage'],
    },
    CoverageSummary: {
      anyone: [...PEOPLE_COUNTS, 'asOf', 'scope', 'exact', 'byBenefit', 'byCategory', 'budget'],
      'statistics:exact': ['byFundingSource', 'byPayer'],
    },
    AreaCoverage: { anyone: [...PEOPLE_COUNTS, 'area', 'exact'] },
    CoveragePoint: { anyone: [...PEOPLE_COUNTS, 'month', 'exact'] },
    CategoryCoverage: { anyone: [...PEOPLE_COUNTS, 'category', 'exact'] },
    BenefitCoverage: { anyone: ['benefit', 'coveredWorkers', 'exact'] },
    FundingSourceCoverage: { 'statistics:exact': ['fundingSource', 'coveredWorkers', 'exact'] },
    PayerCoverage: { 'statistics:exact': ['payer', 'coveredWorkers', 'exact'] },
    BudgetTotals: { anyone: ['fiscalYear', 'ceiling', 'committed', 'paid', 'remaining', 'absorptionRate'] },
    CoverageCheck: {
      'coverage:check': ['index', 'valid', 'known', 'covered', 'benefits', 'months', 'payerKinds'],
      // Whose NIK somebody guessed right, district and birth month being known, would be his identity.
      'identity:read': ['worker'],
    },
    ...ofEveryArea({ anyone: ['coverage'] }),
  },
  inputs: {
    CoverageFilter: {
      benefits: 'BenefitCoverage.benefit',
      categories: 'CategoryCoverage.category',
      fundingSources: 'FundingSourceCoverage.fundingSource',
      payers: 'PayerCoverage.payer',
      programs: 'PayerCoverage.payer',
    },
    CheckCoverageInput: {
      people: 'Query.checkCoverage',
      from: 'Query.checkCoverage',
      to: 'Query.checkCoverage',
      purpose: 'Query.checkCoverage',
    },
    PersonToCheck: { nik: 'Query.checkCoverage', token: 'Query.checkCoverage' },
  },
}
