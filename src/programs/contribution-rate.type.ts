import { Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
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
