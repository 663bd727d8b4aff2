import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { changesTold, type ToldEvent } from '../harness/told.ts'
import { askAs, aViewer } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, database rules and audit trail.

let hub: Hub
let told: () => Promise<ToldEvent[]>

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  told = changesTold(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  await hub.db.query('/* test.none */ delete from payer')
  await told()
})

const CREATE = `mutation ($input: CreatePayerInput!) { createPayer(input: $input) { id kind name area { code } } }`

const regency = { kind: 'REGENCY', name: 'Kabupaten Tangerang', area: '36.03' }

const create = (input: object, viewer: Viewer = ADMIN) => askAs(hub, viewer, CREATE, { input })
const count = async () => (await hub.db.query('/* test.payers */ select from payer')).length

const event = { actor: 'admin', what: 'Mutation.createPayer' }

test.each([
  ['a regency', regency],
  ['a province', { kind: 'PROVINCE', name: 'Provinsi Banten', area: '36' }],
  ['a village', { kind: 'VILLAGE', name: 'Desa Cangkudu', area: '36.03.01.2003' }],
  ['a ministry', { kind: 'CENTRAL', name: 'Kementerian Sosial' }],
  ['a donor', { kind: 'DONOR', name: 'Yayasan Payung Sesama' }],
])('%s is created by an admin, and the record names it', async (_, input) => {
  const { data, errors } = await create(input)
  expect(errors).toBeUndefined()
  const { id, ...payer } = data.createPayer
  const area = 'area' in input ? { code: input.area } : null
  expect(payer).toEqual({ kind: input.kind, name: input.name, area })
  expect(await told()).toEqual([{ ...event, outcome: 'DONE', reason: null, subject: `Payer:${id}` }])
})

test('blanks around a name are no part of it', async () => {
  const { data } = await create({ ...regency, name: '  Kabupaten Tangerang ' })
  expect(data.createPayer.name).toBe('Kabupaten Tangerang')
})

test.each<[string, object, string]>([
  ['no name', { name: '  ' }, 'input.name'],
  ['a name of 201 characters', { name: 'x'.repeat(201) }, 'input.name'],
  ['a NIK in its name', { name: 'Desa 3603014105830001' }, 'input.name'],
  ['no area for a regency', { area: null }, 'input.area'],
  ['the area of a province for a regency', { area: '36' }, 'input.area'],
  ['an area for a donor', { kind: 'DONOR' }, 'input.area'],
  ['a district for a village', { kind: 'VILLAGE', area: '36.03.01' }, 'input.area'],
  ['an area that does not exist', { area: '36.99' }, 'input.area'],
])('a payer with %s is refused, names %j and leaves nothing but the record', async (_, more, field) => {
  const { data, errors } = await create({ ...regency, ...more })
  expect(data).toEqual({ createPayer: null })
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  expect(await count()).toBe(0)
  expect(await told()).toEqual([{ ...event, outcome: 'REFUSED', reason: 'BAD_USER_INPUT', subject: null }])
})

test('a payer of the same kind and name is there only once', async () => {
  await create({ kind: 'DONOR', name: 'Yayasan' })
  expect((await create({ kind: 'DONOR', name: 'Yayasan' })).errors).toMatchObject([
    { code: 'CONFLICT', field: 'input.name' },
  ])
  expect((await create({ kind: 'EMPLOYER', name: 'Yayasan' })).errors).toBeUndefined()
  expect(await count()).toBe(2)
})

test('an area has one government, however somebody spells its name', async () => {
  await create(regency)
  const { errors } = await create({ ...regency, name: 'Pemkab Tangerang' })
  expect(errors).toMatchObject([
    { code: 'CONFLICT', field: 'input.area', message: 'Kabupaten Tangerang governs 36.03 already.' },
  ])
  expect(await count()).toBe(1)
})

test('sent twice with one key, a payer is created once and answered twice', async () => {
  const input = { ...regency, idempotencyKey: 'payer-of-tangerang' }
  const [first, second] = [await create(input), await create(input)]
  expect(first.errors).toBeUndefined()
  expect(second.data).toEqual(first.data)
  expect(await count()).toBe(1)
  const other = await create({ ...input, name: 'Another' })
  expect(other.errors).toMatchObject([{ code: 'CONFLICT', field: 'input.idempotencyKey' }])
})

test.each<[string, Viewer, string]>([
  ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
  ['an approver of the whole country', aViewer('approver', ['*']), 'FORBIDDEN'],
])('%s may not create one, and it is recorded that he wanted to', async (_, viewer, code) => {
  const { errors } = await create(regency, viewer)
  expect(errors).toMatchObject([{ code }])
  expect(await count()).toBe(0)
  expect(await told()).toMatchObject([{ what: event.what, outcome: 'REFUSED', reason: code }])
})
