import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { DEFAULT_OPERATION_LIMITS } from '../../src/kernel/config.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { statementsOf } from '../access/statements.ts'
import { someAreas } from '../harness/areas.ts'
import { ADMIN, openTestHub, TODAY } from '../harness/hub.ts'
import { peopleFinder } from '../harness/planted-people.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'
import { emptyRegistry, historyOf, REGISTER } from './registry.ts'

// Real: PGlite, the hub's schema, gate, vault and audit trail; with TEST_DATABASE_URL twenty writers on a server.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
let statements: string[]

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  recorded = auditReader(hub)
  statements = statementsOf(hub.db)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  await emptyRegistry(hub)
  await recorded()
})

const clerk = aViewer('clerk', ['36.03'])

const nikOf = (serial: number, more: Partial<Parameters<typeof composeNik>[0]> = {}): Nik =>
  composeNik({
    district: '36.03.01',
    birthDate: '1983-05-01',
    sex: 'FEMALE',
    serial: 9_000 + serial,
    ...more,
  })

/** Somebody whom the tests register; what tests look for as identity is planted in him. */
const input = (more: object = {}) => ({
  nik: nikOf(111),
  fullName: 'Siti Rahasia Sekali',
  birthDate: '1983-05-01',
  sex: 'FEMALE',
  category: 'FARMER',
  village: '36.03.01.2003',
  ...more,
})

const register = (more: object = {}, viewer: Viewer = clerk) =>
  askAs(hub, viewer, REGISTER, { input: input(more) })

/** Registers, and gives the id. */
async function registered(more: object = {}): Promise<string> {
  const { data, errors } = await register(more)
  expect(errors).toBeUndefined()
  expect(data.registerWorker.__typename).toBe('RegisteredWorker')
  return data.registerWorker.worker.id
}

const count = async () => (await hub.db.query('/* test.count */ select from worker')).length

const event = {
  actor: 'clerk',
  action: 'MUTATION',
  what: 'Mutation.registerWorker',
  purpose: null,
  people: 1,
}

test('a person is registered with identity in the vault, a first event and a record, in six statements', async () => {
  statements.splice(0)
  const id = await registered({ welfareDecile: 2, decileAsOf: '2023-01-31' })
  expect(statements.map((text) => /\/\* ([\w.]+) \*\//.exec(text)?.[1]).filter(Boolean)).toEqual([
    'identity.areas',
    'identity.queue',
    'identity.match',
    'worker.register',
    'identity.insert',
    'audit.record',
    // To answer with him.
    'worker',
  ])
  const { data } = await askAs(
    hub,
    clerk,
    `query ($id: ID!) { worker(id: $id) { sex category birthMonth domicileSince welfareDecile decileAsOf civilServant
      lifeStatus village { code } regency { code } identity(purpose: ROSTER_PREP) { fullName maskedNik birthDate } } }`,
    { id },
  )
  expect(data.worker).toEqual({
    sex: 'FEMALE',
    category: 'FARMER',
    birthMonth: '1983-05',
    domicileSince: TODAY,
    welfareDecile: 2,
    decileAsOf: '2023-01-31',
    civilServant: false,
    lifeStatus: 'ALIVE',
    village: { code: '36.03.01.2003' },
    regency: { code: '36.03' },
    identity: { fullName: 'Siti Rahasia Sekali', maskedNik: '3603********9111', birthDate: '1983-05-01' },
  })
  expect(await historyOf(hub, id)).toEqual([
    { kind: 'REGISTERED', reason: null, actor: 'clerk', entered_on: TODAY },
  ])
  expect((await recorded())[0]).toEqual({ ...event, workers: [id], outcome: 'DONE', reason: null })
})

test('a NIK is written with its separators, and a name without needless blanks', async () => {
  const id = await registered({
    nik: '360301-410583.9111'.replace('360301', '36.03.01'),
    fullName: '  Siti   Rahasia ',
  })
  const identities = await readIdentities(hub.db.query, [id], hub.nikKeys)
  expect(identities.get(id)).toEqual({ nik: nikOf(111), fullName: 'Siti Rahasia', birthDate: '1983-05-01' })
})

test('the birth date given decides the birth month, also where the NIK says another', async () => {
  const { data } = await register({ birthDate: '1984-06-02' })
  expect(data.registerWorker).toMatchObject({
    worker: { birthMonth: '1984-06' },
    findings: [{ code: 'DOB', level: 'WARN' }],
  })
})

test('what is odd about a NIK is said, and does not stand in the way', async () => {
  const elsewhere = nikOf(111, { district: '36.74.01', sex: 'MALE' })
  const { data } = await register({ nik: elsewhere })
  expect(data.registerWorker.findings).toEqual([
    { code: 'PREFIX', level: 'WARN' },
    { code: 'MOVED', level: 'INFO' },
    { code: 'SEX', level: 'WARN' },
  ])
})

test.each([
  ['LENGTH', '360301'],
  ['SPREADSHEET', '3,60301E+15'],
  ['DATE', '3603013102839001'],
  ['SERIAL', '3603014105830000'],
  ['PROVINCE', '9903014105839001'],
])('a NIK that cannot be one is refused with the finding %s, and nobody is registered', async (code, nik) => {
  const { data, errors } = await register({ nik })
  expect(errors).toBeUndefined()
  expect(data.registerWorker).toMatchObject({
    __typename: 'IdentityRefusal',
    code: 'INVALID_NIK',
    worker: null,
  })
  expect(data.registerWorker.findings).toContainEqual({ code, level: 'ERROR' })
  expect(await count()).toBe(0)
  expect(await recorded()).toEqual([{ ...event, people: 0, workers: [], outcome: 'REFUSED', reason: null }])
})

test.each([
  ['the same name', 'Siti Rahasia Sekali'],
  ['a title', 'Hj. Siti Rahasia Sekali, S.Pd'],
  ['an apostrophe', "Sit'i Rahasia Sekali"],
])(
  'who is registered already is refused, also with %s, and shown to who may see him',
  async (_, fullName) => {
    const id = await registered()
    await recorded()
    const { data } = await register({ fullName, overrideReason: 'I insist' })
    expect(data.registerWorker).toMatchObject({
      __typename: 'IdentityRefusal',
      code: 'ALREADY_REGISTERED',
      worker: { id },
    })
    expect(await count()).toBe(1)
    expect(await recorded()).toEqual([{ ...event, workers: [id], outcome: 'REFUSED', reason: null }])
  },
)

test('whom the viewer may not see is not shown in the refusal', async () => {
  await askAs(hub, ADMIN, REGISTER, { input: input({ village: '36.71.01.1001' }) })
  const { data } = await register()
  expect(data.registerWorker).toMatchObject({ code: 'ALREADY_REGISTERED', worker: null })
})

test('the many forms of Muhammad are one name', async () => {
  await registered({ fullName: 'Muhammad Nur Hidayat' })
  for (const fullName of ['M. Nur Hidayat', 'MOCH NUR HIDAYAT', 'H. Mohamad Nur Hidayat']) {
    const { data } = await register({ fullName })
    expect(data.registerWorker.code).toBe('ALREADY_REGISTERED')
  }
})

describe('a NIK under another name', () => {
  test('is a conflict, and with a reason the same person: then it answers with him', async () => {
    const id = await registered()
    const other = { fullName: 'Budi Santoso' }
    const refused = await register(other)
    expect(refused.data.registerWorker).toMatchObject({ code: 'IDENTITY_CONFLICT', worker: { id } })
    await recorded()
    const { data } = await register({ ...other, overrideReason: 'He was renamed in 2019' })
    expect(data.registerWorker).toMatchObject({ __typename: 'RegisteredWorker', worker: { id } })
    expect(await count()).toBe(1)
    expect(await historyOf(hub, id)).toMatchObject([
      { kind: 'REGISTERED', reason: null },
      { kind: 'REGISTERED', reason: 'He was renamed in 2019' },
    ])
    expect(await recorded()).toEqual([{ ...event, workers: [id], outcome: 'DONE', reason: null }])
    // Nothing of what is known about him has changed.
    expect((await readIdentities(hub.db.query, [id], hub.nikKeys)).get(id)?.fullName).toBe(
      'Siti Rahasia Sekali',
    )
  })
})

test('a NIK under another name of somebody the viewer may not see is a conflict, whatever the reason', async () => {
  const { data: there } = await askAs(hub, ADMIN, REGISTER, { input: input({ village: '36.71.01.1001' }) })
  const { id } = there.registerWorker.worker
  await recorded()
  const { data, errors } = await register({
    fullName: 'Budi Santoso',
    overrideReason: 'He was renamed in 2019',
  })
  expect(errors).toBeUndefined()
  expect(data.registerWorker).toMatchObject({
    __typename: 'IdentityRefusal',
    code: 'IDENTITY_CONFLICT',
    worker: null,
  })
  expect(await historyOf(hub, id)).toHaveLength(1)
  expect(await recorded()).toEqual([{ ...event, workers: [id], outcome: 'REFUSED', reason: null }])
})

describe('a NIK that is one slip of the pen away', () => {
  test.each([
    ['one digit', nikOf(112)],
    ['two digits swapped', '3603014105831911' as Nik],
    ['one digit of the district', nikOf(111, { district: '36.03.02' })],
  ])('by %s is a suspect, and with a reason somebody else', async (_, nik) => {
    const suspect = await registered()
    const like = { nik, fullName: 'Siti Rahasia' }
    const refused = await register(like)
    expect(refused.data.registerWorker).toMatchObject({ code: 'SUSPECT_MATCH', worker: { id: suspect } })
    expect(await count()).toBe(1)
    await recorded()
    const { data } = await register({ ...like, overrideReason: 'Twins, both cards were seen' })
    const { id } = data.registerWorker.worker
    expect(id).not.toBe(suspect)
    expect(await historyOf(hub, id)).toMatchObject([
      { kind: 'REGISTERED', reason: 'Twins, both cards were seen' },
    ])
    expect(await recorded()).toMatchObject([{ workers: [id, suspect], people: 2 }])
  })

  test.each([
    ['under a name that is not similar', { fullName: 'Budi Santoso' }],
    ['born on another day', { birthDate: '1983-05-02' }],
    ['and one more', { nik: nikOf(222) }],
  ])('%s is no suspect', async (_, more) => {
    await registered()
    await registered({ nik: nikOf(112), ...more })
    expect(await count()).toBe(2)
  })
})

test('the NIK of a row that was merged into another leads to that other', async () => {
  const kept = await registered({ nik: nikOf(777), fullName: 'Dewi' })
  const merged = await registered()
  await hub.db.query('/* test.merge */ update worker set merged_into_id = $1 where id = $2', [kept, merged])
  const again = await register()
  expect(again.data.registerWorker).toMatchObject({ code: 'ALREADY_REGISTERED', worker: { id: kept } })
  const suspect = await register({ nik: nikOf(112) })
  expect(suspect.data.registerWorker).toMatchObject({ code: 'SUSPECT_MATCH', worker: { id: kept } })
})

test.each<[string, object, string, string]>([
  ['a village nobody knows', { village: '36.03.99.2001' }, 'BAD_USER_INPUT', 'input.village'],
  ['a regency for a village', { village: '36.03' }, 'BAD_USER_INPUT', 'input.village'],
  ['a village elsewhere', { village: '36.71.01.1001' }, 'FORBIDDEN', 'input.village'],
  ['no name', { fullName: ' .' }, 'BAD_USER_INPUT', 'input.fullName'],
  ['a name of 201 letters', { fullName: 'x'.repeat(201) }, 'BAD_USER_INPUT', 'input.fullName'],
  ['a name with a NIK in it', { fullName: 'Siti 3603015705909001' }, 'BAD_USER_INPUT', 'input.fullName'],
  ['a birth to come', { birthDate: '2023-05-16' }, 'BAD_USER_INPUT', 'input.birthDate'],
  ['a birth in 1899', { birthDate: '1899-12-31' }, 'BAD_USER_INPUT', 'input.birthDate'],
  ['a domicile to come', { domicileSince: '2023-05-16' }, 'BAD_USER_INPUT', 'input.domicileSince'],
  ['a domicile before birth', { domicileSince: '1983-04-30' }, 'BAD_USER_INPUT', 'input.domicileSince'],
  ['a decile without its date', { welfareDecile: 1 }, 'BAD_USER_INPUT', 'input.decileAsOf'],
  ['a date without a decile', { decileAsOf: '2023-01-01' }, 'BAD_USER_INPUT', 'input.decileAsOf'],
  ['an eleventh decile', { welfareDecile: 11, decileAsOf: TODAY }, 'BAD_USER_INPUT', 'input.welfareDecile'],
  [
    'a decile of tomorrow',
    { welfareDecile: 1, decileAsOf: '2023-05-16' },
    'BAD_USER_INPUT',
    'input.decileAsOf',
  ],
  ['an empty reason', { overrideReason: ' ' }, 'BAD_USER_INPUT', 'input.overrideReason'],
  ['a NIK in the reason', { overrideReason: `not ${nikOf(5)}` }, 'BAD_USER_INPUT', 'input.overrideReason'],
])('somebody with %s is not registered', async (_, more, code, field) => {
  const { data, errors } = await register(more)
  expect(data).toEqual({ registerWorker: null })
  expect(errors).toMatchObject([{ code, field }])
  expect(await count()).toBe(0)
  expect(await recorded()).toMatchObject([{ what: event.what, outcome: 'REFUSED', reason: code }])
})

test.each<[string, Viewer, string]>([
  ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
  ['an analyst', aViewer('analyst', ['36.03']), 'FORBIDDEN'],
])('%s may not register anybody', async (_, viewer, code) => {
  const { data, errors } = await register({}, viewer)
  expect(data).toBeUndefined()
  expect(errors).toMatchObject([{ code }])
})

test('who sees everywhere registers everywhere', async () => {
  const { data } = await register({ village: '11.10.01.2001' }, ADMIN)
  expect(data.registerWorker.worker.birthMonth).toBe('1983-05')
})

test('sent twice with one key, a person is registered once, and answered twice', async () => {
  const idempotencyKey = 'a key of the test'
  const first = await register({ idempotencyKey })
  const second = await register({ idempotencyKey })
  expect(second.data).toEqual(first.data)
  const other = await register({ idempotencyKey, nik: nikOf(500) })
  expect(other.errors).toMatchObject([{ code: 'CONFLICT' }])
  expect(await count()).toBe(1)
})

test('no refusal, record, history or remembered answer holds a NIK or a name', async () => {
  const find = peopleFinder()
  const said: string[] = []
  for (const more of [
    {},
    { overrideReason: 'again' },
    { fullName: 'Budi Santoso', idempotencyKey: 'key number one' },
    { nik: nikOf(112), fullName: 'Siti Rahasia', idempotencyKey: 'key number two' },
    { nik: '360301' },
    { nik: 'Siti Rahasia Sekali' },
    { village: '36.03.99.2001' },
    { overrideReason: nikOf(5) },
  ]) {
    const { data, errors } = await register(more)
    said.push(JSON.stringify({ data, errors }))
  }
  for (const table of ['audit_event', 'worker_event', 'remembered_answer', 'worker']) {
    const rows = await hub.db.query(`/* test.rows */ select ${table}::text as row from ${table}`)
    said.push(...rows.map((row) => JSON.stringify(row)))
  }
  expect(said.length).toBeGreaterThan(20)
  expect(said.flatMap((text) => find(text))).toEqual([])
})

test('who registers looks people up, and may do so only so often', async () => {
  const strict = await openHub({
    dataDir: 'memory',
    poolSize: 1,
    nikKeys: undefined,
    production: false,
    today: TODAY,
    exposeSql: false,
    operations: { ...DEFAULT_OPERATION_LIMITS, peopleCheckedPerHour: 2 },
  })
  await someAreas(strict)
  const codes: string[] = []
  for (let n = 0; n < 3; n++) {
    const { data, errors } = await askAs(strict, clerk, REGISTER, { input: input() })
    codes.push(data.registerWorker?.code ?? data.registerWorker?.__typename ?? errors![0]!.code)
  }
  await strict.close()
  expect(codes).toEqual(['RegisteredWorker', 'ALREADY_REGISTERED', 'TOO_COMPLEX'])
})

describeOnServer('twenty writers at once', () => {
  let server: ServerDatabase
  let busy: Hub

  beforeAll(async () => {
    server = await withServerDatabase()
    busy = await openHub({
      databaseUrl: server.url,
      dataDir: 'memory',
      poolSize: 20,
      nikKeys: hub.nikKeys,
      production: false,
      today: TODAY,
      exposeSql: false,
    })
    await someAreas(busy)
  })
  afterAll(async () => {
    await busy?.close()
    await server?.drop()
  })

  test('register the same person: one does, and the others are told that he is registered', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => askAs(busy, clerk, REGISTER, { input: input() })),
    )
    const outcomes = answers.map(
      ({ data, errors }) => data?.registerWorker?.code ?? errors?.[0]?.code ?? 'registered',
    )
    expect(outcomes.toSorted()).toEqual([...Array(19).fill('ALREADY_REGISTERED'), 'registered'])
    expect(await busy.db.query('/* test.count */ select from worker')).toHaveLength(1)
    expect(await busy.db.query('/* test.count */ select from worker_identity')).toHaveLength(1)
    const events = await busy.db.query<{ outcome: string }>(
      '/* test.audit */ select outcome from audit_event',
    )
    expect(events.map(({ outcome }) => outcome).toSorted()).toEqual(['DONE', ...Array(19).fill('REFUSED')])
  })

  test('type the same person, half of them with a slip: one is registered, the others find him', async () => {
    await emptyRegistry(busy)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        askAs(busy, clerk, REGISTER, { input: input({ nik: nikOf(i % 2 === 0 ? 111 : 112) }) }),
      ),
    )
    const outcomes = answers.map(({ data }) => data.registerWorker.code ?? 'registered')
    expect(outcomes.toSorted()).toEqual([
      ...Array(9).fill('ALREADY_REGISTERED'),
      ...Array(10).fill('SUSPECT_MATCH'),
      'registered',
    ])
  })
})
