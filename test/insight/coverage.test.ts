import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { type Month, monthsFrom } from '../../src/kernel/month.ts'
import { AREA_CODES, someAreas } from '../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedPayer,
  type InsertedProgram,
} from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'
import { runFast } from '../harness/operations.ts'
import {
  CATEGORIES,
  distinct,
  FIRST,
  type Filter,
  filters,
  isEligible,
  isUnpaid,
  LAST,
  livesWithin,
  matchingLines,
  type Person,
  type ProgramOf,
  people,
  questionMonths,
} from './people-model.ts'

/** Real: PGlite in memory, the hub's schema and planner. The reference counts the same people without SQL. */
const SEED = Number(process.env.PAYUNG_TEST_SEED ?? 20_230_515)
const PEOPLE = 250
const QUESTIONS = 120

const PROGRAMS: readonly ProgramOf[] = [
  { payer: 0, benefits: ['JKK', 'JKM'] },
  { payer: 1, benefits: ['JKK', 'JKM', 'JHT'] },
  { payer: 2, benefits: ['JKM'] },
]
const PAYERS = 5

let hub: Hub
let payers: InsertedPayer[]
let programs: InsertedProgram[]
const population = fc.sample(people(PROGRAMS.length, PAYERS), { seed: SEED, numRuns: PEOPLE })

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  payers = [
    await aPayer('REGENCY', { area: '36.03' }).in(hub),
    await aPayer('PROVINCE', { area: '36' }).in(hub),
    await aPayer('DONOR').in(hub),
    await aPayer('EMPLOYER').in(hub),
    await aPayer('SELF').in(hub),
  ]
  programs = []
  const budgets = []
  for (const { payer, benefits } of PROGRAMS) {
    programs.push(
      await aProgram(payers[payer]!)
        .paying(...benefits)
        .during('2022-11..2023-12')
        .in(hub),
    )
    budgets.push([
      await aBudget(payers[payer]!, 2022, 1_000_000_000n).in(hub),
      await aBudget(payers[payer]!, 2023, 2_000_000_000n)
        .committing(500_000_000n)
        .payingOut(125_000_000n)
        .in(hub),
    ])
  }
  for (const person of population) await insertPerson(person, budgets)
})
afterAll(() => hub.close())

async function insertPerson(person: Person, budgets: { id: string; year: number }[][]): Promise<void> {
  const { enrollment } = person
  let worker = aWorker().livingIn(person.village).working(person.category).bornIn(person.birthMonth)
  if (person.decile !== null) worker = worker.inDecile(person.decile)
  if (person.civilServant) worker = worker.civilServant()
  if (person.deathMonth !== null) worker = worker.died(person.deathMonth)
  if (enrollment) {
    const years = distinct(
      monthsFrom(enrollment.from, enrollment.to).map((month) => Number(month.slice(0, 4))),
    )
    const chargedTo = budgets[enrollment.program]!.filter(({ year }) => years.includes(year))
    worker = worker.coveredBy(programs[enrollment.program]!, `${enrollment.from}..${enrollment.to}`, {
      chargedTo,
      paidThrough: enrollment.paidThrough ?? undefined,
    })
  }
  for (const { payer, from, to, ...line } of person.reported) {
    worker = worker.reportedBy(payers[payer]!, `${from}..${to}`, line)
  }
  await worker.in(hub)
}

const SUMMARY = `query ($scope: AreaCode, $asOf: Month, $filter: CoverageFilter) {
  coverageSummary(scope: $scope, asOf: $asOf, filter: $filter) {
    asOf scope { code }
    ...counts
    byBenefit { benefit coveredWorkers }
    byPayer { payer { id } coveredWorkers }
    byFundingSource { fundingSource coveredWorkers }
    byCategory { category ...counts }
  }
}
fragment counts on PeopleCounts {
  eligibleWorkers coveredWorkers eligibleCoveredWorkers uncoveredWorkers committedUnpaidWorkers coverageRate
}`

function graphqlFilter({ payers: payersOf, programs: programsOf, ...rest }: Filter) {
  return {
    ...rest,
    ...(payersOf ? { payers: payersOf.map((i) => payers[i]!.id) } : {}),
    ...(programsOf ? { programs: programsOf.map((i) => programs[i]!.code) } : {}),
  }
}

function counts(asked: readonly Person[], at: Month, filter: Filter) {
  const covered = asked.filter((person) => matchingLines(person, at, filter, PROGRAMS).length > 0)
  const eligible = asked.filter((person) => isEligible(person, at, PROGRAMS))
  const both = eligible.filter((person) => covered.includes(person))
  return {
    eligibleWorkers: eligible.length,
    coveredWorkers: covered.length,
    eligibleCoveredWorkers: both.length,
    uncoveredWorkers: eligible.length - both.length,
    committedUnpaidWorkers: covered.filter((person) => isUnpaid(person, at)).length,
    coverageRate: eligible.length === 0 ? null : both.length / eligible.length,
  }
}

/** How many people have a matching line with each value; values that nobody has are left out. */
function peopleBy<T>(asked: readonly Person[], valuesOf: (person: Person) => T[]): [T, number][] {
  const values = asked.flatMap((person) => distinct(valuesOf(person)))
  return distinct(values).map((value) => [value, values.filter((other) => other === value).length])
}

function summaryOf(scope: string | null, at: Month, filter: Filter) {
  const asked = population
    .filter((person) => livesWithin(person, scope))
    .filter(({ category }) => !filter.categories || filter.categories.includes(category))
  const matching = (person: Person) => matchingLines(person, at, filter, PROGRAMS)
  const byPayer = peopleBy(asked, (person) => matching(person).map(({ payer }) => payer))
  const bySource = peopleBy(asked, (person) => matching(person).map(({ payer }) => SOURCES[payer]!))
  return {
    asOf: at,
    scope: scope === null ? null : { code: scope },
    ...counts(asked, at, filter),
    byBenefit: peopleBy(asked, (person) => matching(person).map(({ benefit }) => benefit)).map(
      ([benefit, coveredWorkers]) => ({ benefit, coveredWorkers }),
    ),
    byPayer: byPayer
      .map(([payer, coveredWorkers]) => ({ payer: { id: payers[payer]!.id }, coveredWorkers }))
      .sort((a, b) => b.coveredWorkers - a.coveredWorkers || Number(b.payer.id) - Number(a.payer.id)),
    byFundingSource: bySource.map(([fundingSource, coveredWorkers]) => ({ fundingSource, coveredWorkers })),
    byCategory: CATEGORIES.toSorted()
      .map((category) => ({ category, of: asked.filter((person) => person.category === category) }))
      .filter(({ of }) => of.length > 0)
      .map(({ category, of }) => ({ category, ...counts(of, at, filter) })),
  }
}

const SOURCES = ['APBD_REGENCY', 'APBD_PROVINCE', 'CSR', 'EMPLOYER', 'SELF']
const scopes = fc.constantFrom<string | null>(null, ...AREA_CODES)

describe('counting people', () => {
  test('has people of every kind to count', () => {
    const kinds = {
      enrolled: population.filter(({ enrollment }) => enrollment),
      partlyPaid: population.filter(
        ({ enrollment }) => enrollment?.paidThrough && enrollment.paidThrough < enrollment.to,
      ),
      reported: population.filter(({ reported }) => reported.length > 0),
      wageEarners: population.filter(({ reported }) => reported.some(({ segment }) => segment === 'PU')),
      deceased: population.filter(({ deathMonth }) => deathMonth),
      civilServants: population.filter(({ civilServant }) => civilServant),
    }
    for (const [kind, people] of Object.entries(kinds)) expect(people.length, kind).toBeGreaterThan(10)
  })

  test('any scope × month × benefit × category × payer × program is counted as the reference counts it', async () => {
    const questions = fc.record({
      scope: scopes,
      asOf: questionMonths,
      filter: filters(PROGRAMS.length, PAYERS),
    })
    await fc.assert(
      fc.asyncProperty(questions, async ({ scope, asOf, filter }) => {
        const { data, errors, statements } = await runFast(hub, SUMMARY, {
          scope,
          asOf,
          filter: graphqlFilter(filter),
        })
        expect(errors).toBeUndefined()
        expect(statements).toBe(1)
        expect(data.coverageSummary).toEqual(summaryOf(scope, asOf, filter))
      }),
      { seed: SEED, numRuns: QUESTIONS },
    )
  })

  test('people covered by A or B are those of A and those of B less those of both', async () => {
    const covered = async (asOf: Month, programsOf: readonly number[]) => {
      const filter = graphqlFilter({ programs: programsOf })
      const { data } = await runFast(hub, SUMMARY, { scope: null, asOf, filter })
      return data.coverageSummary.coveredWorkers as number
    }
    const inBoth = (asOf: Month, a: number, b: number) =>
      population.filter((person) =>
        [a, b].every((program) => matchingLines(person, asOf, { programs: [program] }, PROGRAMS).length > 0),
      ).length
    for (const asOf of monthsFrom(FIRST, LAST)) {
      const union = await covered(asOf, [0, 1])
      expect(union).toBeGreaterThan(0)
      expect(union).toBe((await covered(asOf, [0])) + (await covered(asOf, [1])) - inBoth(asOf, 0, 1))
    }
  })

  test('the same holds for payers, whose lines overlap where other systems reported them', async () => {
    const covered = async (asOf: Month, payersOf: readonly number[]) => {
      const { data } = await runFast(hub, SUMMARY, {
        scope: null,
        asOf,
        filter: graphqlFilter({ payers: payersOf }),
      })
      return data.coverageSummary.coveredWorkers as number
    }
    const has = (person: Person, asOf: Month, payer: number) =>
      matchingLines(person, asOf, { payers: [payer] }, PROGRAMS).length > 0
    let overlapping = 0
    for (const asOf of monthsFrom(FIRST, LAST)) {
      const both = population.filter((person) => has(person, asOf, 0) && has(person, asOf, 3)).length
      overlapping += both
      expect(await covered(asOf, [0, 3])).toBe((await covered(asOf, [0])) + (await covered(asOf, [3])) - both)
    }
    expect(overlapping).toBeGreaterThan(0)
  })

  test('a place is the sum of the places inside it, because a person lives in one', async () => {
    const query = `query ($level: AreaLevel!, $within: AreaCode) {
      coverageByArea(level: $level, within: $within, asOf: "2023-03") { area { code } eligibleWorkers coveredWorkers }
    }`
    const codes = { PROVINCE: 2, REGENCY: 5, DISTRICT: 8, VILLAGE: 13 } as const
    for (const [level, length] of Object.entries(codes)) {
      for (const within of level === 'VILLAGE'
        ? ['36.03', '36.71']
        : level === 'DISTRICT'
          ? ['36', '11']
          : [null]) {
        const { data } = await runFast(hub, query, { level, within })
        const inside = AREA_CODES.filter(
          (code) => code.length === length && (within === null || code.startsWith(`${within}.`)),
        ).sort()
        expect(data.coverageByArea).toEqual(
          inside.map((code) => {
            const asked = population.filter((person) => livesWithin(person, code))
            const { eligibleWorkers, coveredWorkers } = counts(asked, '2023-03' as Month, {})
            return { area: { code }, eligibleWorkers, coveredWorkers }
          }),
        )
      }
    }
  })

  test('a trend is the summary of each of its months', async () => {
    const query = `query ($scope: AreaCode) { coverageTrend(scope: $scope, from: "${FIRST}", to: "${LAST}") {
      month eligibleWorkers coveredWorkers eligibleCoveredWorkers uncoveredWorkers committedUnpaidWorkers coverageRate
    } }`
    for (const scope of [null, '36', '36.03']) {
      const asked = population.filter((person) => livesWithin(person, scope))
      const { data } = await runFast(hub, query, { scope })
      expect(data.coverageTrend).toEqual(
        monthsFrom(FIRST, LAST).map((month) => ({ month, ...counts(asked, month, {}) })),
      )
    }
  })

  test('the budget of a summary is that of the governments in the scope and of the fiscal year', async () => {
    const budget = async (scope: string | null, asOf: string) =>
      (
        await runFast(
          hub,
          `{ coverageSummary(scope: ${JSON.stringify(scope)}, asOf: "${asOf}") { budget { fiscalYear ceiling committed paid remaining absorptionRate } } }`,
        )
      ).data.coverageSummary.budget
    expect(await budget('36.03', '2023-05')).toEqual({
      fiscalYear: 2023,
      ceiling: '2000000000',
      committed: '500000000',
      paid: '125000000',
      remaining: '1500000000',
      absorptionRate: 0.0625,
    })
    expect((await budget('36', '2023-05')).ceiling).toBe('4000000000')
    expect((await budget(null, '2023-05')).ceiling).toBe('6000000000')
    expect(await budget('11', '2022-12')).toEqual({
      fiscalYear: 2022,
      ceiling: '0',
      committed: '0',
      paid: '0',
      remaining: '0',
      absorptionRate: null,
    })
  })
})

describe('questions that are refused', () => {
  const refusal = async (query: string) => (await runFast(hub, query)).errors?.[0]

  test('villages of the whole country are too many to list', async () => {
    const error = await refusal('{ coverageByArea(level: VILLAGE, within: "36") { coveredWorkers } }')
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', field: 'within' })
  })

  test('a trend that ends before it begins, or is longer than 60 months, names the month at fault', async () => {
    for (const to of ['2022-10', '2027-11']) {
      const error = await refusal(`{ coverageTrend(from: "2022-11", to: "${to}") { month } }`)
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT', field: 'to' })
    }
  })
})
