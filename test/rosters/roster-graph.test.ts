import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { notify } from '../../src/db/notifications.ts'
import { ROSTER_CHANNEL } from '../../src/rosters/steps.ts'
import { asking, openRatedHub } from '../enrollments/world.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type Inserted,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
  type InsertedWorker,
} from '../harness/builders.ts'
import { ADMIN } from '../harness/hub.ts'
import { aViewer } from '../harness/viewers.ts'
import { aRoster } from './world.ts'

// Real: PGlite, the hub's schema, gate and rules, the plan of enrolling. Rosters are inserted, not uploaded.

let hub: Hub
let regency: InsertedPayer
let city: InsertedPayer
let program: InsertedProgram
let budget: InsertedBudget
let here: InsertedWorker
let elsewhere: InsertedWorker
let first: Inserted
let roster: Inserted
let ofCity: Inserted
let clerk: Viewer

beforeAll(async () => {
  hub = await openRatedHub()
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  city = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  program = await aProgram(regency).coded('TNG').in(hub)
  const ofCityProgram = await aProgram(city).coded('KOTA').in(hub)
  // Two people for seven months, and not a third.
  budget = await aBudget(regency, 2023, 2n * 7n * 16_800n + 100n).in(hub)
  here = await aWorker()
    .livingIn('36.03.01.2003')
    .coveredBy(program, '2023-06..2023-12', { decision: 'ACCEPTED' })
    .in(hub)
  elsewhere = await aWorker().livingIn('36.71.01.1001').in(hub)
  first = await aRoster(program).inState('REJECTED').submittedBy('clerk').in(hub)
  roster = await aRoster(program)
    .correcting(first)
    .withRow({ outcome: 'ELIGIBLE', match: 'NEW', rank: 4020 })
    .withRow({
      outcome: 'INCOMPLETE',
      birth_month: null,
      problems: [{ code: 'MISSING', field: 'birth_date', message: 'The birth date is missing.' }],
      nik_findings: [{ code: 'SEX', level: 'WARN', message: 'The declared sex differs from the NIK.' }],
      findings: [{ code: 'OVER_AGE', level: 'INELIGIBLE', message: 'Too old.', fact: '70' }],
    })
    .withRow({ outcome: 'ELIGIBLE', match: 'EXACT', worker_id: here.id, rank: 1020, category: 'FISHER' })
    .withRow({
      outcome: 'ALREADY_COVERED',
      match: 'EXACT',
      worker_id: here.id,
      enrollment_id: here.enrollments[0]!,
      covered: [
        { benefit: 'JKK', payerKind: 'PROVINCE', from: '2023-06', to: '2023-12' },
        { benefit: 'JKM', payerKind: 'VILLAGE', from: '2023-07', to: '2023-07' },
      ],
    })
    .withRow({ outcome: 'DUPLICATE_IN_FILE', in_file: 'DUPLICATE', same_as_row: 1 })
    .withRow({ outcome: 'SUSPECT_MATCH', match: 'SUSPECT', worker_id: elsewhere.id })
    .withRow({ outcome: 'SUSPECT_MATCH', match: 'NEW', in_file: 'SUSPECT', same_as_row: 1 })
    .withRow({ outcome: 'IDENTITY_CONFLICT', match: 'CONFLICT', worker_id: elsewhere.id })
    .withRow({ outcome: 'ELIGIBLE', match: 'NEW', rank: 4010 })
    .in(hub)
  ofCity = await aRoster(ofCityProgram)
    .during('2023-07..2023-08')
    .withRow({ outcome: 'ELIGIBLE', rank: 1 })
    .in(hub)
  clerk = aViewer('clerk', ['36.03'], { payer: regency.id })
})
afterAll(() => hub?.close())

const ask = (query: string, variables: object = {}, viewer: Viewer = clerk) =>
  asking(hub, viewer)(query, { id: roster.id, ...variables })

test('a roster says for whom and which months it is, how far it has come and what it corrects', async () => {
  const { data } = await ask(`query ($id: ID!) { roster(id: $id) {
    id from to state version rowCount done program { code } payer { id } replaces { id state version replaces { id } }
    steps { state at actor reason } } }`)
  expect(data.roster).toEqual({
    id: roster.id,
    from: '2023-06',
    to: '2023-12',
    state: 'SCREENED',
    version: 2,
    rowCount: 9,
    done: 0,
    program: { code: 'TNG' },
    payer: { id: regency.id },
    replaces: { id: first.id, state: 'REJECTED', version: 1, replaces: null },
    steps: [
      { state: 'DRAFT', at: '2023-05-02T03:00:00.000Z', actor: 'clerk', reason: 'The June sweep' },
      { state: 'SCREENED', at: '2023-05-02T03:01:00.000Z', actor: null, reason: null },
    ],
  })
})

const ROW = `row outcome match sameAsRow category birthMonth villageCode welfareDecile worker { id } enrollment { id }
  reasons { code level field fact } covered { benefit payerKind from to }`

test('rows come as in the file, each with all its reasons, in one statement', async () => {
  const { data, statements, path } = await ask(
    `query ($id: ID!) { roster(id: $id) { state rows(first: 200) { totalCount nodes { ${ROW} } } } }`,
  )
  expect([statements, path]).toEqual([1, 'fast'])
  const { nodes, totalCount } = data.roster.rows
  expect(totalCount).toBe(9)
  expect(nodes.map(({ row }: { row: number }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(nodes[0]).toEqual({
    row: 1,
    outcome: 'ELIGIBLE',
    match: 'NEW',
    sameAsRow: null,
    category: 'FARMER',
    birthMonth: '1983-05',
    villageCode: '36.03.01.2003',
    welfareDecile: 2,
    worker: null,
    enrollment: null,
    reasons: [],
    covered: [],
  })
  expect(nodes[1]).toMatchObject({
    birthMonth: null,
    reasons: [
      { code: 'MISSING', level: 'ERROR', field: 'birth_date', fact: null },
      { code: 'SEX', level: 'WARN', field: 'nik', fact: null },
      { code: 'OVER_AGE', level: 'INELIGIBLE', field: null, fact: '70' },
    ],
  })
  expect(nodes[3]).toMatchObject({
    worker: { id: here.id },
    enrollment: { id: here.enrollments[0] },
    reasons: [
      { code: 'ALREADY_COVERED', level: 'INELIGIBLE', fact: 'JKK PROVINCE 2023-06..2023-12' },
      { code: 'ALREADY_COVERED', level: 'INELIGIBLE', fact: 'JKM VILLAGE 2023-07..2023-07' },
    ],
    covered: [
      { benefit: 'JKK', payerKind: 'PROVINCE', from: '2023-06', to: '2023-12' },
      { benefit: 'JKM', payerKind: 'VILLAGE', from: '2023-07', to: '2023-07' },
    ],
  })
  const found = nodes
    .slice(4, 8)
    .map((row: { reasons: { code: string; fact: string | null }[] }) => row.reasons)
  expect(found).toMatchObject([
    [{ code: 'DUPLICATE_IN_FILE', level: 'ERROR', fact: '1' }],
    [{ code: 'SUSPECT_MATCH', level: 'REVIEW', fact: null }],
    [{ code: 'SUSPECT_MATCH', level: 'REVIEW', fact: '1' }],
    [{ code: 'IDENTITY_CONFLICT', level: 'ERROR', fact: null }],
  ])
  // A match whom the viewer may not see: that there is one is told, and not who.
  expect([nodes[5].worker, nodes[7].worker]).toEqual([null, null])
})

test('rows are found by outcome and by number, and page by page', async () => {
  const LIST = `query ($id: ID!, $outcome: RowOutcome, $first: Int, $after: String) { roster(id: $id) {
    rows(outcome: $outcome, first: $first, after: $after) { nodes { row } totalCount pageInfo { endCursor hasNextPage } } } }`
  const page = async (variables: object) => (await ask(LIST, variables)).data.roster.rows
  const eligible = await page({ outcome: 'ELIGIBLE', first: 2 })
  expect(eligible).toMatchObject({
    nodes: [{ row: 1 }, { row: 3 }],
    totalCount: 3,
    pageInfo: { hasNextPage: true },
  })
  expect(await page({ outcome: 'ELIGIBLE', after: eligible.pageInfo.endCursor })).toMatchObject({
    nodes: [{ row: 9 }],
    pageInfo: { hasNextPage: false },
  })
  expect(await page({ outcome: 'ENROLLED' })).toMatchObject({ nodes: [], totalCount: 0 })
  const { data } = await ask(
    'query ($id: ID!) { roster(id: $id) { there: row(number: 3) { row category } gone: row(number: 10) { row } } }',
  )
  expect(data.roster).toEqual({ there: { row: 3, category: 'FISHER' }, gone: null })
})

test('the summary says what came of it, what it costs, and who comes too late', async () => {
  const SUMMARY = `query ($id: ID!) { roster(id: $id) { summary { rows outcomes { outcome rows } cost
    months { month people cost } budgets { fiscalYear needed remaining budget { id } } fits overBudget firstLeftOut changed } } }`
  const { data, errors } = await ask(SUMMARY)
  expect(errors).toBeUndefined()
  const { months, ...summary } = data.roster.summary
  expect(summary).toEqual({
    rows: 9,
    outcomes: [
      { outcome: 'INCOMPLETE', rows: 1 },
      { outcome: 'DUPLICATE_IN_FILE', rows: 1 },
      { outcome: 'IDENTITY_CONFLICT', rows: 1 },
      { outcome: 'SUSPECT_MATCH', rows: 2 },
      { outcome: 'ALREADY_COVERED', rows: 1 },
      { outcome: 'ELIGIBLE', rows: 3 },
    ],
    cost: String(2 * 7 * 16_800),
    budgets: [
      {
        fiscalYear: 2023,
        needed: String(3 * 7 * 16_800),
        remaining: String(2 * 7 * 16_800 + 100),
        budget: { id: budget.id },
      },
    ],
    fits: 2,
    overBudget: 1,
    // The last by rank: row 3 comes first, then row 9.
    firstLeftOut: 1,
    changed: 0,
  })
  expect(months).toHaveLength(7)
  expect(months[0]).toEqual({ month: '2023-06', people: 2, cost: String(2 * 16_800) })
})

test('what enrolling found otherwise is counted', async () => {
  const done = await aRoster(program)
    .inState('ENROLLED')
    .withRow({ outcome: 'ENROLLED', rank: 1 })
    .withRow({ outcome: 'ALREADY_COVERED', screened_as: 'ELIGIBLE' })
    .in(hub)
  const { data } = await ask(
    'query ($id: ID!) { roster(id: $id) { summary { changed rows } rows { nodes { screenedAs } } } }',
    { id: done.id },
  )
  expect(data.roster).toEqual({
    summary: { changed: 1, rows: 2 },
    rows: { nodes: [{ screenedAs: null }, { screenedAs: 'ELIGIBLE' }] },
  })
})

test('a draft that has no rows yet has a summary too', async () => {
  const draft = await aRoster(program).inState('DRAFT').in(hub)
  const { data } = await ask(
    'query ($id: ID!) { roster(id: $id) { summary { rows outcomes { rows } fits overBudget firstLeftOut cost } } }',
    { id: draft.id },
  )
  expect(data.roster.summary).toEqual({
    rows: 0,
    outcomes: [],
    fits: 0,
    overBudget: 0,
    firstLeftOut: null,
    cost: '0',
  })
})

const LISTS = `query ($filter: RosterFilter) { rosters(filter: $filter) { nodes { id } } }`

test('rosters are found by program, payer and state', async () => {
  const ids = async (filter: object) =>
    (await ask(LISTS, { filter }, ADMIN)).data.rosters.nodes.map(({ id }: Inserted) => id)
  expect(await ids({ program: 'KOTA' })).toEqual([ofCity.id])
  expect(await ids({ payer: city.id })).toEqual([ofCity.id])
  expect(await ids({ states: ['REJECTED'] })).toEqual([first.id])
  expect(await ids({ program: 'TNG', states: ['SCREENED', 'REJECTED'] })).toEqual([first.id, roster.id])
  expect(await ids({ payer: 'x' })).toEqual([])
})

test.each<[string, () => Viewer]>([
  ['another payer', () => ({ ...clerk, payer: city.id })],
  ['no payer', () => aViewer('clerk', ['36.03'])],
])('who works for %s sees nothing of a roster, whomever he sees of its people', async (_, viewer) => {
  const { data } = await ask(
    `query ($id: ID!) { roster(id: $id) { id }
      rosters(filter: { program: "TNG" }) { totalCount nodes { id } }
      program(code: "TNG") { rosters { totalCount nodes { rows { nodes { row } } } } } }`,
    {},
    viewer(),
  )
  const none = { totalCount: 0, nodes: [] }
  expect(data).toEqual({ roster: null, rosters: none, program: { rosters: none } })
})

test('who may not read the registry is refused, and told what he lacks', async () => {
  const partner = aViewer('partner', ['36.03'], { payer: regency.id })
  for (const query of [LISTS, 'query ($id: ID!) { roster(id: $id) { id } }'])
    expect((await ask(query, {}, partner)).errors).toMatchObject([{ code: 'FORBIDDEN' }])
})

test('who follows a roster is told of each step as he may see it, and nobody of another payer’s', async () => {
  const followed = await aRoster(program).inState('SCREENING').withRow().withRow().in(hub)
  const follow = (viewer: Viewer) =>
    hub.subscribe(
      {
        query: 'subscription ($id: ID!) { rosterProgress(id: $id) { state done rowCount } }',
        variables: { id: followed.id },
      },
      () => hub.context({ viewer }),
    )
  const move = (set: string) =>
    hub.db.transaction(async (query) => {
      await query(`/* test.move */ update roster set ${set} where id = $1`, [followed.id])
      await notify(query, ROSTER_CHANNEL, followed.id)
    })
  const [own, others] = [await follow(clerk), await follow({ ...clerk, payer: city.id })]
  if (!('next' in own) || !('next' in others)) throw new Error('a subscription did not begin')
  const next = async (events: typeof own) => (await events.next()).value?.data?.rosterProgress
  expect(await next(own)).toEqual({ state: 'SCREENING', done: 0, rowCount: 2 })
  expect(await next(others)).toBeNull()
  expect(await others.next()).toMatchObject({ done: true })
  await move('done = 1')
  expect(await next(own)).toEqual({ state: 'SCREENING', done: 1, rowCount: 2 })
  await move(`state = 'SCREENED', done = 2`)
  expect(await next(own)).toEqual({ state: 'SCREENED', done: 2, rowCount: 2 })
  await own.return!()
})
