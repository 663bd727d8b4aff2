import type { Hub } from '../../../src/app.ts'

/** A row as plain text, by column: nothing of the engine has touched it, and no number has lost a digit. */
export type Row = Readonly<Record<string, string | null>>

/** The tables of a hub, by name. */
export type Tables = Readonly<Record<string, readonly Row[]>>

/** What operations read. The vault is not among them: no operation of these tests opens it. */
const TABLES = [
  'province',
  'regency',
  'district',
  'village',
  'payer',
  'agreement',
  'coverage_program',
  'contribution_rate',
  'worker',
  'budget',
  'budget_entry',
  'enrollment',
  'charge',
  'coverage_line',
  'dispute',
  'claim_check',
  'refund',
  'worker_event',
  'roster',
  'roster_step',
  'roster_row',
  'audit_event',
  'audit_pending',
]

export async function readTables({ db }: Hub): Promise<Tables> {
  const tables: [string, Row[]][] = []
  for (const table of TABLES) {
    const columns = await db.query<{ name: string }>(
      `/* test.columns */ select column_name as name from information_schema.columns
      where table_schema = current_schema() and table_name = $1 order by ordinal_position`,
      [table],
    )
    const texts = columns.map(({ name }) => `${name}::text as ${name}`)
    tables.push([table, await db.query<Row>(`/* test.read */ select ${texts.join(', ')} from ${table}`)])
  }
  return Object.fromEntries(tables)
}

/** Puts rows in place of those that a table has. */
export async function replaceRows({ db }: Hub, table: string, rows: readonly Row[]): Promise<void> {
  const ofJson = await db.query<{ name: string }>(
    `/* test.json_columns */ select column_name as name from information_schema.columns
    where table_schema = current_schema() and table_name = $1 and data_type = 'jsonb'`,
    [table],
  )
  await db.query(`/* test.empty */ delete from ${table}`)
  await db.query(
    `/* test.fill */ insert into ${table} overriding system value
    select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [JSON.stringify(rows.map((row) => withJson(row, ofJson)))],
  )
}

/** A list within a row is a list again, and no longer its text. */
function withJson(row: Row, columns: readonly { readonly name: string }[]): object {
  const parsed = columns.map(({ name }) => [name, row[name] == null ? null : JSON.parse(row[name])])
  return { ...row, ...Object.fromEntries(parsed) }
}
