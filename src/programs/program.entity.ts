import { defineEntity, p } from '@mikro-orm/core'
import { FundingSource, PayerEntity } from '../payers/payer.entity.ts'

/** The five programs of employment social security. */
export const Benefit = { JKK: 'JKK', JKM: 'JKM', JHT: 'JHT', JP: 'JP', JKP: 'JKP' } as const
export type Benefit = keyof typeof Benefit

/** Membership segments: wage earners, non-wage earners, construction projects, migrant workers. */
export const Segment = { PU: 'PU', BPU: 'BPU', JAKON: 'JAKON', PMI: 'PMI' } as const
export type Segment = keyof typeof Segment

/**
 * What a payer runs: which benefits, for whom, in which months, planned at what monthly contribution per person
 * (rupiah; what is charged follows the dated rates). `agency` says whose budgets it spends where several agencies of the
 * payer have one from the same source; null where one has. `period` is a half-open daterange of whole months; `categories` null means every category,
 * `maxDecile` null means no limit.
 */
export const CoverageProgramEntity = defineEntity({
  name: 'CoverageProgram',
  tableName: 'coverage_program',
  properties: {
    code: p.text().primary(),
    name: p.text(),
    payer: () => p.manyToOne(PayerEntity).index(),
    fundingSource: p.enum(() => FundingSource),
    segment: p.enum(() => Segment),
    benefits: p.array().columnType('text[]').$type<Benefit[]>(),
    categories: p.array().columnType('text[]').nullable().$type<string[]>(),
    maxDecile: p.smallint().nullable(),
    period: p.string().columnType('daterange'),
    contribution: p.bigint('bigint'),
    legalBasis: p.text(),
    agency: p.text().nullable(),
  },
  checks: [
    {
      name: 'coverage_program_benefits_check',
      expression: `cardinality(benefits) > 0 and benefits <@ array['JKK','JKM','JHT','JP','JKP']`,
    },
    { name: 'coverage_program_period_check', expression: wholeMonths('period') },
    { name: 'coverage_program_contribution_check', expression: 'contribution >= 0' },
    { name: 'coverage_program_max_decile_check', expression: 'max_decile between 1 and 10' },
  ],
})

/** SQL that holds when a daterange is a non-empty, half-open range of whole calendar months. */
export function wholeMonths(column: string): string {
  return `coalesce(extract(day from lower(${column})) = 1 and extract(day from upper(${column})) = 1, false)`
}
