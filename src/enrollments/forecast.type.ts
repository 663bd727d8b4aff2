import { Extensions, Field, ObjectType } from 'type-graphql'
import { Month, Rupiah } from '../contract/scalars.ts'
import { marked } from '../planner/marks.ts'

@Extensions(marked('derived'))
@ObjectType({ description: 'What one month of a fiscal year takes from its budget (rencana kas bulanan).' })
export class BudgetForecast {
  @Field(() => Month, { description: 'The month that people are covered in (bulan).' })
  month!: string

  @Field(() => Rupiah, { description: 'Charged to the budget for this month (komitmen bulan ini).' })
  committed!: bigint

  @Field(() => Rupiah, { description: 'Of it, paid already (realisasi bulan ini).' })
  paid!: bigint

  @Field(() => Rupiah, { description: 'Charged from January to this month (komitmen kumulatif).' })
  committedSoFar!: bigint
}
