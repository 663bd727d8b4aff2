import { Directive, Extensions, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { AreaCode } from '../contract/scalars.ts'
import { rowsOf } from '../planner/marks.ts'
import { FundingSource, PayerEntity, PayerKind } from './payer.entity.ts'

registerEnumType(PayerKind, { name: 'PayerKind', description: 'Who pays a contribution (pembayar iuran).' })
registerEnumType(FundingSource, {
  name: 'FundingSource',
  description: 'Where the money comes from (sumber dana).',
})

@Directive('@key(fields: "id")')
@Extensions(rowsOf(PayerEntity, 'id'))
@ObjectType({
  description: 'Who pays contributions: a government, an employer, a donor, the worker (pembayar iuran).',
})
export class Payer {
  @Field(() => ID)
  id!: string

  @Field(() => PayerKind)
  kind!: PayerKind

  @Field(() => String)
  name!: string
}

@InputType({ description: 'Which payers; all conditions together.' })
export class PayerFilter {
  @Field(() => [PayerKind], { nullable: true })
  kinds?: PayerKind[]

  @Field(() => AreaCode, { nullable: true, description: 'Governments of this area or of an area inside it.' })
  area?: string
}
