import {
  type GraphQLLeafType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
} from 'graphql'
import { type Json, orNull } from './json.ts'
import { type Sql, sql } from './sql.ts'

/**
 * How a scalar leaves SQL. `bare` yields text that is JSON already; `quoted` yields text that needs quotes and
 * is known to need no escapes (digits, dates, codes under a check).
 */
export type LeafFormat =
  | { readonly form: 'bare'; readonly text: (expression: Sql) => Sql }
  | { readonly form: 'quoted'; readonly text: (expression: Sql) => Sql }

/** Formats by the scalar's name; a hub adds its own to these. */
export type LeafFormats = Readonly<Record<string, LeafFormat>>

const asText = (expression: Sql): Sql => sql`(${expression})::text`
const asJson = (expression: Sql): Sql => sql`to_json(${expression})::text`

export const bare = (text: (expression: Sql) => Sql): LeafFormat => ({ form: 'bare', text })
export const quoted = (text: (expression: Sql) => Sql): LeafFormat => ({ form: 'quoted', text })

export const standardLeafFormats: LeafFormats = {
  // A key may be any text, so it is escaped.
  ID: bare((id) => sql`to_json((${id})::text)::text`),
  String: bare(asJson),
  Int: bare(asText),
  Float: bare(asText),
  Boolean: bare(asText),
}

/** An ID whose column holds whole numbers: nothing in it needs an escape. */
export const numericId: LeafFormat = quoted(asText)

/** The JSON of a scalar, an enum, or a list of them. */
export function leafJson(format: LeafFormat, expression: Sql, nullable: boolean): Json {
  const text = format.text(expression)
  if (nullable) return orNull(format.form === 'bare' ? text : sql`'"' || ${text} || '"'`)
  return format.form === 'bare' ? [text] : ['"', text, '"']
}

/** The format of a leaf type. Throws, at start-up, for a type whose form in SQL nobody has said. */
export function leafFormat(type: GraphQLOutputType, formats: LeafFormats): LeafFormat {
  const bareType = getNullableType(type)
  // The items of a list come as an SQL array, in their GraphQL form already.
  if (isListType(bareType) && isLeafType(getNullableType(bareType.ofType))) return bare(asJson)
  if (isEnumType(bareType)) return quoted(asText)
  const format = isLeafType(bareType) ? formats[(bareType as GraphQLLeafType).name] : undefined
  if (!format) throw new Error(`the scalar ${String(bareType)} has no form in SQL`)
  return format
}
