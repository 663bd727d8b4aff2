import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DocumentNode, GraphQLError, getIntrospectionQuery, parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CASES } from '../../../bench/cases.ts'
import type { Hub } from '../../../src/app.ts'
import { COUNTING_PEOPLE, COUNTING_ROWS } from '../../../src/contract/cost.ts'
import { createAdmission } from '../../../src/graph/admission/admission.ts'
import { complexityOf, createComplexityLimit } from '../../../src/graph/admission/complexity.ts'
import { ADMISSION_LIMITS } from '../../../src/graph/admission/limits.ts'
import { type DocumentManifest, readTrustedDocuments } from '../../../src/graph/admission/trusted.ts'
import { DEFAULT_OPERATION_LIMITS } from '../../../src/kernel/config.ts'
import { packageRoot } from '../../../src/kernel/package-root.ts'
import { openTestHub } from '../../harness/hub.ts'
import { codeOf, faultOf, many } from './refusals.ts'

// Real: the schema that a hub serves, with what its resolvers say about costs. Nothing is executed.

let hub: Hub
beforeAll(async () => {
  hub = await openTestHub()
})
afterAll(() => hub.close())

type Variables = Record<string, unknown>

const { maxComplexity } = DEFAULT_OPERATION_LIMITS

function schema() {
  return hub.planner.model.schema
}

/** A valid operation, parsed. */
function asked(text: string): DocumentNode {
  const document = parse(text)
  expect(validate(schema(), document)).toEqual([])
  return document
}

function cost(text: string, variables?: Variables, operationName?: string): number {
  return complexityOf(schema(), asked(text), operationName, variables)
}

/** What a selection on a worker adds to that worker's row. */
function ofWorker(selection: string): number {
  return cost(`{ workers(first: 100) { nodes { ${selection} } } }`) / 100
}

describe('a page costs the rows it asks for', () => {
  test('by its argument, its variable, the default of the variable, or its own default', () => {
    const costs = [
      cost('{ workers(first: 20) { nodes { id } } }'),
      cost('query ($n: Int) { workers(first: $n) { nodes { id } } }', { n: 20 }),
      cost('query ($n: Int = 20) { workers(first: $n) { nodes { id } } }'),
    ]
    expect(costs).toEqual([23, 23, 23])
    const fifty = 1 + 55
    expect(cost('{ workers { nodes { id } } }')).toBe(fifty)
    expect(cost('{ workers(first: null) { nodes { id } } }')).toBe(fifty)
    expect(cost('query ($n: Int = 20) { workers(first: $n) { nodes { id } } }', { n: null })).toBe(fifty)
  })

  test('times the rows of the pages inside it', () => {
    expect(cost('{ workers(first: 10) { nodes { enrollments(first: 30) { nodes { id } } } } }')).toBe(
      1 + 10 * (1 + 1 + 33),
    )
  })

  test('with edges as with nodes, and through fragments', () => {
    const pages = [
      '{ workers(first: 100) { nodes { id sex } } }',
      '{ workers(first: 100) { ...Page } } fragment Page on WorkerConnection { nodes { ...Row } } fragment Row on Worker { id sex }',
      '{ workers(first: 100) { ... { nodes { id ... on Worker { sex } } } } }',
    ]
    expect(pages.map((page) => cost(page))).toEqual([121, 121, 121])
    expect(cost('{ workers(first: 100) { edges { node { id sex } } } }')).toBe(221)
  })

  test('and its count once, however long the page is', () => {
    const counted = '{ workers(first: 100) { totalCount nodes { id sex } } }'
    expect(cost(counted)).toBe(121 + COUNTING_ROWS)
    const inFragments =
      '{ workers(first: 100) { nodes { id sex } ...A ... { b: totalCount } } } fragment A on WorkerConnection { a: totalCount }'
    expect(cost(inFragments)).toBe(121 + 2 * COUNTING_ROWS)
  })
})

describe('a field costs what it makes the database do:', () => {
  test('a list of no known length, some rows', () => {
    expect(ofWorker('coverage { id }')).toBeCloseTo(1 + 11, 1)
  })

  test('the areas of the country, as many as there are', () => {
    expect(cost('{ provinces { regencies { districts { villages { code } } } } }')).toBeGreaterThan(80_000)
  })

  test('a value that is computed for each row, a row', () => {
    expect(ofWorker('covered') - ofWorker('id')).toBeCloseTo(0.9, 1)
  })

  test('coverage, one count of people for each figure', () => {
    const summary = (fields: string) => cost(`{ coverageSummary { ${fields} } }`)
    expect(summary('coveredWorkers')).toBe(COUNTING_PEOPLE + 2)
    expect(summary('byBenefit { benefit }')).toBe(2 * COUNTING_PEOPLE + 12)
    for (const by of [
      'byCategory { category }',
      'byFundingSource { fundingSource }',
      'byPayer { coveredWorkers }',
    ]) {
      expect(summary(by)).toBe(2 * COUNTING_PEOPLE + 12)
    }
    expect(cost('{ coverageByArea(level: REGENCY) { coveredWorkers } }')).toBe(COUNTING_PEOPLE + 550)
  })

  test('coverage of an area, whatever kind of area it is', () => {
    const ofRegency = cost('{ regency(code: "36.03") { coverage { coveredWorkers } } }')
    expect(ofRegency).toBe(COUNTING_PEOPLE + 3)
    expect(cost('{ payers(first: 10) { nodes { area { coverage { coveredWorkers } } } } }')).toBeGreaterThan(
      10 * COUNTING_PEOPLE,
    )
    expect(cost('{ regencies(first: 200) { nodes { coverage { coveredWorkers } } } }')).toBeGreaterThan(
      maxComplexity,
    )
  })

  test('a trend, one count of people for each month', () => {
    const trend =
      'query ($from: Month!, $to: Month!) { coverageTrend(from: $from, to: $to) { coveredWorkers } }'
    const months = (from: string, to: string) =>
      Math.round(cost(trend, { from, to }) / (COUNTING_PEOPLE + 1.1))
    expect(months('2022-01', '2022-01')).toBe(1)
    expect(months('2022-01', '2022-12')).toBe(12)
    // What is refused when it is asked for costs no more than the most that is not.
    expect(months('1900-01', '2999-12')).toBe(60)
    expect(months('2022-12', '2022-01')).toBe(0)
  })

  test('a check, what each of its people costs', () => {
    const check =
      'query ($people: [PersonToCheck!]!) { checkCoverage(input: { people: $people, from: "2022-01", purpose: CLAIM }) { covered worker { id } } }'
    const people = (count: number) => ({ people: Array.from({ length: count }, () => ({ nik: 'x' })) })
    expect([0, 10, 1_000].map((count) => cost(check, people(count)))).toEqual([0, 72, 7_200])
  })

  test('a gateway’s question, what each representation costs', () => {
    const entities =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Regency { name workers(first: 9) { nodes { id } } } ... on Budget { id } } }'
    const representations = (count: number) => ({ r: Array(count).fill({ __typename: 'Budget', id: '1' }) })
    expect(cost(entities, representations(100))).toBe(100 * Math.round(cost(entities, representations(1))))
  })
})

describe('the default limit', () => {
  const limit = (text: string, variables?: Variables) =>
    codeOf(() => createComplexityLimit(schema(), { maxComplexity })(asked(text), undefined, variables))

  test('passes every trusted document, with twice the room', () => {
    const manifest = JSON.parse(
      readFileSync(join(packageRoot, 'schema', 'documents.json'), 'utf8'),
    ) as DocumentManifest
    const trusted = readTrustedDocuments()
    const admission = createAdmission({ limits: ADMISSION_LIMITS, trusted, trustedOnly: true })
    expect(Object.keys(manifest).length).toBeGreaterThan(5)
    for (const id of Object.keys(manifest)) {
      const { query } = admission.admit({ documentId: id })
      expect(cost(query as string)).toBeLessThan(maxComplexity / 2)
    }
  })

  test.each(CASES.map(({ name, hub: text }) => [name, text]))(
    'passes the %s with twice the room',
    (_, text) => {
      expect(cost(text, { v: text.includes('Int!') ? 2022 : '36.03' })).toBeLessThan(maxComplexity / 2)
      expect(
        codeOf(() =>
          createAdmission({
            limits: ADMISSION_LIMITS,
            trusted: readTrustedDocuments(),
            trustedOnly: false,
          }).admit({ query: text }),
        ),
      ).toBeUndefined()
    },
  )

  test('passes a page of 200 workers with two relations and their count', () => {
    const page =
      '{ workers(first: 200) { totalCount nodes { id category sex birthMonth regency { name province { name } } coverage { benefit payer { name } } } } }'
    expect(cost(page)).toBeLessThan(maxComplexity / 2)
  })

  test('refuses a page of 200 pages of 200, however it is asked for', () => {
    expect(limit('{ regencies(first: 200) { nodes { workers(first: 200) { nodes { id } } } } }')).toBe(
      'TOO_COMPLEX',
    )
    expect(
      limit('{ workers(first: 200) { edges { node { enrollments(first: 200) { nodes { id } } } } } }'),
    ).toBe('TOO_COMPLEX')
    const nested =
      'query ($n: Int = 200) { regencies(first: $n) { nodes { workers(first: $n) { nodes { id } } } } }'
    expect(limit(nested)).toBe('TOO_COMPLEX')
    expect(limit(nested, { n: 200 })).toBe('TOO_COMPLEX')
    expect(limit(nested, { n: 20 })).toBeUndefined()
    const aliased = many(
      6,
      (n) => `r${n}: regencies(first: 100) { nodes { workers(first: 100) { nodes { id } } } }`,
    )
    expect(limit(`{ ${aliased} }`)).toBe('TOO_COMPLEX')
  })

  test('passes the introspection query once, not twenty times', () => {
    expect(limit(getIntrospectionQuery())).toBeUndefined()
    expect(limit(`{ ${many(20, (n) => `s${n}: __schema { types { name } }`)} }`)).toBe('TOO_COMPLEX')
  })
})

describe('a limit', () => {
  const text = '{ workers(first: 20) { nodes { id } } }'

  test('is passed at its cost and refused above it, with the remedy', () => {
    expect(codeOf(() => createComplexityLimit(schema(), { maxComplexity: 23 })(asked(text)))).toBeUndefined()
    const fault = faultOf(() => createComplexityLimit(schema(), { maxComplexity: 22 })(asked(text)))
    expect(fault).toMatchObject({
      code: 'TOO_COMPLEX',
      message: 'The operation costs 23, and the limit is 22.',
      remedy: 'Ask for smaller pages (a smaller `first`), or for fewer levels of lists.',
    })
  })

  test('is about the operation that is asked for, not about its neighbors', () => {
    const document = asked(`query Large ${text} query Small { workers(first: 1) { nodes { id } } }`)
    const limit = createComplexityLimit(schema(), { maxComplexity: 10 })
    expect(codeOf(() => limit(document, 'Small'))).toBeUndefined()
    expect(codeOf(() => limit(document, 'Large'))).toBe('TOO_COMPLEX')
    // Execution says that there is none, or which of them is meant.
    expect(codeOf(() => limit(document, 'Other'))).toBeUndefined()
    expect(codeOf(() => limit(document))).toBeUndefined()
  })

  test('is about what is selected', () => {
    const document = asked(
      `query ($skip: Boolean!) { workers(first: 20) @skip(if: $skip) { nodes { id } } viewer: provinces { code } }`,
    )
    const limit = createComplexityLimit(schema(), { maxComplexity: 50 })
    expect(codeOf(() => limit(document, null, { skip: true }))).toBeUndefined()
    expect(codeOf(() => limit(document, null, { skip: false }))).toBe('TOO_COMPLEX')
    expect(codeOf(() => limit(document, null, { skip: true }))).toBeUndefined()
  })

  test('leaves variables of the wrong type to execution, which refuses them all', () => {
    const document = asked('query ($n: Int!) { workers(first: $n) { nodes { id } } }')
    const limit = createComplexityLimit(schema(), { maxComplexity: 1 })
    for (const variables of [{}, null, { n: null }, { n: '200' }, { n: 1.5 }]) {
      expect(codeOf(() => limit(document, null, variables))).toBeUndefined()
    }
    expect(codeOf(() => limit(document, null, { n: 5 }))).toBe('TOO_COMPLEX')
  })

  test('is not evaded by a wrong argument of one field, which would let the others run', () => {
    const document = asked(
      'query ($from: Month = "2022-01") { coverageTrend(from: $from, to: "2022-01") { month } regencies(first: 200) { nodes { workers(first: 200) { nodes { id } } } } }',
    )
    const limit = createComplexityLimit(schema(), { maxComplexity })
    expect(() => limit(document, null, { from: null })).toThrow(GraphQLError)
  })
})

test('a remembered cost is the cost: variables that can change it are told apart', () => {
  const document = asked(
    `query ($n: Int = 7, $with: Boolean = true, $from: Month = "2022-01", $r: [_Any!] = [], $people: [PersonToCheck!] = [{ nik: "x" }], $input: CheckCoverageInput, $area: AreaCode) {
      workers(first: $n, filter: { area: $area }) @include(if: $with) { nodes { id } }
      _entities(representations: $r) { __typename }
      coverageTrend(from: $from, to: "2022-12") { month }
      checkCoverage(input: { people: $people, from: $from, purpose: CLAIM }) { known }
    }`
      .replace(', $input: CheckCoverageInput', '')
      .replace('$r: [_Any!] =', '$r: [_Any!]! ='),
  )
  const given: Variables[] = [
    {},
    { n: null },
    { n: 0 },
    { n: 1 },
    { n: 200 },
    { with: false },
    { with: true },
    { from: '2022-11' },
    { r: [] },
    { r: [{}] },
    { r: [{}, {}] },
    { people: [] },
    { people: [{ nik: 'a' }, { nik: 'b' }] },
    { n: 1, people: { nik: 'a' } },
  ]
  const limit = createComplexityLimit(schema(), { maxComplexity: -1 })
  const message = (variables: Variables) => faultOf(() => limit(document, null, variables))?.message
  const costs = given.map((variables) => complexityOf(schema(), document, null, variables))
  expect(new Set(costs).size).toBeGreaterThan(8)
  for (const _ of ['computed', 'remembered']) {
    given.forEach((variables, n) => {
      expect(message(variables)).toContain(`costs ${costs[n]!.toLocaleString('en-US')},`)
    })
  }
})

test('a remembered cost takes no walk through the operation', () => {
  const document = asked(
    'query ($n: Int, $area: AreaCode) { workers(first: $n, filter: { area: $area }) { nodes { id } } }',
  )
  const limit = createComplexityLimit(schema(), { maxComplexity })
  const time = (check: (n: number) => void) => {
    const started = performance.now()
    for (let n = 0; n < 2_000; n++) check(n)
    return performance.now() - started
  }
  const computed = time((n) => complexityOf(schema(), document, null, { n: 50, area: `${n}` }))
  const remembered = time((n) => limit(document, null, { n: 50, area: `${n}` }))
  expect(remembered).toBeLessThan(computed / 3)
})
