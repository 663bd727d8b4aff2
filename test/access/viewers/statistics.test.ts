import fc from 'fast-check'
import { getOperationAST, parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../../src/access/viewer.ts'
import type { Hub } from '../../../src/app.ts'
import type { Fault } from '../../../src/kernel/errors.ts'
import { addMonths, type Month } from '../../../src/kernel/month.ts'
import { AREA_CODES } from '../../harness/areas.ts'
import { openTestHub } from '../../harness/hub.ts'
import { type Answer, runFast, runPlain, type Variables } from '../../harness/operations.ts'
import { Random, testSeed } from '../../planner/random/random.ts'
import { crowdedWorld } from './crowd.ts'
import { described, viewers } from './generated-viewers.ts'
import type { Conditions } from './people-counts.ts'
import { readTables, type Tables } from './rows.ts'
import {
  type Breakdown,
  byArea,
  coverageOf,
  needsPermission,
  type Question,
  REFUSED,
  summary,
  trend,
} from './shown-statistics.ts'

/* Real: migrations, planner, gate, access rules, PGlite. The reference counts person by person, over all rows. */

const QUESTIONS = Number(process.env.PAYUNG_TEST_OPERATIONS ?? 300)

const LONG = 600_000

let hub: Hub
let world: Tables
const seed = testSeed()

beforeAll(async () => {
  hub = await openTestHub()
  await crowdedWorld(hub, new Random(seed))
  world = await readTables(hub)
  console.log(`PAYUNG_TEST_SEED=${seed}`)
})
afterAll(() => hub?.close())

interface Asking {
  readonly viewer: Viewer
  readonly scope: string | null
  readonly month: Month
  readonly question: Question
}

test(
  'a summary is exact in one’s own areas with the permission, else public and rounded, or refused',
  async () => {
    const text = (question: Question) =>
      `query($scope: AreaCode, $month: Month, $filter: CoverageFilter) {
      answer: coverageSummary(scope: $scope, asOf: $month, filter: $filter) ${numbersOf(question)}
    }`
    await forEverybody(BROKEN_DOWN, async ({ viewer, scope, month, question }) => ({
      answers: await asked(viewer, text(question), { scope, month, filter: question.conditions }),
      expected: summary(world, viewer, scope, month, question),
    }))
  },
  LONG,
)

test(
  'an area shows its coverage as its own summary would, and null where that would be refused',
  async () => {
    await forEverybody(BROKEN_DOWN, async ({ viewer, scope, month, question }) => {
      const shown = AREA_CODES.filter((code) => isListedAround(code, scope)).map((code) => ({
        code,
        coverage: coverageOf(world, viewer, code, month, question),
      }))
      const variables = { scope: scope?.slice(0, 5), month, filter: question.conditions }
      return {
        answers: await asked(viewer, areasAround(scope, question), variables),
        expected: shown.some(({ coverage }) => coverage === REFUSED) ? REFUSED : shown,
      }
    })
  },
  LONG,
)

test(
  'a list of areas holds those whose numbers may be seen',
  async () => {
    await forEverybody(WHOLE, async ({ viewer, scope, month, question }) => {
      const [level, length] = levelInside(scope)
      const areas = AREA_CODES.filter((code) => code.length === length)
      const variables = { within: scope, level, month, filter: question.conditions }
      return {
        answers: await asked(viewer, BY_AREA, variables),
        expected: byArea(world, viewer, scope, areas, month, question),
      }
    })
  },
  LONG,
)

test(
  'a trend is exact or public month by month, or refused',
  async () => {
    await forEverybody(WHOLE, async ({ viewer, scope, month, question }) => {
      const variables = { scope, month, to: addMonths(month, 2), filter: question.conditions }
      return {
        answers: await asked(viewer, TREND, variables),
        expected: trend(world, viewer, scope, month, 3, question),
      }
    })
  },
  LONG,
)

const COUNTS =
  'eligibleWorkers coveredWorkers eligibleCoveredWorkers uncoveredWorkers committedUnpaidWorkers coverageRate'

const BREAKDOWNS: Readonly<Record<Breakdown, string>> = {
  byBenefit: '{ benefit coveredWorkers exact }',
  byCategory: `{ category ${COUNTS} exact }`,
  byFundingSource: '{ fundingSource coveredWorkers exact }',
  byPayer: '{ payer { id } coveredWorkers exact }',
}

const BY_AREA = `query($within: AreaCode, $level: AreaLevel!, $month: Month, $filter: CoverageFilter) {
  answer: coverageByArea(within: $within, level: $level, asOf: $month, filter: $filter) { area { code } ${COUNTS} exact }
}`

const TREND = `query($scope: AreaCode, $month: Month!, $to: Month!, $filter: CoverageFilter) {
  answer: coverageTrend(scope: $scope, from: $month, to: $to, filter: $filter) { month ${COUNTS} exact }
}`

/** The selection of a summary, with the breakdowns that are asked for. */
function numbersOf({ breakdowns }: Question): string {
  const parts = breakdowns.map((breakdown) => `${breakdown} ${BREAKDOWNS[breakdown]}`)
  return `{ scope { code } asOf exact ${COUNTS} budget { fiscalYear ceiling committed paid remaining absorptionRate } ${parts.join(' ')} }`
}

/** An operation that meets areas of several levels, and asks each for its coverage. */
function areasAround(scope: string | null, question: Question): string {
  const shown = `code coverage(asOf: $month, filter: $filter) ${numbersOf(question)}`
  const areas =
    scope === null
      ? `provinces { ${shown} }`
      : scope.length === 2
        ? `province(code: $scope) { ${shown} regencies { ${shown} } }`
        : `regency(code: $scope) { ${shown} districts { ${shown} villages { ${shown} } } }`
  const variables = scope === null ? '' : '$scope: AreaCode!, '
  return `query(${variables}$month: Month, $filter: CoverageFilter) { answer: ${areas} }`
}

/** Whether an area is among those of {@link areasAround}. */
function isListedAround(code: string, scope: string | null): boolean {
  if (scope === null) return code.length === 2
  if (scope.length === 2) return code.length <= 5 && code.startsWith(scope)
  return code.startsWith(scope.slice(0, 5))
}

/** A level whose areas may be listed inside a scope. */
function levelInside(scope: string | null): [level: string, codeLength: number] {
  if (scope === null) return ['REGENCY', 5]
  return scope.length === 2 ? ['DISTRICT', 8] : ['VILLAGE', 13]
}

interface Answers {
  /** What the gate says, which comes first. */
  readonly refusal: Fault | undefined
  /** Past the gate, both ways. */
  readonly fast: Answer
  readonly plain: Answer
}

async function asked(viewer: Viewer, text: string, variables: Variables): Promise<Answers> {
  const document = parse(text)
  const operation = getOperationAST(document)!
  const ungated = { planner: hub.planner, context: () => hub.context({ viewer }) }
  return {
    refusal: await hub.gate.pass({ document, operation, variables }, hub.context({ viewer })).then(
      () => undefined,
      (thrown: Fault) => thrown,
    ),
    fast: await runFast(ungated, text, variables),
    plain: await runPlain(ungated, text, variables),
  }
}

const WHOLE = fc.constant<Breakdown[]>([])

const BROKEN_DOWN = fc.oneof(
  WHOLE,
  fc.constantFrom<Breakdown[]>(['byBenefit'], ['byCategory'], ['byBenefit', 'byCategory']),
  fc.subarray(Object.keys(BREAKDOWNS) as Breakdown[]),
)

async function forEverybody(
  breakdowns: fc.Arbitrary<Breakdown[]>,
  ask: (asking: Asking) => Promise<{ answers: Answers; expected: unknown }>,
): Promise<void> {
  const seen = { refused: 0, rounded: 0, exact: 0 }
  const property = fc.asyncProperty(asking(breakdowns), async (one) => {
    const { answers, expected } = await ask(one)
    const { viewer, question } = one
    const { refusal, ...ungated } = answers
    const lacks = needsPermission(question) && !viewer.permissions.has('statistics:exact')
    const code = viewer.subject === undefined ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    // Many areas at once may cost too much: that says nothing of who may see them.
    const refused = refusal?.code === 'TOO_COMPLEX' ? undefined : refusal?.code
    expect(refused, `gate, ${described(viewer)}`).toBe(lacks ? code : undefined)
    for (const [path, { data, errors }] of Object.entries(ungated)) {
      const who = `${path}, ${described(viewer)}`
      if (expected === REFUSED) {
        expect({ answer: data?.answer ?? null, code: errors?.[0]?.code }, who).toEqual({
          answer: null,
          code: 'FORBIDDEN',
        })
      } else {
        expect(errors, who).toBeUndefined()
        expect(inOrder(flat(data.answer)), who).toEqual(inOrder(expected))
      }
    }
    const isExact = JSON.stringify(expected)?.includes('"exact":true')
    seen[expected === REFUSED ? 'refused' : isExact ? 'exact' : 'rounded']++
  })
  await fc.assert(property, { numRuns: QUESTIONS, seed })
  console.log(seen)
  for (const [outcome, times] of Object.entries(seen)) {
    expect(times, outcome).toBeGreaterThan(QUESTIONS / 50)
  }
}

function asking(breakdowns: fc.Arbitrary<Breakdown[]>): fc.Arbitrary<Asking> {
  const payers = world.payer!.map(({ id }) => id!)
  const programs = world.coverage_program!.map(({ code }) => code!)
  const some = (values: readonly string[]) =>
    fc.oneof(
      fc.constantFrom(...values).map((value) => [value]),
      fc.subarray([...values], { maxLength: 3 }),
    )
  const half = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
  const conditions = fc
    .record({
      benefits: half(some(['JKK', 'JKM', 'JHT'])),
      categories: half(some(['FARMER', 'FISHER', 'NON_ASN', 'DRIVER'])),
      // Of these, most questions ask nothing: whoever may not ask them is refused, which is soon seen.
      fundingSources: fc.oneof(
        { weight: 7, arbitrary: fc.constant(undefined) },
        some(['APBD_REGENCY', 'CSR', 'APBN']),
      ),
      payers: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, some(payers)),
      programs: fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, some(programs)),
    })
    .map((lists) => withoutUndefined(lists) as Conditions)
  return fc.record({
    viewer: viewers(payers),
    scope: fc.oneof(fc.constant(null), fc.constantFrom(...AREA_CODES)),
    month: fc.constantFrom(...(['2022-11', '2022-12', '2023-01', '2023-05', '2023-12'] as Month[])),
    question: fc.record({ conditions, breakdowns }),
  })
}

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

/** Areas with the areas inside them as one list of `{ code, coverage }`; any other answer as it is. */
function flat(answer: unknown): unknown {
  const areas: object[] = []
  const collect = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) collect(item)
    else if (typeof node === 'object' && node !== null && 'coverage' in node) {
      const { code, coverage, ...inside } = node as { code: string; coverage: unknown }
      areas.push({ code, coverage })
      for (const list of Object.values(inside)) collect(list)
    }
  }
  collect(answer)
  return areas.length > 0 ? areas : answer
}

/** The order of rows is another test's business. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => [JSON.stringify(inOrder(item)), inOrder(item)] as const)
    return items.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, inOrder(member)] as const)
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}
