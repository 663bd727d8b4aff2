import { afterAll, beforeAll, expect, test } from 'vitest'
import { aPayer, aProgram } from '../harness/builders.ts'
import { aWorkbook } from '../rosters/file/a-workbook.ts'
import { aRoster } from '../rosters/world.ts'
import { authorization, type Serving, serving } from './serving.ts'

// Real: the server, its guard and the hub on PGlite in memory; requests are injected.

const CSV = 'text/csv'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

let hub: Serving
let id: string
let clerk: { authorization: string }
let stranger: { authorization: string }
beforeAll(async () => {
  hub = await serving({ graphiql: false })
  const payer = await aPayer('REGENCY', { area: '36.03' }).in(hub.hub)
  const other = await aPayer('PROVINCE', { area: '36' }).in(hub.hub)
  const program = await aProgram(payer).in(hub.hub)
  const roster = aRoster(program).inState('ENROLLED').withRow({ outcome: 'OVER_BUDGET' })
  id = (await roster.in(hub.hub)).id
  const scope = 'roster:write identity:read'
  clerk = await authorization(scope, { payer: payer.id })
  stranger = await authorization(scope, { payer: other.id, areas: ['36'] })
})
afterAll(() => hub[Symbol.asyncDispose]())

const fetched = (roster: string, headers: Record<string, string>) =>
  hub.server.inject({ method: 'GET', url: `/rosters/${roster}/submission.csv`, headers })

const send = (roster: string, payload: string | Buffer, type = CSV, headers = clerk) =>
  hub.server.inject({
    method: 'POST',
    url: `/rosters/${roster}/acceptance`,
    headers: { ...headers, 'content-type': type },
    payload,
  })

test('what BPJS needs is a CSV to be saved, and kept by nobody on the way', async () => {
  const { statusCode, headers, body } = await fetched(id, clerk)
  expect(statusCode).toBe(200)
  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="roster-${id}-submission.csv"`,
    'cache-control': 'no-store',
  })
  expect(body).toMatch(/^\uFEFFNIK,NAMA,.*\r\n$/)
})

test('what BPJS answers is taken as CSV or as a workbook, and answered line by line', async () => {
  const problem = { row: 1, code: 'NOT_ENROLLED', message: 'Nobody is enrolled by this row.' }
  const answer = { accepted: 0, refused: 0, unchanged: 0, problems: [problem], moreProblems: 0 }
  for (const [file, type] of [
    ['baris,status\n1,DITERIMA', CSV],
    [
      Buffer.from(
        aWorkbook([
          ['baris', 'status'],
          [1, 'DITERIMA'],
        ]),
      ),
      XLSX,
    ],
  ] as const) {
    const { statusCode, body } = await send(id, file, type)
    expect([statusCode, JSON.parse(body)]).toEqual([200, answer])
  }
})

test('other payers find nothing, nobody known has to say who he is, and other files are not read', async () => {
  const answer = 'baris,status\n1,DITERIMA'
  expect((await fetched(id, stranger)).statusCode).toBe(404)
  expect((await fetched('999999', clerk)).statusCode).toBe(404)
  expect((await fetched(id, {})).statusCode).toBe(401)
  expect((await fetched(id, await authorization('registry:read'))).statusCode).toBe(403)
  expect((await send(id, answer, CSV, stranger)).statusCode).toBe(404)
  expect((await send(id, answer, CSV, await authorization('roster:approve'))).statusCode).toBe(403)
  expect((await send(id, answer, 'application/json')).statusCode).toBe(415)
  expect((await send(id, 'nothing')).statusCode).toBe(400)
})
