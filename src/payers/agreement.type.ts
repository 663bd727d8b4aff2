import { Extensions, Field, ID, InputType, ObjectType } from 'type-graphql'
import { SentOnce } from '../contract/refusal.type.ts'
import { LocalDate } from '../contract/scalars.ts'
import { rowsOf } from '../planner/marks.ts'
import { AgreementEntity } from './agreement.entity.ts'
import { Payer } from './payer.type.ts'

@Extensions(rowsOf(AgreementEntity))
@ObjectType({
  description: 'Two payers agree to know of each other whom they pay for (perjanjian kerja sama).',
})
export class Agreement {
  @Field(() => ID, { description: 'Of this agreement (ID perjanjian).' })
  id!: string

  @Field(() => Payer, { description: 'The one with the lower id (pembayar iuran).' })
  first!: Payer

  @Field(() => Payer, { description: 'The other one (pembayar iuran).' })
  second!: Payer

  @Field(() => String, { description: 'Number of the document (nomor PKS).' })
  reference!: string
}

@InputType({ description: 'An agreement between two payers (perjanjian kerja sama).' })
export class CreateAgreementInput extends SentOnce {
  @Field(() => ID, { description: 'Id of one payer (pembayar iuran).' })
  first!: string

  @Field(() => ID, { description: 'Id of the other one (pembayar iuran).' })
  second!: string

  @Field(() => LocalDate, { description: 'The first day on which it holds (mulai).' })
  from!: string

  @Field(() => LocalDate, { nullable: true, description: 'The last day; by default it has no end (akhir).' })
  to?: string

  @Field(() => String, { description: 'Number of the document, at most 200 characters (nomor PKS).' })
  reference!: string
}
