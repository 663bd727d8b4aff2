import { createServer } from 'node:http'
import { parse } from 'graphql'
import pg from 'pg'
import { CASES, type Case } from '../cases.ts'
import { EVERYBODY } from '../viewers.ts'

/**
 * The ceiling: `node:http` and `pg`, running the very statement the hub's planner makes, prepared by name, and
 * sending its text. What is missing to it is what GraphQL costs: parsing, validation, planning, Apollo, Fastify.
 */
const { createPlannedSchema } = await import('../../dist/src/graph/schema.js')
const { openHub } = await import('../../dist/src/app.js')
const { leafFormats } = await import('../../dist/src/contract/scalars.js')
const { entities } = await import('../../dist/src/graph/entities.js')
const { Tables } = await import('../../dist/src/planner/tables.js')

const SENTINEL = {
  'page of 50 workers with relations': '36.03',
  'one regency with province, budgets and programs': '36.03',
  'one worker by id': '424242',
  '20 budgets with payer and program': 2022,
} as Record<string, string | number>

const { SESSION_SETTINGS } = await import('../../dist/src/db/session.js')

const sessionOptions = Object.entries(SESSION_SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')
const statements = await Promise.all(CASES.map(statementOf))
const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.POOL),
  options: sessionOptions,
})

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    const { statement, variable } = answering(Buffer.concat(chunks).toString())
    const values = statement.values.map((value) => (value === statement.sentinel ? variable : value))
    const result = await pool.query({ name: statement.name, text: statement.text, values, rowMode: 'array' })
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.end(`{"data":{"${statement.field}":${result.rows[0][0]}}}\n`)
  })
})
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))

function answering(body: string) {
  const { query, variables } = JSON.parse(body)
  return { statement: statements.find((statement) => statement.query === query)!, variable: variables.v }
}

async function statementOf({ name, hub: query }: Case, index: number) {
  const opened = await openHub({
    databaseUrl: process.env.DATABASE_URL,
    // The keys that the bench's database was filled with.
    dataDir: '.payung',
    poolSize: 1,
    production: false,
    exposeSql: false,
  })
  const captured: { text: string; values: readonly unknown[] }[] = []
  const planner = createPlannedSchema({
    tables: new Tables(opened.db.orm, entities),
    formats: leafFormats,
    guarded: { rows: () => false, column: () => false },
    execute: async (statement) => {
      captured.push(statement)
      return [['null']]
    },
  })
  const document = parse(query)
  const sentinel = SENTINEL[name]!
  const variables = { v: sentinel }
  const [field] = planner.selections.ofOperation(document, document.definitions[0] as never, variables)
  await planner.rootField(field!, variables, opened.context({ viewer: EVERYBODY }))
  await opened.close()
  return { name: `ceiling_${index}`, query, field: field!.key, sentinel, ...captured[0]! }
}
