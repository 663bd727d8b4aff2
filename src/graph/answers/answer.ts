import type { GraphQLObjectType, GraphQLSchema } from 'graphql'
import { idValue } from '../../contract/id.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { type Description, rows } from '../../planner/description.ts'
import { typeMark } from '../../planner/marks.ts'
import { type Column, sql } from '../../planner/sql.ts'

/** What GraphQL answers for an outcome: a description of the thing as it is now, or the facts themselves. */
export function answerTo({ type, key, facts }: Outcome, schema: GraphQLSchema): Description | object {
  if (key === null) return { __typename: type, ...facts }
  const mark = typeMark(schema.getType(type) as GraphQLObjectType)
  if (mark?.kind !== 'entity') throw new Error(`${type} is no thing that a key could name`)
  const property = mark.key ?? 'id'
  const value = property === 'id' ? idValue(key) : key
  return rows(mark.entity).where(
    (row) => sql`${(row as Readonly<Record<string, Column>>)[property]} = ${value}`,
  )
}
