import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nikToken } from '../../src/access/vault/vault.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { DEFAULT_OPERATION_LIMITS } from '../../src/kernel/config.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { parsePartnerKeys } from '../../src/kernel/partner-keys.ts'
import { insertIdentities } from '../../src/workers/identity.ts'
import { someAreas } from '../harness/areas.ts'
import { aPayer, aProgram, aWorker, type InsertedWorker } from '../harness/builders.ts'
import { TODAY } from '../harness/hub.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, vault, partner keys, allowance and audit trail.

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const { keys } = parsePartnerKeys(`kemensos:${keyOf(1)},bappenas:${keyOf(2)}`)
const [kemensosKey, bappenasKey] = [keys[0]!, keys[1]!]

const nikOf = (n: number): Nik =>
  composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial: 9_001 + n })
/** Covered from January to March 2023 by a regency, and in March by a donor; lives in Tangerang. */
const NEAR = nikOf(1)
/** Covered by nobody; lives in the city. */
const FAR = nikOf(2)
const NOBODY = nikOf(3)

const PEOPLE_AN_HOUR = 40

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
let near: InsertedWorker
let far: InsertedWorker

beforeAll(async () => {
  hub = await openHub({
    dataDir: 'memory',
    poolSize: 1,
    nikKeys: undefined,
    production: false,
    today: TODAY,
    exposeSql: true,
    partnerKeys: keys,
    operations: { ...DEFAULT_OPERATION_LIMITS, peopleCheckedPerHour: PEOPLE_AN_HOUR },
  })
  await someAreas(hub)
  const regency = await aProgram(await aPayer('REGENCY', { area: '36.03' }).in(hub))
    .paying('JKM', 'JKK')
    .in(hub)
  const donor = await aPayer('DONOR').in(hub)
  near = await aWorker()
    .coveredBy(regency, '2023-01..2023-03')
    .reportedBy(donor, '2023-03..2023-03', { benefit: 'JHT' })
    .in(hub)
  far = await aWorker().livingIn('36.71.01.1001').in(hub)
  for (const [worker, nik] of [
    [near.id, NEAR],
    [far.id, FAR],
  ] as const) {
    const person = { worker, nik, fullName: PLANTED_NAME, birthDate: '1983-05-01' }
    await insertIdentities(hub.db.query, [person], hub.nikKeys, keys)
  }
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(() => recorded())

const kemensos = aViewer('partner', [], { subject: 'kemensos', partner: 'kemensos' })
const bappenas = aViewer('partner', [], { subject: 'bappenas', partner: 'bappenas' })
const clerk = aViewer('clerk', ['36.03'])

const CHECK = `query ($input: CheckCoverageInput!) { checkCoverage(input: $input) {
  index valid known covered benefits months payerKinds } }`
const WITH_WORKER = CHECK.replace('payerKinds', 'payerKinds worker { id }')

let clients = 0

/** Each call is a client of its own, unless told. */
function check(
  viewer: Viewer,
  people: readonly object[],
  { query = CHECK, client = `client ${++clients}`, overGet = false, ...more }: Record<string, unknown> = {},
) {
  const input = { people, from: '2023-02', to: '2023-04', purpose: 'CLAIM', ...more }
  return askAs(
    hub,
    viewer,
    query as string,
    { input },
    { client: client as string, overGet: overGet as boolean },
  )
}

const nobody = { valid: true, known: false, covered: false, benefits: [], months: [], payerKinds: [] }
const nearInSpring = {
  valid: true,
  known: true,
  covered: true,
  benefits: ['JHT', 'JKK', 'JKM'],
  months: ['2023-02', '2023-03'],
  payerKinds: ['DONOR', 'REGENCY'],
}

const event = {
  action: 'COVERAGE_CHECK',
  outcome: 'DONE',
  purpose: 'CLAIM',
  what: 'Query.checkCoverage',
  reason: null,
}

describe('a check by NIK', () => {
  test('says of each person, in the order asked, what covers him, in which months and by which kinds of payers', async () => {
    const { data, errors, path } = await check(kemensos, [
      { nik: NOBODY },
      { nik: NEAR },
      { nik: 'not a NIK' },
      { nik: FAR },
      { nik: NEAR.replace(/(....)/g, '$1 ') },
    ])
    expect(errors).toBeUndefined()
    expect(path).toBe('plain')
    expect(data.checkCoverage).toEqual([
      { index: 0, ...nobody },
      { index: 1, ...nearInSpring },
      { index: 2, ...nobody, valid: false },
      { index: 3, ...nobody, known: true },
      { index: 4, ...nearInSpring },
    ])
  })

  test('is recorded with its purpose, how many were asked about and who was found, and with no NIK', async () => {
    await check(kemensos, [{ nik: NEAR }, { nik: NOBODY }, { nik: NEAR }, { nik: FAR }], {
      purpose: 'ROSTER_PREP',
    })
    const events = await recorded()
    expect(events).toEqual([
      {
        ...event,
        actor: 'kemensos',
        purpose: 'ROSTER_PREP',
        workers: expect.toSatisfy(
          (ids: string[]) => ids.toSorted().join() === [near.id, far.id].toSorted().join(),
        ),
        people: 4,
      },
    ])
    const trail = await hub.db.query<{ text: string }>(
      '/* test.audit */ select audit_event::text as text from audit_event',
    )
    for (const nik of [NEAR, FAR, NOBODY]) expect(JSON.stringify(trail)).not.toContain(nik)
  })

  test('that finds nobody, or asks about nobody, is recorded too', async () => {
    await check(kemensos, [{ nik: NOBODY }])
    expect((await check(kemensos, [])).data).toEqual({ checkCoverage: [] })
    expect(await recorded()).toMatchObject([
      { workers: [], people: 1 },
      { workers: [], people: 0 },
    ])
  })

  test('that is asked twice in one operation is recorded twice', async () => {
    const input = `{ people: [{ nik: "${NEAR}" }], from: "2023-02", purpose: CLAIM }`
    const { data } = await askAs(
      hub,
      kemensos,
      `{ a: checkCoverage(input: ${input}) { months } b: checkCoverage(input: ${input}) { covered } }`,
    )
    expect(data).toEqual({ a: [{ months: ['2023-02'] }], b: [{ covered: true }] })
    expect(await recorded()).toHaveLength(2)
  })

  test('answers nothing that cannot be recorded', async () => {
    await hub.db.query('alter table audit_event rename to audit_event_away')
    const { data, errors } = await check(kemensos, [{ nik: NEAR }]).finally(() =>
      hub.db.query('alter table audit_event_away rename to audit_event'),
    )
    expect(data).toBeNull()
    expect(errors).toHaveLength(1)
    expect(JSON.stringify(errors)).not.toContain(NEAR)
  })
})

describe('a check by token', () => {
  const token = (nik: Nik, key = kemensosKey) => nikToken(nik, key)

  test('finds people by the partner’s own tokens, hexadecimal or base64url, beside NIKs', async () => {
    const { data } = await check(kemensos, [
      { token: token(NEAR).toString('hex') },
      { token: token(FAR).toString('base64url') },
      { token: token(NOBODY).toString('hex') },
      { nik: NEAR },
      { token: 'no token' },
    ])
    expect(data.checkCoverage).toEqual([
      { index: 0, ...nearInSpring },
      { index: 1, ...nobody, known: true },
      { index: 2, ...nobody },
      { index: 3, ...nearInSpring },
      { index: 4, ...nobody, valid: false },
    ])
    expect(await recorded()).toMatchObject([{ actor: 'kemensos', people: 5 }])
  })

  test('finds nobody by the token of another partner, or by a token of the vault', async () => {
    const people = [
      { token: token(NEAR, kemensosKey).toString('hex') },
      { token: nikToken(NEAR, hub.nikKeys[0]).toString('hex') },
    ]
    const { data } = await check(bappenas, people)
    expect(data.checkCoverage).toEqual([
      { index: 0, ...nobody },
      { index: 1, ...nobody },
    ])
    expect(
      (await check(bappenas, [{ token: token(NEAR, bappenasKey).toString('hex') }])).data.checkCoverage,
    ).toEqual([{ index: 0, ...nearInSpring }])
  })

  test.each<[string, Viewer]>([
    ['whoever is no partner', clerk],
    ['a partner without a key', aViewer('partner', [], { partner: 'kemnaker' })],
  ])('is not for %s', async (_, viewer) => {
    const { data, errors } = await check(viewer, [{ token: token(NEAR).toString('hex') }])
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', field: 'input.people.token' }])
    expect((await recorded()).filter(({ outcome }) => outcome === 'DONE')).toEqual([])
  })
})

describe('a check is refused', () => {
  test.each<[string, readonly object[], object, string]>([
    ['that names a person by both', [{ nik: NEAR }, { nik: NEAR, token: 'x' }], {}, 'input.people[1]'],
    ['that names a person by neither', [{}], {}, 'input.people[0]'],
    [
      'that names a person by nulls',
      [{ nik: NEAR }, { nik: NEAR }, { nik: null, token: null }],
      {},
      'input.people[2]',
    ],
    ['whose months run backward', [{ nik: NEAR }], { from: '2023-05' }, 'input.to'],
    ['of more than 60 months', [{ nik: NEAR }], { from: '2018-01', to: '2023-01' }, 'input.to'],
    ['of more than 1,000 people', Array(1_001).fill({ nik: NEAR }), {}, 'input.people'],
  ])('%s, by the name of the field and nothing of its value', async (_, people, more, field) => {
    const { data, errors } = await check(kemensos, people, { ...more })
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    expect(JSON.stringify(errors)).not.toContain(NEAR)
    expect((await recorded()).filter(({ outcome }) => outcome === 'DONE')).toEqual([])
  })

  test('over GET, as a whole, and recorded', async () => {
    const { data, errors } = await check(kemensos, [{ nik: NEAR }], { overGet: true })
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }])
    expect(JSON.stringify(errors)).not.toContain(NEAR)
    expect(await recorded()).toMatchObject([
      { action: 'COVERAGE_CHECK', outcome: 'REFUSED', reason: 'BAD_USER_INPUT' },
    ])
  })

  test('and recorded with its purpose, whatever the reason', async () => {
    await check(kemensos, [{ nik: NEAR }, {}])
    await check(aViewer('partner', []), [{ token: 'a'.repeat(64) }])
    expect(await recorded()).toMatchObject([
      { outcome: 'REFUSED', reason: 'BAD_USER_INPUT', people: 2 },
      { outcome: 'REFUSED', reason: 'FORBIDDEN', people: 1 },
    ])
  })

  test('without a purpose', async () => {
    const { data, errors } = await check(kemensos, [{ nik: NEAR }], { purpose: undefined })
    expect(data).toBeUndefined()
    expect(errors).toHaveLength(1)
  })

  test('when its client has asked about too many people, and others may go on', async () => {
    const people = (count: number) => Array(count).fill({ nik: NOBODY })
    expect((await check(kemensos, people(30), { client: 'busy' })).errors).toBeUndefined()
    expect((await check(kemensos, people(11), { client: 'busy' })).errors).toMatchObject([
      { code: 'TOO_COMPLEX' },
    ])
    expect((await check(kemensos, people(10), { client: 'busy' })).errors).toBeUndefined()
    expect((await check(kemensos, people(1), { client: 'busy' })).errors).toMatchObject([
      { code: 'TOO_COMPLEX' },
    ])
    expect((await check(kemensos, people(PEOPLE_AN_HOUR), { client: 'other' })).errors).toBeUndefined()
    expect((await recorded()).filter(({ outcome }) => outcome === 'DONE').map(({ people: n }) => n)).toEqual([
      30, 10, 40,
    ])
  })

  test.each<[Viewer, string]>([
    [ANONYMOUS, 'UNAUTHENTICATED'],
    [aViewer('analyst', ['*']), 'FORBIDDEN'],
  ])('to whoever may not check, and recorded', async (viewer, code) => {
    expect((await check(viewer, [{ nik: NEAR }])).errors).toMatchObject([{ code }])
    expect(await recorded()).toMatchObject([{ action: 'COVERAGE_CHECK', outcome: 'REFUSED', reason: code }])
  })
})

describe('the worker behind a check', () => {
  test('is not for a partner who may not read the registry', async () => {
    const { data, errors } = await check(kemensos, [{ nik: NEAR }], { query: WITH_WORKER })
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([
      { code: 'FORBIDDEN', message: 'CoverageCheck.worker needs the permission identity:read.' },
    ])
    // What needs no permission gives nothing away either.
  })

  test('is null for people out of reach, of whom the rest is said all the same', async () => {
    const { data } = await check(clerk, [{ nik: NEAR }, { nik: FAR }, { nik: NOBODY }], {
      query: WITH_WORKER,
    })
    expect(data.checkCoverage).toEqual([
      { index: 0, ...nearInSpring, worker: { id: near.id } },
      { index: 1, ...nobody, known: true, worker: null },
      { index: 2, ...nobody, worker: null },
    ])
  })

  test('leads to identities under their own rule and record', async () => {
    const query = CHECK.replace('payerKinds', 'worker { identity(purpose: AUDIT) { maskedNik } }')
    const { data } = await check(clerk, [{ nik: FAR }, { nik: NEAR }], { query })
    expect(data.checkCoverage.map(({ worker }: { worker: unknown }) => worker)).toEqual([
      null,
      { identity: { maskedNik: '3603********9002' } },
    ])
    expect(await recorded()).toMatchObject([
      { action: 'COVERAGE_CHECK', purpose: 'CLAIM', people: 2 },
      { action: 'IDENTITY_READ', purpose: 'AUDIT', workers: [near.id] },
    ])
  })
})
