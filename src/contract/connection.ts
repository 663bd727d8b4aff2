import { ArgsType, type ClassType, Directive, Extensions, Field, Int, ObjectType } from 'type-graphql'
import { DEFAULT_ROWS } from '../planner/description.ts'
import { marked } from '../planner/marks.ts'
import { COUNTING_ROWS, costs } from './cost.ts'

/** Which page of a list: `first` rows (1 to 200) after the row of the cursor `after`. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_ROWS,
    description: 'How many rows, 1 to 200 (jumlah baris).',
  })
  first?: number | null

  @Field(() => String, { nullable: true, description: 'The cursor of the row before the page (kursor).' })
  after?: string | null
}

@Directive('@shareable')
@Extensions(marked('pageInfo'))
@ObjectType({ description: 'Where a page stands in its list (halaman).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether rows follow the page (halaman berikutnya).' })
  hasNextPage!: boolean

  @Field(() => Boolean, { description: 'Whether rows precede the page (halaman sebelumnya).' })
  hasPreviousPage!: boolean

  @Field(() => String, { nullable: true, description: 'Of the first row of the page (kursor awal).' })
  startCursor?: string

  @Field(() => String, { nullable: true, description: 'Of the last row of the page (kursor akhir).' })
  endCursor?: string
}

/** The Relay connection of a type: `edges`, `nodes`, `pageInfo`, `totalCount`. Named after the type unless told. */
export function connectionOf<Node extends object>(node: ClassType<Node>, name = node.name) {
  @Extensions(marked('edge'))
  @ObjectType(`${name}Edge`, { description: `One ${node.name} in its list (baris).` })
  class Edge {
    @Field(() => String, { description: 'Names this row, to ask for the page after it (kursor).' })
    cursor!: string

    @Field(() => node, { description: 'The row itself (baris).' })
    node!: Node
  }

  @Extensions(marked('connection'))
  @ObjectType(`${name}Connection`, { description: `A page of a list of ${node.name} (halaman).` })
  class Connection {
    @Field(() => [Edge], { description: 'The rows of the page, each with its cursor (baris).' })
    edges!: Edge[]

    @Field(() => [node], { description: 'The rows of the page (baris).' })
    nodes!: Node[]

    @Field(() => PageInfo, { description: 'Where the page stands in the list (halaman).' })
    pageInfo!: PageInfo

    @Extensions(costs(COUNTING_ROWS))
    @Field(() => Int, {
      description: 'Rows in the whole list; counted only when asked for (jumlah seluruhnya).',
    })
    totalCount!: number
  }

  return Connection
}
