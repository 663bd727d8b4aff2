import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { loadRates, readRates } from '../../seeds/load-rates.ts'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { monthOf } from '../../src/kernel/month.ts'
import { type Rate, rateName } from '../../src/programs/contribution-rate.rules.ts'
import { someAreas } from '../harness/areas.ts'
import { aBudget, aPayer, aProgram, aWorker } from '../harness/builders.ts'
import { emptyTables } from '../harness/empty-tables.ts'
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
  await emptyTables(hub.db, 'contribution_rate', 'coverage_program')
  await told()
})

const RECORD = `mutation ($input: RecordContributionRateInput!) { recordContributionRate(input: $input) { __typename
  ... on ContributionRate { id segment benefit variant payer sector amount basisPoints minimum maximum effectiveFrom
    effectiveTo legalBasis standing }
  ... on RevisionRefusal { code message field } } }`

const input = (more: object = {}) => ({
  segment: 'BPU',
  benefit: 'JKM',
  variant: 'FLAT',
  amount: '6800',
  from: '2015-07',
  legalBasis: 'PP 44/2015',
  standing: 'VERIFIED',
  ...more,
})

const record = async (more: object = {}, viewer: Viewer = ADMIN) => {
  const { data, errors } = await askAs(hub, viewer, RECORD, { input: input(more) })
  return { rate: data?.recordContributionRate, errors }
}

/** What is in force when, of one thing: `6800 2015-07..`. */
const stored = async () => {
  const rows = await hub.db.query<{ text: string }>(
    `/* test.rates */ select concat(coalesce(amount, basis_points), ' ', to_char(effective_from, 'YYYY-MM'), '..',
      to_char(effective_to, 'YYYY-MM')) as text
    from contribution_rate order by segment, benefit, variant, payer, sector, effective_from`,
  )
  return rows.map(({ text }) => text)
}

/** Somebody whose months of 2022-11 to 2023-03 are charged for JKK and JKM. */
async function chargedMonths(): Promise<void> {
  const payer = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const [before, after] = [
    await aBudget(payer, 2022, 1_000_000n).in(hub),
    await aBudget(payer, 2023, 1_000_000n).in(hub),
  ]
  const program = await aProgram(payer).in(hub)
  await aWorker()
    .coveredBy(program, '2022-11..2023-03', { chargedTo: [before, after] })
    .in(hub)
}

describe('a contribution rate', () => {
  test('is recorded by an admin, and the record names it', async () => {
    const { rate, errors } = await record()
    expect(errors).toBeUndefined()
    const { id, ...facts } = rate
    expect(facts).toEqual({
      __typename: 'ContributionRate',
      segment: 'BPU',
      benefit: 'JKM',
      variant: 'FLAT',
      payer: 'ANY',
      sector: 'ANY',
      amount: '6800',
      basisPoints: null,
      minimum: null,
      maximum: null,
      effectiveFrom: '2015-07',
      effectiveTo: null,
      legalBasis: 'PP 44/2015',
      standing: 'VERIFIED',
    })
    expect(await told()).toEqual([
      {
        actor: 'admin',
        what: 'Mutation.recordContributionRate',
        outcome: 'DONE',
        reason: null,
        subject: `ContributionRate:${id}`,
      },
    ])
  })

  test('can be a share of income between two bounds, for some payers and a sector, to a month', async () => {
    const facts = {
      amount: null,
      basisPoints: 50,
      minimum: '5000',
      maximum: '103500',
      payer: 'OTHER',
      sector: 'TRANSPORT',
    }
    const { rate } = await record({ ...facts, from: '2026-01', to: '2027-03' })
    expect(rate).toMatchObject({ ...facts, effectiveFrom: '2026-01', effectiveTo: '2027-03' })
  })

  test.each<[string, object, string]>([
    ['a variant in small letters', { variant: 'flat' }, 'input.variant'],
    ['two kinds of price', { basisPoints: 1 }, 'input.amount'],
    ['no price', { amount: null }, 'input.amount'],
    ['a share of more than all', { amount: null, basisPoints: 10_001 }, 'input.basisPoints'],
    ['bounds of an amount', { minimum: '1' }, 'input.minimum'],
    ['an end before its start', { to: '2015-06' }, 'input.to'],
    ['no legal basis', { legalBasis: '' }, 'input.legalBasis'],
  ])('with %s is refused, names %j and leaves nothing but the record', async (_, more, field) => {
    const { rate, errors } = await record(more)
    expect(rate).toBeNull()
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    expect(await stored()).toEqual([])
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', reason: 'BAD_USER_INPUT' }])
  })

  test('that is recorded already is nothing to do', async () => {
    await record()
    expect((await record()).rate).toMatchObject({ __typename: 'RevisionRefusal', code: 'NOTHING_TO_DO' })
    expect(await stored()).toEqual(['6800 2015-07..'])
  })

  test.each<[string, Viewer, string]>([
    ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
    ['an approver of the whole country', aViewer('approver', ['*']), 'FORBIDDEN'],
  ])('is not recorded by %s', async (_, viewer, code) => {
    expect((await record({}, viewer)).errors).toMatchObject([{ code }])
    expect(await stored()).toEqual([])
  })

  test('is recorded once when it is sent twice with one key', async () => {
    const key = { idempotencyKey: 'rate-of-2015' }
    const [first, second] = [await record(key), await record(key)]
    expect(second).toEqual(first)
    expect(await stored()).toHaveLength(1)
  })
})

describe('a rate that begins', () => {
  test('ends the one of the same thing that held without an end, in the month before', async () => {
    await record()
    await record({ amount: '7000', from: '2024-01' })
    expect(await stored()).toEqual(['6800 2015-07..2023-12', '7000 2024-01..'])
  })

  test('between two others holds until the second, and ends the first', async () => {
    await record()
    await record({ amount: '7000', from: '2024-01' })
    await record({ amount: '6900', from: '2020-01' })
    expect(await stored()).toEqual(['6800 2015-07..2019-12', '6900 2020-01..2023-12', '7000 2024-01..'])
  })

  test('before all others holds until the first of them', async () => {
    await record()
    await record({ amount: '6000', from: '2014-01' })
    expect(await stored()).toEqual(['6000 2014-01..2015-06', '6800 2015-07..'])
  })

  test('leaves those of other things as they are', async () => {
    await record()
    await record({ variant: 'BAND', from: '2024-01' })
    await record({ payer: 'OTHER', from: '2024-01' })
    await record({ sector: 'TRANSPORT', from: '2024-01' })
    expect((await stored()).filter((text) => text.endsWith('..'))).toHaveLength(4)
  })

  test.each<[string, object, string]>([
    ['before one ends that has a last month', { from: '2019-06' }, 'input.from'],
    ['and reaches into a later one', { from: '2013-01', to: '2016-01' }, 'input.to'],
  ])('%s is refused', async (_, months, field) => {
    await record({ to: '2019-12' })
    const { errors } = await record({ amount: '7000', ...months })
    expect(errors).toMatchObject([{ code: 'CONFLICT', field }])
    expect(await stored()).toEqual(['6800 2015-07..2019-12'])
  })
})

describe('months that are charged', () => {
  beforeEach(async () => {
    await record()
    await record({ benefit: 'JHT', amount: '20000' })
    await chargedMonths()
    await told()
  })

  test.each<[string, object]>([
    ['begins in them', { amount: '7000', from: '2023-03' }],
    ['begins before them', { amount: '7000', from: '2022-01' }],
    ['reaches into them', { amount: '7000', from: '2022-01', to: '2022-11' }],
    ['is for others', { amount: '3400', payer: 'OTHER', from: '2023-01' }],
    ['corrects the price', { amount: '7000' }],
    ['ends before they do', { to: '2023-02' }],
  ])('keep their price: a rate is refused that %s', async (_, more) => {
    const before = await stored()
    const { rate, errors } = await record(more)
    expect(errors).toBeUndefined()
    expect(rate).toEqual({
      __typename: 'RevisionRefusal',
      code: 'BREAKS_THE_PAST',
      message:
        'Months through 2023-03 are charged for BPU JKM; a rate that changes what they cost cannot begin in them.',
      field: 'from',
    })
    expect(await stored()).toEqual(before)
    expect(await told()).toMatchObject([{ outcome: 'REFUSED', reason: null }])
  })

  test.each<[string, object]>([
    ['begins after them', { amount: '7000', from: '2023-04' }],
    ['ends before them', { amount: '7000', payer: 'OTHER', from: '2022-01', to: '2022-10' }],
    ['costs the same', { from: '2023-01', legalBasis: 'PP 1/2023' }],
    ['corrects the legal basis', { legalBasis: 'PP 44/2015 art. 5' }],
    ['ends with them', { to: '2023-03' }],
    ['is for a benefit nobody is charged for', { benefit: 'JHT', amount: '21000', from: '2023-01' }],
    ['is for another segment', { segment: 'PU', amount: '7000', from: '2023-01' }],
  ])('do not hinder a rate that %s', async (_, more) => {
    expect((await record(more)).rate).toMatchObject({ __typename: 'ContributionRate' })
  })
})

/** Every rate with all that is recorded of it, by the name that it has in the file. */
const named = async () => {
  const rows = await hub.db.query<{ id: string; effective_from: string } & Rate>(
    `/* test.named */ select * from contribution_rate
      order by segment, benefit, variant, payer, sector, effective_from`,
  )
  return rows.map(({ id: _, ...row }) =>
    [rateName({ ...row, from: monthOf(row.effective_from) }), JSON.stringify(row)].join(': '),
  )
}

describe('the rates that come with the hub', () => {
  const bring = () => hub.db.transaction((query) => loadRates(query))

  test('are the ones of the file, whatever is brought how often', async () => {
    await bring()
    const before = await stored()
    expect(before).toHaveLength(readRates().length)
    await bring()
    expect(await stored()).toEqual(before)
  })

  test('do not undo what somebody has recorded since', async () => {
    await bring()
    await record({ amount: '7000', from: '2027-01' })
    await record({ amount: '6900', legalBasis: 'corrected' })
    const before = await stored()
    await bring()
    expect(await stored()).toEqual(before)
    expect(before).toEqual(expect.arrayContaining(['6900 2015-07..2026-12', '7000 2027-01..']))
  })

  test('leave months alone that are charged', async () => {
    await bring()
    const all = await named()
    await hub.db.query('truncate contribution_rate')
    await chargedMonths()
    await bring()
    const isProtected = ({ segment, benefit, from, to }: Rate) =>
      segment === 'BPU' &&
      ['JKK', 'JKM'].includes(benefit) &&
      from <= '2023-03' &&
      (to ?? '9999-12') >= '2022-11'
    const left = readRates().filter(isProtected).map(rateName)
    expect(left).toEqual([
      'BPU JKK BAND from 2015-07',
      'BPU JKK LOWEST_BAND from 2015-07',
      'BPU JKM FLAT from 2015-07',
    ])
    expect(await named()).toEqual(all.filter((row) => !left.some((name) => row.startsWith(`${name}:`))))
  })
})
