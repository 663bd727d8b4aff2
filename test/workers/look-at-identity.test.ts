import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { someAreas } from '../harness/areas.ts'
import { aPayer, aProgram, aWorker, nameOf } from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, vault and audit trail.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
/** Ids of the workers who live in Tangerang. */
let people: string[]
/** Lives elsewhere. */
let hidden: string
/** Lives in Tangerang, and is not in the vault. */
let unknown: string

const clerk = aViewer('clerk', ['36.03'])
const analyst = aViewer('analyst', ['36.03'])

/** The n-th NIK of this suite. */
function nikOf(n: number): Nik {
  return composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial: 9_001 + n })
}

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  const program = await aProgram(await aPayer('REGENCY', { area: '36.03' }).in(hub)).in(hub)
  people = []
  for (let n = 0; n < 60; n++) {
    const worker = aWorker().identifiedBy(nikOf(n))
    if (n === 0) worker.coveredBy(program, '2023-01..2023-06').coveredBy(program, '2023-07..2023-12')
    people.push((await worker.in(hub)).id)
  }
  hidden = (await aWorker().livingIn('36.71.01.1001').identifiedBy(nikOf(60)).in(hub)).id
  unknown = (await aWorker().in(hub)).id
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(() => recorded())

const seen = (n: number) => ({
  maskedNik: `3603********${9_001 + n}`,
  fullName: nameOf(people[n]!),
  birthDate: '1983-05-01',
})

const LOOK =
  'query ($id: ID!) { worker(id: $id) { id identity(purpose: CLAIM) { maskedNik fullName birthDate } } }'

const event = {
  actor: 'clerk',
  action: 'IDENTITY_READ',
  outcome: 'DONE',
  purpose: 'CLAIM',
  what: 'Worker.identity',
  reason: null,
}

/** Runs something while nothing can be recorded. */
async function withoutAuditTrail<T>(run: () => Promise<T>): Promise<T> {
  await hub.db.query('alter table audit_event rename to audit_event_away')
  try {
    return await run()
  } finally {
    await hub.db.query('alter table audit_event_away rename to audit_event')
  }
}

describe('an identity', () => {
  test('is shown with its NIK masked, and recorded', async () => {
    const { data, errors, path } = await askAs(hub, clerk, LOOK, { id: people[3] })
    expect(errors).toBeUndefined()
    expect(data.worker).toEqual({ id: people[3], identity: seen(3) })
    expect(path).toBe('plain')
    expect(await recorded()).toEqual([{ ...event, workers: [people[3]], people: 1 }])
  })

  test('of each of a page of 50 takes one event with all of them', async () => {
    const { data, statements } = await askAs(
      hub,
      clerk,
      '{ workers(first: 50) { totalCount nodes { id identity(purpose: ROSTER_PREP) { fullName } } } }',
    )
    expect(data.workers.nodes).toHaveLength(50)
    expect(data.workers.nodes[49]).toEqual({ id: people[49], identity: { fullName: nameOf(people[49]!) } })
    expect(statements).toBe(1)
    expect(await recorded()).toEqual([
      { ...event, purpose: 'ROSTER_PREP', workers: people.slice(0, 50), people: 50 },
    ])
  })

  test('asked for two purposes takes two events, and twice for one purpose one', async () => {
    const { data } = await askAs(
      hub,
      clerk,
      `query ($id: ID!) { worker(id: $id) { a: identity(purpose: CLAIM) { fullName } b: identity(purpose: AUDIT) { maskedNik }
        c: identity(purpose: CLAIM) { birthDate } } again: worker(id: $id) { identity(purpose: CLAIM) { birthDate } } }`,
      { id: people[1] },
    )
    const { fullName, maskedNik, birthDate } = seen(1)
    expect(data).toEqual({
      worker: { a: { fullName }, b: { maskedNik }, c: { birthDate } },
      again: { identity: { birthDate } },
    })
    const events = await recorded()
    expect(events.map(({ purpose }) => purpose).toSorted()).toEqual(['AUDIT', 'CLAIM'])
    for (const { workers } of events) expect(workers).toEqual([people[1]])
  })

  test('is recorded again when it is looked at again', async () => {
    await askAs(hub, clerk, LOOK, { id: people[3] })
    await askAs(hub, clerk, LOOK, { id: people[3] })
    expect(await recorded()).toHaveLength(2)
  })

  test('is reached through enrollments and by gateways, under the same rules', async () => {
    const { data } = await askAs(
      hub,
      aViewer('clerk', ['*']),
      '{ enrollments { nodes { worker { identity(purpose: CLAIM) { fullName } } } } }',
    )
    expect(data.enrollments.nodes).toEqual(
      Array(2).fill({ worker: { identity: { fullName: seen(0).fullName } } }),
    )
    expect(await recorded()).toEqual([{ ...event, workers: [people[0]], people: 1 }])

    const representations = [people[2], hidden, people[4]].map((id) => ({ __typename: 'Worker', id }))
    const entities = await askAs(
      hub,
      clerk,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Worker { identity(purpose: CLAIM) { fullName } } } }',
      { r: representations },
    )
    expect(entities.data._entities).toEqual([
      { identity: { fullName: seen(2).fullName } },
      null,
      { identity: { fullName: seen(4).fullName } },
    ])
    expect(await recorded()).toEqual([{ ...event, workers: [people[2], people[4]], people: 2 }])
  })

  test('is nobody’s who may not read the registry, also by key', async () => {
    const viewer: Viewer = { subject: 'odd', permissions: new Set(['identity:read']), areas: ['*'] }
    const { data } = await askAs(
      hub,
      viewer,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Worker { identity(purpose: CLAIM) { fullName } } } }',
      { r: [{ __typename: 'Worker', id: people[0] }] },
    )
    expect(data).toEqual({ _entities: [null] })
    expect(await recorded()).toMatchObject([{ outcome: 'DONE', workers: [], people: 0 }])
  })

  test('of somebody out of reach is not looked at: he is null, and that nobody was found is recorded', async () => {
    expect((await askAs(hub, clerk, LOOK, { id: hidden })).data).toEqual({ worker: null })
    expect(await recorded()).toEqual([{ ...event, workers: [], people: 0 }])
  })

  test('is null for somebody whom the vault does not know; that it was looked for is recorded', async () => {
    expect((await askAs(hub, clerk, LOOK, { id: unknown })).data.worker).toEqual({
      id: unknown,
      identity: null,
    })
    expect(await recorded()).toEqual([{ ...event, workers: [unknown], people: 1 }])
  })

  test('that is skipped is not read; what the operation could have asked is recorded', async () => {
    const query =
      'query ($id: ID!) { worker(id: $id) { id identity(purpose: CLAIM) @skip(if: true) { fullName } } }'
    expect((await askAs(hub, clerk, query, { id: people[0] })).data).toEqual({ worker: { id: people[0] } })
    expect(await recorded()).toEqual([{ ...event, workers: [], people: 0 }])
  })

  test('is not shown over GET, where addresses are logged', async () => {
    const { data, errors } = await askAs(hub, clerk, LOOK, { id: people[0] }, { overGet: true })
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }])
    expect(await recorded()).toMatchObject([
      { action: 'IDENTITY_READ', outcome: 'REFUSED', reason: 'BAD_USER_INPUT' },
    ])
  })

  test('is not shown when it cannot be recorded', async () => {
    const { data, errors } = await withoutAuditTrail(() => askAs(hub, clerk, LOOK, { id: people[0] }))
    expect(data).toEqual({ worker: { id: people[0], identity: null } })
    expect(errors).toHaveLength(1)
    expect(JSON.stringify(errors)).not.toContain(PLANTED_NAME)
  })

  test.each<[string, Viewer, string]>([
    ['without a token', ANONYMOUS, 'UNAUTHENTICATED'],
    ['without the permission', analyst, 'FORBIDDEN'],
  ])('is refused %s, and the refusal is recorded', async (_, viewer, code) => {
    const { data, errors } = await askAs(hub, viewer, LOOK, { id: people[0] })
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ code }])
    expect(await recorded()).toMatchObject([
      { actor: viewer.subject ?? null, action: 'IDENTITY_READ', outcome: 'REFUSED', reason: code },
    ])
  })
})

describe('a revealed identity', () => {
  const REVEAL =
    'mutation ($id: ID!) { revealIdentity(worker: $id, purpose: CLAIM) { nik fullName birthDate } }'
  const revealed = { ...event, action: 'IDENTITY_REVEAL', what: 'Mutation.revealIdentity' }

  test('shows the NIK in full, and is recorded', async () => {
    const { data } = await askAs(hub, clerk, REVEAL, { id: people[5] })
    const { fullName, birthDate } = seen(5)
    expect(data.revealIdentity).toEqual({ nik: nikOf(5), fullName, birthDate })
    expect(await recorded()).toEqual([{ ...revealed, workers: [people[5]], people: 1 }])
  })

  test('of somebody out of reach is null, as of nobody, and recorded as refused', async () => {
    expect((await askAs(hub, clerk, REVEAL, { id: hidden })).data).toEqual({ revealIdentity: null })
    expect((await askAs(hub, clerk, REVEAL, { id: '999999' })).data).toEqual({ revealIdentity: null })
    expect((await askAs(hub, clerk, REVEAL, { id: "1' or 1=1" })).data).toEqual({ revealIdentity: null })
    const refused = { ...revealed, outcome: 'REFUSED' }
    expect(await recorded()).toEqual([
      { ...refused, workers: [hidden], people: 1 },
      { ...refused, workers: ['999999'], people: 1 },
      { ...refused, workers: [], people: 1 },
    ])
  })

  test('needs its permission, and a refusal is recorded', async () => {
    expect((await askAs(hub, analyst, REVEAL, { id: people[0] })).errors).toMatchObject([
      { code: 'FORBIDDEN' },
    ])
    expect(await recorded()).toMatchObject([
      { actor: 'analyst', action: 'IDENTITY_REVEAL', outcome: 'REFUSED', reason: 'FORBIDDEN' },
    ])
  })

  test('needs the registry too: without it nobody is within reach', async () => {
    const viewer: Viewer = { subject: 'odd', permissions: new Set(['identity:read']), areas: ['*'] }
    expect((await askAs(hub, viewer, REVEAL, { id: people[0] })).data).toEqual({ revealIdentity: null })
    expect(await recorded()).toMatchObject([{ actor: 'odd', outcome: 'REFUSED' }])
  })

  test('is not shown when it cannot be recorded', async () => {
    const { data, errors } = await withoutAuditTrail(() => askAs(hub, clerk, REVEAL, { id: people[0] }))
    expect(data).toEqual({ revealIdentity: null })
    expect(errors).toHaveLength(1)
    expect(JSON.stringify(errors)).not.toContain(nikOf(0))
  })
})

test('no event of all these looks holds a NIK, a name or a birth date', async () => {
  const events = await hub.db.query<{ text: string }>(
    '/* test.audit */ select audit_event::text as text from audit_event',
  )
  expect(events.length).toBeGreaterThan(10)
  const trail = events.map(({ text }) => text).join('\n')
  expect(trail).not.toContain(PLANTED_NAME)
  expect(trail).not.toContain('1983-05')
  for (let n = 0; n <= 60; n++) expect(trail).not.toContain(nikOf(n))
})
