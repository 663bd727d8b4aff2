import { Field, ObjectType } from 'type-graphql'
import { Refusal } from './refusal.type.ts'

@ObjectType({
  implements: Refusal,
  description:
    'A program, a budget or a rate cannot be changed so; nothing was changed (penolakan perubahan).',
})
export class RevisionRefusal extends Refusal {
  @Field(() => String, {
    nullable: true,
    description: 'The field of the input that cannot be so; null where none is at fault (isian).',
  })
  field?: string | null
}
