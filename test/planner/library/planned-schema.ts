import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type GraphQLFieldResolver,
  GraphQLScalarType,
  type GraphQLSchema,
  isObjectType,
  parse,
} from 'graphql'
import type { Executor } from '../../../src/planner/executor.ts'
import { referenceResolver } from '../../../src/planner/federation.ts'
import { type LeafFormats, quoted, standardLeafFormats } from '../../../src/planner/leaf.ts'
import { answeredLate, describedField, type TypeMark } from '../../../src/planner/marks.ts'
import type { Guarded } from '../../../src/planner/model.ts'
import { wirePlainPath } from '../../../src/planner/plain.ts'
import { Planner } from '../../../src/planner/planner.ts'
import { sql } from '../../../src/planner/sql.ts'
import type { Tables } from '../../../src/planner/tables.ts'

type Resolver = (parent: never, args: never, context: never) => unknown

/** A schema of a test: SDL, what each of its types is to the planner, and a resolver for each described field. */
export interface SchemaOfTest {
  readonly sdl: string
  readonly marks: Readonly<Record<string, Record<string, TypeMark>>>
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>>>>
  /** The fields, as `Type.field`, whose resolvers run once the row is found. */
  readonly late?: readonly string[]
}

export interface PlannedSchemaOptions {
  readonly tables: Tables
  readonly execute: Executor
  readonly guarded?: Guarded
}

/** A date of which only digits and dashes are known, as a scalar that takes and gives an object of its own. */
const Day = new GraphQLScalarType<{ day: string }, string>({
  name: 'Day',
  serialize: (value) => (value as { day: string }).day,
  parseValue: (text) => {
    if (typeof text !== 'string') throw new Error('a day is text')
    return { day: text }
  },
})

const NOTHING_HIDDEN: Guarded = { rows: () => false, column: () => false }

const FORMATS: LeafFormats = { ...standardLeafFormats, Day: quoted((date) => sql`(${date})::text`) }

/** Plans a schema as the hub plans its own, without type-graphql. */
export function planSchema(
  { sdl, marks, resolvers, late = [] }: SchemaOfTest,
  { tables, execute, guarded = NOTHING_HIDDEN }: PlannedSchemaOptions,
): Planner {
  const references = Object.keys(marks).map((name) => [
    name,
    { __resolveReference: referenceResolver(() => planner, name) },
  ])
  const schema: GraphQLSchema = buildSubgraphSchema([
    {
      typeDefs: parse(sdl),
      resolvers: { ...Object.fromEntries(references), ...(sdl.includes('scalar Day') && { Day }) } as never,
    },
  ])
  for (const [name, mark] of Object.entries(marks)) {
    const type = schema.getType(name)!
    type.extensions = { ...type.extensions, ...mark }
  }
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName)
    if (!isObjectType(type)) throw new Error(`${typeName} is no object type`)
    for (const [name, resolve] of Object.entries(fields)) {
      const field = type.getFields()[name]!
      field.resolve = resolve as unknown as GraphQLFieldResolver<unknown, unknown>
      field.extensions = late.includes(`${typeName}.${name}`) ? answeredLate() : describedField()
    }
  }
  const planner: Planner = new Planner({ schema, tables, formats: FORMATS, execute, guarded })
  wirePlainPath(schema, planner)
  return planner
}
