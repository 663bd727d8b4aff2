import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import type { PayerKind } from '../../src/payers/payer.entity.ts'
import { someAreas } from '../harness/areas.ts'
import { aBudget, aPayer, aProgram, aWorker, type InsertedPayer } from '../harness/builders.ts'
import { emptyTables } from '../harness/empty-tables.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { changesTold, type ToldEvent } from '../harness/told.ts'
import { askAs, aViewer } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, database rules and audit trail.

let hub: Hub
let told: () => Promise<ToldEvent[]>
let tangerang: InsertedPayer
let banten: InsertedPayer
let payers: Partial<Record<PayerKind, InsertedPayer>>
let ofTangerang: Viewer

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  tangerang = await aPayer('REGENCY', { area: '36.03', name: 'Tangerang' }).in(hub)
  banten = await aPayer('PROVINCE', { area: '36', name: 'Banten' }).in(hub)
  payers = { SELF: await aPayer('SELF').in(hub), EMPLOYER: await aPayer('EMPLOYER').in(hub) }
  ofTangerang = aViewer('approver', ['36.03'], { payer: tangerang.id })
  told = changesTold(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  await emptyTables(hub.db, 'budget', 'coverage_program')
  await told()
})

const FIELDS = `code name payer { name } fundingSource agency segment benefits categories maxDecile from to contribution
  legalBasis`
const CREATE = `mutation ($input: CreateProgramInput!) { createProgram(input: $input) { ${FIELDS} } }`
const REVISE = `mutation ($input: ReviseProgramInput!) { reviseProgram(input: $input) { __typename
  ... on CoverageProgram { ${FIELDS} } ... on RevisionRefusal { refused: code message field } } }`

const input = (more: object = {}) => ({
  code: 'RENTAN-2023',
  name: 'Pekerja rentan',
  payer: tangerang.id,
  fundingSource: 'APBD_REGENCY',
  benefits: ['JKK', 'JKM'],
  from: '2023-06',
  to: '2023-12',
  contribution: '16800',
  legalBasis: 'Perbup 1/2023',
  ...more,
})

const shown = {
  code: 'RENTAN-2023',
  name: 'Pekerja rentan',
  payer: { name: 'Tangerang' },
  fundingSource: 'APBD_REGENCY',
  agency: null,
  segment: 'BPU',
  benefits: ['JKK', 'JKM'],
  categories: null,
  maxDecile: null,
  from: '2023-06',
  to: '2023-12',
  contribution: '16800',
  legalBasis: 'Perbup 1/2023',
}

const create = (more: object = {}, viewer: Viewer = ofTangerang) =>
  askAs(hub, viewer, CREATE, { input: input(more) })
const revise = (changes: object, viewer: Viewer = ofTangerang) =>
  askAs(hub, viewer, REVISE, { input: { code: 'RENTAN-2023', ...changes } })
const stored = () => hub.db.query('/* test.programs */ select * from coverage_program order by code')

describe('a program', () => {
  test('is created by who acts for its payer, and the record names it', async () => {
    const { data, errors } = await create()
    expect(errors).toBeUndefined()
    expect(data.createProgram).toEqual(shown)
    expect(await told()).toEqual([
      {
        actor: 'approver',
        what: 'Mutation.createProgram',
        outcome: 'DONE',
        reason: null,
        subject: 'CoverageProgram:RENTAN-2023',
      },
    ])
  })

  test('is created with every limit it can have', async () => {
    const limits = {
      agency: 'Dinas Sosial',
      categories: ['FISHER', 'DRIVER'],
      maxDecile: 4,
      segment: 'JAKON',
    }
    const { data } = await create(limits)
    expect(data.createProgram).toEqual({ ...shown, ...limits })
  })

  test.each<[string, object, string]>([
    ['a code that begins with a digit', { code: '2023-RENTAN' }, 'input.code'],
    ['a code with a blank', { code: 'RENTAN 2023' }, 'input.code'],
    ['a code of 61 characters', { code: `A${'1'.repeat(60)}` }, 'input.code'],
    ['no name', { name: ' ' }, 'input.name'],
    ['a payer nobody knows', { payer: '999999' }, 'input.payer'],
    ['no benefit', { benefits: [] }, 'input.benefits'],
    ['a benefit twice', { benefits: ['JKK', 'JKK'] }, 'input.benefits'],
    ['nobody admitted', { categories: [] }, 'input.categories'],
    ['decile 0', { maxDecile: 0 }, 'input.maxDecile'],
    ['decile 11', { maxDecile: 11 }, 'input.maxDecile'],
    ['a last month before the first', { to: '2023-05' }, 'input.to'],
    ['the last month there is', { to: '2999-12' }, 'input.to'],
    ['a contribution below 0', { contribution: '-1' }, 'input.contribution'],
    ['no legal basis', { legalBasis: '' }, 'input.legalBasis'],
    ['a NIK in its legal basis', { legalBasis: 'SK 3603014105830001' }, 'input.legalBasis'],
  ])('with %s is refused, names %j and leaves nothing but the record', async (_, more, field) => {
    const { data, errors } = await create(more, ADMIN)
    expect(data).toEqual({ createProgram: null })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    expect(await stored()).toEqual([])
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', reason: 'BAD_USER_INPUT' }])
  })

  test.each<[string, PayerKind, object, string]>([
    [
      'a government that pays as if it were the people themselves',
      'REGENCY',
      { fundingSource: 'SELF' },
      'fundingSource',
    ],
    ['an employer that does', 'EMPLOYER', { fundingSource: 'SELF' }, 'fundingSource'],
    [
      'people who pay for themselves from a budget',
      'SELF',
      { fundingSource: 'APBD_REGENCY' },
      'fundingSource',
    ],
    ['a government that pays for wage earners', 'REGENCY', { segment: 'PU' }, 'segment'],
    ['people who are their own employer', 'SELF', { fundingSource: 'SELF', segment: 'PU' }, 'segment'],
  ])('of %s is neither created nor made by a revision', async (_, kind, more, field) => {
    const payer = kind === 'REGENCY' ? tangerang.id : payers[kind]!.id
    const refused = await create({ payer, ...more }, ADMIN)
    expect(refused.errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: `input.${field}` }])
    expect(await stored()).toEqual([])
    await create()
    const { errors } = await revise({ payer, ...more }, ADMIN)
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: `input.${field}` }])
  })

  test.each<[string, PayerKind, object]>([
    ['people who pay for themselves', 'SELF', { fundingSource: 'SELF' }],
    ['an employer for its wage earners', 'EMPLOYER', { fundingSource: 'EMPLOYER', segment: 'PU' }],
    ['an employer for others', 'EMPLOYER', { fundingSource: 'CSR' }],
  ])('of %s is created', async (_, kind, more) => {
    const { errors } = await create({ payer: payers[kind]!.id, ...more }, ADMIN)
    expect(errors).toBeUndefined()
  })

  test('whose code is taken is refused, whoever has it', async () => {
    await create()
    const { errors } = await create({ payer: banten.id }, ADMIN)
    expect(errors).toMatchObject([{ code: 'CONFLICT', field: 'input.code' }])
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
    await create()
    expect((await revise({ name: 'Otherwise' }, viewer())).errors).toMatchObject([{ code }])
    expect(await stored()).toMatchObject([{ name: 'Pekerja rentan' }])
  })

  test('is created once when it is sent twice with one key', async () => {
    const key = { idempotencyKey: 'program-2023' }
    const [first, second] = [await create(key), await create(key)]
    expect(first.errors).toBeUndefined()
    expect(second.data).toEqual(first.data)
  })

  test('spends the budgets of its agency, or all of its source when it names none', async () => {
    await aBudget(tangerang, 2023, 100n).heldBy('Dinas Sosial').in(hub)
    await aBudget(tangerang, 2023, 100n).heldBy('Dinas Pertanian').in(hub)
    await create({ code: 'ALL' })
    await create({ code: 'ONE', agency: 'Dinas Sosial' })
    const agencies = async (code: string) => {
      const { data } = await askAs(
        hub,
        ofTangerang,
        'query ($code: String!) { program(code: $code) { budgets { agency } } }',
        { code },
      )
      return data.program.budgets.map(({ agency }: { agency: string }) => agency)
    }
    expect(await agencies('ALL')).toEqual(['Dinas Sosial', 'Dinas Pertanian'])
    expect(await agencies('ONE')).toEqual(['Dinas Sosial'])
  })
})

describe('a program without anybody in it', () => {
  test('can be revised in everything but its code', async () => {
    await create({ categories: ['FISHER'], maxDecile: 4, agency: 'Dinas Sosial' })
    await told()
    const changes = {
      name: 'Otherwise',
      payer: banten.id,
      fundingSource: 'APBD_PROVINCE',
      agency: null,
      segment: 'PMI',
      benefits: ['JHT'],
      categories: null,
      maxDecile: null,
      from: '2024-01',
      to: '2024-02',
      contribution: '20000',
      legalBasis: 'Perda 1/2024',
    }
    const { data, errors } = await revise(changes, ADMIN)
    expect(errors).toBeUndefined()
    expect(data.reviseProgram).toEqual({
      __typename: 'CoverageProgram',
      code: 'RENTAN-2023',
      ...changes,
      payer: { name: 'Banten' },
    })
    expect(await told()).toMatchObject([{ outcome: 'DONE', subject: 'CoverageProgram:RENTAN-2023' }])
  })

  test('keeps what a revision does not name', async () => {
    await create({ categories: ['FISHER'], maxDecile: 4 })
    const { data } = await revise({ name: 'Otherwise' })
    expect(data.reviseProgram).toMatchObject({
      ...shown,
      name: 'Otherwise',
      categories: ['FISHER'],
      maxDecile: 4,
    })
  })

  test('that is so already is refused as nothing to do', async () => {
    await create()
    await told()
    const { data, errors } = await revise({ name: 'Pekerja rentan', benefits: ['JKM', 'JKK'] })
    expect(errors).toBeUndefined()
    expect(data.reviseProgram).toEqual({
      __typename: 'RevisionRefusal',
      refused: 'NOTHING_TO_DO',
      message: 'The program is so already.',
      field: null,
    })
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', subject: 'CoverageProgram:RENTAN-2023' }])
  })

  test('is not given to a payer for whom the viewer does not act', async () => {
    await create()
    expect((await revise({ payer: banten.id })).errors).toMatchObject([
      { code: 'FORBIDDEN', field: 'input.payer' },
    ])
    expect((await revise({ payer: '999999' })).errors).toMatchObject([
      { code: 'BAD_USER_INPUT', field: 'input.payer' },
    ])
  })

  test('is revised in the ways a new one may be, and in no other', async () => {
    await create()
    for (const [changes, field] of [
      [{ to: '2023-05' }, 'input.to'],
      [{ benefits: [] }, 'input.benefits'],
      [{ name: null }, 'input.name'],
      [{ segment: null }, 'input.segment'],
    ] as const)
      expect((await revise(changes)).errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    expect((await revise({ code: 'NOBODY' })).errors).toMatchObject([
      { code: 'BAD_USER_INPUT', field: 'input.code' },
    ])
  })

  test('with a code of old is revised all the same, and the record tells the mutation only', async () => {
    await aProgram(tangerang).coded('old code/1').in(hub)
    const { data, errors } = await revise({ code: 'old code/1', name: 'Otherwise' })
    expect(errors).toBeUndefined()
    expect(data.reviseProgram).toMatchObject({ name: 'Otherwise' })
    expect(await told()).toMatchObject([{ what: 'Mutation.reviseProgram', outcome: 'DONE', subject: null }])
  })
})

describe('a program with people in it', () => {
  beforeEach(async () => {
    const program = await aProgram(tangerang).coded('RENTAN-2023').during('2023-01..2023-12').in(hub)
    const budget = await aBudget(tangerang, 2023, 1_000_000n)
      .committing(8n * 16_800n)
      .in(hub)
    await aWorker()
      .coveredBy(program, '2023-03..2023-05', { chargedTo: [budget] })
      .in(hub)
    await aWorker()
      .coveredBy(program, '2023-04..2023-08', { chargedTo: [budget] })
      .in(hub)
    await told()
  })

  test.each<[string, object]>([
    ['payer', { payer: 'banten' }],
    ['fundingSource', { fundingSource: 'DBH_CHT' }],
    ['segment', { segment: 'PU' }],
    ['benefits', { benefits: ['JKK'] }],
    ['from', { from: '2023-04' }],
    ['to', { to: '2023-07' }],
  ])('keeps its %s, because what was done rests on it', async (field, change) => {
    const before = await stored()
    const changes = 'payer' in change ? { payer: banten.id } : change
    const { data, errors } = await revise({ name: 'Otherwise', ...changes }, ADMIN)
    expect(errors).toBeUndefined()
    expect(data.reviseProgram).toMatchObject({ refused: 'BREAKS_THE_PAST', field })
    expect(data.reviseProgram.message).toMatch(/^People are enrolled in/)
    expect(await stored()).toEqual(before)
    expect(await told()).toMatchObject([
      { outcome: 'REFUSED', reason: null, subject: 'CoverageProgram:RENTAN-2023' },
    ])
  })

  test('can shrink to the months they have, and grow', async () => {
    expect((await revise({ from: '2023-03', to: '2023-08' })).data.reviseProgram).toMatchObject({
      from: '2023-03',
      to: '2023-08',
    })
    expect((await revise({ from: '2022-12', to: '2024-06' })).data.reviseProgram).toMatchObject({
      from: '2022-12',
      to: '2024-06',
    })
  })

  test('can admit others, be planned otherwise and spend another agency’s budgets, for people to come', async () => {
    const charged = () => hub.db.query('/* test.lines */ select * from coverage_line order by id')
    const before = await charged()
    const changes = {
      name: 'Otherwise',
      agency: 'Dinas Sosial',
      categories: ['FISHER'],
      maxDecile: 2,
      contribution: '20000',
      legalBasis: 'Perbup 2/2023',
    }
    expect((await revise(changes)).data.reviseProgram).toMatchObject(changes)
    expect(await charged()).toEqual(before)
    expect((await verifyLedger(hub.db)).broken).toEqual([])
  })
})
