import { Extensions, Field, ObjectType } from 'type-graphql'
import { marked } from '../planner/marks.ts'

@Extensions(marked('derived'))
@ObjectType({ description: 'Who asks, as the token says (pengguna).' })
export class Viewer {
  @Field(() => String, { nullable: true, description: 'Null without a token (pengguna).' })
  subject?: string

  @Field(() => [String], { description: 'What the token allows, as scopes (hak akses).' })
  permissions!: string[]

  @Field(() => [String], {
    description: 'Codes of the areas whose people may be seen; `*` is everywhere (wilayah).',
  })
  areas!: string[]
}
