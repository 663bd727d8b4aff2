import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { BudgetRefusal, Shortfall } from '../budgets/budget-refusal.type.ts'
import { byTypename, SentOnce } from '../contract/refusal.type.ts'
import { Month, Rupiah } from '../contract/scalars.ts'
import { Enrollment } from './enrollment.type.ts'
import { CoveredMonths, EligibilityRefusal, Finding, OverlapRefusal } from './refusals.type.ts'

@InputType({ description: 'Whom to screen, for what, and when (penyaringan).' })
export class ScreenWorkerInput {
  @Field(() => ID, { description: 'Id of the worker (pekerja).' })
  worker!: string

  @Field(() => ID, { description: 'Code of the program (program).' })
  program!: string

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month, 60 at most (bulan akhir).' })
  to!: string
}

@InputType({ description: 'Whom to enroll in what, and when (pendaftaran).' })
export class EnrollWorkerInput extends SentOnce {
  @Field(() => ID, { description: 'Id of the worker (pekerja).' })
  worker!: string

  @Field(() => ID, { description: 'Code of the program (program).' })
  program!: string

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month, 60 at most (bulan akhir).' })
  to!: string

  @Field(() => String, {
    nullable: true,
    description: 'Why findings for review do not stand against it; kept with them (alasan verifikasi).',
  })
  settledBecause?: string | null
}

/** The first thing that decides, in the order in which people are told. */
export const ScreeningOutcome = {
  ALREADY_COVERED: 'ALREADY_COVERED',
  INELIGIBLE: 'INELIGIBLE',
  REVIEW: 'REVIEW',
  NO_BUDGET: 'NO_BUDGET',
  OVER_BUDGET: 'OVER_BUDGET',
  ELIGIBLE: 'ELIGIBLE',
} as const
export type ScreeningOutcome = keyof typeof ScreeningOutcome
registerEnumType(ScreeningOutcome, {
  name: 'ScreeningOutcome',
  description: 'What would come of enrolling now (hasil penyaringan).',
})

@ObjectType({ description: 'Months that would be charged to one budget (rencana pembebanan).' })
export class PlannedCharge {
  @Field(() => Int, { description: 'Calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => ID, {
    nullable: true,
    description: 'Null where there is none, or more than one (ID anggaran).',
  })
  budget?: string | null

  @Field(() => Month, { description: 'The first month (bulan mulai).' })
  from!: string

  @Field(() => Month, { description: 'The last month (bulan akhir).' })
  to!: string

  @Field(() => Rupiah, { description: 'Contribution a month (iuran per bulan).' })
  monthly!: string
}

@ObjectType({
  description: 'What would come of enrolling a worker now; nothing is changed (hasil penyaringan).',
})
export class Screening {
  @Field(() => ScreeningOutcome, { description: 'The first thing that decides (hasil).' })
  outcome!: ScreeningOutcome

  @Field(() => [Finding], { description: 'All that the rules found, in their order (temuan).' })
  findings!: Finding[]

  @Field(() => [CoveredMonths], { description: 'Who pays already, and when (bulan terlindungi).' })
  covered!: CoveredMonths[]

  @Field(() => [PlannedCharge], { description: 'What each budget would be charged (pembebanan).' })
  charges!: PlannedCharge[]

  @Field(() => [Shortfall], { description: 'What budgets lack for it (kekurangan pagu).' })
  shortfalls!: Shortfall[]

  @Field(() => Rupiah, { description: 'What the months cost together (jumlah iuran).' })
  cost!: string

  @Field(() => String, { description: 'Which rules decided (versi aturan).' })
  rulesVersion!: string
}

export const EnrollWorkerResult = createUnionType({
  name: 'EnrollWorkerResult',
  description: 'The enrollment, or why not (hasil pendaftaran).',
  types: () => [Enrollment, OverlapRefusal, EligibilityRefusal, BudgetRefusal] as const,
  resolveType: byTypename,
})
