import { Directive, Extensions, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { SentOnce } from '../contract/refusal.type.ts'
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
  @Field(() => ID, { description: 'Of this payer (ID pembayar).' })
  id!: string

  @Field(() => PayerKind, { description: 'Of what kind it is (jenis pembayar).' })
  kind!: PayerKind

  @Field(() => String, { description: 'As it calls itself (nama).' })
  name!: string
}

@InputType({ description: 'Which payers; all conditions together (saringan pembayar).' })
export class PayerFilter {
  @Field(() => [PayerKind], { nullable: true, description: 'Of any of these kinds (jenis pembayar).' })
  kinds?: PayerKind[]

  @Field(() => AreaCode, {
    nullable: true,
    description: 'Governments of this area or of an area inside it (wilayah).',
  })
  area?: string
}

@InputType({ description: 'A new payer (pembayar iuran baru).' })
export class CreatePayerInput extends SentOnce {
  @Field(() => PayerKind, { description: 'Of what kind it is (jenis pembayar).' })
  kind!: PayerKind

  @Field(() => String, { description: 'As it calls itself, at most 200 characters (nama).' })
  name!: string

  @Field(() => AreaCode, {
    nullable: true,
    description:
      'The area that it governs; for provinces, regencies and villages, and for nobody else (wilayah).',
  })
  area?: string
}
