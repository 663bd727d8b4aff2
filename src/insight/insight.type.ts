import { Extensions, Field, Float, ID, InputType, Int, InterfaceType, ObjectType } from 'type-graphql'
import { Month, Rupiah } from '../contract/scalars.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { marked } from '../planner/marks.ts'
import { Benefit } from '../programs/program.entity.ts'
import { WorkerCategory } from '../programs/worker-category.ts'

const EXACT =
  'Whether the numbers are exact and add up over areas; else counts are rounded to 5 and money to a million rupiah. What is committed and not paid is exact for viewers of the whole country only (angka pasti).'

@InterfaceType({
  description: 'Numbers of distinct people in one month; never the sum of programs (jumlah orang).',
})
export abstract class PeopleCounts {
  @Field(() => Int, { description: 'People whom a subsidy may reach (layak).' })
  eligibleWorkers!: number

  @Field(() => Int, { description: 'People with at least one line that contains the month (terlindungi).' })
  coveredWorkers!: number

  @Field(() => Int, { description: 'Eligible and covered (layak dan terlindungi).' })
  eligibleCoveredWorkers!: number

  @Field(() => Int, { description: 'Eligible, and covered by nobody (belum terlindungi).' })
  uncoveredWorkers!: number

  @Field(() => Int, {
    description: 'Covered, with months up to this one committed, by whomever, but not paid (belum dibayar).',
  })
  committedUnpaidWorkers!: number

  @Field(() => Float, {
    nullable: true,
    description: 'Eligible and covered ÷ eligible; null when nobody is eligible (UCJ).',
  })
  coverageRate?: number
}

@Extensions(marked('derived'))
@ObjectType({
  implements: PeopleCounts,
  description: 'Coverage of the people living in a scope (ringkasan cakupan).',
})
export class CoverageSummary extends PeopleCounts {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean

  @Field(() => Month, { description: 'The month they are counted in (bulan).' })
  asOf!: string
}

@Extensions(marked('derived'))
@ObjectType({
  implements: PeopleCounts,
  description: 'Coverage of the people living in one area (cakupan wilayah).',
})
export class AreaCoverage extends PeopleCounts {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean
}

@Extensions(marked('derived'))
@ObjectType({ implements: PeopleCounts, description: 'Coverage in one month of a trend (cakupan bulanan).' })
export class CoveragePoint extends PeopleCounts {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean

  @Field(() => Month, { description: 'The month they are counted in (bulan).' })
  month!: string
}

@Extensions(marked('derived'))
@ObjectType({
  implements: PeopleCounts,
  description: 'Coverage of a category of workers (cakupan per kategori).',
})
export class CategoryCoverage extends PeopleCounts {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean

  @Field(() => WorkerCategory, { description: 'Category of the people (kategori pekerja).' })
  category!: WorkerCategory
}

@Extensions(marked('derived'))
@ObjectType({ description: 'People covered for a benefit (cakupan per manfaat).' })
export class BenefitCoverage {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean

  @Field(() => Benefit, { description: 'What they are covered for (manfaat).' })
  benefit!: Benefit

  @Field(() => Int, { description: 'Distinct people (jumlah orang).' })
  coveredWorkers!: number
}

@Extensions(marked('derived'))
@ObjectType({ description: 'People covered from a funding source (cakupan per sumber dana).' })
export class FundingSourceCoverage {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean

  @Field(() => FundingSource, { description: 'Where the money comes from (sumber dana).' })
  fundingSource!: FundingSource

  @Field(() => Int, { description: 'Distinct people (jumlah orang).' })
  coveredWorkers!: number
}

@Extensions(marked('derived'))
@ObjectType({ description: 'People covered by a payer (cakupan per pembayar).' })
export class PayerCoverage {
  @Field(() => Boolean, { description: EXACT })
  exact!: boolean

  @Field(() => Int, { description: 'Distinct people (jumlah orang).' })
  coveredWorkers!: number
}

@Extensions(marked('derived'))
@ObjectType({ description: 'Budgets of a fiscal year, summed (total anggaran).' })
export class BudgetTotals {
  @Field(() => Int, { description: 'Calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => Rupiah, { description: 'The ceilings in force (pagu).' })
  ceiling!: bigint

  @Field(() => Rupiah, { description: 'Committed to enrolled people (komitmen).' })
  committed!: bigint

  @Field(() => Rupiah, { description: 'Paid to BPJS Ketenagakerjaan (realisasi).' })
  paid!: bigint

  @Field(() => Rupiah, { description: 'Ceiling less committed (sisa pagu).' })
  remaining!: bigint

  @Field(() => Float, { nullable: true, description: 'Paid ÷ ceiling; null without a ceiling (serapan).' })
  absorptionRate?: number
}

@InputType({
  description:
    'Whom and what to count; conditions on coverage must all hold for one and the same line (saringan cakupan).',
})
export class CoverageFilter {
  @Field(() => [Benefit], { nullable: true, description: 'Lines of any of these benefits (manfaat).' })
  benefits?: Benefit[]

  @Field(() => [WorkerCategory], {
    nullable: true,
    description: 'Counts only people of these categories (kategori pekerja).',
  })
  categories?: WorkerCategory[]

  @Field(() => [FundingSource], {
    nullable: true,
    description: 'Lines paid from any of these sources (sumber dana).',
  })
  fundingSources?: FundingSource[]

  @Field(() => [ID], { nullable: true, description: 'Lines of any of these payers (pembayar iuran).' })
  payers?: string[]

  @Field(() => [ID], { nullable: true, description: 'Lines of any of these programs (program).' })
  programs?: string[]
}
