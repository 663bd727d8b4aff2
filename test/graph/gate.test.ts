import { isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessTable } from '../../src/access/access-table.ts'
import { fieldRules, neededByField } from '../../src/access/field-rules.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import type { Context } from '../../src/contract/context.ts'
import { createComplexityLimit } from '../../src/graph/admission/complexity.ts'
import { createGate, gatekeeper } from '../../src/graph/gate.ts'
import { policies } from '../../src/graph/policies.ts'
import { DEFAULT_OPERATION_LIMITS } from '../../src/kernel/config.ts'
import { typeMark } from '../../src/planner/marks.ts'
import { someAreas } from '../harness/areas.ts'
import { openTestHub } from '../harness/hub.ts'
import { askServer, startedServer, type Variables } from '../harness/operations.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'

// Real: PGlite, the hub's schema, policies and gate, Apollo.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())

const clerk = aViewer('clerk', ['36.03'])
const analyst = aViewer('analyst', ['36.03'])
const partner = aViewer('partner', ['36.03'])

describe('the contract and its policies', () => {
  test('every field of the contract has a policy, and every policy a field', () => {
    expect(() => fieldRules(hub.planner.model.schema, policies)).not.toThrow()
  })

  test('a room without its policies would stop the start', () => {
    const { schema } = hub.planner.model
    for (const policy of policies) {
      const others = policies.filter((other) => other !== policy)
      expect(() => fieldRules(schema, others)).toThrow('has no policy')
    }
  })

  test('the table for people lists every field of the contract under what it needs', () => {
    const { schema } = hub.planner.model
    const sections = new Map(
      accessTable(schema, policies)
        .split('\n### ')
        .map((section) => [section.slice(0, section.indexOf('\n')), section]),
    )
    const needs = neededByField(policies)
    let fields = 0
    for (const type of Object.values(schema.getTypeMap())) {
      const { kind } = (isObjectType(type) && typeMark(type)) || {}
      if (!isObjectType(type) || type.name.startsWith('_')) continue
      if (kind === 'connection' || kind === 'edge' || kind === 'pageInfo') continue
      for (const name of Object.keys(type.getFields()).filter((each) => !each.startsWith('_'))) {
        const needed = needs.get(`${type.name}.${name}`)
        const line = sections
          .get(type.name)!
          .split('\n')
          .find((each) => each.startsWith(`| ${needed} |`))!
        expect(line.split(/[|,] ?/).map((each) => each.trim())).toContain(name)
        fields++
      }
    }
    expect(fields).toBeGreaterThan(150)
  })
})

describe('an operation with a field the viewer may not ask for', () => {
  test.each<[string, Viewer, string, string]>([
    ['people', ANONYMOUS, '{ workers { totalCount } }', 'Query.workers'],
    [
      'people of an area',
      ANONYMOUS,
      '{ regency(code: "36.03") { name workers { totalCount } } }',
      'Regency.workers',
    ],
    [
      'people of any area',
      ANONYMOUS,
      '{ payers { nodes { area { ...a } } } } fragment a on Area { workers { totalCount } }',
      'Province.workers',
    ],
    [
      'budgets behind a program',
      ANONYMOUS,
      '{ programs { nodes { code budgets { ceiling } } } }',
      'CoverageProgram.budgets',
    ],
    [
      'enrollments behind a program',
      partner,
      '{ programs { nodes { ... { enrollments { totalCount } } } } }',
      'CoverageProgram.enrollments',
    ],
    [
      'agreements behind a payer',
      ANONYMOUS,
      '{ payers { nodes { agreements { reference } } } }',
      'Payer.agreements',
    ],
    [
      'payers in statistics',
      ANONYMOUS,
      '{ coverageSummary { exact byPayer { coveredWorkers } } }',
      'CoverageSummary.byPayer',
    ],
    [
      'people by NIK',
      analyst,
      '{ checkCoverage(input: { people: [], from: "2023-01", purpose: CLAIM }) { known } }',
      'Query.checkCoverage',
    ],
    [
      'a person behind a check',
      partner,
      '{ checkCoverage(input: { people: [], from: "2023-01", purpose: CLAIM }) { known worker { id } } }',
      'CoverageCheck.worker',
    ],
    [
      'identities',
      analyst,
      '{ who: workers { edges { node { ...w } } } } fragment w on Worker { i: identity(purpose: CLAIM) { n: fullName } }',
      'Worker.identity',
    ],
    [
      'identities behind a condition',
      analyst,
      'query ($no: Boolean = false) { workers { nodes { identity(purpose: CLAIM) @include(if: $no) { fullName } } } }',
      'Worker.identity',
    ],
    ['the audit trail', clerk, '{ auditTrail { totalCount } }', 'Query.auditTrail'],
    [
      'agreements to make',
      clerk,
      'mutation { createAgreement(input: { first: "1", second: "2", from: "2023-01-01", reference: "x" }) { id } }',
      'Mutation.createAgreement',
    ],
  ])('is refused as a whole, before anything runs: %s', async (_, viewer, query, coordinate) => {
    const { data, errors, statements } = await askAs(hub, viewer, query)
    expect(data).toBeUndefined()
    expect(statements).toBe(0)
    expect(errors).toHaveLength(1)
    expect(errors![0]).toMatchObject({
      code: viewer === ANONYMOUS ? 'UNAUTHENTICATED' : 'FORBIDDEN',
      message: expect.stringMatching(new RegExp(`^${coordinate} needs the permission [a-z:]+\\.$`)),
    })
  })

  test.each<[string, string, Variables, string]>([
    ['in the text', '{ coverageSummary(filter: { payers: ["1"] }) { exact } }', {}, 'CoverageFilter.payers'],
    [
      'in a variable',
      'query ($f: CoverageFilter) { coverageSummary(filter: $f) { exact } }',
      { f: { payers: ['1'] } },
      'CoverageFilter.payers',
    ],
    [
      'by default',
      'query ($f: CoverageFilter = { programs: ["x"] }) { coverageTrend(from: "2023-01", to: "2023-01", filter: $f) { exact } }',
      {},
      'CoverageFilter.programs',
    ],
    [
      'below an area',
      'query ($s: [FundingSource!]) { regencies { nodes { coverage(filter: { fundingSources: $s }) { exact } } } }',
      { s: ['CSR'] },
      'CoverageFilter.fundingSources',
    ],
  ])('is refused for what it filters by, %s', async (_, query, variables, coordinate) => {
    const refusal = { message: `${coordinate} needs the permission statistics:exact.` }
    expect((await askAs(hub, ANONYMOUS, query, variables)).errors).toMatchObject([
      { ...refusal, code: 'UNAUTHENTICATED' },
    ])
    expect((await askAs(hub, partner, query, variables)).errors).toMatchObject([
      { ...refusal, code: 'FORBIDDEN' },
    ])
  })

  test('a filter of workers is nobody’s who may not read workers, in whatever operation it travels', async () => {
    const query =
      'query ($f: WorkerFilter, $o: WorkerOrder) { regency(code: "36.03") { workers(filter: $f, orderBy: $o) { totalCount } } }'
    const { errors } = await askAs(hub, ANONYMOUS, query, { f: { maxDecile: 1 }, o: 'BIRTH_MONTH' })
    expect(errors).toMatchObject([{ code: 'UNAUTHENTICATED' }])
    expect((await askAs(hub, clerk, query, { f: { maxDecile: 1 }, o: 'BIRTH_MONTH' })).errors).toBeUndefined()
  })

  test('reference data, payers, programs, rates and statistics need no token', async () => {
    const { data, errors } = await askAs(
      hub,
      ANONYMOUS,
      `{ __typename viewer { subject } provinces { code regencies { code } } regencies { totalCount } payers { totalCount }
        programs { totalCount nodes { payer { name } categories } } contributionRates { benefit }
        coverageSummary { coveredWorkers byCategory { category } byBenefit { benefit } budget { ceiling } }
        coverageByArea(level: PROVINCE) { area { code } eligibleWorkers }
        coverageTrend(from: "2023-01", to: "2023-02") { month coveredWorkers }
        regency(code: "36.03") { payers { name } programs { totalCount } coverage { coverageRate } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.provinces).toHaveLength(3)
  })
})

describe('what subgraphs are asked', () => {
  const ENTITIES = `{ _entities(representations: [{ __typename: "Regency", code: "36.03" }]) { ... on Regency { name } } }`
  const found = { _entities: [{ name: 'Kabupaten Tangerang' }] }

  test('is answered to whoever has a token and to gateways, unless configured otherwise', async () => {
    for (const query of [
      ENTITIES,
      '{ _service { sdl } }',
      '{ viewer { subject } ...f } fragment f on Query { _service { sdl } }',
    ]) {
      const { data, errors } = await askAs(hub, ANONYMOUS, query)
      expect(data).toBeUndefined()
      expect(errors).toMatchObject([
        { code: 'UNAUTHENTICATED', message: expect.stringContaining('gateways') },
      ])
    }
    expect((await askAs(hub, partner, ENTITIES)).data).toEqual(found)
    expect((await askAs(hub, ANONYMOUS, ENTITIES, {}, { gateway: true })).data).toEqual(found)
    expect((await askAs(hub, clerk, '{ _service { sdl } }')).errors).toBeUndefined()
  })

  test('is answered to gateways only where it is so configured', async () => {
    const { schema } = hub.planner.model
    const limit = createComplexityLimit(schema, DEFAULT_OPERATION_LIMITS)
    const rules = fieldRules(schema, policies)
    const gate = createGate({ schema, rules, limit, federation: 'gateway' })
    const server = startedServer<Context>(hub.planner, [gatekeeper(gate)])
    const ask = (viewer: Viewer, gateway: boolean) =>
      askServer(server, hub.context({ viewer, gateway }), { query: ENTITIES })
    expect((await ask(ANONYMOUS, false)).errors).toMatchObject([{ code: 'UNAUTHENTICATED' }])
    expect((await ask(clerk, false)).errors).toMatchObject([{ code: 'FORBIDDEN' }])
    expect((await ask(ANONYMOUS, true)).data).toEqual(found)
    expect((await ask(clerk, true)).data).toEqual(found)
  })

  test('a gateway gives nobody more than his own token allows', async () => {
    const query =
      '{ _entities(representations: [{ __typename: "Worker", id: "1" }]) { ... on Worker { id } } }'
    const { errors } = await askAs(hub, ANONYMOUS, query, {}, { gateway: true })
    expect(errors).toMatchObject([
      { code: 'UNAUTHENTICATED', message: expect.stringMatching(/^Worker\.id needs/) },
    ])
  })
})

describe('refusals in the audit trail', () => {
  test('whoever is refused an identity, a check or a change is recorded, once for each that was asked', async () => {
    await recorded()
    await askAs(
      hub,
      analyst,
      `{ a: workers { nodes { identity(purpose: CLAIM) { fullName } } } b: workers { nodes { identity(purpose: AUDIT) { fullName } } }
        checkCoverage(input: { people: [], from: "2023-01", purpose: CLAIM }) { known } }`,
    )
    await askAs(hub, ANONYMOUS, 'mutation { revealIdentity(worker: "1", purpose: CLAIM) { nik } }')
    await askAs(
      hub,
      clerk,
      'mutation { createAgreement(input: { first: "1", second: "2", from: "2023-01-01", reference: "x" }) { id } }',
    )
    const refused = { outcome: 'REFUSED', workers: [], people: 0, purpose: 'CLAIM' }
    expect(await recorded()).toEqual([
      { ...refused, actor: 'analyst', action: 'IDENTITY_READ', what: 'Worker.identity', reason: 'FORBIDDEN' },
      {
        ...refused,
        actor: 'analyst',
        action: 'COVERAGE_CHECK',
        what: 'Query.checkCoverage',
        reason: 'FORBIDDEN',
      },
      {
        ...refused,
        actor: null,
        action: 'IDENTITY_REVEAL',
        what: 'Mutation.revealIdentity',
        reason: 'UNAUTHENTICATED',
      },
      {
        ...refused,
        actor: 'clerk',
        action: 'MUTATION',
        what: 'Mutation.createAgreement',
        reason: 'FORBIDDEN',
        purpose: null,
      },
    ])
  })

  test('a refusal that cannot be recorded is one all the same', async () => {
    await hub.db.query('alter table audit_event rename to audit_event_away')
    const query = '{ workers { nodes { identity(purpose: CLAIM) { fullName } } } }'
    const { data, errors } = await askAs(hub, analyst, query).finally(() =>
      hub.db.query('alter table audit_event_away rename to audit_event'),
    )
    expect(data).toBeUndefined()
    expect(errors).toHaveLength(1)
  })

  test('a refusal that touches nobody’s identity is not recorded', async () => {
    await recorded()
    await askAs(hub, ANONYMOUS, '{ workers { totalCount } }')
    await askAs(hub, clerk, '{ auditTrail { totalCount } }')
    expect(await recorded()).toEqual([])
  })
})

describe('operations that cost too much', () => {
  const EXPENSIVE = '{ regencies(first: 200) { nodes { coverage { coveredWorkers } } } }'

  test('are refused by the gate, and whether somebody may ask at all is said first', async () => {
    const { data, errors, statements } = await askAs(hub, ANONYMOUS, EXPENSIVE)
    expect([data, statements]).toEqual([undefined, 0])
    expect(errors).toMatchObject([{ code: 'TOO_COMPLEX' }])
    const both = EXPENSIVE.replace('coveredWorkers', 'byPayer { coveredWorkers }')
    expect((await askAs(hub, ANONYMOUS, both)).errors).toMatchObject([{ code: 'UNAUTHENTICATED' }])
  })
})
