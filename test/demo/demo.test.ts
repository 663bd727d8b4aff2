import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedHub } from '../../seeds/seed-hub.ts'
import { generateDemo } from '../../seeds/tangerang-2022/demo.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { readSettings } from '../../src/db/settings.ts'
import { type Month, monthsFrom, parseMonth } from '../../src/kernel/month.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { describeExample } from '../../src/server/graphiql/example.ts'
import { ADMIN } from '../harness/hub.ts'
import { runPlain } from '../harness/operations.ts'
import { askAs } from '../harness/viewers.ts'
import { demoViewer } from './demo-viewer.ts'
import { PlainCounts } from './plain-counts.ts'
import { PROMISED_OF_DEMO, PROMISED_OF_LIST, README } from './readme.ts'

/**
 * Real: the whole demo on PGlite in memory, asked through the gate and Apollo; the numbers it must give come from plain
 * data. Whoever is not named sees everything.
 */
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

const ask = async (query: string, variables?: Record<string, unknown>, viewer = ADMIN) => {
  const answer = await askAs(hub, viewer, query, variables)
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
    const seeingAll = { ...hub, context: () => hub.context({ viewer: ADMIN }) }
    const onPlainPath = await runPlain(seeingAll, query, { representations })
    expect(onPlainPath.data).toEqual(fast.data)
    expect(onPlainPath.statements).toBe(2)
  })
})

const CLERK = 'Petugas Kabupaten Tangerang'
const APPROVER = 'Penyetuju Kabupaten Tangerang'
const ANALYST = 'Analis Provinsi Banten'
const PARTNER = 'Mitra kementerian'
const ANYBODY = 'anybody'

const viewerNamed = (name: string) => demoViewer(hub, name)

describe('the four viewers', () => {
  test('are clerk and approver of a payer and his regency, the analyst of a province, and a partner without an area', async () => {
    const payers = await ask('{ payers(filter: { kinds: [REGENCY], area: "36.03" }) { nodes { id name } } }')
    const tangerang = payers.data.payers.nodes.find(
      ({ name }: { name: string }) => name === 'Kabupaten Tangerang',
    )
    expect((await readSettings(hub.db)).viewers.map(({ name }) => name)).toEqual([
      CLERK,
      APPROVER,
      ANALYST,
      PARTNER,
    ])
    for (const name of [CLERK, APPROVER])
      expect(await viewerNamed(name)).toMatchObject({ areas: ['36.03'], payer: tangerang.id })
    expect(await viewerNamed(ANALYST)).toMatchObject({ areas: ['36'], payer: undefined })
    expect(await viewerNamed(PARTNER)).toMatchObject({ areas: [], payer: undefined })
  })

  const exactly = (scope: string) => plain.summary(scope, '2023-05' as Month).eligibleWorkers
  const rounded = (scope: string) => Math.round(exactly(scope) / 5) * 5

  test.each<[name: string, exactIn: readonly string[]]>([
    [CLERK, ['36.03']],
    [ANALYST, ['36.03', '36.71', '36']],
    [PARTNER, []],
    [ANYBODY, []],
  ])('to %s the numbers of %j are exact, and all others rounded to 5', async (name, exactIn) => {
    for (const scope of ['36', '36.03', '36.71']) {
      const { data } = await ask(
        `{ coverageSummary(scope: "${scope}", asOf: "2023-05") { exact eligibleWorkers } }`,
        {},
        await viewerNamed(name),
      )
      const exact = exactIn.includes(scope)
      expect(rounded(scope)).not.toBe(exactly(scope))
      const eligibleWorkers = exact ? exactly(scope) : rounded(scope)
      expect(data.coverageSummary).toEqual({ exact, eligibleWorkers })
    }
  })

  test('the clerk counts the people of his regency and those elsewhere whom it covers, and nobody else', async () => {
    const query = '{ workers(first: 1) { totalCount } }'
    const count = async (name: string) =>
      (await ask(query, {}, await viewerNamed(name))).data.workers.totalCount
    const payer = Number((await viewerNamed(CLERK)).payer)
    const own = new Set(
      plain.demo.lines.filter(({ payerId }) => payerId === payer).map((line) => line.workerId),
    )
    const living = plain.demo.people.filter(
      ({ id, villageCode }) => villageCode.startsWith('36.03.') || own.has(id),
    )
    expect(await count(CLERK)).toBe(living.length)
    expect(await count(ANALYST)).toBe(plain.people('36').length)
    expect(await count(PARTNER)).toBe(0)
  })

  test('of the lines of everybody in Teluknaga the clerk is told the payer where it is his own, the analyst never', async () => {
    const query = `query ($after: String) { workers(filter: { area: "36.03.13" }, first: 200, after: $after) {
      nodes { coverage(month: "2023-05") { payerKind payer { id } } } } }`
    const lines = async (name: string) => {
      const { data } = await ask(query, {}, await viewerNamed(name))
      return data.workers.nodes.flatMap(
        ({ coverage }: { coverage: { payerKind: string; payer: { id: string } | null }[] }) => coverage,
      ) as { payerKind: string; payer: { id: string } | null }[]
    }
    const { payer } = await viewerNamed(CLERK)
    const [clerks, analysts] = [await lines(CLERK), await lines(ANALYST)]
    expect(new Set(clerks.map((line) => line.payer?.id))).toEqual(new Set([payer, undefined]))
    expect(analysts.map(({ payerKind }) => payerKind)).toEqual(clerks.map(({ payerKind }) => payerKind))
    expect(analysts.every((line) => line.payer === null)).toBe(true)
  })
})

describe('what the documentation promises', () => {
  const folder = join(packageRoot, 'docs/examples')
  const examples = readdirSync(folder).map((file) =>
    describeExample(readFileSync(join(folder, file), 'utf8')),
  )

  test.each(examples)(
    'the example $name is valid, and answered without an error to those it names: $viewers',
    async ({ query, viewers }) => {
      expect(validate(hub.planner.model.schema, parse(query))).toEqual([])
      for (const name of viewers.length > 0 ? viewers : [ANYBODY]) {
        const { data } = await ask(query, {}, await viewerNamed(name))
        const [first] = Object.values(data)
        expect(first).not.toBeNull()
      }
    },
  )

  test.each(examples.filter(({ viewers }) => viewers.length > 0))(
    'the example $name needs one of its viewers: nobody is refused',
    async ({ query }) => {
      const { data, errors } = await askAs(hub, ANONYMOUS, query)
      expect(data).toBeUndefined()
      expect(errors?.[0]?.message).toMatch(/needs the permission|answered to gateways and to viewers/)
    },
  )

  test('the README has five queries, the last of them with three answers', () => {
    const promised = PROMISED_OF_DEMO
    expect(promised.map(({ name }) => name)).toEqual([CLERK, ANYBODY, CLERK, CLERK, CLERK, ANALYST, PARTNER])
    expect(new Set(promised.map(({ query }) => query)).size).toBe(5)
    expect(new Set(promised.slice(-3).map(({ query }) => query)).size).toBe(1)
    expect(README.match(/^```json$/gm)).toHaveLength(promised.length + PROMISED_OF_LIST.length)
  })

  test.each(PROMISED_OF_DEMO)(
    'the README tells the truth to $name about $query',
    async ({ query, name, answer }) => {
      const { data } = await ask(query, {}, await viewerNamed(name))
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
