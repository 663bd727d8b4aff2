import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import { aPayer, aProgram, aWorker, type InsertedPayer } from '../harness/builders.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, database rules and audit trail.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
let tangerang: InsertedPayer
let banten: InsertedPayer

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  tangerang = await aPayer('REGENCY', { area: '36.03', name: 'Tangerang' }).in(hub)
  banten = await aPayer('PROVINCE', { area: '36', name: 'Banten' }).in(hub)
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  await hub.db.query('/* test.none */ delete from agreement')
  await recorded()
})

const CREATE = `mutation ($input: CreateAgreementInput!) { createAgreement(input: $input) {
  first { name } second { name } from to reference } }`

const input = (more: object = {}) => ({
  first: tangerang.id,
  second: banten.id,
  from: '2023-01-01',
  to: '2023-12-31',
  reference: 'PKS 1/2023',
  ...more,
})

const create = (more: object = {}, viewer: Viewer = ADMIN) =>
  askAs(hub, viewer, CREATE, { input: input(more) })

const count = async () => (await hub.db.query('/* test.agreements */ select from agreement')).length

const event = {
  actor: 'admin',
  action: 'MUTATION',
  what: 'Mutation.createAgreement',
  purpose: null,
  workers: [],
  people: 0,
}

test('an agreement is made by an admin, with its last day, and recorded', async () => {
  const { data, errors } = await create()
  expect(errors).toBeUndefined()
  expect(data.createAgreement).toEqual({
    first: { name: 'Tangerang' },
    second: { name: 'Banten' },
    from: '2023-01-01',
    to: '2023-12-31',
    reference: 'PKS 1/2023',
  })
  expect(await recorded()).toEqual([{ ...event, outcome: 'DONE', reason: null }])
})

test('an agreement has one order of its two parties, in whichever they come', async () => {
  const { data } = await create({ first: banten.id, second: tangerang.id, to: null })
  expect(data.createAgreement).toMatchObject({
    first: { name: 'Tangerang' },
    second: { name: 'Banten' },
    to: null,
  })
  const again = await create({ from: '2030-01-01', to: null })
  expect(again.errors).toMatchObject([{ code: 'CONFLICT' }])
})

test('an agreement of one day holds on that day', async () => {
  const { data } = await create({ from: '2023-05-15', to: '2023-05-15' })
  expect(data.createAgreement).toMatchObject({ from: '2023-05-15', to: '2023-05-15' })
})

test.each<[string, object, boolean]>([
  ['the same days', {}, false],
  ['the last day of the other', { from: '2023-12-31', to: null }, false],
  ['a day within it', { from: '2023-06-01', to: '2023-06-01' }, false],
  ['all days from before it', { from: '2020-01-01', to: null }, false],
  ['the days after it', { from: '2024-01-01', to: null }, true],
  ['the days before it', { from: '2022-01-01', to: '2022-12-31' }, true],
])('a second agreement of two payers for %s: %j', async (_, days, fits) => {
  await create()
  await recorded()
  const { data, errors } = await create({ ...days, first: banten.id, second: tangerang.id })
  if (fits) {
    expect(errors).toBeUndefined()
    expect(await count()).toBe(2)
    return
  }
  expect(data).toEqual({ createAgreement: null })
  expect(errors).toMatchObject([{ code: 'CONFLICT', field: 'input.from' }])
  expect(await count()).toBe(1)
  expect(await recorded()).toEqual([{ ...event, outcome: 'REFUSED', reason: 'CONFLICT' }])
})

test.each<[string, object, string]>([
  ['a first payer nobody knows', { first: '999999' }, 'input.first'],
  ['a second payer nobody knows', { second: '999999' }, 'input.second'],
  ['an id that no payer can have', { first: "1'; drop table payer" }, 'input.first'],
  ['an id with a zero before it', { second: '02' }, 'input.second'],
  ['a last day before the first', { from: '2023-02-02', to: '2023-02-01' }, 'input.to'],
  ['no reference', { reference: '' }, 'input.reference'],
  ['a blank reference', { reference: ' \t ' }, 'input.reference'],
  ['a reference of 201 characters', { reference: 'x'.repeat(201) }, 'input.reference'],
])('an agreement with %s is refused, names %j and leaves nothing but the record', async (_, more, field) => {
  const { data, errors } = await create(more)
  expect(data).toEqual({ createAgreement: null })
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  expect(await count()).toBe(0)
  expect(await recorded()).toEqual([{ ...event, outcome: 'REFUSED', reason: 'BAD_USER_INPUT' }])
})

test('a payer has no agreement with himself', async () => {
  const { errors } = await create({ second: tangerang.id })
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.second' }])
})

test.each<[string, () => Viewer, string]>([
  ['nobody', () => ANONYMOUS, 'UNAUTHENTICATED'],
  ["a party's own clerk", () => aViewer('clerk', ['36.03'], { payer: tangerang.id }), 'FORBIDDEN'],
  ['an approver', () => aViewer('approver', ['*']), 'FORBIDDEN'],
])('%s may not make one, and it is recorded that he wanted to', async (_, viewer, code) => {
  const { data, errors } = await create({}, viewer())
  expect(data).toBeUndefined()
  expect(errors).toMatchObject([{ code }])
  expect(await count()).toBe(0)
  expect(await recorded()).toMatchObject([
    { what: 'Mutation.createAgreement', outcome: 'REFUSED', reason: code },
  ])
})

describe('the name of a payer', () => {
  test('is known from the moment an agreement is made, and no longer when it has ended', async () => {
    const program = await aProgram(banten).in(hub)
    const { id } = await aWorker().coveredBy(program, '2023-01..2023-06').in(hub)
    const clerk = aViewer('clerk', ['36.03'], { payer: tangerang.id })
    const payerSeen = async () => {
      const { data } = await askAs(
        hub,
        clerk,
        'query ($id: ID!) { worker(id: $id) { coverage { payer { name } } } }',
        { id },
      )
      return data.worker.coverage[0].payer
    }
    expect(await payerSeen()).toBeNull()
    await create({ from: '2023-05-16', to: null })
    expect(await payerSeen()).toBeNull()
    await create({ from: '2023-05-15', to: '2023-05-15' })
    expect(await payerSeen()).toEqual({ name: 'Banten' })
    await hub.db.query(
      `/* test.end */ update agreement set period = '[2023-05-01,2023-05-15)' where upper(period) is not null`,
    )
    expect(await payerSeen()).toBeNull()
  })
})
