import { type ClientRequest, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadRates } from '../../seeds/load-rates.ts'
import {
  DEFAULT_HTTP_LIMITS,
  DEFAULT_ROSTER_LIMITS,
  type RosterServerLimits,
} from '../../src/kernel/config.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { auditReader } from '../harness/viewers.ts'
import { aWorkbook } from '../rosters/file/a-workbook.ts'
import { aCsv, aLine, HEADER } from '../rosters/file/reading.ts'
import { authorization, type Serving, serving } from './serving.ts'

// Real: the server on a port of its own, its guard, the hub on PGlite in memory; clients are fetch and bare requests.

const CSV = 'text/csv; charset=utf-8'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const MOST_BYTES = 500_000
/** Whoever uploaded it may read it back. The name that is planted elsewhere nobody may ever be told. */
const UPLOADED = 'Rohayati binti Kasim'

let hub: Serving
let port: number
let program: string
let clerk: { authorization: string }
let stranger: { authorization: string }
let audit: ReturnType<typeof auditReader>
beforeAll(async () => {
  hub = await serving({
    graphiql: false,
    // Uploads have a time of their own: those of these tests take longer. A busy machine refuses nothing here.
    http: { ...DEFAULT_HTTP_LIMITS, requestMs: 300, eventLoopDelayMs: 0 },
    rosters: { ...DEFAULT_ROSTER_LIMITS, rows: 3_000, bytes: MOST_BYTES },
  })
  await hub.server.listen({ port: 0 })
  port = (hub.server.server.address() as AddressInfo).port
  await hub.hub.db.query(
    `/* test.areas */ insert into district (code, regency_code, name) values ('36.03.01', '36.03', 'Balaraja')`,
  )
  await hub.hub.db.query(
    `/* test.village */ insert into village (code, district_code, name, kind) values ('36.03.01.2001', '36.03.01', 'Saga', 'DESA')`,
  )
  await hub.hub.db.transaction(loadRates)
  const payer = await aPayer('REGENCY', { area: '36.03' }).in(hub.hub)
  const other = await aPayer('PROVINCE', { area: '36' }).in(hub.hub)
  program = (await aProgram(payer).during('2023-01..2023-12').in(hub.hub)).code
  await aBudget(payer, 2023, 1_000_000_000n).in(hub.hub)
  const scope = 'roster:write registry:read'
  clerk = await authorization(scope, { payer: payer.id })
  stranger = await authorization(scope, { payer: other.id, areas: ['36'] })
})
afterAll(() => hub[Symbol.asyncDispose]())
beforeEach(async () => {
  await hub.hub.db.query(
    'delete from roster_row; delete from roster_identity; delete from roster_step; delete from roster',
  )
  audit = auditReader(hub.hub)
  await audit()
})

/** A file of so many people, of whom each has a NIK of his own. */
function aFile(count: number): string {
  const lines = Array.from({ length: count }, (_, n) =>
    aLine({ nik: `360301570590${String(1 + (n % 9) + 10 * Math.floor(n / 9)).padStart(4, '0')}` }),
  )
  return aCsv([HEADER, ...lines])
}

interface Sending {
  readonly type?: string
  readonly headers?: Record<string, string>
  readonly search?: string
}

/** What is answered: a roster, or errors. */
interface Answered {
  readonly id: string
  readonly isNew: boolean
  readonly state: string
  readonly errors: [{ message: string; extensions: { code: string; field?: string; remedy?: string } }]
}

const addressOf = (search = '', at = port) =>
  `http://127.0.0.1:${at}/rosters?program=${program}&from=2023-06&to=2023-12${search}`

async function send(
  body: string | Uint8Array | Readable | undefined,
  { type = CSV, headers = clerk, search }: Sending = {},
) {
  const response = await fetch(addressOf(search), {
    method: 'POST',
    headers: { ...headers, 'content-type': type },
    body: (body instanceof Readable ? Readable.toWeb(body) : body) as RequestInit['body'],
    duplex: 'half',
  } as RequestInit)
  const { status } = response
  return { status, headers: response.headers, json: (await response.json()) as Answered }
}

/** A request that is written by hand. */
function open(headers: Record<string, string | number> = {}, at = port): ClientRequest {
  return httpRequest(addressOf('', at), {
    method: 'POST',
    agent: false,
    headers: { ...clerk, 'content-type': CSV, ...headers },
  })
}

function answerTo(sending: ClientRequest): Promise<{ status: number; code: string; message: string }> {
  return new Promise((resolve, reject) => {
    sending.on('error', reject)
    sending.on('response', async (response) => {
      const [{ message, extensions }] = JSON.parse(
        (await response.setEncoding('utf8').toArray()).join(''),
      ).errors
      resolve({ status: response.statusCode!, code: extensions.code, message })
    })
  })
}

async function left() {
  const tables = ['roster', 'roster_step', 'roster_row', 'roster_identity'] as const
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`)
  return (await hub.hub.db.query(`/* test.left */ select ${counts.join(', ')}`))[0]
}
const NOTHING = { roster: 0, roster_step: 0, roster_row: 0, roster_identity: 0 }

describe('a roster that is sent in', () => {
  test('as CSV is created, and found again when it is sent again', async () => {
    const first = await send(aFile(100))
    expect([first.status, first.json]).toEqual([
      201,
      { id: expect.any(String), isNew: true, state: 'SCREENING' },
    ])
    expect(first.headers.get('location')).toBe(`/rosters/${first.json.id}/report.csv`)
    const second = await send(aFile(100))
    expect([second.status, second.json]).toEqual([
      200,
      { id: first.json.id, isNew: false, state: 'SCREENING' },
    ])
    expect(second.headers.get('location')).toBeNull()
    expect(await left()).toMatchObject({ roster: 1, roster_row: 100 })
  })

  test.each([
    'text/csv; charset=utf8',
    'text/csv;charset="UTF-8"',
    'application/csv',
    'application/vnd.ms-excel',
  ])('as %s is a CSV', async (type) => {
    expect((await send(aFile(3), { type })).status).toBe(201)
    const old = Buffer.from('D0CF11E0A1B11AE1', 'hex')
    const { status, json } = await send(old, { type })
    expect([status, json.errors[0].message]).toEqual([400, 'The file is not in UTF-8.'])
  })

  test('as a workbook is created', async () => {
    const { status, json } = await send(aWorkbook([HEADER, aLine(), aLine({ nik: '3603015705909002' })]), {
      type: XLSX,
    })
    expect([status, json.state]).toEqual([201, 'SCREENING'])
    expect(await left()).toMatchObject({ roster_row: 2, roster_identity: 2 })
  })

  test('by several at once is one roster', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(aFile(1_500))))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 201])
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    expect(await left()).toMatchObject({ roster: 1, roster_row: 1_500 })
  })

  test('slowly has more time than other requests, as long as it goes on', async () => {
    const lines = aFile(60).split('\n')
    async function* slowly() {
      for (const line of lines) {
        yield Buffer.from(`${line}\n`)
        await sleep(15)
      }
    }
    const started = performance.now()
    expect((await send(Readable.from(slowly()))).status).toBe(201)
    expect(performance.now() - started).toBeGreaterThan(600)
  })

  test('with rounded NIKs is damaged', async () => {
    const lines = Array.from({ length: 50 }, (_, n) =>
      aLine({ nik: `36030157059${String(n + 100).padEnd(5, '0')}` }),
    )
    const { status, json } = await send(aCsv([HEADER, ...lines]))
    expect([status, json.state]).toEqual([201, 'DAMAGED'])
    expect(await left()).toMatchObject({ roster: 1, roster_row: 0, roster_identity: 0 })
  })
})

describe('a file beyond the limits', () => {
  const large = () => `${aFile(100)}\n${`${'x'.repeat(50_000)}\n`.repeat(20)}`

  test('is refused by the size that it announces, before any of it is read', async () => {
    const sending = open({ 'content-length': MOST_BYTES + 1 })
    const answer = answerTo(sending)
    sending.flushHeaders()
    expect(await answer).toMatchObject({ status: 413, code: 'BAD_USER_INPUT' })
    sending.destroy()
    expect((await send(large())).status).toBe(413)
    expect(await left()).toEqual(NOTHING)
  })

  test('is refused by what arrives, when it announces nothing', async () => {
    const { status, json } = await send(Readable.from([Buffer.from(large())]))
    expect([status, json.errors[0].message]).toEqual([413, 'The body is too large.'])
    expect(await left()).toEqual(NOTHING)
  })

  test('is refused while it goes on and on, and its sender hears why', async () => {
    async function* endless() {
      for (;;) yield Buffer.from(`${'y'.repeat(60_000)}\n`)
    }
    const sending = open()
    const answer = answerTo(sending)
    Readable.from(endless()).pipe(sending)
    expect(await answer).toMatchObject({ status: 413 })
    sending.destroy()
  })

  test('is refused for its rows, though most of it is still to come', async () => {
    const { status, json } = await send(aFile(4_000))
    expect([status, json.errors[0]]).toMatchObject([
      413,
      { message: 'The file has more than 3,000 rows.', extensions: { field: 'file' } },
    ])
    expect(await left()).toEqual(NOTHING)
  })

  test('is answered also to whoever listens only when he has sent everything', async () => {
    const body = Buffer.from(aFile(4_000))
    const sending = open({ 'content-length': body.length })
    const answer = answerTo(sending)
    for (let at = 0; at < body.length; at += 20_000) {
      sending.write(body.subarray(at, at + 20_000))
      await sleep(5)
    }
    sending.end()
    expect((await answer).message).toContain('3,000 rows')
  })
})

test.each(['with', 'without'])(
  'a sender who hangs up, %s an announced length, leaves nothing',
  async (how) => {
    const file = aFile(3_000)
    const sending = open(how === 'with' ? { 'content-length': file.length } : {})
    sending.on('error', () => {})
    sending.write(file.slice(0, file.length / 2))
    await expect.poll(async () => (await left())!.roster_row).toBeGreaterThan(0)
    sending.destroy()
    await expect.poll(left).toEqual(NOTHING)
    await expect
      .poll(audit)
      .toMatchObject([{ outcome: 'REFUSED', reason: 'BAD_USER_INPUT', what: 'Roster.receive' }])
    expect(hub.log.filter(({ level }) => Number(level) >= 50)).toEqual([])
  },
)

describe('files at the same time', () => {
  /** A server of its own over the same hub. */
  async function another(rosters: Partial<RosterServerLimits>) {
    const running = await serving({
      hub: hub.hub,
      graphiql: false,
      http: { ...DEFAULT_HTTP_LIMITS, eventLoopDelayMs: 0 },
      rosters: { ...DEFAULT_ROSTER_LIMITS, ...rosters },
    })
    await running.server.listen({ port: 0 })
    const at = (running.server.server.address() as AddressInfo).port
    return { ...running, at }
  }

  /** Begins to send a file, and waits until it is being read. */
  async function beginning(type: string, at: number): Promise<ClientRequest> {
    const sending = open({ 'content-type': type }, at)
    sending.on('error', () => {})
    const before = (await left())!.roster as number
    sending.write(HEADER.join(','))
    await expect.poll(async () => (await left())!.roster).toBe(before + 1)
    return sending
  }

  const sendTo = async (at: number, type: string, body: string | Uint8Array) => {
    const headers = { ...clerk, 'content-type': type }
    const response = await fetch(addressOf('', at), {
      method: 'POST',
      headers,
      body: body as RequestInit['body'],
    })
    const { errors } = (await response.json()) as Partial<Answered>
    const { message, extensions } = errors?.[0] ?? {}
    return [response.status, response.headers.get('retry-after'), message, extensions?.remedy]
  }

  test('are few, fewer of them workbooks, and places are free again when a file ends or its sender leaves', async () => {
    await using running = await another({ files: 2, workbooks: 1 })
    const { at } = running
    const workbook = aWorkbook([HEADER, aLine()])
    const first = await beginning(XLSX, at)
    expect(await sendTo(at, XLSX, workbook)).toEqual([
      503,
      '30',
      'The hub is reading as many workbooks as it can.',
      'Send it again in a minute, or as "CSV UTF-8".',
    ])
    expect((await sendTo(at, CSV, aFile(3)))[0]).toBe(201)
    const second = await beginning(CSV, at)
    expect(await sendTo(at, CSV, aFile(4))).toEqual([
      503,
      '30',
      'The hub is reading as many files as it can.',
      'Send it again in a minute.',
    ])
    expect(
      (
        await fetch(`http://127.0.0.1:${at}/graphql?query={__typename}`, {
          headers: { 'apollo-require-preflight': '1' },
        })
      ).status,
    ).toBe(200)
    first.destroy()
    second.destroy()
    await expect.poll(async () => (await sendTo(at, XLSX, workbook))[0]).toBe(201)
    expect((await sendTo(at, CSV, aFile(5)))[0]).toBe(201)
  })

  test('of which one has arrived in full is read no further when its sender has left', async () => {
    await using running = await another({})
    const lines = aFile(20_000)
      .split('\n')
      .map((line) => line.split(','))
    const workbook = aWorkbook(lines)
    const sending = open({ 'content-type': XLSX, 'content-length': workbook.length }, running.at)
    sending.on('error', () => {})
    sending.end(workbook)
    await expect.poll(async () => (await left())!.roster_row, { timeout: 10_000 }).toBeGreaterThan(0)
    sending.destroy()
    await expect.poll(left, { timeout: 10_000 }).toEqual(NOTHING)
    expect(await audit()).toMatchObject([{ what: 'Roster.receive', outcome: 'REFUSED', people: 0 }])
  })
})

describe('what is refused at the door', () => {
  test.each([
    [
      'another type',
      { type: 'application/vnd.ms-excel.sheet.macroEnabled.12' },
      /content-type: text\/csv or application/,
    ],
    ['JSON', { type: 'application/json' }, /content-type: text\/csv/],
    ['another encoding', { type: 'text/csv; charset=iso-8859-1' }, /CSV UTF-8/],
  ])('%s: 415, with what to do', async (_what, sending, remedy) => {
    const { status, json } = await send(aFile(10), sending)
    expect([status, json.errors[0].extensions]).toEqual([
      415,
      { code: 'BAD_USER_INPUT', field: 'file', remedy: expect.stringMatching(remedy) },
    ])
  })

  test('a packed file', async () => {
    const { status } = await send(aFile(10), { headers: { ...clerk, 'content-encoding': 'gzip' } })
    expect(status).toBe(415)
  })

  test('a file of nothing', async () => {
    expect((await send(undefined)).json.errors[0].message).toBe('The file is empty.')
  })

  test('those without a token, with a wrong one, without the permission, of another payer', async () => {
    const refusalFor = async (headers: Record<string, string>) => {
      const { status, json, headers: answered } = await send(aFile(100), { headers })
      const [{ extensions }] = json.errors
      return [status, extensions.code, extensions.field, answered.get('www-authenticate') !== null]
    }
    expect(await refusalFor({})).toEqual([401, 'UNAUTHENTICATED', undefined, true])
    expect(await refusalFor({ authorization: 'Bearer nonsense' })).toEqual([
      401,
      'UNAUTHENTICATED',
      undefined,
      true,
    ])
    expect(await refusalFor(await authorization('registry:read'))).toEqual([
      403,
      'FORBIDDEN',
      undefined,
      false,
    ])
    expect(await refusalFor(stranger)).toEqual([403, 'FORBIDDEN', 'program', false])
    expect(await left()).toEqual(NOTHING)
  })

  test.each([
    ['from twice', '&from=2023-07', 'from'],
    ['replaces that is nothing', '&replaces=', 'replaces'],
    ['replaces that is not there', '&replaces=7', 'replaces'],
    ['a word that a roster does not know', '&replace=7', undefined],
  ])('%s', async (_what, search, field) => {
    const { status, json } = await send(aFile(10), { search })
    expect([status, json.errors[0].extensions.field]).toEqual([400, field])
  })
})

describe('the report of a roster', () => {
  const report = async (id: string, headers = clerk) => {
    const response = await fetch(`http://127.0.0.1:${port}/rosters/${id}/report.csv`, { headers })
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, text }
  }

  test('says of every row what came of it, to its payer', async () => {
    const csv = aCsv([
      HEADER,
      aLine({ tanggal_lahir: '1983-05-17', nik: '3603015705839001', nama: UPLOADED }),
      aLine({ nik: '12345', nama: UPLOADED }),
      aLine({ tanggal_lahir: '1983-05-17', nik: '3603015705839001', nama: UPLOADED }),
      aLine({ nik: '3603015705909003', nama: '=cmd()' }),
    ])
    const { json } = await send(csv)
    expect((await report(json.id)).status).toBe(409)
    await workOnRosters(hub.hub)
    await audit()
    const plain = await report(json.id)
    expect(plain.status).toBe(200)
    expect(plain.headers.get('content-type')).toContain('text/csv')
    expect(plain.headers.get('content-disposition')).toBe(
      `attachment; filename="roster-${json.id}-report.csv"`,
    )
    const lines = plain.text.split('\r\n')
    expect(lines[0]).toBe(
      '\uFEFFrow,outcome,screened_as,reasons,same_as_row,covered,identity_decision,identity_reason,decision,decision_reason,enrollment,acceptance,acceptance_reason',
    )
    expect(lines.slice(1, 5)).toEqual([
      '1,ELIGIBLE,,,,,,,,,,,',
      '2,INVALID_NIK,,LENGTH: A NIK has 16 digits.,,,,,,,,,',
      '3,DUPLICATE_IN_FILE,,DUPLICATE_IN_FILE: An earlier row is the same person. (1),1,,,,,,,,',
      expect.stringMatching(/^4,\w+,/),
    ])
    expect(plain.text).not.toContain(UPLOADED)
    expect(plain.text).not.toMatch(/\d{16}/)

    const named = await report(
      json.id,
      await authorization('registry:read identity:read', { payer: payerIn(clerk) }),
    )
    expect(named.text.split('\r\n').slice(0, 5)).toEqual([
      `${lines[0]},name`,
      `1,ELIGIBLE,,,,,,,,,,,,${UPLOADED}`,
      expect.stringMatching(/^2,/),
      expect.stringMatching(/^3,/),
      expect.stringMatching(/,'=cmd\(\)$/),
    ])
    expect(await audit()).toMatchObject([
      { action: 'COVERAGE_CHECK', outcome: 'DONE', what: 'Roster.report', people: 4, purpose: 'ROSTER_PREP' },
      { action: 'IDENTITY_READ', outcome: 'DONE', what: 'Roster.report', people: 4 },
    ])
  })

  test('goes through pages', async () => {
    const { json } = await send(aFile(2_500))
    await hub.hub.db.query(`/* test.screened */ update roster set state = 'SCREENED'`)
    const rows = (await report(json.id)).text.trim().split('\r\n').slice(1)
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(
      Array.from({ length: 2_500 }, (_, n) => n + 1),
    )
  })

  test('says what BPJS answered, and what screening had said where enrolling found otherwise', async () => {
    const { json } = await send(aFile(3))
    await hub.hub.db.query(
      `/* test.answered */ update roster_row set acceptance = 'REFUSED', acceptance_reason = 'AGE_LIMIT', outcome = 'ENROLLED'
        where row = 1;
      update roster_row set outcome = 'OVER_BUDGET', screened_as = 'ELIGIBLE' where row = 2;
      update roster_row set outcome = 'ENROLLED', acceptance = 'ACCEPTED' where row = 3;
      update roster set state = 'ENROLLED'`,
    )
    expect((await report(json.id)).text.trim().split('\r\n').slice(1)).toEqual([
      '1,ENROLLED,,,,,,,,,,REFUSED,AGE_LIMIT',
      '2,OVER_BUDGET,ELIGIBLE,,,,,,,,,,',
      '3,ENROLLED,,,,,,,,,,ACCEPTED,',
    ])
  })

  test('names the workers of each page in the audit trail', async () => {
    const { json } = await send(aFile(1_100))
    await hub.hub.db.query(
      `/* test.known */ update roster_row set worker_id = 7 where row = 5; update roster_row set worker_id = 8 where row > 1090;
      update roster set state = 'SCREENED'`,
    )
    await audit()
    await report(json.id)
    expect(await audit()).toMatchObject([
      { what: 'Roster.report', outcome: 'DONE', people: 1_000, workers: ['7'] },
      { what: 'Roster.report', outcome: 'DONE', people: 100, workers: ['8'] },
    ])
  })

  test('that fails on the way breaks off, is logged and recorded, and is never taken for whole', async () => {
    const { json } = await send(aFile(2_500))
    await hub.hub.db.query(
      `/* test.spoilt */ update roster set state = 'SCREENED'; update roster_row set covered = '7' where row = 2400`,
    )
    await audit()
    hub.log.length = 0
    const response = await fetch(`http://127.0.0.1:${port}/rosters/${json.id}/report.csv`, {
      headers: { ...clerk, 'x-request-id': 'broken-report' },
    })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
    expect(await audit()).toMatchObject([
      { outcome: 'DONE', people: 1_000 },
      { outcome: 'DONE', people: 1_000 },
      { outcome: 'FAILED', reason: 'INTERNAL', what: 'Roster.report' },
    ])
    expect(hub.log.filter(({ level }) => Number(level) >= 50)).toMatchObject([
      { requestId: 'broken-report', msg: 'a request failed' },
    ])
  })

  test('is not there for others, and for nobody without the permission', async () => {
    const { json } = await send(aFile(10))
    await workOnRosters(hub.hub)
    await audit()
    expect((await report(json.id, stranger)).status).toBe(404)
    expect((await report('404')).status).toBe(404)
    expect((await report('x')).status).toBe(404)
    expect(await audit()).toMatchObject(
      Array(3).fill({ what: 'Roster.report', outcome: 'REFUSED', reason: 'FORBIDDEN', people: 0 }),
    )
    expect((await report(json.id, await authorization('roster:write'))).status).toBe(403)
    expect((await fetch(`http://127.0.0.1:${port}/rosters/${json.id}/report.csv`)).status).toBe(401)
  })
})

function payerIn({ authorization: header }: { authorization: string }): string {
  return JSON.parse(Buffer.from(header.split('.')[1]!, 'base64url').toString()).payer
}
