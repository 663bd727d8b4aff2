import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedHub } from '../../seeds/seed-hub.ts'
import { generateDemo } from '../../seeds/tangerang-2022/demo.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { type Month, monthsFrom, parseMonth } from '../../src/kernel/month.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { runFast, runPlain } from '../harness/operations.ts'
import { PlainCounts } from './plain-counts.ts'

/** Real: the whole demo on PGlite in memory, asked through Apollo; the numbers it must give come from plain data. */
let hub: Hub
let plain: PlainCounts

beforeAll(async () => {
  hub = await openHub({ dataDir: 'memory', poolSize: 1, production: false, exposeSql: true })
  await seedHub(hub.db, 'tangerang-2022', { keys: hub.nikKeys, progress: silentProgress })
  await hub.refresh()
  plain = new PlainCounts(await generateDemo())
}, 240_000)
afterAll(() => hub.close())

const REGENCIES = ['36.01', '36.02', '36.03', '36.04', '36.71', '36.72', '36.73', '36.74']
const MONTHS = ['2022-11', '2022-12', '2023-01', '2023-05', '2023-06'].map(parseMonth)
const COUNTS =
  'eligibleWorkers coveredWorkers eligibleCoveredWorkers uncoveredWorkers committedUnpaidWorkers coverageRate'

const ask = async (query: string, variables?: Record<string, unknown>) => {
  const answer = await runFast(hub, query, variables)
  expect(answer.errors).toBeUndefined()
  return answer
}

describe('the demo', () => {
  test('stands on 15 May 2023, whatever the calendar says', () => {
    expect(hub.context({}).today).toBe('2023-05-15')
  })

  test('Kabupaten Tangerang covers 50,312 people in December 2022, and the summary counts everybody once', async () => {
    const { data, statements } = await ask(`{ coverageSummary(scope: "36.03", asOf: "2022-12") {
      coveredWorkers byPayer { payer { name kind area { code } } coveredWorkers } } }`)
    expect(statements).toBe(1)
    expect(data.coverageSummary.byPayer[0]).toEqual({
      payer: { name: 'Kabupaten Tangerang', kind: 'REGENCY', area: { code: '36.03' } },
      coveredWorkers: 50_312,
    })
    const byPayer = data.coverageSummary.byPayer as { coveredWorkers: number }[]
    const sum = byPayer.reduce((total, { coveredWorkers }) => total + coveredWorkers, 0)
    expect(data.coverageSummary.coveredWorkers).toBe(
      plain.summary('36.03', '2022-12' as Month).coveredWorkers,
    )
    expect(sum).toBeGreaterThan(data.coverageSummary.coveredWorkers)
  })

  test.each(['36', ...REGENCIES])(
    'every number of %s is that of the plain data, month by month',
    async (scope) => {
      for (const month of MONTHS) {
        const { data } = await ask(
          `query ($scope: AreaCode, $asOf: Month) { coverageSummary(scope: $scope, asOf: $asOf) { ${COUNTS}
          byBenefit { benefit coveredWorkers } byPayer { payer { id } coveredWorkers }
          byFundingSource { fundingSource coveredWorkers }
          budget { fiscalYear ceiling committed paid remaining absorptionRate } } }`,
          { scope, asOf: month },
        )
        const { byBenefit, byPayer, byFundingSource, budget, ...counts } = data.coverageSummary
        expect(counts).toEqual(plain.summary(scope, month))
        const pairs = (list: Record<string, unknown>[], key: string) =>
          new Map(
            list.map((row) => [
              String(key === 'payer' ? (row.payer as { id: string }).id : row[key]),
              row.coveredWorkers,
            ]),
          )
        expect(pairs(byBenefit, 'benefit')).toEqual(plain.coveredBy(scope, month, 'benefit'))
        expect(pairs(byPayer, 'payer')).toEqual(plain.coveredBy(scope, month, 'payerId'))
        expect(pairs(byFundingSource, 'fundingSource')).toEqual(
          plain.coveredBy(scope, month, 'fundingSource'),
        )
        expect(budget).toEqual(plain.budget(scope, Number(month.slice(0, 4))))
      }
    },
  )

  test("the sum over Banten's regencies is the province's own distinct count", async () => {
    const { data } = await ask(`{
      province: coverageSummary(scope: "36", asOf: "2023-05") { coveredWorkers eligibleWorkers uncoveredWorkers }
      regencies: coverageByArea(within: "36", level: REGENCY, asOf: "2023-05") { area { code } coveredWorkers eligibleWorkers uncoveredWorkers }
    }`)
    expect(data.regencies.map(({ area }: { area: { code: string } }) => area.code)).toEqual(REGENCIES)
    for (const number of ['coveredWorkers', 'eligibleWorkers', 'uncoveredWorkers']) {
      const sum = data.regencies.reduce(
        (total: number, row: Record<string, number>) => total + row[number]!,
        0,
      )
      expect(sum).toBe(data.province[number])
    }
  })

  test('a trend over New Year is the plain count of each month', async () => {
    const { data } = await ask(
      `{ coverageTrend(scope: "36.03", from: "2022-11", to: "2023-07") { month ${COUNTS} } }`,
    )
    const months = monthsFrom('2022-11' as Month, '2023-07' as Month)
    expect(data.coverageTrend).toEqual(months.map((month) => ({ month, ...plain.summary('36.03', month) })))
  })

  test('December is charged to 2022 and five months to 2023, to the rupiah', async () => {
    const { data } = await ask(`{ regency(code: "36.03") { budgets { nodes { fiscalYear committed } } } }`)
    expect(data.regency.budgets.nodes).toEqual([
      { fiscalYear: 2022, committed: `${50_312n * 16_800n}` },
      { fiscalYear: 2023, committed: `${50_312n * 16_800n * 5n}` },
    ])
  })
})

describe('a federated gateway', () => {
  test('asks for 100 workers, 20 regencies and 5 unknown keys, and two statements answer in order', async () => {
    const workers = plain.demo.people
      .slice(0, 100)
      .map(({ id }) => ({ __typename: 'Worker', id: String(id) }))
    const codes = await ask('{ regencies(first: 20) { nodes { code } } }')
    const regencies = codes.data.regencies.nodes.map(({ code }: { code: string }) => ({
      __typename: 'Regency',
      code,
    }))
    const unknown = [
      { __typename: 'Worker', id: '999999999' },
      { __typename: 'Worker', id: 'abc' },
      { __typename: 'Worker', id: '99999999999999999999' },
      { __typename: 'Regency', code: '00.00' },
      { __typename: 'Regency', code: "'; drop table worker" },
    ]
    const representations = shuffled([...workers, ...regencies, ...unknown])
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on Worker { id regency { code } } ... on Regency { code province { code } } } }`
    const fast = await ask(query, { representations })
    expect(fast.statements).toBe(2)
    const asked = representations as readonly { __typename: string; id?: string; code?: string }[]
    const answers = fast.data._entities as ({ __typename: string; id?: string; code?: string } | null)[]
    answers.forEach((answer, i) => {
      if (unknown.includes(asked[i] as never)) expect(answer).toBeNull()
      else expect(answer).toMatchObject(asked[i]!)
    })
    const onPlainPath = await runPlain(hub, query, { representations })
    expect(onPlainPath.data).toEqual(fast.data)
    expect(onPlainPath.statements).toBe(2)
  })
})

describe('what the documentation promises', () => {
  const examples = join(packageRoot, 'docs/examples')

  test.each(readdirSync(examples))('the example %s is valid and answered without an error', async (file) => {
    const query = readFileSync(join(examples, file), 'utf8')
    expect(validate(hub.planner.model.schema, parse(query))).toEqual([])
    const { data } = await ask(query)
    expect(Object.values(data).every((value) => value !== null)).toBe(true)
  })

  const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')
  const promised = [...readme.matchAll(/```graphql\n(.*?)```\s+```json\n(.*?)```/gs)]

  test('the README has three queries with their answers', () => {
    expect(promised).toHaveLength(3)
  })

  test.each(promised.map(([, query, answer]) => [query!, answer!]))(
    'the README tells the truth about %s',
    async (query, answer) => {
      const { data } = await ask(query)
      expect(data).toEqual(JSON.parse(answer))
    },
  )
})

/** The same disorder every time. */
function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, i) => [(i * 7919) % 1009, item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
