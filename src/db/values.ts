import { types } from 'pg'

/** Reads a value of one type from the text PostgreSQL sends. */
type Parser = (text: string) => unknown

// A plain number: pg's list of type ids leaves the arrays out.
const TEXT_ARRAY: number = 1009

const asText: Parser = (text) => text
const asTexts = types.getTypeParser(TEXT_ARRAY) as Parser

/**
 * How both kinds of database read values, by type id, where their own defaults differ from each other or from
 * ours. A date must never become a JavaScript Date, which has a time zone; an int8 never a number, which is too
 * short; and MikroORM expects timestamps as text.
 */
export const VALUE_PARSERS: Readonly<Record<number, Parser>> = {
  20: asText, // int8
  1700: asText, // numeric
  1082: asText, // date
  1114: asText, // timestamp
  1184: asText, // timestamptz
  1186: asText, // interval
  1016: asTexts, // int8[]
  1231: asTexts, // numeric[]
  1182: asTexts, // date[]
  1115: asTexts, // timestamp[]
  1185: asTexts, // timestamptz[]
  1187: asTexts, // interval[]
}
