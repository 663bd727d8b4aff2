import { Field, Int, ObjectType } from 'type-graphql'
import { Month, Rupiah } from '../contract/scalars.ts'
import { RowOutcome } from './roster-row.entity.ts'

@ObjectType({ description: 'How many rows of a roster came to an outcome (jumlah per hasil).' })
export class OutcomeCount {
  @Field(() => RowOutcome, { description: 'Which outcome (hasil baris).' })
  outcome!: RowOutcome

  @Field(() => Int, { description: 'How many rows (jumlah baris).' })
  rows!: number
}

@ObjectType({ description: 'What a roster costs in a month (biaya per bulan).' })
export class RosterMonth {
  @Field(() => Month, { description: 'Which month (bulan).' })
  month!: string

  @Field(() => Int, { description: 'How many people it pays for (jumlah orang).' })
  people!: number

  @Field(() => Rupiah, { description: 'Their contributions (biaya).' })
  cost!: string
}

@ObjectType({ description: 'What a roster needs of the budget of a year (kebutuhan pagu).' })
export class RosterBudget {
  @Field(() => Int, { description: 'Which calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => Rupiah, {
    description: 'What all who are eligible cost, enrolled or not, whether it lasts or not (kebutuhan).',
  })
  needed!: string

  @Field(() => Rupiah, { description: 'Ceiling less committed, as it is now (sisa pagu).' })
  remaining!: string
}

@ObjectType({ description: 'What came of a roster, and what enrolling it now would do (ringkasan daftar).' })
export class RosterSummary {
  @Field(() => Int, { description: 'How many rows it has (jumlah baris).' })
  rows!: number

  @Field(() => [OutcomeCount], {
    description: 'Rows by outcome, in the order of outcomes; none of rows that are not screened (hasil).',
  })
  outcomes!: OutcomeCount[]

  @Field(() => Rupiah, { description: 'What enrolling those who fit would cost (biaya).' })
  cost!: string

  @Field(() => [RosterMonth], { description: 'That cost by month (biaya per bulan).' })
  months!: RosterMonth[]

  @Field(() => [RosterBudget], { description: 'What it needs of each year’s budget (kebutuhan pagu).' })
  budgets!: RosterBudget[]

  @Field(() => Int, { description: 'How many who are eligible the money lasts for (muat dalam pagu).' })
  fits!: number

  @Field(() => Int, { description: 'How many who are eligible it does not last for (di luar pagu).' })
  overBudget!: number

  @Field(() => Int, {
    nullable: true,
    description: 'The row of the first for whom the money does not last; null where it does (baris pertama).',
  })
  firstLeftOut?: number | null

  @Field(() => Int, {
    description:
      'How many rows came to something else than was foreseen when it was approved (hasil yang berubah).',
  })
  changed!: number
}
