import type { Query } from '../src/db/database.ts'
import type { Step } from '../src/kernel/progress.ts'

/** The values a column can be given: numbers stay below 2^53, larger ones and bytes (as hex) are text. */
type Value = string | number | boolean | null

/** Types whose arrays the drivers do not know, or that cannot be the element of an array. */
const TRAVELS_AS_TEXT = /^bytea$|range$|\[\]$/

/** A column's SQL type, and its value of one row. `bytea` is written as hex digits, an array as `{a,b}`. */
type Column<Row> = readonly [type: string, value: (row: Row) => Value]

export type Columns<Row> = Readonly<Record<string, Column<Row>>>

export interface Insert<Row> {
  /** Names the statement in a slow-query log. */
  readonly name: string
  readonly table: string
  readonly rows: readonly Row[]
  readonly columns: Columns<Row>
  readonly onConflict?: string
  /** Is told of every row written. */
  readonly step?: Step
}

const BATCH = 10_000

/** Inserts many rows with one parameter per column, a batch at a time. */
export async function insertRows<Row>(query: Query, insert: Insert<Row>): Promise<void> {
  const { name, table, rows, columns, onConflict = '', step } = insert
  const names = Object.keys(columns).join(', ')
  const text = `/* ${name} */ insert into ${table} (${names}) ${selectGiven(columns)} ${onConflict}`
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH)
    await query(text, givenValues(columns, batch))
    step?.advance(batch.length)
  }
}

/** SQL that selects the given rows back from parameters `$1` to `$n`, one per column. */
export function selectGiven<Row>(columns: Columns<Row>): string {
  const entries = Object.entries(columns)
  const values = entries.map(([column, [type]]) => {
    if (type === 'bytea') return `decode(given.${column}, 'hex') as ${column}`
    return TRAVELS_AS_TEXT.test(type) ? `given.${column}::${type} as ${column}` : `given.${column}`
  })
  const arrays = entries.map(
    ([, [type]], at) => `$${at + 1}::${TRAVELS_AS_TEXT.test(type) ? 'text' : type}[]`,
  )
  const names = Object.keys(columns).join(', ')
  return `select ${values.join(', ')} from unnest(${arrays.join(', ')}) as given(${names})`
}

/** The parameters for {@link selectGiven}: one array literal per column. */
export function givenValues<Row>(columns: Columns<Row>, rows: readonly Row[]): string[] {
  return Object.values(columns).map(([, value]) => arrayLiteral(rows.map(value)))
}

/** As PostgreSQL reads an array. Both drivers take their time to write one, so we hand them the text. */
function arrayLiteral(values: readonly Value[]): string {
  return `{${values.map(elementLiteral).join(',')}}`
}

function elementLiteral(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value !== 'string') return String(value)
  if (/^[\w.-]+$/.test(value) && value.toUpperCase() !== 'NULL') return value
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}
