import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Viewer } from '../../../src/access/viewer.ts'
import type { Hub } from '../../../src/app.ts'
import { openTestHub } from '../../harness/hub.ts'
import { runPlain, type Variables } from '../../harness/operations.ts'
import { askAs, aViewer } from '../../harness/viewers.ts'
import { type Jurisdictions, jurisdictions, type PersonName, type ViewerName } from './jurisdictions.ts'

// Real: PGlite, the hub's schema, gate, planner and rules. Every question takes both paths, which must agree.

let hub: Hub
let world: Jurisdictions

beforeAll(async () => {
  hub = await openTestHub()
  world = await jurisdictions(hub)
})
afterAll(() => hub?.close())

async function ask(who: ViewerName | Viewer, query: string, variables: Variables = {}) {
  const viewer = typeof who === 'string' ? world.viewers[who] : who
  const answer = await askAs(hub, viewer, query, variables)
  expect(answer.errors).toBeUndefined()
  const context = () => hub.context({ viewer })
  const plain = await runPlain({ planner: hub.planner, context }, query, variables)
  expect(plain.data).toEqual(answer.data)
  return answer.data
}

const names = (nodes: readonly { id: string }[]): PersonName[] => nodes.map(({ id }) => world.nameOf(id))

const EVERYBODY: PersonName[] = [
  'own',
  'helped',
  'donated',
  'commuter',
  'moved',
  'proposed',
  'released',
  'neighbor',
  'distant',
]
const IN_TANGERANG: PersonName[] = ['own', 'helped', 'donated', 'commuter']

describe('people', () => {
  test.each<[ViewerName, PersonName[]]>([
    ['clerk', [...IN_TANGERANG, 'moved', 'released']],
    ['village', ['own']],
    ['analyst', [...IN_TANGERANG, 'moved', 'proposed', 'released', 'neighbor']],
    ['ministry', EVERYBODY],
  ])(
    'the %s sees those who live there, whom he pays for or has decided about, and counts no others',
    async (who, seen) => {
      const { workers } = await ask(
        who,
        `{ workers {
      totalCount nodes { id } edges { node { id } } pageInfo { hasNextPage endCursor } } }`,
      )
      expect(names(workers.nodes)).toEqual(seen)
      expect(names(workers.edges.map(({ node }: { node: { id: string } }) => node))).toEqual(seen)
      expect([workers.totalCount, workers.pageInfo.hasNextPage]).toEqual([seen.length, false])
    },
  )

  test('a page ends where the viewer’s people end, and its cursor leads to nobody else', async () => {
    const { workers } = await ask(
      'village',
      '{ workers(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } }',
    )
    expect(workers.pageInfo.hasNextPage).toBe(false)
    const next = await ask(
      'village',
      'query ($after: String) { workers(after: $after) { totalCount nodes { id } } }',
      {
        after: workers.pageInfo.endCursor,
      },
    )
    expect(next.workers).toEqual({ totalCount: 1, nodes: [] })
  })

  test('somebody out of reach is null by id, and in filters, orders and lists of areas not there', async () => {
    const { neighbor, moved } = world.people
    const data = await ask(
      'clerk',
      `query ($hidden: ID!, $seen: ID!) {
        hidden: worker(id: $hidden) { id } seen: worker(id: $seen) { id }
        filtered: workers(filter: { area: "36.01" }) { totalCount nodes { id } }
        ordered: workers(orderBy: BIRTH_MONTH, filter: { categories: [FARMER] }) { totalCount }
        regency(code: "36.01") { workers { totalCount nodes { id } } }
        province(code: "31") { workers { totalCount } } }`,
      { hidden: neighbor.id, seen: moved.id },
    )
    expect([data.hidden, data.seen]).toEqual([null, { id: moved.id }])
    // Of those who live in Pandeglang, the one he has decided about; proposing somebody lets nobody see him.
    for (const list of [data.filtered, data.regency.workers]) {
      expect([list.totalCount, names(list.nodes)]).toEqual([1, ['released']])
    }
    expect([data.ordered.totalCount, data.province.workers.totalCount]).toEqual([6, 0])
  })

  test.each<[string, readonly string[], PersonName[]]>([
    ['a district', ['36.03.01'], ['own', 'donated']],
    ['two regencies', ['36.01', '36.71'], ['moved', 'proposed', 'released', 'neighbor']],
    ['areas of two levels', ['36.03.01', '31'], ['own', 'donated', 'distant']],
    ['an area and one inside it', ['36.03.01.2003', '36.03'], IN_TANGERANG],
    [
      'an area beside others with the same beginning',
      ['36.71.01.1002', '36.01.01'],
      ['proposed', 'released', 'neighbor'],
    ],
    ['no area', [], []],
    ['an area that does not exist', ['99'], []],
    ['everywhere and something more', ['36.03', '*'], EVERYBODY],
  ])('a viewer of %s sees who lives there', async (_, areas, seen) => {
    const { workers } = await ask(aViewer('analyst', areas), '{ workers { totalCount nodes { id } } }')
    expect([workers.totalCount, names(workers.nodes)]).toEqual([seen.length, seen])
  })

  test('a payer without an area sees his own people only, and a payer nobody knows sees none', async () => {
    const seenBy = async (payer: string) =>
      names((await ask(aViewer('clerk', [], { payer }), '{ workers { nodes { id } } }')).workers.nodes)
    expect(await seenBy(world.payers.banten.id)).toEqual(['helped', 'distant'])
    expect(await seenBy('999999')).toEqual([])
  })
})

const LINES = `query ($id: ID!) { worker(id: $id) { covered coverage {
  benefit segment origin from to payerKind payer { name } fundingSource program { code } enrollment { id }
  reportedBy reportedOn worker { id } } } }`

/** A line as somebody sees it who may not know who pays. */
const CONCEALED = {
  payer: null,
  fundingSource: null,
  program: null,
  enrollment: null,
  reportedBy: null,
  reportedOn: null,
}

describe('coverage lines', () => {
  const linesOf = async (who: ViewerName | Viewer, person: PersonName) =>
    (await ask(who, LINES, { id: world.people[person].id })).worker.coverage

  test('his own line the clerk sees whole, and of an employer’s only kind, benefit and months', async () => {
    const { id, enrollments } = world.people.own
    expect(await linesOf('clerk', 'own')).toEqual([
      {
        ...CONCEALED,
        benefit: 'JKK',
        segment: 'BPU',
        origin: 'HUB',
        from: '2023-01',
        to: '2023-06',
        payerKind: 'REGENCY',
        payer: { name: 'Tangerang' },
        fundingSource: 'APBD_REGENCY',
        program: { code: 'TNG' },
        enrollment: { id: enrollments[0] },
        worker: { id },
      },
      {
        ...CONCEALED,
        benefit: 'JKK',
        segment: 'PU',
        origin: 'REPORTED',
        from: '2023-05',
        to: '2023-05',
        payerKind: 'EMPLOYER',
        worker: { id },
      },
    ])
  })

  test.each<[PersonName, string, string | null]>([
    ['helped', 'an agreement that ends today', 'Banten'],
    ['commuter', 'an agreement that ended yesterday', null],
    ['donated', 'an agreement that begins tomorrow', null],
  ])('of %s, with whose payer he has %s, the clerk knows the payer: %s', async (person, _, name) => {
    const [line] = await linesOf('clerk', person)
    expect(line.payer).toEqual(name === null ? null : { name })
    expect(line).toMatchObject({ benefit: 'JKK', from: '2023-01', to: '2023-06' })
    if (name === null) expect(line).toMatchObject(CONCEALED)
    else expect(line).toMatchObject({ program: { code: 'BTN' }, fundingSource: 'APBD_PROVINCE' })
  })

  test('the agreement serves both payers, and nobody who is no party to it', async () => {
    const banten = aViewer('clerk', ['36'], { payer: world.payers.banten.id })
    expect((await linesOf(banten, 'own')).map(({ payer }: { payer: unknown }) => payer)).toEqual([
      { name: 'Tangerang' },
      null,
    ])
    const pandeglang = aViewer('clerk', ['36'], { payer: world.payers.pandeglang.id })
    expect((await linesOf(pandeglang, 'own'))[0]).toMatchObject(CONCEALED)
    expect((await linesOf(pandeglang, 'commuter'))[0].payer).toEqual({ name: 'Pandeglang' })
  })

  test('a viewer without a payer knows no payer, and one of the whole country every one', async () => {
    for (const person of ['own', 'helped', 'neighbor'] as const) {
      for (const line of await linesOf('analyst', person)) expect(line).toMatchObject(CONCEALED)
    }
    const [hub, reported] = await linesOf('ministry', 'own')
    expect([hub.payer, reported.payer]).toEqual([{ name: 'Tangerang' }, { name: 'PT' }])
    expect([reported.reportedBy, reported.reportedOn]).toEqual(['Rahasia', '2023-03-31'])
  })

  test('whether somebody is covered does not depend on who may be named', async () => {
    const { workers } = await ask(
      'analyst',
      '{ workers { nodes { id covered later: covered(month: "2024-01") } } }',
    )
    const covered = workers.nodes.filter((worker: { covered: boolean }) => worker.covered)
    expect(names(covered)).toEqual([...IN_TANGERANG, 'moved', 'neighbor'])
    expect(workers.nodes.some((worker: { later: boolean }) => worker.later)).toBe(false)
  })
})

const ENROLLMENTS = `{ enrollments { totalCount nodes {
  worker { id } program { code } charges { months budget { payer { name } } enrollment { program { code } } }
  lines { payer { name } } } } }`

interface SeenEnrollment {
  readonly worker: { readonly id: string } | null
  readonly program: { readonly code: string }
  readonly charges: readonly { readonly budget: { readonly payer: { readonly name: string } } }[]
}

describe('enrollments and charges', () => {
  const seenBy = async (who: ViewerName | Viewer) => {
    const { enrollments } = await ask(who, ENROLLMENTS)
    expect(enrollments.totalCount).toBe(enrollments.nodes.length)
    return enrollments.nodes.map(({ worker, program, charges }: SeenEnrollment) =>
      [
        worker ? world.nameOf(worker.id) : 'somebody',
        program.code,
        ...charges.map(({ budget }) => budget.payer.name),
      ].join(' '),
    )
  }

  test('the clerk sees those in his programs, and of people he sees those of payers he has an agreement with', async () => {
    expect(await seenBy('clerk')).toEqual([
      'own TNG Tangerang',
      'helped BTN',
      'moved TNG Tangerang',
      'somebody TNG',
      'released TNG',
    ])
  })

  test('without a payer nobody sees any, and for the whole country all are seen', async () => {
    expect(await seenBy('analyst')).toEqual([])
    expect(await seenBy('village')).toEqual([])
    expect(await seenBy('ministry')).toEqual([
      'own TNG Tangerang',
      'helped BTN Banten',
      'donated DNR',
      'commuter PDG',
      'moved TNG Tangerang',
      'proposed TNG',
      'released TNG',
      'neighbor PDG Pandeglang',
      'distant BTN',
    ])
  })

  test('an enrollment is absent wherever a path leads to it, and so is its number', async () => {
    const { commuter, own } = world.people
    const data = await ask(
      'clerk',
      `query ($hidden: ID!, $seen: ID!, $worker: ID!, $budget: ID!, $foreign: ID!) {
        hidden: enrollment(id: $hidden) { id } seen: enrollment(id: $seen) { state }
        worker(id: $worker) { enrollments { totalCount nodes { id } } }
        filtered: enrollments(filter: { program: "PDG" }) { totalCount }
        program(code: "PDG") { enrollments { totalCount } enrollmentsByCategory { enrollments } }
        ours: program(code: "TNG") { enrollmentsByCategory { category enrollments } }
        budget(id: $budget) { enrollments { totalCount } }
        foreign: budget(id: $foreign) { id }
        inCity: enrollments(filter: { area: "36.71" }) { totalCount } }`,
      {
        hidden: commuter.enrollments[0],
        seen: own.enrollments[0],
        worker: commuter.id,
        budget: world.budgets.tangerang.id,
        foreign: world.budgets.banten.id,
      },
    )
    expect(data).toEqual({
      hidden: null,
      seen: { state: 'ACTIVE' },
      worker: { enrollments: { totalCount: 0, nodes: [] } },
      filtered: { totalCount: 0 },
      program: { enrollments: { totalCount: 0 }, enrollmentsByCategory: [] },
      ours: { enrollmentsByCategory: [{ category: 'FARMER', enrollments: 3 }] },
      budget: { enrollments: { totalCount: 2 } },
      foreign: null,
      inCity: { totalCount: 1 },
    })
  })
})

describe('budgets', () => {
  // An entry may be about one person who was enrolled alone, so it is told of payers only whom the viewer may know.
  test.each<[ViewerName, string[], string[]]>([
    ['clerk', ['Tangerang', 'Cangkudu'], ['Tangerang']],
    ['village', ['Cangkudu'], ['Cangkudu']],
    ['analyst', ['Tangerang', 'Cangkudu', 'Banten', 'Pandeglang'], []],
    [
      'ministry',
      ['Tangerang', 'Cangkudu', 'Banten', 'Pandeglang', 'Yayasan'],
      ['Tangerang', 'Cangkudu', 'Banten', 'Pandeglang', 'Yayasan'],
    ],
  ])('the %s sees those of %j, and entries of %j', async (who, payers, told) => {
    const { budgets } = await ask(
      who,
      '{ budgets { totalCount nodes { payer { name } entries { totalCount nodes { budget { ceiling } ceilingDelta } } } } }',
    )
    expect(budgets.nodes.map(({ payer }: { payer: { name: string } }) => payer.name)).toEqual(payers)
    expect(budgets.totalCount).toBe(payers.length)
    for (const { payer, entries } of budgets.nodes) {
      expect(entries.totalCount).toBe(told.includes(payer.name) ? 1 : 0)
      if (entries.totalCount > 0) expect(entries.nodes[0].budget.ceiling).toBe(entries.nodes[0].ceilingDelta)
    }
  })

  test('a budget out of reach is null by id and absent from payers, areas and programs', async () => {
    const data = await ask(
      'clerk',
      `query ($budget: ID!, $payer: ID!) {
        budget(id: $budget) { id } payer(id: $payer) { name budgets { totalCount nodes { id } } }
        regency(code: "36.01") { budgets { totalCount } } program(code: "PDG") { budgets { id } }
        filtered: budgets(filter: { payer: $payer }) { totalCount } }`,
      { budget: world.budgets.pandeglang.id, payer: world.payers.pandeglang.id },
    )
    expect(data).toEqual({
      budget: null,
      payer: { name: 'Pandeglang', budgets: { totalCount: 0, nodes: [] } },
      regency: { budgets: { totalCount: 0 } },
      program: { budgets: [] },
      filtered: { totalCount: 0 },
    })
  })
})

describe('agreements', () => {
  const query = '{ payers { nodes { name agreements { first { name } second { name } from to } } } }'
  const pairs = async (who: ViewerName | Viewer) => {
    const { payers } = await ask(who, query)
    const agreements = payers.nodes.flatMap(({ agreements }: { agreements: object[] }) => agreements)
    return new Set(
      agreements.map((each: never) => {
        const { first, second } = each as Record<'first' | 'second', { name: string }>
        return `${first.name}-${second.name}`
      }),
    )
  }

  test('are seen by their two parties and for the whole country', async () => {
    const all = new Set(['Tangerang-Banten', 'Tangerang-Pandeglang', 'Tangerang-Yayasan'])
    expect(await pairs('clerk')).toEqual(all)
    expect(await pairs('ministry')).toEqual(all)
    expect(await pairs(aViewer('clerk', ['36'], { payer: world.payers.banten.id }))).toEqual(
      new Set(['Tangerang-Banten']),
    )
    expect(await pairs('analyst')).toEqual(new Set())
  })
})

describe('entities', () => {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
    __typename ... on Worker { id } ... on Enrollment { id } ... on Budget { id } ... on Regency { name } } }`

  test('that may not be seen are null to whoever asks for them by key', async () => {
    const { people, budgets } = world
    const representations = [
      { __typename: 'Worker', id: people.own.id },
      { __typename: 'Worker', id: people.neighbor.id },
      { __typename: 'Enrollment', id: people.own.enrollments[0] },
      { __typename: 'Enrollment', id: people.commuter.enrollments[0] },
      { __typename: 'Budget', id: budgets.tangerang.id },
      { __typename: 'Budget', id: budgets.donor.id },
      { __typename: 'Regency', code: '36.01' },
    ]
    const { _entities } = await ask('clerk', query, { r: representations })
    expect(_entities).toEqual([
      { __typename: 'Worker', id: people.own.id },
      null,
      { __typename: 'Enrollment', id: people.own.enrollments[0] },
      null,
      { __typename: 'Budget', id: budgets.tangerang.id },
      null,
      { __typename: 'Regency', name: 'Kabupaten Pandeglang' },
    ])
  })
})

describe('without the registry', () => {
  const FIELDS = {
    workers: 'Query.workers',
    enrollments: 'Query.enrollments',
    budgets: 'Query.budgets',
  }

  test.each<[ViewerName, string]>([
    ['partner', 'FORBIDDEN'],
    ['anonymous', 'UNAUTHENTICATED'],
  ])('the %s is refused people, enrollments and budgets, and sees who the payers are', async (who, code) => {
    for (const [field, coordinate] of Object.entries(FIELDS)) {
      const { data, errors } = await askAs(hub, world.viewers[who], `{ ${field} { totalCount } }`)
      expect(data).toBeUndefined()
      const message = `${coordinate} needs the permission registry:read.`
      expect(errors).toEqual([expect.objectContaining({ code, message })])
    }
    const { payers } = await ask(who, '{ payers { totalCount nodes { name programs { totalCount } } } }')
    expect(payers.totalCount).toBe(6)
    expect(payers.nodes[0]).toEqual({ name: 'Tangerang', programs: { totalCount: 1 } })
  })

  test('no rows are shown behind a field that needs nothing', async () => {
    // The gate would refuse the first field below; the rows are not there either.
    const context = () => hub.context({ viewer: world.viewers.partner })
    const { data } = await runPlain(
      { planner: hub.planner, context },
      `{ workers { totalCount nodes { id } } enrollments { totalCount } budgets { totalCount }
        payers(first: 1) { nodes { budgets { totalCount } agreements { id } } } regency(code: "36.03") { workers { totalCount } } }`,
    )
    expect(data).toEqual({
      workers: { totalCount: 0, nodes: [] },
      enrollments: { totalCount: 0 },
      budgets: { totalCount: 0 },
      payers: { nodes: [{ budgets: { totalCount: 0 }, agreements: [] }] },
      regency: { workers: { totalCount: 0 } },
    })
  })
})

describe('viewers one after the other', () => {
  test('get each their own rows of one and the same document', async () => {
    const query = '{ workers { totalCount } enrollments { totalCount } budgets { totalCount } }'
    const counts = async (who: ViewerName) =>
      Object.values<{ totalCount: number }>(await ask(who, query)).map(({ totalCount }) => totalCount)
    for (let round = 0; round < 2; round++) {
      expect(await counts('ministry')).toEqual([9, 9, 5])
      expect(await counts('village')).toEqual([1, 0, 1])
      expect(await counts('clerk')).toEqual([6, 5, 2])
      expect(await counts('analyst')).toEqual([8, 0, 4])
    }
  })
})

test('everybody is told who he is', async () => {
  const query = '{ viewer { subject permissions areas payer { name } } }'
  expect((await ask('anonymous', query)).viewer).toEqual({
    subject: null,
    permissions: [],
    areas: [],
    payer: null,
  })
  expect((await ask('clerk', query)).viewer).toEqual({
    subject: 'clerk',
    permissions: [
      'coverage:check',
      'enrollment:write',
      'identity:read',
      'registry:read',
      'registry:write',
      'roster:write',
      'statistics:exact',
    ],
    areas: ['36.03'],
    payer: { name: 'Tangerang' },
  })
})
