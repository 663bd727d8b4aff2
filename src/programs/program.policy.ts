import { grantAll, type Policy, takenBy } from '../access/policy.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { ContributionRateEntity } from './contribution-rate.entity.ts'
import { CoverageProgramEntity } from './program.entity.ts'
import { programTerms } from './program.rules.ts'

const TERMS = Object.keys(programTerms)

/** Programs and contribution rates are public. */
export const programPolicy: Policy = {
  tables: [CoverageProgramEntity, ContributionRateEntity].map(grantAll),
  fields: {
    Query: { anyone: ['program', 'programs', 'contributionRates'] },
    Mutation: { 'budget:write': ['createProgram', 'reviseProgram'], admin: ['recordContributionRate'] },
    RevisionRefusal: { anyone: ['code', 'message', 'field'] },
    CoverageProgram: {
      anyone: [
        'code',
        'name',
        'payer',
        'fundingSource',
        'segment',
        'benefits',
        'maxDecile',
        'agency',
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
    CreateProgramInput: takenBy('createProgram', 'idempotencyKey', 'code', ...TERMS),
    ReviseProgramInput: takenBy('reviseProgram', 'idempotencyKey', 'code', ...TERMS),
    RecordContributionRateInput: takenBy(
      'recordContributionRate',
      'idempotencyKey',
      'segment',
      'benefit',
      'variant',
      'payer',
      'sector',
      'amount',
      'basisPoints',
      'minimum',
      'maximum',
      'from',
      'to',
      'legalBasis',
      'standing',
    ),
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
