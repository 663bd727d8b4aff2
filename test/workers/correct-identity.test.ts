import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openNik } from '../../src/access/vault/vault.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { statementsOf } from '../access/statements.ts'
import { someAreas } from '../harness/areas.ts'
import { aWorker } from '../harness/builders.ts'
import { openTestHub, TODAY } from '../harness/hub.ts'
import { peopleFinder } from '../harness/planted-people.ts'
import { describeOnServer, withServerDatabase } from '../harness/server-database.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'
import { CORRECT, emptyRegistry, historyOf, REGISTER } from './registry.ts'
import { findWorkersByNik } from './vault-world.ts'

// Real: PGlite, the hub's schema, gate, vault and audit trail; with TEST_DATABASE_URL also a merge meanwhile on a server.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  await emptyRegistry(hub)
  await recorded()
})

const clerk = aViewer('clerk', ['36.03'])

const nikOf = (serial: number): Nik =>
  composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial: 9_000 + serial })

const SITI = { nik: nikOf(111), fullName: 'Siti Rahasia Sekali', birthDate: '1983-05-01' }

async function registered(more: object = {}): Promise<string> {
  const input = { ...SITI, sex: 'FEMALE', category: 'FARMER', village: '36.03.01.2003', ...more }
  const { data } = await askAs(hub, clerk, REGISTER, { input })
  await recorded()
  return data.registerWorker.worker.id
}

const correct = (worker: string, more: object, viewer: Viewer = clerk) =>
  askAs(hub, viewer, CORRECT, { input: { worker, reason: 'Seen on the card', ...more } })

const identityOf = async (worker: string) =>
  (await readIdentities(hub.db.query, [worker], hub.nikKeys)).get(worker)

interface FormerRow {
  readonly key_id: string
  readonly nik_token: Uint8Array
  readonly nik_cipher: Uint8Array
  readonly full_name: string
  readonly birth_date: string
}

/** Former identities of a worker, opened. */
async function formerOf(worker: string) {
  const rows = await hub.db.query<FormerRow>(
    `/* test.former */ select key_id, nik_token, nik_cipher, full_name, birth_date from former_identity
      where worker_id = $1 order by id`,
    [worker],
  )
  return rows.map(({ nik_cipher, nik_token, full_name, birth_date }) => ({
    nik: openNik(nik_cipher, nik_token, hub.nikKeys[0]),
    fullName: full_name,
    birthDate: birth_date,
  }))
}

const event = {
  actor: 'clerk',
  action: 'MUTATION',
  what: 'Mutation.correctIdentity',
  purpose: null,
  people: 1,
}

test('a wrong NIK is replaced: he is found by the right one only, and the former is set aside', async () => {
  const id = await registered()
  const { data, errors } = await correct(id, { nik: nikOf(112) })
  expect(errors).toBeUndefined()
  expect(data.correctIdentity).toEqual({
    __typename: 'CorrectedIdentity',
    worker: { id, birthMonth: '1983-05' },
    findings: [],
  })
  expect(await identityOf(id)).toEqual({ ...SITI, nik: nikOf(112) })
  expect(await formerOf(id)).toEqual([SITI])
  const found = await findWorkersByNik(hub.db.query, [nikOf(111), nikOf(112)], hub.nikKeys)
  expect([...found]).toEqual([[nikOf(112), id]])
  expect((await historyOf(hub, id)).at(-1)).toEqual({
    kind: 'IDENTITY_CORRECTED',
    reason: 'Seen on the card',
    actor: 'clerk',
    entered_on: TODAY,
  })
  expect(await recorded()).toEqual([{ ...event, workers: [id], outcome: 'DONE', reason: null }])
})

test('he is held before it is looked whether he is there, and others born on that day wait', async () => {
  const id = await registered()
  const statements = statementsOf(hub.db)
  await correct(id, { nik: nikOf(112) })
  expect(
    statements
      .map((text) => /\/\* ([\w.]+) \*\//.exec(text)?.[1])
      .filter(Boolean)
      .slice(0, 7),
  ).toEqual([
    'worker.hold',
    'identity.seen',
    'identity.hold',
    'identity.read',
    'identity.areas',
    'identity.queue',
    'identity.match',
  ])
})

test('the NIK that was wrong is free for whose it is', async () => {
  const id = await registered()
  await correct(id, { nik: nikOf(555) })
  expect(await registered()).not.toBe(id)
})

test('a name and a birth date are corrected without the NIK, and the birth month follows', async () => {
  const id = await registered()
  const { data } = await correct(id, { fullName: 'Siti Rahasia Nur', birthDate: '1984-02-29' })
  expect(data.correctIdentity).toMatchObject({
    worker: { id, birthMonth: '1984-02' },
    findings: [{ code: 'DOB', level: 'WARN' }],
  })
  expect(await identityOf(id)).toEqual({
    nik: SITI.nik,
    fullName: 'Siti Rahasia Nur',
    birthDate: '1984-02-29',
  })
})

test('several corrections are several former identities', async () => {
  const id = await registered()
  await correct(id, { nik: nikOf(222) })
  await correct(id, { nik: SITI.nik })
  expect((await formerOf(id)).map(({ nik }) => nik)).toEqual([nikOf(111), nikOf(222)])
})

test('what is recorded already is no correction', async () => {
  const id = await registered()
  for (const same of [{}, { nik: SITI.nik }, { fullName: ' Siti Rahasia  Sekali ' }]) {
    const { data } = await correct(id, same)
    expect(data.correctIdentity).toMatchObject({ code: 'NOTHING_TO_DO' })
  }
  expect(await formerOf(id)).toEqual([])
  expect(await recorded()).toMatchObject([
    { outcome: 'REFUSED' },
    { outcome: 'REFUSED' },
    { outcome: 'REFUSED' },
  ])
})

describe('a NIK that is not his', () => {
  test.each([
    ['of somebody of the same name', {}, 'ALREADY_REGISTERED'],
    ['of somebody else', { fullName: 'Budi Santoso' }, 'IDENTITY_CONFLICT'],
  ])('%s is refused', async (_, other, code) => {
    const id = await registered()
    const whose = await registered({ nik: nikOf(555), ...other })
    const { data } = await correct(id, { nik: nikOf(555), overrideSuspect: true })
    expect(data.correctIdentity).toMatchObject({ code, worker: { id: whose } })
    expect(await identityOf(id)).toEqual(SITI)
  })

  test('that cannot be one is refused', async () => {
    const id = await registered()
    const { data } = await correct(id, { nik: '3603013102839001' })
    expect(data.correctIdentity).toMatchObject({ code: 'INVALID_NIK', findings: [{ code: 'DATE' }] })
  })

  test('of a row that was merged into him says what to do', async () => {
    const id = await registered()
    const merged = await registered({ nik: nikOf(555) })
    await hub.db.query('/* test.merge */ update worker set merged_into_id = $1 where id = $2', [id, merged])
    const { data } = await correct(id, { nik: nikOf(555) })
    expect(data.correctIdentity).toMatchObject({ code: 'ALREADY_REGISTERED', worker: { id } })
    expect(data.correctIdentity.message).toContain('Undo the merge')
    // One that is only like it is no suspect: he is the same person.
    expect((await correct(id, { nik: nikOf(556) })).data.correctIdentity.worker).toMatchObject({ id })
  })

  test('that is one slip from another’s is a suspect, unless it is known to be right', async () => {
    const id = await registered()
    const like = await registered({ nik: nikOf(555) })
    const refused = await correct(id, { nik: nikOf(556) })
    expect(refused.data.correctIdentity).toMatchObject({ code: 'SUSPECT_MATCH', worker: { id: like } })
    const { data } = await correct(id, { nik: nikOf(556), overrideSuspect: true })
    expect(data.correctIdentity.__typename).toBe('CorrectedIdentity')
  })

  test('but one slip from his own is his', async () => {
    const id = await registered()
    expect((await correct(id, { nik: nikOf(112) })).data.correctIdentity.__typename).toBe('CorrectedIdentity')
  })
})

test.each<[string, object, string]>([
  ['no reason', { reason: ' ' }, 'input.reason'],
  ['a NIK in the reason', { reason: `was ${nikOf(1)}` }, 'input.reason'],
  ['no letters for a name', { fullName: '-' }, 'input.fullName'],
  ['a birth to come', { birthDate: '2023-05-16' }, 'input.birthDate'],
])('with %s nothing is corrected', async (_, more, field) => {
  const id = await registered()
  const { data, errors } = await correct(id, { nik: nikOf(112), ...more })
  expect(data).toEqual({ correctIdentity: null })
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  expect(await identityOf(id)).toEqual(SITI)
})

test('whom the viewer may not see is not there', async () => {
  const id = await registered()
  for (const [worker, viewer] of [
    [id, aViewer('clerk', ['36.71'])],
    ['999999', clerk],
    ['x', clerk],
  ] as const) {
    const { errors } = await correct(worker, { nik: nikOf(112) }, viewer)
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.worker' }])
  }
})

test('no answer, record, history or remembered answer holds a NIK or a name', async () => {
  const find = peopleFinder()
  const id = await registered()
  await registered({ nik: nikOf(555) })
  const said: string[] = []
  for (const more of [
    { nik: nikOf(555) },
    { nik: nikOf(556), idempotencyKey: 'key number one' },
    { nik: nikOf(222), idempotencyKey: 'key number two' },
    { fullName: '?' },
    { reason: nikOf(1) },
  ]) {
    const { data, errors } = await correct(id, more)
    said.push(JSON.stringify({ data, errors }))
  }
  for (const table of ['audit_event', 'worker_event', 'remembered_answer', 'worker']) {
    const rows = await hub.db.query(`/* test.rows */ select ${table}::text as row from ${table}`)
    said.push(...rows.map((row) => JSON.stringify(row)))
  }
  expect(said.flatMap((text) => find(text))).toEqual([])
})

describeOnServer('on a server', () => {
  test('who is being merged is not corrected: whoever waited for him finds that he is not there', async () => {
    const server = await withServerDatabase()
    const busy = await openHub({
      databaseUrl: server.url,
      dataDir: 'memory',
      poolSize: 5,
      nikKeys: hub.nikKeys,
      production: false,
      today: TODAY,
      exposeSql: false,
    })
    try {
      await someAreas(busy)
      const [kept, merged] = [
        await aWorker().identifiedBy(nikOf(111)).in(busy),
        await aWorker().identifiedBy(nikOf(222)).in(busy),
      ]
      const [isMerged, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const merging = busy.db.transaction(async (query) => {
        await query('/* test.merge */ update worker set merged_into_id = $1 where id = $2', [
          kept.id,
          merged.id,
        ])
        isMerged.resolve()
        await mayEnd.promise
      })
      await isMerged.promise
      const correcting = askAs(busy, clerk, CORRECT, {
        input: { worker: merged.id, reason: 'Seen on the card', nik: nikOf(333) },
      })
      await expect(Promise.race([correcting, setTimeout(300, 'waits')])).resolves.toBe('waits')
      mayEnd.resolve()
      await merging
      expect((await correcting).errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.worker' }])
    } finally {
      await busy.close()
      await server.drop()
    }
  })
})
