import {
  createUnionType,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql'
import { byTypename, SentOnce } from '../contract/refusal.type.ts'
import { RevisionRefusal } from '../contract/revision-refusal.type.ts'
import { Month, Rupiah } from '../contract/scalars.ts'
import { rowsOf } from '../planner/marks.ts'
import { ContributionRateEntity, RatePayer, RateSector, RateStanding } from './contribution-rate.entity.ts'
import { Benefit, Segment } from './program.entity.ts'

registerEnumType(RatePayer, { name: 'RatePayer', description: 'Whose money a rate applies to (pembayar).' })
registerEnumType(RateSector, { name: 'RateSector', description: 'The sector a rate is limited to (sektor).' })
registerEnumType(RateStanding, {
  name: 'RateStanding',
  description:
    'Whether a source for the rate was read, or an official must still confirm it (status verifikasi).',
})

@Extensions(rowsOf(ContributionRateEntity))
@ObjectType({ description: 'A dated contribution rate with its legal basis (tarif iuran).' })
export class ContributionRate {
  @Field(() => ID, { description: 'Of this rate (ID tarif).' })
  id!: string

  @Field(() => Segment, { description: 'Segment it applies to (segmen kepesertaan).' })
  segment!: Segment

  @Field(() => Benefit, { description: 'Benefit it pays for (manfaat).' })
  benefit!: Benefit

  @Field(() => String, { description: 'Income band or risk class (kelompok).' })
  variant!: string

  @Field(() => RatePayer, { description: 'Whose money it applies to (pembayar).' })
  payer!: RatePayer

  @Field(() => RateSector, { description: 'Sector it is limited to (sektor).' })
  sector!: RateSector

  @Field(() => Rupiah, {
    nullable: true,
    description: 'Rupiah a month, where the rate is an amount (nominal iuran).',
  })
  amount?: bigint

  @Field(() => Int, {
    nullable: true,
    description: 'Hundredths of a percent of income, where it is a share (persentase iuran).',
  })
  basisPoints?: number

  @Field(() => Rupiah, { nullable: true, description: 'The least to pay in a month (iuran minimum).' })
  minimum?: bigint

  @Field(() => Rupiah, { nullable: true, description: 'The most to pay in a month (iuran maksimum).' })
  maximum?: bigint

  @Field(() => Month, { description: 'The first month in force (berlaku mulai).' })
  effectiveFrom!: string

  @Field(() => Month, {
    nullable: true,
    description: 'The last month in force; null while no end is known (berlaku sampai).',
  })
  effectiveTo?: string

  @Field(() => String, { description: 'Legal basis (dasar hukum).' })
  legalBasis!: string

  @Field(() => RateStanding, { description: 'Whether a source was read (status verifikasi).' })
  standing!: RateStanding
}

@InputType({ description: 'Which rates; all conditions together (saringan tarif).' })
export class RateFilter {
  @Field(() => [Benefit], { nullable: true, description: 'For any of these benefits (manfaat).' })
  benefits?: Benefit[]

  @Field(() => [Segment], { nullable: true, description: 'Of any of these segments (segmen kepesertaan).' })
  segments?: Segment[]

  @Field(() => [RatePayer], { nullable: true, description: 'For money of any of these (pembayar).' })
  payers?: RatePayer[]
}

@InputType({
  description:
    'A rate from a month on; with the first month of one that is recorded, it takes its place (tarif iuran).',
})
export class RecordContributionRateInput extends SentOnce {
  @Field(() => Segment, { description: 'Segment it applies to (segmen kepesertaan).' })
  segment!: Segment

  @Field(() => Benefit, { description: 'Benefit it pays for (manfaat).' })
  benefit!: Benefit

  @Field(() => String, { description: 'Income band or risk class, as `LOWEST_BAND` (kelompok).' })
  variant!: string

  @Field(() => RatePayer, {
    nullable: true,
    description: 'Whose money it applies to; ANY unless told (pembayar).',
  })
  payer?: RatePayer | null

  @Field(() => RateSector, {
    nullable: true,
    description: 'Sector it is limited to; ANY unless told (sektor).',
  })
  sector?: RateSector | null

  @Field(() => Rupiah, {
    nullable: true,
    description: 'Rupiah a month; this or `basisPoints` (nominal iuran).',
  })
  amount?: bigint | null

  @Field(() => Int, {
    nullable: true,
    description: 'Hundredths of a percent of income; this or `amount` (persentase iuran).',
  })
  basisPoints?: number | null

  @Field(() => Rupiah, {
    nullable: true,
    description: 'The least to pay in a month, of a share (iuran minimum).',
  })
  minimum?: bigint | null

  @Field(() => Rupiah, {
    nullable: true,
    description: 'The most to pay in a month, of a share (iuran maksimum).',
  })
  maximum?: bigint | null

  @Field(() => Month, { description: 'The first month in force (berlaku mulai).' })
  from!: string

  @Field(() => Month, {
    nullable: true,
    description: 'The last month in force; by default until a later rate begins (berlaku sampai).',
  })
  to?: string | null

  @Field(() => String, { description: 'Legal basis, at most 500 characters (dasar hukum).' })
  legalBasis!: string

  @Field(() => RateStanding, { description: 'Whether a source was read (status verifikasi).' })
  standing!: RateStanding
}

/** How the recording of a rate ends. */
export const RecordContributionRateResult = createUnionType({
  name: 'RecordContributionRateResult',
  description: 'The rate as it is recorded, or why it is not (hasil pencatatan tarif).',
  types: () => [ContributionRate, RevisionRefusal] as const,
  resolveType: byTypename,
})
