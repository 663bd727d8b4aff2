import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import { aBudget, aPayer, aProgram, aWorker, type InsertedBudget } from '../harness/builders.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { runPlain, type Variables } from '../harness/operations.ts'
import { askAs, aViewer } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, gate, planner and rules. Every question takes both paths, which must agree.

let hub: Hub
let of2022: InsertedBudget
let of2023: InsertedBudget
let unused: InsertedBudget
let province: string

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  const tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  province = (await aPayer('PROVINCE', { area: '36' }).in(hub)).id
  const program = await aProgram(tangerang).at(10_000n).during('2022-12..2023-12').in(hub)
  const other = await aProgram(tangerang).at(25_000n).during('2023-01..2023-12').in(hub)
  of2022 = await aBudget(tangerang, 2022, 20_000n).committing(20_000n).payingOut(20_000n).in(hub)
  of2023 = await aBudget(tangerang, 2023, 200_000n)
    .on('2023-01-31')
    .committing(60_000n)
    .on('2023-02-01')
    .committing(50_000n)
    .payingOut(20_000n)
    .on('2023-08-17')
    .revisedBy(-50_000n)
    .in(hub)
  unused = await aBudget(tangerang, 2024, 0n).in(hub)
  for (let n = 0; n < 2; n++) {
    await aWorker()
      .coveredBy(program, '2022-12..2023-03', { chargedTo: [of2022, of2023], paidThrough: '2023-01' })
      .in(hub)
  }
  await aWorker()
    .coveredBy(other, '2023-11..2023-12', { chargedTo: [of2023] })
    .in(hub)
})
afterAll(() => hub?.close())

/** Through the door, and through graphql-js alone. */
async function ask(query: string, variables: Variables, viewer: Viewer = ADMIN) {
  const { data, errors, statements, path } = await askAs(hub, viewer, query, variables)
  expect({ errors, statements, path }).toEqual({ errors: undefined, statements: 1, path: 'fast' })
  const context = () => hub.context({ viewer })
  const plain = await runPlain({ planner: hub.planner, context }, query, variables)
  expect([plain.data, plain.statements]).toEqual([data, 1])
  return data
}

const BALANCE = `query ($id: ID!, $month: Month!) {
  budget(id: $id) { balanceOn(month: $month) { month ceiling committed paid remaining } }
}`

test.each([
  ['2022-12', 0, 0, 0],
  ['2023-01', 200_000, 60_000, 0],
  ['2023-02', 200_000, 110_000, 20_000],
  ['2023-07', 200_000, 110_000, 20_000],
  ['2023-08', 150_000, 110_000, 20_000],
  ['2999-12', 150_000, 110_000, 20_000],
])(
  'the balance at the end of %s is what was entered until its last day',
  async (month, ceiling, committed, paid) => {
    const { budget } = await ask(BALANCE, { id: of2023.id, month })
    expect(budget.balanceOn).toEqual({
      month,
      ceiling: `${ceiling}`,
      committed: `${committed}`,
      paid: `${paid}`,
      remaining: `${ceiling - committed}`,
    })
  },
)

test('the balance at the end of the last month is the balance of the budget', async () => {
  const { budgets } = await ask(
    '{ budgets { nodes { ceiling committed paid remaining now: balanceOn(month: "2999-12") { ceiling committed paid remaining } } } }',
    {},
  )
  expect(budgets.nodes).toHaveLength(3)
  for (const { now, ...budget } of budgets.nodes) expect(now).toEqual(budget)
})

const FORECAST = 'query ($id: ID!) { budget(id: $id) { forecast { month committed paid committedSoFar } } }'

/** Rupiah of the months, January first. */
function year(of: number, committed: readonly number[], paid: readonly number[]) {
  return committed.map((amount, i) => ({
    month: `${of}-${String(i + 1).padStart(2, '0')}`,
    committed: `${amount}`,
    paid: `${paid[i]}`,
    committedSoFar: `${committed.slice(0, i + 1).reduce((a, b) => a + b)}`,
  }))
}

const NOTHING = Array<number>(12).fill(0)

test('a forecast says of every month what is charged for it and what of that is paid', async () => {
  const { budget } = await ask(FORECAST, { id: of2023.id })
  const committed = [20_000, 20_000, 20_000, 0, 0, 0, 0, 0, 0, 0, 25_000, 25_000]
  expect(budget.forecast).toEqual(year(2023, committed, [20_000, ...NOTHING.slice(1)]))
})

test('a month is in the forecast of its own fiscal year only', async () => {
  const december = [...NOTHING.slice(1), 20_000]
  const { budget } = await ask(FORECAST, { id: of2022.id })
  expect(budget.forecast).toEqual(year(2022, december, december))
})

test('a budget that nobody is charged to has twelve months of nothing', async () => {
  const { budget } = await ask(FORECAST, { id: unused.id })
  expect(budget.forecast).toEqual(year(2024, NOTHING, NOTHING))
})

test('one statement answers for all budgets of a page', async () => {
  const { budgets } = await ask(
    '{ budgets { nodes { committed forecast { committed } balanceOn(month: "2023-12") { committed } } } }',
    {},
  )
  const sums = budgets.nodes.map(({ forecast }: { forecast: { committed: string }[] }) =>
    forecast.reduce((sum, { committed }) => sum + Number(committed), 0),
  )
  expect(sums).toEqual([20_000, 110_000, 0])
  expect(budgets.nodes.map(({ committed }: { committed: string }) => Number(committed))).toEqual(sums)
})

test('who sees a budget sees what its months take, also where he may not see who is charged for', async () => {
  const supervisor = aViewer('clerk', ['36'], { payer: province })
  const asked = `query ($id: ID!) { budget(id: $id) {
    forecast { committed } balanceOn(month: "2023-12") { committed } enrollments { nodes { charges { monthly } } }
  } }`
  const { budget } = await ask(asked, { id: of2023.id }, supervisor)
  expect(budget.forecast[10]).toEqual({ committed: '25000' })
  expect(budget.balanceOn).toEqual({ committed: '110000' })
  expect(budget.enrollments.nodes).toEqual([])
})

test('whose permissions do not show budgets gets neither', async () => {
  for (const asked of ['balanceOn(month: "2023-12") { paid }', 'forecast { paid }']) {
    const query = `query ($id: ID!) { budget(id: $id) { ${asked} } }`
    const partner = aViewer('partner', ['36.03'])
    const { errors } = await askAs(hub, partner, query, { id: of2023.id })
    expect(errors).toMatchObject([{ code: 'FORBIDDEN' }])
  }
})
