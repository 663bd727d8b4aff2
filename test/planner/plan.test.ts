import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { someAreas } from '../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedWorker,
} from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'
import { type Answer, runFast, runPlain, type Variables } from '../harness/operations.ts'
import { AWKWARD } from '../harness/small-world.ts'

// Real: PGlite in memory, the hub's own schema and planner, Apollo.

const BEYOND_DOUBLES = 9_007_199_254_740_993n
const LARGEST_BIGINT = 9_223_372_036_854_775_807n

let hub: Hub
let tangerang: InsertedPayer
let donor: InsertedPayer
let budget: InsertedBudget
let first: InsertedWorker

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  tangerang = await aPayer('REGENCY', { area: '36.03', name: 'Kabupaten Tangerang' }).in(hub)
  donor = await aPayer('DONOR', { name: AWKWARD }).in(hub)
  const program = await aProgram(tangerang).coded('TNG').basedOn(AWKWARD).in(hub)
  await aProgram(donor).coded(`"quoted" \\ 'code'`, AWKWARD).at(LARGEST_BIGINT).in(hub)
  budget = await aBudget(tangerang, 2023, BEYOND_DOUBLES).committing(1n).in(hub)
  await aBudget(tangerang, 2024, 0n).in(hub)
  first = await aWorker()
    .aged(40)
    .coveredBy(program, '2023-01..2023-05', { chargedTo: [budget] })
    .in(hub)
  for (let n = 1; n < 7; n++) {
    await aWorker()
      .bornIn(n % 2 === 0 ? '1970-01' : '1980-06')
      .livingIn('36.71.01.1001')
      .in(hub)
  }
})
afterAll(() => hub?.close())

/** The answer of both paths, which must be the same. */
async function ask(query: string, variables: Variables = {}, operationName?: string): Promise<Answer> {
  const fast = await runFast(hub, query, variables, operationName)
  const plain = await runPlain(hub, query, variables, operationName)
  expect({ data: plain.data, errors: plain.errors }).toEqual({ data: fast.data, errors: fast.errors })
  return fast
}

describe('one statement for a root field', () => {
  const DEEP = `{
    regency(code: "36.03") {
      name province { name }
      districts { name villages { name } }
      workers(first: 3) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node { id village { district { regency { province { name } } } }
          coverage { benefit payer { name } program { code payer { area { name level } } } }
          enrollments { nodes { state charges { budget { payer { budgets { totalCount nodes { id } } } } } } } } }
      }
      budgets { nodes { id entries { nodes { kind } totalCount } } }
      coverage(asOf: "2023-05") { coveredWorkers byBenefit { benefit coveredWorkers } byPayer { payer { name } } }
    }
  }`

  test('a deep query is answered by one statement, on the fast path', async () => {
    const { data, errors, statements, path } = await ask(DEEP)
    expect(errors).toBeUndefined()
    expect([statements, path]).toEqual([1, 'fast'])
    expect(data.regency.workers.edges[0].node.coverage).toHaveLength(2)
    expect(data.regency.workers.edges[0].node.enrollments.nodes[0].charges[0].budget.payer.budgets).toEqual({
      totalCount: 2,
      nodes: [{ id: budget.id }, { id: String(Number(budget.id) + 1) }],
    })
  })

  test('the plain path runs as many statements as the fast path', async () => {
    expect((await runPlain(hub, DEEP)).statements).toBe(1)
  })

  test('two root fields are two statements, and a __typename beside them is none', async () => {
    const { data, statements } = await ask(`{ __typename province(code: "36") { name } payer(id: 1) { id } }`)
    expect(statements).toBe(2)
    expect(data).toEqual({ __typename: 'Query', province: { name: 'Banten' }, payer: { id: '1' } })
  })

  test('asking the same operation again, with other values, is again one statement and its own answer', async () => {
    const query =
      'query ($code: AreaCode!, $first: Int! = 1) { regency(code: $code) { workers(first: $first) { nodes { id } } } }'
    const at = async (code: string, first?: number) => {
      const { data, statements } = await ask(query, { code, ...(first && { first }) })
      expect(statements).toBe(1)
      return data.regency.workers.nodes.length
    }
    expect(await at('36.03')).toBe(1)
    expect(await at('36.71', 5)).toBe(5)
    expect(await at('36.01', 5)).toBe(0)
    expect(await at('36.71')).toBe(1)
  })

  test('a filter that is given, left out and null makes different statements of one document', async () => {
    const query = `query ($filter: WorkerFilter, $after: String) {
      workers(filter: $filter, after: $after, first: 2) { totalCount nodes { id } pageInfo { endCursor } } }`
    const count = async (variables: Variables) => (await ask(query, variables)).data.workers.totalCount
    expect(await count({})).toBe(7)
    expect(await count({ filter: { area: '36.71' } })).toBe(6)
    expect(await count({ filter: { area: null } })).toBe(7)
    expect(await count({ filter: { area: '36.03', maxDecile: 4 } })).toBe(0)
    const { endCursor } = (await ask(query)).data.workers.pageInfo
    const next = (await ask(query, { after: endCursor })).data.workers.nodes
    expect(next.map(({ id }: { id: string }) => id)).toEqual(['3', '4'])
    expect(await count({ filter: { area: '36.71' } })).toBe(6)
  })
})

describe('joins', () => {
  test('a relation followed under two aliases is joined once', async () => {
    const { data, sql } = await ask(`{ worker(id: 1) { a: regency { code } b: regency { name } } }`)
    expect(data.worker).toEqual({ a: { code: '36.03' }, b: { name: 'Kabupaten Tangerang' } })
    expect(sql[0]!.match(/ join /g)).toHaveLength(1)
  })

  test('a relation that leads nowhere is null, and so is everything below it', async () => {
    const reported = await aWorker().reportedBy(donor, '2023-01..2023-02').in(hub)
    const { data } = await ask(
      `query ($id: ID!) { worker(id: $id) { coverage { enrollment { worker { id } } program { code } origin } } }`,
      { id: reported.id },
    )
    expect(data.worker.coverage).toEqual([{ enrollment: null, program: null, origin: 'REPORTED' }])
    await hub.db.query('/* test.undo */ delete from coverage_line where worker_id = $1', [reported.id])
    await hub.db.query('/* test.undo */ delete from worker where id = $1', [reported.id])
  })
})

describe('the shape of an answer', () => {
  test('an object of 120 fields is whole, in the order asked for', async () => {
    const fields = Array.from({ length: 120 }, (_, n) => `f${n}: ${n % 2 === 0 ? 'id' : 'category'}`)
    const { data, statements } = await ask(`{ worker(id: 1) { ${fields.join(' ')} } }`)
    expect(Object.keys(data.worker)).toEqual(Array.from({ length: 120 }, (_, n) => `f${n}`))
    expect(data.worker).toMatchObject({ f0: '1', f1: 'FARMER', f118: '1', f119: 'FARMER' })
    expect(statements).toBe(1)
  })

  test('response keys of more than 63 bytes stay apart, at every level', async () => {
    const long = (end: string) => `${'k'.repeat(70)}${end}`
    const { data } = await ask(
      `{ ${long('A')}: worker(id: 1) { ${long('B')}: id ${long('C')}: regency { ${long('D')}: code ${long('E')}: name } } }`,
    )
    expect(data).toEqual({
      [long('A')]: {
        [long('B')]: '1',
        [long('C')]: { [long('D')]: '36.03', [long('E')]: 'Kabupaten Tangerang' },
      },
    })
  })

  test('an alias may be the name of another field', async () => {
    const { data } = await ask(`{ province(code: "36") { name: code code: name level: __typename } }`)
    expect(data.province).toEqual({ name: '36', code: 'Banten', level: 'Province' })
  })

  test('an object with nothing left to select is empty, and a query, too', async () => {
    expect((await ask('{ worker(id: 1) { id @skip(if: true) } }')).data).toEqual({ worker: {} })
    expect((await ask('{ worker(id: 1) @include(if: false) { id } }')).data).toEqual({})
    const { data } = await ask(
      '{ workers(first: 2) { nodes { id @skip(if: true) } edges { cursor @skip(if: true) } } }',
    )
    expect(data.workers).toEqual({ nodes: [{}, {}], edges: [{}, {}] })
  })

  test('empty lists are lists, and an empty page has neither cursors nor a next page', async () => {
    const { data } = await ask(`{ province(code: "11") { payers { id } }
      workers(filter: { area: "11" }) { nodes { id } edges { cursor } totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`)
    expect(data).toEqual({
      province: { payers: [] },
      workers: {
        nodes: [],
        edges: [],
        totalCount: 0,
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      },
    })
  })

  test('what may be null is null: scalars, lists, objects and computed values', async () => {
    const { data } = await ask(`{
      worker(id: 1) { deathMonth welfareDecile decileAsOf }
      program(code: "TNG") { categories maxDecile }
      payer(id: 2) { area { name } }
      budgets(filter: { fiscalYear: 2024 }) { nodes { absorptionRate accountCode } }
      coverageSummary(scope: "11") { coverageRate budget { absorptionRate } }
      everywhere: coverageSummary { scope { code } }
    }`)
    expect(data).toEqual({
      worker: { deathMonth: null, welfareDecile: null, decileAsOf: null },
      program: { categories: null, maxDecile: null },
      payer: { area: null },
      budgets: { nodes: [{ absorptionRate: null, accountCode: null }] },
      coverageSummary: { coverageRate: null, budget: { absorptionRate: null } },
      everywhere: { scope: null },
    })
  })
})

describe('values', () => {
  test('quotes, backslashes, control characters and characters beyond 16 bits survive', async () => {
    const { data } = await ask(
      `{ payer(id: 2) { name programs { nodes { code name } } } program(code: "TNG") { legalBasis } }`,
    )
    expect(data.payer).toEqual({
      name: AWKWARD,
      programs: { nodes: [{ code: `"quoted" \\ 'code'`, name: AWKWARD }] },
    })
    expect(data.program.legalBasis).toBe(AWKWARD)
  })

  test('a key with quotes and backslashes is found again, also by a cursor', async () => {
    const { data } = await ask(`query ($code: String!) { program(code: $code) { code } }`, {
      code: `"quoted" \\ 'code'`,
    })
    expect(data.program.code).toBe(`"quoted" \\ 'code'`)
    const { endCursor } = (await ask('{ programs(first: 1) { pageInfo { endCursor } } }')).data.programs
      .pageInfo
    const next = await ask('query ($after: String) { programs(after: $after) { nodes { code } } }', {
      after: endCursor,
    })
    expect(next.data.programs.nodes).toEqual([{ code: 'TNG' }])
  })

  test('text in arguments is data, whatever it looks like', async () => {
    for (const search of [`'`, `\\`, `$1`, `'; drop table worker; --`, AWKWARD]) {
      const { data } = await ask('query ($s: String) { regencies(search: $s) { totalCount } }', { s: search })
      expect(data.regencies.totalCount).toBe(0)
    }
  })

  test('a character that PostgreSQL cannot store is refused as input', async () => {
    const { errors } = await ask('query ($s: String) { regencies(search: $s) { totalCount } }', {
      s: 'a\u0000b',
    })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['regencies'] }])
  })

  test('big integers are exact strings beyond 2^53', async () => {
    const { data } = await ask(
      'query ($id: ID!, $code: String!) { budget(id: $id) { ceiling remaining unpaid } program(code: $code) { contribution } }',
      { id: budget.id, code: `"quoted" \\ 'code'` },
    )
    expect(data.budget).toEqual({ ceiling: '9007199254740993', remaining: '9007199254740992', unpaid: '1' })
    expect(data.program.contribution).toBe('9223372036854775807')
  })

  test('dates, months and instants have their GraphQL form', async () => {
    const { data } = await ask(
      `query ($id: ID!) {
      worker(id: 1) { birthMonth domicileSince }
      budget(id: $id) { entries(first: 1) { nodes { enteredOn recordedAt } } } }`,
      { id: budget.id },
    )
    expect(data.worker).toEqual({ birthMonth: '1983-05', domicileSince: '2020-02-29' })
    expect(data.budget.entries.nodes).toEqual([
      { enteredOn: '2023-01-02', recordedAt: '2023-01-01T20:04:05.678Z' },
    ])
  })

  test('an id that no row has is null, malformed and too large ones as well', async () => {
    const ids = ['999', '0', '-1', 'abc', '', ' 1', '01', '1.0', '1e0', '9223372036854775808', '9'.repeat(40)]
    for (const id of ids) {
      const { data, errors } = await ask(
        `query ($id: ID!) { worker(id: $id) { id } payer(id: $id) { id } budget(id: $id) { id } enrollment(id: $id) { id } }`,
        { id },
      )
      expect(errors).toBeUndefined()
      expect(data).toEqual({ worker: null, payer: null, budget: null, enrollment: null })
    }
  })
})

describe('pages', () => {
  test('first: 1 and first: 200 are pages', async () => {
    const { data } = await ask(
      '{ one: workers(first: 1) { nodes { id } } all: workers(first: 200) { nodes { id } } }',
    )
    expect(data.one.nodes).toHaveLength(1)
    expect(data.all.nodes).toHaveLength(7)
  })

  test.each([0, -1, 201, 2_147_483_647])('first: %i is refused, at the root and below', async (size) => {
    for (const query of [
      'query ($n: Int!) { workers(first: $n) { totalCount } }',
      'query ($n: Int!) { province(code: "36") { workers(first: $n) { nodes { id } } } }',
    ]) {
      const { errors } = await ask(query, { n: size })
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'first' }])
    }
  })

  test.each([
    ['no base64', '%%%'],
    ['empty', ''],
    ['no JSON', Buffer.from('abc').toString('base64url')],
    ['no list', Buffer.from('{"a":1}').toString('base64url')],
    ['a list of something else', Buffer.from('[1]').toString('base64url')],
    ['too few keys', Buffer.from('[]').toString('base64url')],
    ['too many keys', Buffer.from('["1980-06-01","1"]').toString('base64url')],
    ['a key of the wrong type', Buffer.from('["abc"]').toString('base64url')],
    ['a key out of range', Buffer.from('["99999999999999999999"]').toString('base64url')],
    ['a key with a zero byte', Buffer.from('["1\\u0000"]').toString('base64url')],
  ])('a cursor that is %s is refused as field "after"', async (_, after) => {
    const { errors } = await ask('query ($after: String) { workers(after: $after) { nodes { id } } }', {
      after,
    })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'after', path: ['workers'] }])
  })

  test('a cursor of another order of the same list is refused', async () => {
    const { endCursor } = (await ask('{ workers(first: 1) { pageInfo { endCursor } } }')).data.workers
      .pageInfo
    const { errors } = await ask(
      'query ($after: String) { workers(after: $after, orderBy: BIRTH_MONTH) { nodes { id } } }',
      { after: endCursor },
    )
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'after' }])
  })

  test('null is no cursor', async () => {
    const { data } = await ask(
      '{ workers(after: null, first: 1) { nodes { id } pageInfo { hasPreviousPage } } }',
    )
    expect(data.workers).toEqual({ nodes: [{ id: '1' }], pageInfo: { hasPreviousPage: false } })
  })

  const PAGE = `query ($first: Int!, $after: String, $order: WorkerOrder!) {
    workers(first: $first, after: $after, orderBy: $order) {
      totalCount nodes { id birthMonth } edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

  /** Follows `endCursor` to the end of the list. */
  async function follow(first: number, order: string) {
    const ids: string[] = []
    for (let after: string | null = null; ; ) {
      const { workers }: Answer['data'] = (await ask(PAGE, { first, after, order })).data
      const { edges, pageInfo, totalCount } = workers
      expect(totalCount).toBe(7)
      expect(pageInfo.hasPreviousPage).toBe(after !== null)
      expect(pageInfo.startCursor).toBe(edges[0].cursor)
      expect(pageInfo.endCursor).toBe(edges.at(-1).cursor)
      ids.push(...workers.nodes.map(({ id }: { id: string }) => id))
      expect(pageInfo.hasNextPage).toBe(ids.length < totalCount)
      if (!pageInfo.hasNextPage) return ids
      after = pageInfo.endCursor
    }
  }

  test.each([1, 2, 3, 6, 7, 8])(
    'pages of %i, followed to the end, hold every row once, in order, also where keys tie',
    async (size) => {
      expect(await follow(size, 'ID')).toEqual(['1', '2', '3', '4', '5', '6', '7'])
      expect(await follow(size, 'BIRTH_MONTH')).toEqual(['3', '5', '7', '2', '4', '6', '1'])
    },
  )

  test('a cursor of a row that the filter leaves out still marks its place', async () => {
    const { edges } = (await ask(PAGE, { first: 7, order: 'ID' })).data.workers
    const { data } = await ask(
      'query ($after: String) { workers(after: $after, first: 2, filter: { area: "36.71" }) { nodes { id } } }',
      { after: edges[0].cursor },
    )
    expect(data.workers.nodes).toEqual([{ id: '2' }, { id: '3' }])
  })
})

describe('interfaces and entities', () => {
  test('an interface is answered per concrete type', async () => {
    const { data, statements } = await ask(`{
      a: coverageSummary(scope: "36") { scope { __typename code level ... on Province { regencies { code } } ... on Regency { kind } } }
      b: coverageSummary(scope: "36.03.01.2003") { scope { __typename code ... on Village { district { code } } ... on Province { name } } }
      c: coverageByArea(within: "36.03", level: DISTRICT) { area { __typename code ... on Area { name } } coveredWorkers }
    }`)
    expect(statements).toBe(3)
    expect(data.a.scope.__typename).toBe('Province')
    expect(data.a.scope.regencies).toHaveLength(3)
    expect(data.b.scope).toEqual({
      __typename: 'Village',
      code: '36.03.01.2003',
      district: { code: '36.03.01' },
    })
    expect(data.c).toEqual([
      { area: { __typename: 'District', code: '36.03.01', name: 'Balaraja' }, coveredWorkers: 1 },
      { area: { __typename: 'District', code: '36.03.02', name: 'Jayanti' }, coveredWorkers: 0 },
    ])
  })

  const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    __typename ... on Worker { id regency { name } } ... on Regency { code workers(first: 1) { totalCount } } ... on CoverageProgram { program: code } } }`

  test('representations are answered in their order, with one statement per type, unknown keys as null', async () => {
    const worker = (id: unknown) => ({ __typename: 'Worker', id })
    const regency = (code: string) => ({ __typename: 'Regency', code })
    const { data, statements } = await ask(ENTITIES, {
      representations: [
        worker('2'),
        regency('36.03'),
        worker('999'),
        worker('abc'),
        worker('99999999999999999999'),
        regency('99.99'),
        worker(2),
        { __typename: 'CoverageProgram', code: `"quoted" \\ 'code'` },
      ],
    })
    const second = { __typename: 'Worker', id: '2', regency: { name: 'Kota Tangerang' } }
    expect(data._entities).toEqual([
      second,
      { __typename: 'Regency', code: '36.03', workers: { totalCount: 1 } },
      null,
      null,
      null,
      null,
      second,
      { __typename: 'CoverageProgram', program: `"quoted" \\ 'code'` },
    ])
    expect(statements).toBe(3)
  })

  test('the plain path asks once per type, too', async () => {
    const representations = ['1', '2', '3', '2'].map((id) => ({ __typename: 'Worker', id }))
    const { data, statements } = await runPlain(hub, ENTITIES, { representations })
    expect(data._entities.map(({ id }: { id: string }) => id)).toEqual(['1', '2', '3', '2'])
    expect(statements).toBe(1)
  })

  test('enrollments are found by an id that is only a part of their key', async () => {
    const { data } = await ask(
      `query ($id: ID!) { _entities(representations: [{ __typename: "Enrollment", id: $id }]) { ... on Enrollment { worker { id } } } }`,
      { id: first.enrollments[0] },
    )
    expect(data._entities).toEqual([{ worker: { id: first.id } }])
  })

  test.each([
    ['of a type that nobody knows', { __typename: 'Nobody', id: '1' }],
    ['of a type without a key', { __typename: 'Charge', id: '1' }],
    ['of a connection', { __typename: 'WorkerConnection', id: '1' }],
    ['without a type', { id: '1' }],
    ['without its key', { __typename: 'Worker', nik: '1' }],
    ['with a key that is no scalar', { __typename: 'Worker', id: { is: 1 } }],
    ['that is no object', 'Worker'],
  ])('a representation %s is refused, and echoes nothing', async (_, representation) => {
    const { data, errors } = await ask(ENTITIES, {
      representations: [{ __typename: 'Worker', id: '1' }, representation],
    })
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'representations', path: ['_entities'] }])
  })
})

describe('operations', () => {
  test('introspection beside planned fields takes the plain path and answers both', async () => {
    const { data, path } = await ask(
      '{ __type(name: "Month") { name } worker(id: 1) { id } workers { totalCount } }',
    )
    expect(data).toEqual({ __type: { name: 'Month' }, worker: { id: '1' }, workers: { totalCount: 7 } })
    expect(path).toBe('plain')
  })

  test('the SDL for the gateway takes the plain path', async () => {
    const { data, path } = await ask('{ _service { sdl } worker(id: 1) { id } }')
    expect(data._service.sdl).toContain('@key(fields: "id")')
    expect([data.worker, path]).toEqual([{ id: '1' }, 'plain'])
  })

  test('one root field that fails leaves the others their data', async () => {
    const { data, errors } = await ask(`{
      good: worker(id: 1) { id } bad: regency(code: "36.03") { workers(first: 0) { totalCount } } also: province(code: "36") { name } }`)
    expect(data).toEqual({ good: { id: '1' }, bad: null, also: { name: 'Banten' } })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'first', path: ['bad'] }])
  })

  test('a root field that fails and may not be null takes the whole answer with it', async () => {
    const { data, errors } = await ask('{ worker(id: 1) { id } workers(first: 0) { totalCount } }')
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ path: ['workers'] }])
  })

  test('what failed is not tried a second time', async () => {
    const { statements } = await runFast(hub, '{ workers(after: "WyJhYmMiXQ") { nodes { id } } }')
    expect(statements).toBe(1)
  })

  test('a variable that is declared and not used, or used and not declared, is refused before anything runs', async () => {
    for (const query of ['query ($id: ID!) { workers { totalCount } }', '{ worker(id: $id) { id } }']) {
      const { data, errors, statements } = await ask(query, { id: '1' })
      expect([data, errors!.length, statements]).toEqual([undefined, 1, 0])
    }
  })

  test('a value that is given for no variable is ignored', async () => {
    expect((await ask('{ worker(id: 1) { id } }', { id: '2' })).data).toEqual({ worker: { id: '1' } })
  })

  test('a variable of the wrong type is refused before anything runs', async () => {
    const { data, errors, statements } = await ask(
      'query ($m: Month) { coverageSummary(asOf: $m) { coveredWorkers } }',
      {
        m: '2023-13',
      },
    )
    expect([data, errors!.length, statements]).toEqual([undefined, 1, 0])
  })

  test('the operation of a document is chosen by its name', async () => {
    const document = `query A { worker(id: 1) { ...W } } query B { worker(id: 2) { ...W } } fragment W on Worker { id }`
    expect((await ask(document, {}, 'A')).data).toEqual({ worker: { id: '1' } })
    expect((await ask(document, {}, 'B')).data).toEqual({ worker: { id: '2' } })
    expect((await runFast(hub, document)).errors).toHaveLength(1)
    expect((await runFast(hub, document, {}, 'C')).errors).toHaveLength(1)
  })

  test('variables decide again at every request what is skipped', async () => {
    const query = `query ($a: Boolean!, $b: Boolean! = true) {
      worker(id: 1) { id @skip(if: $a) ... @include(if: $b) { category } ...S @include(if: $a) } } fragment S on Worker { sex }`
    expect((await ask(query, { a: true })).data.worker).toEqual({ category: 'FARMER', sex: 'FEMALE' })
    expect((await ask(query, { a: false })).data.worker).toEqual({ id: '1', category: 'FARMER' })
    expect((await ask(query, { a: true, b: false })).data.worker).toEqual({ sex: 'FEMALE' })
    expect((await ask(query, { a: false, b: false })).data.worker).toEqual({ id: '1' })
  })

  test('more variables that decide than outcomes are kept still give each outcome its own answer', async () => {
    const names = Array.from({ length: 7 }, (_, n) => `v${n}`)
    const query = `query (${names.map((name) => `$${name}: Boolean!`)}) {
      worker(id: 1) { ${names.map((name) => `${name}: id @skip(if: $${name})`).join(' ')} } }`
    for (let outcome = 0; outcome < 2 ** 7; outcome += 3) {
      const skipped = names.map((_, n) => Boolean(outcome & (1 << n)))
      const { data } = await runFast(
        hub,
        query,
        Object.fromEntries(names.map((name, n) => [name, skipped[n]])),
      )
      expect(Object.keys(data.worker)).toEqual(names.filter((_, n) => !skipped[n]))
    }
  })

  test('there are no mutations and no subscriptions to send', async () => {
    for (const query of ['mutation { enroll }', 'subscription { enrolled }']) {
      const { data, errors } = await ask(query)
      expect([data ?? null, errors!.length]).toEqual([null, 1])
    }
  })
})
