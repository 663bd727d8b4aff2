import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Query } from '../../src/db/database.ts'
import { DEFAULT_HTTP_LIMITS } from '../../src/kernel/config.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { insertIdentities } from '../../src/workers/identity.ts'
import { someAreas } from '../harness/areas.ts'
import { aPayer, aProgram, aWorker, type InsertedProgram, nameOf } from '../harness/builders.ts'
import { peopleFinder } from '../harness/planted-people.ts'
import { describeOnServer, withServerDatabase } from '../harness/server-database.ts'
import { aRoster } from '../rosters/world.ts'
import { ask, authorization, type Serving, serving } from '../server/serving.ts'
import { statementsOf } from './statements.ts'

// Real: a server over HTTP with everything in its log, the vault, PGlite and, when there is one, a PostgreSQL server.

const NIK = '3603015506859001' as Nik
/** Of a province whose NIKs do not fit a JavaScript number. */
const FROM_PAPUA = '9103011203909003' as Nik
const UNKNOWN = '3603015506859003' as Nik
const NAME = 'Siti Rahasia Sekali'

const find = peopleFinder()

describe('the search for planted people', () => {
  test.each([
    ['alone', NIK],
    ['with spaces', 'NIK 3603 0155 0685 9001.'],
    ['with dots and dashes', '36.03.01-550685-9001'],
    ['between other digits', `1${NIK}42`],
    ['as a number that lost its last digit', String(Number(FROM_PAPUA))],
    ['in an address', `/x?variables=${encodeURIComponent(JSON.stringify({ nik: `3603-0155 0685.9001` }))}`],
    ['after an escaped line end', JSON.stringify(`row\n${NIK}`)],
    ['in a cursor', Buffer.from(JSON.stringify([NIK, '7'])).toString('base64url')],
    ['in the cursor of an address', encodeURIComponent(Buffer.from(`["${NIK}"]`).toString('base64'))],
    ['in the bytes of a column', `\\x${Buffer.from(NIK).toString('hex')}`],
    [
      'that stands in no source',
      composeNik({ district: '94.71.12', birthDate: '1979-07-14', sex: 'MALE', serial: 9_417 }),
    ],
  ])('finds a NIK %s', (_how, text) => {
    expect(find(text).map(({ by }) => by)).toEqual(['NIK'])
  })

  test.each([
    ['as builders write it', `{"fullName":"${nameOf('17')}"}`],
    ['in capitals', NAME.toUpperCase()],
    ['of a demo', 'worker Dewi Rahayu'],
    ['in an address', '/workers?name=Siti+Rahasia'],
    ['in a cursor', Buffer.from(`["${NAME}"]`).toString('base64url')],
  ])('finds a name %s', (_how, text) => {
    expect(find(text).map(({ by }) => by)).toEqual(['name'])
  })

  test('finds neither in what only looks like it, and never says whom it found', () => {
    const innocent =
      'payung_seconds_sum 0.3603015506859008 took 1700000000000 masked 3603********9001 Sukarasa Tangerang'
    expect(find(innocent)).toEqual([])
    expect(JSON.stringify(find(`${NIK} ${NAME}`))).not.toMatch(/\d{13}|Siti|Rahasia/i)
  })
})

/** Somebody who may do everything in Banten. */
const clerk = () =>
  authorization('registry:read registry:write identity:read coverage:check audit:read', { areas: ['36'] })

const LOOK =
  'query ($id: ID!) { worker(id: $id) { id identity(purpose: CLAIM) { maskedNik fullName birthDate } } }'
const REVEAL =
  'mutation ($id: ID!) { revealIdentity(worker: $id, purpose: CLAIM) { nik fullName birthDate } }'
const CHECK = `query ($input: CheckCoverageInput!) { checkCoverage(input: $input) {
  index valid known covered months worker { id category } } }`
const checked = (...people: unknown[]) => ({ input: { people, from: '2023-02', purpose: 'CLAIM' } })

const PURPOSE =
  'query ($purpose: Purpose!) { workers(first: 1) { nodes { identity(purpose: $purpose) { birthDate } } } }'
const DATE = 'query ($from: DateTime) { auditTrail(filter: { from: $from }) { totalCount } }'
const REGISTER = `mutation ($input: RegisterWorkerInput!) { registerWorker(input: $input) { __typename
  ... on RegisteredWorker { worker { id } findings { message } }
  ... on IdentityRefusal { code message worker { id } findings { message } } } }`
const CORRECT = `mutation ($input: CorrectIdentityInput!) { correctIdentity(input: $input) { __typename
  ... on CorrectedIdentity { worker { id } findings { message } }
  ... on IdentityRefusal { code message worker { id } findings { message } } } }`
const somebody = (more: object = {}) => ({
  input: {
    nik: UNKNOWN,
    fullName: NAME,
    birthDate: '1985-06-15',
    sex: 'FEMALE',
    category: 'FARMER',
    village: '36.03.01.2003',
    ...more,
  },
})

const WRITTEN = [NIK, '3603 0155 0685 9001', NAME]
const cursor = (...keys: string[]) => Buffer.from(JSON.stringify(keys)).toString('base64url')

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** Somebody known, unknown, mistyped, twice, with cells under wrong titles, and nobody at all. */
const ROSTER_LINES = [
  `${NIK},${NAME},1985-06-15,P,petani,36.03.01.2003`,
  `${UNKNOWN},${NAME},1985-06-15,P,petani,36.03.01.2003`,
  `${NIK},${NAME},1985-06-15,P,petani,36.03.01.2003`,
  `${NIK.slice(0, 15)},${NAME},1985-06-15,P,petani,36.03.01.2003`,
  `${NAME},${NIK},${NIK},${NAME},${NAME},${NIK}`,
  `${NIK},${NAME},1985-06-15,P,petani,36.03.01.2003,${NIK},${NAME}`,
  `,,,,,${NAME}`,
]
const aRosterFile = (more = '') =>
  [`nik,nama,tanggal_lahir,jenis_kelamin,kategori,kode_desa${more && `,${more}`}`, ...ROSTER_LINES].join('\n')
const ROSTER = `query ($id: ID!) { roster(id: $id) { state steps { actor reason } rows { nodes {
  row outcome category birthMonth villageCode decisionReason reasons { code message field fact } } } } }`

const WITHDRAW = 'mutation ($input: WithdrawRosterInput!) { withdrawRoster(input: $input) { __typename } }'
const DECIDE_ROW = 'mutation ($input: DecideRowInput!) { decideRow(input: $input) { __typename } }'

/** Identities where callers should not write them: what is wrong, the operation, its variables and its name. */
const SAID_BY_CALLERS: readonly (readonly [
  what: string,
  query: string,
  variables?: object,
  name?: string,
])[] = [
  ['a NIK in malformed GraphQL', `{ worker(id: ${NIK} { id }`],
  ['a NIK where a word belongs', `{ worker("${NIK}") { id } }`],
  ['a name where a word belongs', `{ worker("${NAME}") { id } }`],
  ['a name in a block of text', `{ worker("""${NAME}""") { id } }`],
  ['a name before what looks like it', `{ worker("${NAME}, found String \\"x") { id } }`],
  ['a name after the operation', `{ __typename } "${NAME}"`],
  ['a NIK after the operation', `{ __typename } ${NIK}`],
  ['a text that does not end', `{ worker(id: "${NAME} ${NIK}`],
  ['a NIK as the name of an operation', `query _${NIK} { nosuch }`],
  ['a NIK as the name of a fragment', `{ ..._${NIK} }`],
  ['a NIK as a field', `{ _${NIK} }`],
  ['a NIK as an argument', `{ worker(_${NIK}: 1) { id } }`],
  ['a NIK as a variable', `query ($_${NIK}: ID) { __typename }`],
  ['a NIK as a type', `query ($id: _${NIK}) { __typename }`],
  ['a NIK as a directive', `{ __typename @_${NIK} }`],
  ['a NIK in a comment', `# ${NIK} ${NAME}\n{ regency(code: "36.03") { name } }`],
  ['another operation name', 'query A { __typename }', {}, NAME],
  ['a NIK for an operation name', 'query A { __typename }', {}, NIK],
  ['a name for an id', `{ worker(id: "${NAME}") { id } }`],
  ['a NIK for an id', `{ worker(id: "${NIK}") { id } }`],
  ['a NIK for an id, as a number', `{ worker(id: ${NIK}) { id } }`],
  ['a NIK for a number', `{ workers(first: ${NIK}) { totalCount } }`],
  ['a name for a number', `{ workers(first: "${NAME}") { totalCount } }`],
  ['a NIK for a cursor', `{ workers(after: "${NIK}") { totalCount nodes { id } } }`],
  ['a name for a cursor', `{ workers(after: "${NAME}") { totalCount nodes { id } } }`],
  ['a cursor of a name', `{ workers(after: "${cursor(NAME)}") { nodes { id } } }`],
  ['a cursor of a NIK', `{ workers(after: "${cursor(NIK)}") { nodes { id } } }`],
  ['a cursor of two names', `{ auditTrail(after: "${cursor(NAME, NAME)}") { nodes { id } } }`],
  ['a NIK for a code', `{ regency(code: "${NIK}") { name } }`],
  ['a name for a code', `{ regency(code: "${NAME}") { name } }`],
  ['a name for a purpose', `{ worker(id: "1") { identity(purpose: "${NAME}") { fullName } } }`],
  ['a NIK for a purpose', `{ worker(id: "1") { identity(purpose: ${NIK}) { fullName } } }`],
  ['a name for a purpose, as a variable', PURPOSE, { purpose: NAME }],
  ['a name with quotes for a purpose', PURPOSE, { purpose: `"; Value "${NAME}" is "${NAME}` }],
  ['a NIK for a purpose, as a variable', PURPOSE, { purpose: NIK }],
  ['a list of people for a purpose', PURPOSE, { purpose: [{ nik: NIK, name: NAME }] }],
  ['a name for an input', CHECK, { input: NAME }],
  ['people for an input', CHECK, { input: [{ nik: NIK, name: NAME }] }],
  ['a name for a month', CHECK, { input: { people: [{ nik: NIK }], from: NAME, purpose: 'CLAIM' } }],
  ['a NIK for a month', CHECK, { input: { people: [{ nik: NIK }], from: Number(NIK), purpose: 'CLAIM' } }],
  ['a NIK as a number', CHECK, checked({ nik: Number(NIK) })],
  ['a NIK that lost its last digit', CHECK, checked({ nik: Number(FROM_PAPUA) })],
  ['a name instead of a person', CHECK, checked(NAME)],
  ['members of a person nobody asked for', CHECK, checked({ nik: NIK, [NAME]: NAME, [NIK]: NIK })],
  ['a member with quotes', CHECK, checked({ nik: NIK, [`"${NAME}"`]: `"${NAME}"` })],
  ['a wrong value under a name', CHECK, checked({ nik: NIK, [NAME]: { [NAME]: 1 } })],
  ['a wrong member that looks like the end', CHECK, { input: { [`; ${NAME} at "x"; Expected`]: 1 } }],
  ['a person in a person', CHECK, checked({ nik: { nik: NIK, name: NAME } })],
  ['nothing but a name', CHECK, { [NAME]: NIK }],
  ['a name for a date', DATE, { from: NAME }],
  ['a NIK for a date', DATE, { from: NIK }],
  ['a name for a sex', REGISTER, somebody({ sex: NAME })],
  ['a NIK for a village', REGISTER, somebody({ village: NIK })],
  ['a NIK as a number to register', REGISTER, somebody({ nik: Number(NIK) })],
  ['a name for a birth date', REGISTER, somebody({ birthDate: NAME })],
  ['a NIK for a key', REGISTER, somebody({ nik: '', idempotencyKey: NIK })],
  ['a NIK for a reason', REGISTER, somebody({ overrideReason: NIK })],
  ['a NIK for a worker', CORRECT, { input: { worker: NIK, nik: NIK, reason: 'x' } }],
  ['a NIK for a reason to correct', CORRECT, { input: { worker: '1', fullName: NAME, reason: NIK } }],
  ['a NIK for a roster', `{ roster(id: "${NIK}") { id rows { totalCount } } }`],
  [
    'a name for a state of rosters',
    `{ rosters(filter: { states: [${NAME.replaceAll(' ', '')}] }) { totalCount } }`,
  ],
  ['a NIK for a reason to withdraw', WITHDRAW, { input: { roster: '1', reason: NIK } }],
  ['a name for a row', DECIDE_ROW, { input: { roster: NIK, row: NAME, decision: NAME, reason: NIK } }],
  ['a name for an actor', `{ auditTrail(filter: { actor: "${NAME}" }) { totalCount } }`],
]

for (const [where, describeThere, databaseUrl] of [
  ['PGlite', describe, async () => undefined],
  ['a PostgreSQL server', describeOnServer, withServerDatabase],
] as const) {
  describeThere(`over ${where}, no identity data leaves by`, () => {
    let drop: (() => Promise<void>) | undefined
    let hub: Serving
    let statements: string[]
    let worker: string
    let program: InsertedProgram
    /** Everything the hub said since the last test ended, but for what it was asked to show. */
    let said: string[] = []

    beforeAll(async () => {
      const database = await databaseUrl()
      drop = database?.drop
      hub = await serving({
        level: 'trace',
        databaseUrl: database?.url,
        routes: registering(() => hub),
        // A busy machine refuses nothing here.
        http: { ...DEFAULT_HTTP_LIMITS, eventLoopDelayMs: 0, anonymousRequestsPerMinute: 0 },
      })
      statements = statementsOf(hub.hub.db)
      await hub.hub.db.query('delete from regency; delete from province')
      await someAreas(hub.hub)
      program = await aProgram(await aPayer('REGENCY', { area: '36.03' }).in(hub.hub)).in(hub.hub)
      worker = (await aWorker().identifiedBy(NIK).coveredBy(program, '2023-01..2023-06').in(hub.hub)).id
      const second = (await aWorker().in(hub.hub)).id
      const person = { worker: second, nik: FROM_PAPUA, fullName: NAME, birthDate: '1990-03-12' }
      await insertIdentities(hub.hub.db.query, [person], hub.hub.nikKeys)
    })
    afterAll(async () => {
      await hub?.[Symbol.asyncDispose]()
      await drop?.()
    })
    afterEach(async () => {
      const metrics = await hub.server.inject('/metrics')
      const events = await hub.hub.db.query('/* test.audit */ select audit_event::text from audit_event')
      const outputs = {
        answers: said,
        log: hub.log.splice(0).map((line) => JSON.stringify(line)),
        metrics: [metrics.body],
        events: events.map((event) => JSON.stringify(event)),
        statements: statements.splice(0),
        activity: drop ? await activity(hub.hub.db.query) : [],
      }
      said = []
      const found = Object.entries(outputs).flatMap(([output, texts]) =>
        texts.flatMap((text) => find(text).map(({ by }) => `a ${by} in ${output}: ${hidden(text)}`)),
      )
      expect(new Set(found)).toEqual(new Set())
    })

    /** Sends an operation and keeps what was said besides the data, or all of it where no people are shown. */
    async function send(query: string, variables: object, { shown = false, headers = {} } = {}) {
      const all = { ...(await clerk()), ...headers }
      return heard(
        await ask(hub, query, { variables: variables as Record<string, unknown>, headers: all }),
        shown,
      )
    }

    function heard(response: LightMyRequestResponse, shown = false) {
      const { data, ...rest } = response.json()
      said.push(JSON.stringify(response.headers), JSON.stringify(shown ? rest : { data, ...rest }))
      expect(response.statusCode).toBeLessThan(500)
      return { data, ...rest }
    }

    test('looking at somebody', async () => {
      const { data, extensions } = await send(LOOK, { id: worker }, { shown: true })
      expect(data.worker.identity).toMatchObject({ fullName: nameOf(worker), maskedNik: '3603********9001' })
      expect(extensions.sql.length).toBeGreaterThan(0)
      expect(statements.some((text) => text.startsWith('/* identity.read */'))).toBe(true)
      expect(hub.log.map(({ msg }) => msg)).toContain('answered')
    })

    test('revealing somebody', async () => {
      const { data } = await send(REVEAL, { id: worker }, { shown: true })
      expect(data.revealIdentity).toMatchObject({ fullName: nameOf(worker), nik: NIK })
    })

    test('checking people by NIK, whether known, unknown, malformed or somebody’s name', async () => {
      const people = [NIK, '3603-0155-0685-9001', UNKNOWN, FROM_PAPUA, `${NIK}1`, NAME, '']
      const { data, extensions } = await send(CHECK, checked(...people.map((nik) => ({ nik }))))
      const known = data.checkCoverage.map((check: { known: boolean }) => check.known)
      expect(known).toEqual([true, true, false, true, false, false, false])
      expect(extensions.sql.length).toBeGreaterThan(0)
    })

    test('registering and correcting people, whoever they turn out to be', async () => {
      const outcomes: string[] = []
      for (const more of [
        {},
        {},
        { fullName: 'Budi' },
        { nik: '3603015506859004', fullName: 'Siti Rahasia' },
        { nik: '3603015506859004', fullName: 'Siti Rahasia', overrideReason: 'Twins' },
        { nik: NAME },
        { nik: FROM_PAPUA, birthDate: '1990-03-12' },
      ]) {
        const { data } = await send(
          REGISTER,
          somebody({ idempotencyKey: `${where} ${outcomes.length}`, ...more }),
        )
        outcomes.push(data.registerWorker.code ?? data.registerWorker.__typename)
      }
      expect(outcomes).toEqual([
        'RegisteredWorker',
        'ALREADY_REGISTERED',
        'IDENTITY_CONFLICT',
        'SUSPECT_MATCH',
        'RegisteredWorker',
        'INVALID_NIK',
        'ALREADY_REGISTERED',
      ])
      const corrected: string[] = []
      for (const more of [{ nik: UNKNOWN }, { nik: '3603015506859009' }, { fullName: NAME }, { nik: NIK }]) {
        const { data } = await send(CORRECT, { input: { worker, reason: 'Seen on the card', ...more } })
        corrected.push(data.correctIdentity.code ?? data.correctIdentity.__typename)
      }
      // And back to who he was.
      await send(CORRECT, { input: { worker, fullName: nameOf(worker), reason: 'Seen on the card' } })
      expect(corrected).toEqual([
        'IDENTITY_CONFLICT',
        'CorrectedIdentity',
        'CorrectedIdentity',
        'CorrectedIdentity',
      ])
    })

    test('checking people by what is no token', async () => {
      const { data } = await send(CHECK, checked({ token: NIK }, { token: NAME }))
      expect(data.checkCoverage).toMatchObject([{ valid: false }, { valid: false }])
      expect((await send(CHECK, checked({ nik: NIK, token: NIK }))).errors).toHaveLength(1)
    })

    test('a cipher that does not open', async () => {
      const cipher = await changedTo('nik_cipher', `set_byte(nik_cipher, 19, get_byte(nik_cipher, 19) # 1)`)
      const { errors } = await send(LOOK, { id: worker })
      expect(errors[0].extensions.code).toBe('INTERNAL')
      expect((await send(REVEAL, { id: worker })).errors[0].extensions.code).toBe('INTERNAL')
      await changedTo('nik_cipher', cipher)
    })

    test('a table that is gone in the middle of a look', async () => {
      await hub.hub.db.query('alter table worker_identity rename to mislaid')
      const { errors } = await send(LOOK, { id: worker })
      await send(REVEAL, { id: worker })
      await hub.hub.db.query('alter table mislaid rename to worker_identity')
      expect(errors[0].extensions.code).toBe('INTERNAL')
    })

    test.each([
      ['registered twice', 'rule', 'CONFLICT'],
      ['that the database refuses, by its own error', 'row', 'INTERNAL'],
      ['whose name was taken for a date', 'value', 'INTERNAL'],
      ['in the message of an error', 'message', 'INTERNAL'],
    ])('somebody %s', async (_what, how, code) => {
      const payload = { worker, how }
      const response = await hub.server.inject({ method: 'POST', url: '/fixture/register', payload })
      said.push(response.body)
      expect(response.json().errors[0].extensions.code).toBe(code)
      expect(hub.log.filter(({ err }) => err)).toHaveLength(code === 'INTERNAL' ? 1 : 0)
    })

    test.each(SAID_BY_CALLERS)('a request with %s', async (_what, query, variables, operationName) => {
      const payload = { query, variables, operationName }
      const headers = await clerk()
      const { errors } = heard(await hub.server.inject({ method: 'POST', url: '/graphql', headers, payload }))
      if (errors) expect(errors[0].message).not.toBe('')
    })

    test.each(WRITTEN)('a request with an identity in its headers: %#', async (who) => {
      for (const header of [
        'x-request-id',
        'authorization',
        'payung-gateway',
        'origin',
        'user-agent',
        'cookie',
      ]) {
        await send('{ __typename }', {}, { headers: { [header]: who } })
        await send('{ nosuch }', {}, { headers: { [header]: `Bearer ${who}` } })
      }
    })

    test.each(WRITTEN)('a request with an identity in its address: %#', async (who) => {
      const written = encodeURIComponent(who)
      const variables = encodeURIComponent(JSON.stringify(checked({ nik: who })))
      for (const url of [
        `/${written}`,
        `/graphql/${written}`,
        `/graphiql?name=${written}`,
        `/metrics?name=${written}`,
        `/health/ready/${written}`,
        `/graphql?query=${written}`,
        `/graphql?query=${encodeURIComponent(CHECK)}&variables=${variables}`,
        `/graphql?query={__typename}&variables=${written}`,
        `/graphql?query={__typename}&operationName=${written}`,
        `/graphql?documentId=${written}`,
        `/graphql?query={__typename}&extensions=${written}`,
        `/graphql?query={__typename}&${written}=1`,
        `/%zz${written}`,
      ]) {
        const headers = { 'apollo-require-preflight': '1', ...(await clerk()) }
        const response = await hub.server.inject({ url, headers })
        said.push(JSON.stringify(response.headers), response.body)
        expect(response.statusCode).toBeLessThan(500)
      }
    })

    test.each([
      ['no JSON', `{"nik": ${NIK} ${NAME}`],
      ['a list', `["${NIK}", "${NAME}"]`],
      ['a text', `"${NIK} ${NAME}"`],
      ['an operation with other members', JSON.stringify({ query: '{ __typename }', [NIK]: NAME })],
      ['of wrong kinds', JSON.stringify({ query: [NIK], variables: NAME, operationName: [NAME] })],
      [
        'of other wrong kinds',
        JSON.stringify({ query: '{ __typename }', variables: [NAME], extensions: NIK }),
      ],
      ['a document nobody knows', JSON.stringify({ documentId: `sha256:${NIK} ${NAME}` })],
      ['a hash nobody knows', persisted(`${NIK} ${NAME}`)],
      ['a hash of another version', persisted(NIK, NAME)],
    ])('a body that is %s', async (_what, payload) => {
      const headers = { 'content-type': 'application/json', ...(await clerk()) }
      heard(await hub.server.inject({ method: 'POST', url: '/graphql', headers, payload }))
    })

    /** Sends a file in as the clerk of the payer, and keeps what was said. @returns what was answered. */
    async function sendFile(
      url: string,
      payload: string | Buffer,
      { type = 'text/csv', search = '' } = {},
    ): Promise<{ status: number; json: { id: string; errors?: unknown } & Record<string, unknown> }> {
      const headers = { 'content-type': type, ...(await rosterClerk()) }
      const response = await hub.server.inject({ method: 'POST', url: `${url}${search}`, headers, payload })
      said.push(JSON.stringify(response.headers), response.body)
      return { status: response.statusCode, json: response.json() }
    }
    const rosterClerk = (more = '') =>
      authorization(`roster:write registry:read ${more}`, { areas: ['36'], payer: program.payer.id })
    const toProgram = (more = '') => `/rosters?program=${program.code}&from=2023-06&to=2023-12${more}`
    async function download(url: string, permissions?: string): Promise<string[]> {
      const response = await hub.server.inject({ url, headers: await rosterClerk(permissions) })
      said.push(JSON.stringify(response.headers), response.body)
      expect(response.statusCode).toBe(200)
      return response.body.trim().split('\r\n')
    }

    test('a roster that is sent in, screened and reported on, with all that can be wrong in it', async () => {
      const { status, json } = await sendFile(toProgram(), aRosterFile())
      expect(status).toBe(201)
      await workOnRosters(hub.hub, {
        onChunk: (progress) => said.push(JSON.stringify(progress)),
      })
      // Without names, which those who uploaded them may have back.
      expect(await download(`/rosters/${json.id}/report.csv`)).toHaveLength(ROSTER_LINES.length + 1)
      const { data } = await send(ROSTER, { id: json.id }, { headers: await rosterClerk() })
      expect(data.roster.rows.nodes).toHaveLength(ROSTER_LINES.length)
    })

    test.each(WRITTEN)('a roster with an identity in its address: %#', async (who) => {
      const written = encodeURIComponent(who)
      for (const url of [
        `/rosters?program=${written}&from=2023-06&to=2023-12`,
        `/rosters?program=${program.code}&from=${written}&to=2023-12`,
        `/rosters?program=${program.code}&from=2023-06&to=${written}`,
        toProgram(`&replaces=${written}`),
        toProgram(`&${written}=1`),
        toProgram(`&from=${written}`),
        `/rosters/${written}/acceptance`,
      ]) {
        const { status } = await sendFile(url, aRosterFile())
        expect([400, 404]).toContain(status)
      }
      for (const file of ['report', 'submission']) {
        const headers = await rosterClerk('identity:read')
        const response = await hub.server.inject({ url: `/rosters/${written}/${file}.csv`, headers })
        said.push(JSON.stringify(response.headers), response.body)
        expect(response.statusCode).toBe(404)
      }
    })

    test.each([
      ['without a header', aRosterFile().split('\n').slice(1).join('\n'), 'text/csv', 400],
      ['with people for a header', `${NIK},${NAME}\n${NIK},${NAME}`, 'text/csv', 400],
      [
        'with a quote that is never closed',
        `${aRosterFile()}\n"${NIK}${NAME.repeat(10_000)}`,
        'text/csv',
        400,
      ],
      [
        'in another encoding',
        Buffer.from(`${aRosterFile()}\n${NIK};${NAME} \u00e9`, 'latin1'),
        'text/csv',
        400,
      ],
      ['of another type', aRosterFile(), `text/${NIK}; charset=${NIK}`, 415],
      ['that is no workbook', aRosterFile(), XLSX, 400],
    ])('a roster that is refused: one %s', async (_what, file, type, expected) => {
      const { status, json } = await sendFile(toProgram(), file, { type })
      expect([status, json.errors]).toMatchObject([expected, [{ message: expect.any(String) }]])
    })

    test('a roster whose rows the database does not take', async () => {
      await hub.hub.db.query(
        '/* test.refuse */ alter table roster_identity add constraint nobody check (full_name is null) not valid',
      )
      const { status } = await sendFile(toProgram(), aRosterFile('x'))
      await hub.hub.db.query('/* test.admit */ alter table roster_identity drop constraint nobody')
      expect(status).toBe(500)
      expect(hub.log.filter(({ err }) => err)).toHaveLength(1)
    })

    test('an answer of BPJS with identities wherever one can write', async () => {
      const roster = aRoster(program).inState('ENROLLED').withRow({ outcome: 'OVER_BUDGET' })
      const { id } = await roster.in(hub.hub)
      const lines = [
        'baris,nik,status,alasan',
        `1,${NIK},DITERIMA,`,
        `,${NIK},DITERIMA,`,
        `,${UNKNOWN},${NAME},${NIK}`,
        `,${NIK},DITOLAK,${NAME} ${NIK}`,
        `${NIK},${NAME},DITERIMA,`,
        `1,${NAME},DITERIMA,`,
        `,${NIK.slice(0, 15)}0,DITERIMA,`,
        `1,${NIK},DITERIMA,,${NAME},${NIK}`,
      ]
      const { status, json } = await sendFile(`/rosters/${id}/acceptance`, lines.join('\n'))
      expect([status, json.problems]).toMatchObject([200, { length: lines.length - 1 }])
      const headless = await sendFile(`/rosters/${id}/acceptance`, `${NIK},${NAME}\n1,2`)
      expect(headless.status).toBe(400)
      expect(await download(`/rosters/${id}/submission.csv`, 'identity:read')).toHaveLength(1)
    })

    /** @returns what it was before, as SQL. */
    async function changedTo(column: string, expression: string): Promise<string> {
      const { query } = hub.hub.db
      const [before] = await query<{ was: string }>(
        `/* test.before */ select quote_literal(${column}::text) as was from worker_identity where worker_id = ${worker}`,
      )
      await query(
        `/* test.change */ update worker_identity set ${column} = ${expression} where worker_id = ${worker}`,
      )
      return before!.was
    }
  })
}

/** A door that registers people, as doors to come will, and fails at it in four ways. */
function registering(serving: () => Serving) {
  return (server: FastifyInstance) => {
    server.post('/fixture/register', { config: { door: 'page' } }, async ({ body }) => {
      const { worker, how } = body as { worker: string; how: string }
      const { db, nikKeys } = serving().hub
      if (how === 'message') throw new Error(`duplicate key: (nik)=(${NIK})`)
      if (how === 'value') return db.query('/* test.value */ select $1::text::date', [NAME])
      if (how === 'row') {
        return db.query(
          `/* test.row */ insert into worker_identity (worker_id, key_id, nik_cipher, full_name, birth_date)
            values ($1::bigint, $2, $3, $4, '1990-03-12')`,
          [worker, NIK, Buffer.from(NIK), NAME],
        )
      }
      return insertIdentities(
        db.query,
        [{ worker, nik: NIK, fullName: NAME, birthDate: '1990-03-12' }],
        nikKeys,
      )
    })
  }
}

function persisted(sha256Hash: string, version: unknown = 1): string {
  return JSON.stringify({ extensions: { persistedQuery: { version, sha256Hash } } })
}

/** The last statement of each connection, as anybody sees it who administers the server. */
async function activity(query: Query): Promise<string[]> {
  const rows = await query<{ query: string }>(
    '/* test.activity */ select query from pg_stat_activity where datname = current_database()',
  )
  return rows.map((row) => row.query)
}

/** A text as a failed test may show it. */
function hidden(text: string): string {
  return text
    .replace(/\d/g, '#')
    .replace(/Siti|Rahasia|Sekali/gi, '…')
    .slice(0, 300)
}
