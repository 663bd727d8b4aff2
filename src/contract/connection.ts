import { ArgsType, type ClassType, Directive, Extensions, Field, Int, ObjectType } from 'type-graphql'
import { DEFAULT_ROWS } from '../planner/description.ts'
import { marked } from '../planner/marks.ts'
import { COUNTING_ROWS, costs } from './cost.ts'

/** Which page of a list: `first` rows (1 to 200) after the row of the cursor `after`. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_ROWS, description: 'How many rows, 1 to 200.' })
  first?: number | null

  @Field(() => String, { nullable: true, description: 'The cursor of the row before the page.' })
  after?: string | null
}

@Directive('@shareable')
@Extensions(marked('pageInfo'))
@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean

  @Field(() => Boolean)
  hasPreviousPage!: boolean

  @Field(() => String, { nullable: true })
  startCursor?: string

  @Field(() => String, { nullable: true })
  endCursor?: string
}

/** The Relay connection of a type: `edges`, `nodes`, `pageInfo`, `totalCount`. Named after the type unless told. */
export function connectionOf<Node extends object>(node: ClassType<Node>, name = node.name) {
  @Extensions(marked('edge'))
  @ObjectType(`${name}Edge`, { description: `A ${name} in its list.` })
  class Edge {
    @Field(() => String)
    cursor!: string

    @Field(() => node)
    node!: Node
  }

  @Extensions(marked('connection'))
  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class Connection {
    @Field(() => [Edge])
    edges!: Edge[]

    @Field(() => [node])
    nodes!: Node[]

    @Field(() => PageInfo)
    pageInfo!: PageInfo

    @Extensions(costs(COUNTING_ROWS))
    @Field(() => Int, { description: 'Rows in the whole list; counted only when asked for.' })
    totalCount!: number
  }

  return Connection
}
