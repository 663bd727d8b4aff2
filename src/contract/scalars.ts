import { GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDateTimeISO, GraphQLLocalDate } from 'graphql-scalars'
import { badInput } from '../kernel/errors.ts'
import { parseMonth } from '../kernel/month.ts'
import { parseRupiah } from '../kernel/rupiah.ts'
import { bare, type LeafFormats, quoted, standardLeafFormats } from '../planner/leaf.ts'
import { sql } from '../planner/sql.ts'

const AREA_CODE = /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/

/** Codes of areas, always text: a number would turn 11.10 into 11.1. */
export const AreaCode = textScalar<string>(
  'AreaCode',
  'Official code of an area (Kemendagri): `36` province, `36.03` regency, `36.03.01` district, `36.03.01.2001` village (kode wilayah).',
  (text) => {
    if (AREA_CODE.test(text)) return text
    throw badInput('AreaCode', 'An area code looks like 36, 36.03, 36.03.01 or 36.03.01.2001.')
  },
  String,
)

/** Calendar months. */
export const Month = textScalar('Month', 'A calendar month, `YYYY-MM` (bulan).', parseMonth, String)

/** Money: integer rupiah, in JSON a decimal string because a budget may exceed 2^53. */
export const Rupiah = textScalar(
  'Rupiah',
  'An amount of money in whole rupiah, as a decimal string (rupiah).',
  parseRupiah,
  (amount: bigint | string) => amount.toString(),
)

/** Calendar dates without a time zone. */
export const LocalDate = GraphQLLocalDate

/** Instants, RFC 3339 in UTC. */
export const DateTime = GraphQLDateTimeISO

/** The form of every scalar when it leaves SQL. */
export const leafFormats: LeafFormats = {
  ...standardLeafFormats,
  [AreaCode.name]: quoted((code) => sql`(${code})::text`),
  [Month.name]: quoted((date) => sql`to_char(${date}, 'YYYY-MM')`),
  [Rupiah.name]: quoted((amount) => sql`(${amount})::text`),
  [LocalDate.name]: bare((date) => sql`to_json((${date})::date)::text`),
  [DateTime.name]: quoted(
    (instant) => sql`to_char(${instant} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  ),
}

function textScalar<Internal>(
  name: string,
  description: string,
  parse: (text: string) => Internal,
  serialize: (value: Internal & (bigint | string)) => string,
): GraphQLScalarType<Internal, string> {
  const parseText = (value: unknown): Internal => {
    if (typeof value === 'string') return parse(value)
    throw badInput(name, `${name} is written as a string.`)
  }
  return new GraphQLScalarType<Internal, string>({
    name,
    description,
    serialize: (value) => serialize(value as Internal & (bigint | string)),
    parseValue: parseText,
    parseLiteral: (node) => parseText(node.kind === Kind.STRING ? node.value : undefined),
  })
}
