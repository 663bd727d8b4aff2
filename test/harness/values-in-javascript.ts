import { type GraphQLOutputType, getNamedType, getNullableType, isEnumType, isListType } from 'graphql'

/** A value as PostgreSQL shows it. */
export type CellText = string | null

/**
 * What a resolver would return for a value: formatted by JavaScript from PostgreSQL's text, so that the planner's
 * formats in SQL are compared with something that is not SQL.
 */
export function javaScriptValue(text: CellText, type: GraphQLOutputType): unknown {
  if (text === null) return null
  const bare = getNullableType(type)
  if (isListType(bare)) return arrayItems(text).map((item) => javaScriptValue(item, bare.ofType))
  const named = getNamedType(bare)
  if (isEnumType(named)) return named.getValue(text)!.value
  switch (named.name) {
    case 'ID':
    case 'String':
    case 'AreaCode':
      return text
    case 'Int':
    case 'Float':
      return Number(text)
    case 'Boolean':
      return text === 't' || text === 'true'
    case 'Rupiah':
      return BigInt(text)
    case 'Month':
      return text.slice(0, 7)
    case 'LocalDate':
      return text.slice(0, 10)
    case 'DateTimeISO':
      // PostgreSQL: 2023-01-01 20:04:05.678901+00
      return new Date(text.replace(' ', 'T').replace(/\+00$/, 'Z'))
    default:
      throw new Error(`the reference does not know the scalar ${named.name}`)
  }
}

/** The items of a one-dimensional array: `{JKK,"a \"b\"",NULL}`. */
function arrayItems(text: string): CellText[] {
  const items = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|([^,]+)/gs)
  return [...items].map(([, inQuotes, bare]) =>
    inQuotes !== undefined ? inQuotes.replace(/\\(.)/gs, '$1') : bare === 'NULL' ? null : bare!,
  )
}
