import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import { aBudget, aPayer, type InsertedPayer } from '../harness/builders.ts'
import { emptyTables } from '../harness/empty-tables.ts'
import { ADMIN, openTestHub, TODAY } from '../harness/hub.ts'
import { changesTold, type ToldEvent } from '../harness/told.ts'
import { askAs, aViewer } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, ledger and audit trail.

let hub: Hub
let told: () => Promise<ToldEvent[]>
let tangerang: InsertedPayer
let banten: InsertedPayer
let ofTangerang: Viewer

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  tangerang = await aPayer('REGENCY', { area: '36.03', name: 'Tangerang' }).in(hub)
  banten = await aPayer('PROVINCE', { area: '36', name: 'Banten' }).in(hub)
  ofTangerang = aViewer('approver', ['36.03'], { payer: tangerang.id })
  told = changesTold(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  await emptyTables(hub.db, 'budget')
  await told()
})

const FIELDS = `payer { name } fiscalYear fundingSource agency accountCode version originalCeiling ceiling committed
  entries { nodes { kind ceilingDelta enteredOn note } }`
const CREATE = `mutation ($input: CreateBudgetInput!) { createBudget(input: $input) { id ${FIELDS} } }`
const REVISE = `mutation ($input: ReviseBudgetInput!) { reviseBudget(input: $input) { __typename
  ... on Budget { ${FIELDS} } ... on RevisionRefusal { code message field } } }`

const input = (more: object = {}) => ({
  payer: tangerang.id,
  fiscalYear: 2023,
  fundingSource: 'APBD_REGENCY',
  agency: 'Dinas Tenaga Kerja',
  ceiling: '12550000000',
  note: 'APBD murni 2023',
  ...more,
})

const create = (more: object = {}, viewer: Viewer = ofTangerang) =>
  askAs(hub, viewer, CREATE, { input: input(more) })
const revise = (budget: string, more: object, viewer: Viewer = ofTangerang) =>
  askAs(hub, viewer, REVISE, { input: { budget, note: 'Perubahan APBD 2023', ...more } })
const stored = () =>
  hub.db.query(`/* test.budgets */ select budget.*, entry.id as entry from budget
    left join budget_entry as entry on budget_id = budget.id order by budget.id, entry.id`)

const allocated = { kind: 'ALLOCATE', ceilingDelta: '12550000000', note: 'APBD murni 2023' }

describe('a budget', () => {
  test('is created as adopted, explained by its ledger, and the record names it', async () => {
    const { data, errors } = await create({ enteredOn: '2022-12-15', accountCode: '5.1.02.02.02.0006' })
    expect(errors).toBeUndefined()
    const { id, ...budget } = data.createBudget
    expect(budget).toEqual({
      payer: { name: 'Tangerang' },
      fiscalYear: 2023,
      fundingSource: 'APBD_REGENCY',
      agency: 'Dinas Tenaga Kerja',
      accountCode: '5.1.02.02.02.0006',
      version: 'ORIGINAL',
      originalCeiling: '12550000000',
      ceiling: '12550000000',
      committed: '0',
      entries: { nodes: [{ ...allocated, enteredOn: '2022-12-15' }] },
    })
    expect(await told()).toEqual([
      {
        actor: 'approver',
        what: 'Mutation.createBudget',
        outcome: 'DONE',
        reason: null,
        subject: `Budget:${id}`,
      },
    ])
  })

  test('without a business date is entered today', async () => {
    const { data } = await create()
    expect(data.createBudget.entries.nodes).toEqual([{ ...allocated, enteredOn: TODAY }])
  })

  test.each<[string, object, string]>([
    ['a payer nobody knows', { payer: '999999' }, 'input.payer'],
    ['a year before 2000', { fiscalYear: 1999 }, 'input.fiscalYear'],
    ['no agency', { agency: '' }, 'input.agency'],
    ['an account code that is none', { accountCode: '5.1' }, 'input.accountCode'],
    ['no money', { ceiling: '0' }, 'input.ceiling'],
    ['less than no money', { ceiling: '-5' }, 'input.ceiling'],
    ['no note', { note: ' ' }, 'input.note'],
    ['a NIK in its note', { note: 'for 3603014105830001' }, 'input.note'],
    ['a day that has not come', { enteredOn: '2023-05-16' }, 'input.enteredOn'],
  ])('with %s is refused, names %j and leaves nothing but the record', async (_, more, field) => {
    const { data, errors } = await create(more, ADMIN)
    expect(data).toEqual({ createBudget: null })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    expect(await stored()).toEqual([])
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', reason: 'BAD_USER_INPUT' }])
  })

  test('is of people’s own money exactly where they pay for themselves', async () => {
    const self = await aPayer('SELF').in(hub)
    for (const more of [{ fundingSource: 'SELF' }, { payer: self.id }]) {
      const { errors } = await create(more, ADMIN)
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.fundingSource' }])
    }
    expect(await stored()).toEqual([])
    expect((await create({ payer: self.id, fundingSource: 'SELF' }, ADMIN)).errors).toBeUndefined()
  })

  test('is there once for a year, a source and an agency', async () => {
    await create()
    expect((await create({ ceiling: '1' })).errors).toMatchObject([
      { code: 'CONFLICT', field: 'input.agency' },
    ])
    expect((await create({ agency: 'Dinas Sosial' })).errors).toBeUndefined()
    expect((await create({ fiscalYear: 2024 })).errors).toBeUndefined()
    expect(await stored()).toHaveLength(3)
  })

  test('is created once when it is sent twice with one key', async () => {
    const key = { idempotencyKey: 'budget-2023' }
    const [first, second] = [await create(key), await create(key)]
    expect(first.errors).toBeUndefined()
    expect(second.data).toEqual(first.data)
    expect(await stored()).toHaveLength(1)
  })

  test.each<[string, () => Viewer, string]>([
    ['nobody', () => ANONYMOUS, 'UNAUTHENTICATED'],
    ['a clerk of its payer', () => aViewer('clerk', ['36.03'], { payer: tangerang.id }), 'FORBIDDEN'],
    ['an approver of another payer', () => aViewer('approver', ['36'], { payer: banten.id }), 'FORBIDDEN'],
    ['an admin of one province only', () => aViewer('admin', ['36']), 'FORBIDDEN'],
  ])('is neither created nor revised by %s', async (_, viewer, code) => {
    expect((await create({}, viewer())).errors).toMatchObject([{ code }])
    expect(await stored()).toEqual([])
    const { id } = await aBudget(tangerang, 2023, 100n).in(hub)
    const before = await stored()
    expect((await revise(id, { ceiling: '200' }, viewer())).errors).toMatchObject([{ code }])
    expect(await stored()).toEqual(before)
  })
})

describe('the ceiling of a budget', () => {
  test.each([
    ['raised', '150', '50'],
    ['lowered to what is committed', '60', '-40'],
  ])('is %s by a revision, and the ledger says by how much', async (_, ceiling, ceilingDelta) => {
    const { id } = await aBudget(tangerang, 2023, 100n).committing(60n).in(hub)
    const { data, errors } = await revise(id, { ceiling, enteredOn: '2023-05-10' })
    expect(errors).toBeUndefined()
    expect(data.reviseBudget).toMatchObject({
      __typename: 'Budget',
      version: 'REVISED',
      originalCeiling: '100',
      ceiling,
      committed: '60',
    })
    expect(data.reviseBudget.entries.nodes.at(-1)).toEqual({
      kind: 'REVISE',
      ceilingDelta,
      enteredOn: '2023-05-10',
      note: 'Perubahan APBD 2023',
    })
    expect(await told()).toMatchObject([
      { what: 'Mutation.reviseBudget', outcome: 'DONE', subject: `Budget:${id}` },
    ])
  })

  test.each<[string, object, object]>([
    [
      'below what is committed',
      { ceiling: '59' },
      {
        code: 'OVER_BUDGET',
        field: 'ceiling',
        message: 'Rp 60 is committed already, so the ceiling cannot be lower than that.',
      },
    ],
    ['that is there already', { ceiling: '100' }, { code: 'NOTHING_TO_DO', field: 'ceiling' }],
    [
      'on a day before its last change',
      { ceiling: '200', enteredOn: '2023-01-01' },
      { code: 'BREAKS_THE_PAST', field: 'enteredOn' },
    ],
  ])('%s is refused, and nothing is left but the record', async (_, more, refusal) => {
    const { id } = await aBudget(tangerang, 2023, 100n).committing(60n).in(hub)
    const before = await stored()
    const { data, errors } = await revise(id, more)
    expect(errors).toBeUndefined()
    expect(data.reviseBudget).toMatchObject({ __typename: 'RevisionRefusal', ...refusal })
    expect(await stored()).toEqual(before)
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', reason: null, subject: `Budget:${id}` }])
  })

  test('is lowered on no day before an entry of any kind, and raised on any since its last change', async () => {
    const { id } = await aBudget(tangerang, 2023, 100n).on('2023-03-01').committing(60n).in(hub)
    // Since then 50 were released: what is committed now would allow it, and what was committed in March would not.
    await hub.db.query(
      `/* test.release */ insert into budget_entry (budget_id, kind, ceiling_delta, committed_delta, paid_delta, entered_on,
        note) values ($1, 'RELEASE', 0, -50, 0, '2023-04-01', 'released')`,
      [id],
    )
    for (const enteredOn of ['2023-02-01', '2023-03-31']) {
      const { data, errors } = await revise(id, { ceiling: '50', enteredOn })
      expect(errors).toBeUndefined()
      expect(data.reviseBudget).toEqual({
        __typename: 'RevisionRefusal',
        code: 'BREAKS_THE_PAST',
        field: 'enteredOn',
        message: 'The last entry of its ledger is of 2023-04-01; a ceiling cannot be lowered before that.',
      })
    }
    expect((await revise(id, { ceiling: '150', enteredOn: '2023-02-01' })).data.reviseBudget).toMatchObject({
      ceiling: '150',
    })
    expect((await revise(id, { ceiling: '50', enteredOn: '2023-04-01' })).data.reviseBudget).toMatchObject({
      ceiling: '50',
    })
  })

  test.each<[string, object, string]>([
    ['below 0', { ceiling: '-1' }, 'input.ceiling'],
    ['without a note', { ceiling: '200', note: '' }, 'input.note'],
    ['on a day that has not come', { ceiling: '200', enteredOn: '2023-05-16' }, 'input.enteredOn'],
    ['of no budget', { ceiling: '200', budget: '999999' }, 'input.budget'],
    ['of what cannot be a budget', { ceiling: '200', budget: "1'; drop table budget" }, 'input.budget'],
  ])('%s is a mistake in %j', async (_, more, field) => {
    const { id } = await aBudget(tangerang, 2023, 100n).in(hub)
    const { errors } = await revise(id, more)
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  })

  test('is revised once when that is sent twice with one key', async () => {
    const { id } = await aBudget(tangerang, 2023, 100n).in(hub)
    const key = { ceiling: '150', idempotencyKey: 'revision-2023' }
    const [first, second] = [await revise(id, key), await revise(id, key)]
    expect(first.data.reviseBudget.ceiling).toBe('150')
    expect(second.data).toEqual(first.data)
    expect(await stored()).toHaveLength(2)
  })
})
