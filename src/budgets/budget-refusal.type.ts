import { Field, ID, Int, ObjectType } from 'type-graphql'
import { Refusal } from '../contract/refusal.type.ts'
import { Rupiah } from '../contract/scalars.ts'

@ObjectType({ description: 'What a budget lacks (kekurangan pagu).' })
export class Shortfall {
  @Field(() => Int, { description: 'Of which calendar year (tahun anggaran).' })
  fiscalYear!: number

  @Field(() => ID, {
    nullable: true,
    description: 'Null where there is none, or it is another payer’s (ID anggaran).',
  })
  budget?: string | null

  @Field(() => Rupiah, { description: 'What the months would cost (kebutuhan).' })
  needed!: string

  @Field(() => Rupiah, {
    nullable: true,
    description: 'Ceiling less committed; null where it is another payer’s (sisa pagu).',
  })
  remaining?: string | null
}

@ObjectType({
  implements: Refusal,
  description: 'A budget has not enough left, or there is none (pagu tidak cukup).',
})
export class BudgetRefusal extends Refusal {
  @Field(() => [Shortfall], { description: 'What is missing in which year (kekurangan).' })
  shortfalls!: Shortfall[]
}
