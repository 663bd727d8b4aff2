import { defineEntity, p } from '@mikro-orm/core'
import { Benefit, Segment } from './program.entity.ts'

/** Whose money a rate applies to: the 2026 relief excludes contributions paid by a government. */
export const RatePayer = { ANY: 'ANY', GOVERNMENT: 'GOVERNMENT', OTHER: 'OTHER' } as const
export type RatePayer = keyof typeof RatePayer

/** Sectors a rate may be limited to; the relief of 2026 runs three months longer for transport. */
export const RateSector = { ANY: 'ANY', TRANSPORT: 'TRANSPORT', OTHER: 'OTHER' } as const
export type RateSector = keyof typeof RateSector

/** How sure the hub is of a rate: read in a source, or remembered and to be confirmed by an official. */
export const RateStanding = { VERIFIED: 'VERIFIED', UNVERIFIED: 'UNVERIFIED' } as const
export type RateStanding = keyof typeof RateStanding

/**
 * A dated contribution rate with its legal basis beside it. Either `amount` (rupiah a month) or `basisPoints`
 * (1/100 % of the income base, bounded by `minimum` and `maximum` rupiah) is set. `effectiveTo` is the last
 * month in force, null while none is known.
 */
export const ContributionRateEntity = defineEntity({
  name: 'ContributionRate',
  tableName: 'contribution_rate',
  properties: {
    id: p.bigint('string').primary(),
    segment: p.enum(() => Segment),
    benefit: p.enum(() => Benefit),
    variant: p.text(),
    payer: p.enum(() => RatePayer),
    sector: p.enum(() => RateSector),
    amount: p.bigint('bigint').nullable(),
    basisPoints: p.integer().nullable(),
    minimum: p.bigint('bigint').nullable(),
    maximum: p.bigint('bigint').nullable(),
    effectiveFrom: p.date(),
    effectiveTo: p.date().nullable(),
    legalBasis: p.text(),
    standing: p.enum(() => RateStanding),
  },
  uniques: [
    {
      name: 'contribution_rate_unique',
      properties: ['segment', 'benefit', 'variant', 'payer', 'sector', 'effectiveFrom'],
    },
  ],
  checks: [
    { name: 'contribution_rate_value_check', expression: '(amount is null) <> (basis_points is null)' },
    {
      name: 'contribution_rate_dates_check',
      expression: 'effective_to is null or effective_to >= effective_from',
    },
  ],
})
