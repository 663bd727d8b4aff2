import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ANONYMOUS, reaches, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedPayer,
  type InsertedProgram,
} from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'
import { runPlain, type Variables } from '../harness/operations.ts'
import { askAs, aViewer } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, planner and rules. Every question takes both paths, which must agree.
//
// Of 12 eligible people in Tangerang 7 are covered, of 8 in Pandeglang 3, and of 2 in the city none.

let hub: Hub
let tangerang: InsertedPayer
let program: InsertedProgram

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const pandeglang = await aPayer('REGENCY', { area: '36.01' }).in(hub)
  program = await aProgram(tangerang).coded('TNG').paying('JKK', 'JKM').in(hub)
  const other = await aProgram(pandeglang).coded('PDG').paying('JKK').in(hub)
  await aBudget(tangerang, 2023, 12_345_678_901n).committing(4_567_890_123n).payingOut(499_999n).in(hub)
  await aBudget(pandeglang, 2023, 1_400_000n).in(hub)
  const people = async (count: number, village: string, covered: number, by: InsertedProgram) => {
    for (let n = 0; n < count; n++) {
      const worker = aWorker()
        .livingIn(village)
        .aged(40)
        .inDecile(1)
        .working(n === 0 ? 'FISHER' : 'FARMER')
      if (n < covered) worker.coveredBy(by, '2023-01..2023-12')
      await worker.in(hub)
    }
  }
  await people(12, '36.03.01.2003', 7, program)
  await people(8, '36.01.01.2001', 3, other)
  await people(2, '36.71.01.1001', 0, program)
})
afterAll(() => hub?.close())

/** Works for the payer of the area, which is the first of the hub. */
const clerk = aViewer('clerk', ['36.03'], { payer: '1' })
const analyst = aViewer('analyst', ['36.03'])
const ministry = aViewer('analyst', ['*'])
const withoutExact: Viewer = { ...clerk, permissions: new Set(['registry:read']) }

async function ask(viewer: Viewer, query: string, variables: Variables = {}) {
  const { data, errors } = await askAs(hub, viewer, query, variables)
  expect(errors).toBeUndefined()
  const context = () => hub.context({ viewer })
  expect((await runPlain({ planner: hub.planner, context }, query, variables)).data).toEqual(data)
  return data
}

const COUNTS =
  'eligibleWorkers coveredWorkers eligibleCoveredWorkers uncoveredWorkers committedUnpaidWorkers coverageRate exact'
const counts = (eligible: number, covered: number, uncovered: number, exact: boolean) => ({
  eligibleWorkers: eligible,
  coveredWorkers: covered,
  eligibleCoveredWorkers: covered,
  uncoveredWorkers: uncovered,
  committedUnpaidWorkers: 0,
  coverageRate: eligible === 0 ? null : covered / eligible,
  exact,
})

const EXACT = { tangerang: counts(12, 7, 5, true), country: counts(22, 10, 12, true) }
const ROUNDED = {
  tangerang: counts(10, 5, 5, false),
  pandeglang: counts(10, 5, 5, false),
  city: counts(0, 0, 0, false),
  banten: counts(20, 10, 10, false),
}

const OF_TANGERANG = `{ coverageSummary(scope: "36.03") { ${COUNTS} } }`

describe('numbers of one area', () => {
  test.each<[string, Viewer]>([
    ['somebody without a token', ANONYMOUS],
    ['a partner', aViewer('partner', ['36.03'])],
    ['a viewer of the area without the permission', withoutExact],
    ['an analyst of another area', aViewer('analyst', ['36.01'])],
    ['an analyst of a part of the area', aViewer('analyst', ['36.03.01'])],
    ['an analyst of no area', aViewer('analyst', [])],
  ])('are rounded to 5 for %s, and the rate is that of the numbers shown', async (_, viewer) => {
    expect((await ask(viewer, OF_TANGERANG)).coverageSummary).toEqual(ROUNDED.tangerang)
  })

  test.each<[string, Viewer]>([
    ['of the regency', clerk],
    ['of the province', aViewer('analyst', ['36'])],
    ['of two areas, one of them this', aViewer('analyst', ['11', '36.03'])],
    ['of the whole country', ministry],
  ])('are exact for an analyst %s', async (_, viewer) => {
    expect((await ask(viewer, OF_TANGERANG)).coverageSummary).toEqual(EXACT.tangerang)
  })

  test('are rounded for a clerk where the area is larger than his own, and nobody’s number adds up then', async () => {
    const { coverageSummary, country } = await ask(
      clerk,
      `{ coverageSummary(scope: "36") { ${COUNTS} } country: coverageSummary { ${COUNTS} } }`,
    )
    expect([coverageSummary, country]).toEqual([ROUNDED.banten, ROUNDED.banten])
    expect((await ask(ministry, `{ coverageSummary { ${COUNTS} } }`)).coverageSummary).toEqual(EXACT.country)
  })

  test('are the same however often they are asked for', async () => {
    const first = await ask(ANONYMOUS, OF_TANGERANG)
    for (let round = 0; round < 3; round++) expect(await ask(ANONYMOUS, OF_TANGERANG)).toEqual(first)
  })
})

describe('an area', () => {
  test.each<[string, string | undefined, readonly string[], boolean]>([
    ['reaches itself', '36.03', ['36.03'], true],
    ['reaches what is inside it', '36.03.01.2003', ['36'], true],
    ['does not reach what is around it', '36', ['36.03'], false],
    ['does not reach an area that begins with the same digits', '36.03', ['36.0'], false],
    ['does not reach a code that continues without a dot', '36.031', ['36.03'], false],
    ['does not reach the country', undefined, ['36', '31'], false],
  ])('%s', (_, code, areas, reached) => {
    expect(reaches({ ...ANONYMOUS, areas }, code)).toBe(reached)
  })
})

describe('numbers of many areas', () => {
  const ofRegencies = (data: { code: string; coverage: object | null }[]) =>
    Object.fromEntries(
      data.filter(({ code }) => code.startsWith('36')).map(({ code, coverage }) => [code, coverage]),
    )
  const REGENCIES = `query ($f: CoverageFilter) { regencies { nodes { code coverage(filter: $f) { ${COUNTS} } } } }`

  test('are exact row by row: in the clerk’s area, and rounded around it', async () => {
    const { regencies } = await ask(clerk, REGENCIES)
    expect(ofRegencies(regencies.nodes)).toEqual({
      '36.01': ROUNDED.pandeglang,
      '36.03': EXACT.tangerang,
      '36.71': ROUNDED.city,
    })
  })

  test('are null outside his area when the filter asks for exact ones', async () => {
    const { regencies } = await ask(clerk, REGENCIES, { f: { payers: [tangerang.id] } })
    expect(ofRegencies(regencies.nodes)).toEqual({ '36.01': null, '36.03': EXACT.tangerang, '36.71': null })
    const elsewhere = await ask(
      clerk,
      '{ regency(code: "36.01") { coverage(filter: { categories: [FARMER, FISHER] }) { exact } } }',
    )
    expect(elsewhere.regency.coverage).toBeNull()
  })

  test('are listed by area in the same way, and only the exact ones when the filter asks for them', async () => {
    const query = `query ($within: AreaCode, $f: CoverageFilter) { coverageByArea(within: $within, level: REGENCY, filter: $f) { area { code } ${COUNTS} } }`
    const areas = async (viewer: Viewer, variables: Variables) =>
      (await ask(viewer, query, variables)).coverageByArea.map(
        ({
          area,
          exact,
          coveredWorkers,
        }: {
          area: { code: string }
          exact: boolean
          coveredWorkers: number
        }) => `${area.code} ${coveredWorkers}${exact ? '' : ' or so'}`,
      )
    expect(await areas(clerk, { within: '36' })).toEqual(['36.01 5 or so', '36.03 7', '36.71 0 or so'])
    expect(await areas(clerk, { within: '36', f: { payers: [tangerang.id] } })).toEqual(['36.03 7'])
    expect(await areas(ministry, { f: { payers: [tangerang.id] } })).toContain('36.01 0')
    expect(await areas(aViewer('analyst', ['36']), { within: '36' })).toEqual([
      '36.01 3',
      '36.03 7',
      '36.71 0',
    ])
  })

  test('break down by payer in his area only, exactly for payers he may know', async () => {
    const { regencies } = await ask(
      clerk,
      '{ regencies(province: "36", first: 3) { nodes { code coverage { byPayer { coveredWorkers } byFundingSource { coveredWorkers } } } } }',
    )
    expect(regencies.nodes.map(({ coverage }: { coverage: object }) => coverage)).toEqual([
      { byPayer: [], byFundingSource: [] },
      { byPayer: [{ coveredWorkers: 7 }], byFundingSource: [] },
      { byPayer: [], byFundingSource: [] },
    ])
  })

  test('of payers he may not know are not told by counting', async () => {
    const query = `query ($scope: AreaCode, $f: CoverageFilter) { coverageSummary(scope: $scope, filter: $f) {
      exact coveredWorkers byPayer { payer { id } coveredWorkers exact } byFundingSource { coveredWorkers exact } } }`
    const summary = (viewer: Viewer, f: object = {}, scope = '36.03') =>
      askAs(hub, viewer, query, { scope, f }).then(
        ({ data, errors }) => errors?.[0]?.code ?? data.coverageSummary,
      )
    const payer = { id: tangerang.id }
    const own = { payer, coveredWorkers: 7, exact: true }
    expect(await summary(clerk)).toEqual({
      exact: true,
      coveredWorkers: 7,
      byPayer: [own],
      byFundingSource: [],
    })
    expect(await summary(analyst)).toMatchObject({ coveredWorkers: 7, byPayer: [], byFundingSource: [] })
    for (const f of [{ payers: [payer.id] }, { programs: ['TNG'] }]) {
      expect(await summary(analyst, f)).toBe('FORBIDDEN')
      expect(await summary(clerk, { ...f, categories: ['FISHER'] })).toMatchObject({
        coveredWorkers: 1,
        byPayer: [{ payer, coveredWorkers: 1, exact: true }],
        byFundingSource: [{ coveredWorkers: 1, exact: true }],
      })
    }
    for (const f of [
      { payers: [payer.id, '2'] },
      { programs: ['TNG', 'PDG'] },
      { fundingSources: ['APBD_REGENCY'] },
    ]) {
      expect(await summary(clerk, f)).toBe('FORBIDDEN')
      expect(await summary(ministry, f)).toMatchObject({ exact: true, coveredWorkers: 7 })
    }
  })

  test('of a crowd are shown rounded, by payer of a regency or larger, when nothing narrows them', async () => {
    const scratch = await openTestHub()
    await someAreas(scratch)
    const province = await aPayer('PROVINCE', { area: '36' }).in(scratch)
    const program = await aProgram(province).coded('BTN').paying('JKM').in(scratch)
    for (let n = 0; n < 53; n++) {
      const worker = aWorker()
        .livingIn('36.03.01.2003')
        .working(n < 50 ? 'FARMER' : 'FISHER')
      await worker.coveredBy(program, '2023-01..2023-12').in(scratch)
    }
    const byPayer = async (scope: string, f: object = {}) =>
      (
        await askAs(
          scratch,
          analyst,
          `query ($scope: AreaCode, $f: CoverageFilter) { coverageSummary(scope: $scope, filter: $f) {
            byPayer { payer { id } coveredWorkers exact } byFundingSource { coveredWorkers exact } } }`,
          { scope, f },
        )
      ).data.coverageSummary
    const crowd = { coveredWorkers: 55, exact: false }
    expect(await byPayer('36.03')).toEqual({
      byPayer: [{ payer: { id: province.id }, ...crowd }],
      byFundingSource: [crowd],
    })
    const none = { byPayer: [], byFundingSource: [] }
    expect(await byPayer('36.03.01')).toEqual(none)
    expect(await byPayer('36.03', { categories: ['FARMER'] })).toEqual(none)
    await scratch.close()
  })

  test('of months are rounded month by month', async () => {
    const query = `query ($scope: AreaCode) { coverageTrend(scope: $scope, from: "2022-12", to: "2023-01") { month ${COUNTS} } }`
    const trend = async (viewer: Viewer) =>
      (await ask(viewer, query, { scope: '36.03' })).coverageTrend.map(
        ({ coveredWorkers, exact }: { coveredWorkers: number; exact: boolean }) => [coveredWorkers, exact],
      )
    expect(await trend(ANONYMOUS)).toEqual([
      [0, false],
      [5, false],
    ])
    expect(await trend(clerk)).toEqual([
      [0, true],
      [7, true],
    ])
  })
})

describe('breakdowns', () => {
  const BREAKDOWNS = `query ($scope: AreaCode, $f: CoverageFilter) { coverageSummary(scope: $scope, filter: $f) { coveredWorkers
    byBenefit { benefit coveredWorkers } byCategory { category eligibleWorkers coveredWorkers coverageRate } } }`

  test('by benefit and by category are open to everybody, rounded, without groups that round to nobody', async () => {
    expect((await ask(ANONYMOUS, BREAKDOWNS, { scope: '36.03' })).coverageSummary).toEqual({
      coveredWorkers: 5,
      byBenefit: [
        { benefit: 'JKK', coveredWorkers: 5 },
        { benefit: 'JKM', coveredWorkers: 5 },
      ],
      byCategory: [{ category: 'FARMER', eligibleWorkers: 10, coveredWorkers: 5, coverageRate: 0.5 }],
    })
    expect((await ask(ANONYMOUS, BREAKDOWNS, { scope: '36.71' })).coverageSummary).toEqual({
      coveredWorkers: 0,
      byBenefit: [],
      byCategory: [],
    })
  })

  test('are whole where numbers are exact', async () => {
    expect((await ask(clerk, BREAKDOWNS, { scope: '36.03' })).coverageSummary.byCategory).toEqual([
      { category: 'FARMER', eligibleWorkers: 11, coveredWorkers: 6, coverageRate: 6 / 11 },
      { category: 'FISHER', eligibleWorkers: 1, coveredWorkers: 1, coverageRate: 1 },
    ])
  })

  const summary = (fields: string) =>
    `query ($f: CoverageFilter) { coverageSummary(scope: "36.01", filter: $f) { ${fields} } }`

  test.each<[string, string, Variables]>([
    ['one category', 'coveredWorkers budget { ceiling }', { categories: ['FARMER'] }],
    ['one benefit', 'coveredWorkers', { benefits: ['JKK'] }],
    ['nothing at all', 'coveredWorkers byCategory { category } byBenefit { benefit }', {}],
  ])('by %s are open outside one’s own area', async (_, fields, f) => {
    expect((await ask(clerk, summary(fields), { f })).coverageSummary).toHaveProperty('coveredWorkers')
    expect((await ask(ANONYMOUS, summary(fields), { f })).coverageSummary).toHaveProperty('coveredWorkers')
  })

  test.each<[string, string, Variables]>([
    ['two categories', 'coveredWorkers', { categories: ['FARMER', 'FISHER'] }],
    ['no category', 'coveredWorkers', { categories: [] }],
    ['two benefits', 'coveredWorkers', { benefits: ['JKK', 'JKM'] }],
    ['a benefit of a category', 'coveredWorkers', { benefits: ['JKK'], categories: ['FARMER'] }],
    ['benefits of a category', 'byBenefit { benefit }', { categories: ['FARMER'] }],
    ['categories of a benefit', 'byCategory { category }', { benefits: ['JKK'] }],
    ['benefits of a benefit', 'byBenefit { benefit }', { benefits: ['JKK'] }],
    ['payers', 'coveredWorkers', { payers: ['1'] }],
    ['funding sources', 'coveredWorkers', { fundingSources: ['CSR'] }],
    ['no program', 'coveredWorkers', { programs: [] }],
    ['payer', 'byPayer { coveredWorkers }', {}],
    ['funding source', 'byFundingSource { coveredWorkers }', {}],
  ])('by %s are for one’s own area only', async (_, fields, f) => {
    const { data, errors } = await askAs(hub, clerk, summary(fields), { f })
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ code: 'FORBIDDEN' }])
    // Whoever sees the whole country knows every payer; a clerk of the area may know his own.
    const local =
      'payers' in f || 'programs' in f || 'fundingSources' in f ? ministry : aViewer('clerk', ['36.01'])
    expect((await askAs(hub, local, summary(fields), { f })).errors).toBeUndefined()
    const [refusal] = (await askAs(hub, ANONYMOUS, summary(fields), { f })).errors!
    // Without a token some are refused as fields, the others as combinations.
    expect(['UNAUTHENTICATED', 'FORBIDDEN']).toContain(refusal!.code)
  })
})

describe('money', () => {
  const BUDGET =
    '{ coverageSummary(scope: "36.03") { budget { fiscalYear ceiling committed paid remaining absorptionRate } } regency(code: "36.01") { coverage { budget { ceiling } } } }'

  test('is rounded to a million rupiah, and what follows from it is computed of that', async () => {
    const { coverageSummary, regency } = await ask(ANONYMOUS, BUDGET)
    expect(coverageSummary.budget).toEqual({
      fiscalYear: 2023,
      ceiling: '12346000000',
      committed: '4568000000',
      paid: '0',
      remaining: '7778000000',
      absorptionRate: 0,
    })
    expect(regency.coverage.budget).toEqual({ ceiling: '1000000' })
  })

  test('is exact in one’s own area, and rounded outside', async () => {
    const { coverageSummary, regency } = await ask(clerk, BUDGET)
    expect(coverageSummary.budget).toEqual({
      fiscalYear: 2023,
      ceiling: '12345678901',
      committed: '4567890123',
      paid: '499999',
      remaining: '7777788778',
      absorptionRate: 499_999 / 12_345_678_901,
    })
    expect(regency.coverage.budget).toEqual({ ceiling: '1000000' })
  })
})
