import { grantAll, type Policy } from '../access/policy.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { ContributionRateEntity } from './contribution-rate.entity.ts'
import { CoverageProgramEntity } from './program.entity.ts'

/** Programs and contribution rates are public. */
export const programPolicy: Policy = {
  tables: [CoverageProgramEntity, ContributionRateEntity].map(grantAll),
  fields: {
    Query: { anyone: ['program', 'programs', 'contributionRates'] },
    CoverageProgram: {
      anyone: [
        'code',
        'name',
        'payer',
        'fundingSource',
        'segment',
        'benefits',
        'maxDecile',
        'contribution',
        'legalBasis',
        'from',
        'to',
      ],
    },
    ContributionRate: {
      anyone: [
        'id',
        'segment',
        'benefit',
        'variant',
        'payer',
        'sector',
        'amount',
        'basisPoints',
        'minimum',
        'maximum',
        'effectiveFrom',
        'effectiveTo',
        'legalBasis',
        'standing',
      ],
    },
    Payer: { anyone: ['programs'] },
    ...ofEveryArea({ anyone: ['programs'] }),
  },
  inputs: {
    ProgramFilter: {
      payer: 'CoverageProgram.payer',
      area: 'CoverageProgram.payer',
      fundingSources: 'CoverageProgram.fundingSource',
      activeIn: 'CoverageProgram.from',
    },
    RateFilter: {
      benefits: 'ContributionRate.benefit',
      segments: 'ContributionRate.segment',
      payers: 'ContributionRate.payer',
    },
  },
}
