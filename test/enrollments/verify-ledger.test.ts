import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { verifyLedger as command } from '../../src/cli/verify-ledger.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { LEDGER_CHECKS } from '../../src/enrollments/ledger-checks.ts'
import { findBrokenRules, verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { entities } from '../harness/entities.ts'
import { afterDamage, aLedger, type LedgerWorld } from './a-ledger.ts'

// Real: PGlite, the tables with all their rules. What the rules refuse is done with the rules switched off.

let db: Database
let world: LedgerWorld

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
  world = await aLedger(db)
})
afterAll(() => db?.close())

const SIZES = { budgets: 3, entries: 11, enrollments: 14, charges: 14, lines: 25, refunds: 4 }

test('a hub in which everything agrees, whatever became of people, is clean', async () => {
  expect(await verifyLedger(db)).toEqual({ ...SIZES, broken: [] })
})

const NO_TRIGGERS = 'set local session_replication_role = replica'

const entry = (budget: string, kind: string, [ceiling, committed, paid]: readonly number[]) =>
  `insert into budget_entry (budget_id, kind, ceiling_delta, committed_delta, paid_delta, entered_on, note)
    values (${budget}, '${kind}', ${ceiling}, ${committed}, ${paid}, '2023-05-15', 'damage')`

interface Damage {
  readonly what: string
  readonly code: string
  readonly statements: (world: LedgerWorld) => readonly string[]
  /** What is named: these and nothing else. */
  readonly cases: (world: LedgerWorld) => readonly object[]
}

/** The enrollment of somebody, as a case names it. */
const of = (world: LedgerWorld, fate: keyof LedgerWorld['people'], found: unknown, expected: unknown) => ({
  ids: { worker: world.people[fate].worker, enrollment: world.people[fate].enrollments[0] },
  found,
  expected,
})

const DAMAGES: readonly Damage[] = [
  {
    what: 'an entry that reached no balance',
    code: 'BALANCE',
    statements: ({ budgets }) => [NO_TRIGGERS, entry(budgets.of2022.id, 'ALLOCATE', [5, 0, 0])],
    cases: ({ budgets }) => [
      { ids: { budget: budgets.of2022.id, figure: 'ceiling' }, found: '50000', expected: '50005' },
    ],
  },
  {
    what: 'a commitment for nobody',
    code: 'COMMITTED',
    statements: ({ budgets }) => [entry(budgets.ofProvince.id, 'COMMIT', [0, 10_000, 0])],
    cases: ({ budgets }) => [
      { ids: { budget: budgets.ofProvince.id, figure: 'committed' }, found: '40000', expected: '30000' },
    ],
  },
  {
    what: 'a payment for no months',
    code: 'PAID',
    statements: ({ budgets }) => [entry(budgets.ofProvince.id, 'PAY', [0, 0, 10_000])],
    cases: ({ budgets }) => [
      { ids: { budget: budgets.ofProvince.id, figure: 'paid' }, found: '10000', expected: '0' },
    ],
  },
  ...(
    [
      ['funding source', `funding_source = 'CSR'`, 'CSR, 2022'],
      ['year', `fiscal_year = 2021`, 'APBD_REGENCY, 2021'],
    ] as const
  ).map(
    ([what, change, words]): Damage => ({
      what: `a charge to a budget of another ${what}`,
      code: 'WRONG_BUDGET',
      statements: ({ budgets }) => [`update budget set ${change} where id = ${budgets.of2022.id}`],
      cases: ({ budgets, people: { overNewYear: who }, regency }) => [
        {
          ids: { worker: who.worker, enrollment: who.enrollments[0], budget: budgets.of2022.id },
          found: `payer ${regency.payer.id}, ${words}`,
          expected: `payer ${regency.payer.id}, APBD_REGENCY, 2022`,
        },
      ],
    }),
  ),
  {
    what: 'a charge to a budget of another payer',
    code: 'WRONG_BUDGET',
    statements: ({ budgets, province }) => [
      `update budget set payer_id = ${province.payer.id} where id = ${budgets.of2022.id}`,
    ],
    cases: ({ province, regency }) => [
      {
        found: `payer ${province.payer.id}, APBD_REGENCY, 2022`,
        expected: `payer ${regency.payer.id}, APBD_REGENCY, 2022`,
      },
    ],
  },
  {
    what: 'a charge to nobody’s budget in a program of a government',
    code: 'WRONG_BUDGET',
    statements: ({ budgets, people }) => [
      `update charge set budget_id = null where worker_id = ${people.enrolled.worker}`,
      entry(budgets.of2023.id, 'RELEASE', [0, -30_000, 0]),
    ],
    cases: ({ people: { enrolled }, regency }) => [
      {
        ids: { worker: enrolled.worker, enrollment: enrolled.enrollments[0], budget: null },
        found: 'no budget',
        expected: `payer ${regency.payer.id}, APBD_REGENCY, 2023`,
      },
    ],
  },
  {
    what: 'a month in two charges',
    code: 'MONTH_CHARGED_TWICE',
    statements: ({ budgets, people: { enrolled } }) => [
      `insert into charge (worker_id, enrollment_id, budget_id, period, monthly)
        values (${enrolled.worker}, ${enrolled.enrollments[0]}, ${budgets.of2023.id}, '[2023-03-01,2023-04-01)', 10000)`,
      entry(budgets.of2023.id, 'COMMIT', [0, 10_000, 0]),
    ],
    cases: (world) => [
      of(world, 'enrolled', '[2023-01-01,2023-04-01) and [2023-03-01,2023-04-01)', 'no month in common'),
    ],
  },
  {
    what: 'months that nobody is charged for',
    code: 'UNCHARGED',
    statements: ({ budgets, people: { enrolled } }) => [
      `delete from charge where worker_id = ${enrolled.worker}`,
      entry(budgets.of2023.id, 'RELEASE', [0, -30_000, 0]),
    ],
    cases: (world) => [of(world, 'enrolled', '{[2023-01-01,2023-04-01)}', 'charged: {}')],
  },
  {
    what: 'self-paid months without their charge',
    code: 'UNCHARGED',
    statements: ({ people }) => [
      `update charge set period = '[2023-01-01,2023-03-01)' where worker_id = ${people.selfPaid.worker}`,
    ],
    cases: (world) => [
      of(world, 'selfPaid', '{[2023-03-01,2023-04-01)}', 'charged: {[2023-01-01,2023-03-01)}'),
    ],
  },
  {
    what: 'a benefit that ends before the others',
    code: 'UNEVEN_BENEFITS',
    statements: ({ people }) => [
      `update coverage_line set period = '[2023-01-01,2023-03-01)'
        where worker_id = ${people.enrolled.worker} and benefit = 'JKM'`,
    ],
    cases: (world) => [
      of(
        world,
        'enrolled',
        expect.stringMatching(/in common in \{\[2023-01-01,2023-03-01\)\}$/),
        'JKK, JKM in {[2023-01-01,2023-04-01)}',
      ),
    ],
  },
  {
    what: 'a benefit that is missing',
    code: 'UNEVEN_BENEFITS',
    statements: ({ people }) => [
      `delete from coverage_line where worker_id = ${people.enrolled.worker} and benefit = 'JKM'`,
    ],
    cases: (world) => [
      of(world, 'enrolled', expect.stringMatching(/^JKK in common/), expect.stringMatching(/^JKK, JKM/)),
    ],
  },
  {
    what: 'a benefit that the program does not pay',
    code: 'UNEVEN_BENEFITS',
    statements: ({ people }) => [
      `insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
          period, exclusive_group, origin)
        select worker_id, enrollment_id, program_code, payer_id, funding_source, segment, 'JHT', period, 'JHT', origin
        from coverage_line where worker_id = ${people.enrolled.worker} and benefit = 'JKM'`,
    ],
    cases: (world) => [of(world, 'enrolled', expect.stringContaining('JHT'), expect.anything())],
  },
  {
    what: 'a charge for months in which nobody is covered',
    code: 'UNCOVERED_CHARGE',
    statements: ({ people }) => [
      `update coverage_line set period = '[2023-01-01,2023-03-01)' where worker_id = ${people.enrolled.worker}`,
    ],
    cases: (world) => [
      of(world, 'enrolled', '{[2023-03-01,2023-04-01)}', 'covered: {[2023-01-01,2023-03-01)}'),
    ],
  },
  {
    what: 'paid months without coverage that nobody asks back any more',
    code: 'UNCOVERED_CHARGE',
    statements: ({ people }) => [
      `update refund set status = 'WITHDRAWN', settled_on = '2023-05-15' where worker_id = ${people.died.worker}`,
    ],
    cases: (world) => [of(world, 'died', '{[2023-03-01,2023-05-01)}', expect.anything())],
  },
  ...(['PROPOSED', 'VERIFIED', 'REJECTED', 'RELEASED', 'SUBSTITUTED'] as const).map(
    (decision): Damage => ({
      what: `lines and charges of an enrollment that is ${decision}`,
      code: 'UNDECIDED',
      statements: ({ people }) => [
        `update enrollment set decision = '${decision}' where worker_id = ${people.enrolled.worker}`,
      ],
      cases: (world) => [of(world, 'enrolled', '{[2023-01-01,2023-04-01)}', `nothing: ${decision}`)],
    }),
  ),
  {
    what: 'a charge of a released enrollment for months that nobody asks back',
    code: 'UNDECIDED',
    statements: ({ people }) => [`delete from refund where worker_id = ${people.released.worker}`],
    cases: (world) => [of(world, 'released', '{[2023-01-01,2023-03-01)}', 'nothing: RELEASED')],
  },
  {
    what: 'a month of somebody whose substitute has it',
    code: 'UNDECIDED',
    statements: ({ people }) => [
      `update enrollment set period = '[2023-03-01,2023-07-01)' where worker_id = ${people.laterSubstitute.worker}`,
    ],
    cases: (world) => [
      of(
        world,
        'replacedLater',
        '{[2023-03-01,2023-04-01)}',
        'nothing from 2023-03-01, where its substitute begins',
      ),
    ],
  },
  {
    what: 'coverage of somebody who was substituted entirely',
    code: 'UNDECIDED',
    statements: ({ people: { substituted } }) => [
      `insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
          period, exclusive_group, origin)
        select worker_id, enrollment.id, code, payer_id, funding_source, segment, benefit, enrollment.period, benefit, 'HUB'
        from enrollment join coverage_program on code = program_code cross join unnest(benefits) as benefit
        where worker_id = ${substituted.worker}`,
    ],
    cases: (world) => [
      of(world, 'substituted', '{[2023-01-01,2023-03-01)}', expect.stringContaining('from 2023-01-01')),
    ],
  },
  {
    what: 'a month that is paid before an earlier one',
    code: 'PAID_OUT_OF_ORDER',
    statements: ({ budgets, people }) => [
      `update charge set paid_through = '2023-06-01'
        where worker_id = ${people.resumed.worker} and first_month = '2023-06-01'`,
      entry(budgets.of2023.id, 'PAY', [0, 0, 10_000]),
    ],
    cases: (world) => [of(world, 'resumed', 'paid: {[2023-06-01,2023-07-01)}', 'unpaid from 2023-01-01')],
  },
  {
    what: 'coverage after the end of an enrollment',
    code: 'OUTSIDE_PERIOD',
    statements: ({ people }) => [
      `update enrollment set period = '[2023-01-01,2023-03-01)', planned_until = '2023-04-01'
        where worker_id = ${people.enrolled.worker}`,
    ],
    cases: (world) => [
      of(
        world,
        'enrolled',
        '{[2023-03-01,2023-04-01)}',
        'covered: [2023-01-01,2023-03-01), charged: [2023-01-01,2023-04-01)',
      ),
    ],
  },
  {
    what: 'a charge after the months that were decided',
    code: 'OUTSIDE_PERIOD',
    statements: ({ people }) => [
      `update enrollment set planned_until = '2023-04-01' where worker_id = ${people.died.worker}`,
    ],
    cases: (world) => [of(world, 'died', '{[2023-04-01,2023-05-01)}', expect.anything())],
  },
  {
    what: 'a commitment without any month',
    code: 'NO_MONTH',
    statements: ({ budgets, people: { enrolled } }) => [
      `delete from coverage_line where worker_id = ${enrolled.worker}`,
      `delete from charge where worker_id = ${enrolled.worker}`,
      entry(budgets.of2023.id, 'RELEASE', [0, -30_000, 0]),
    ],
    cases: (world) => [
      of(world, 'enrolled', 'ACCEPTED, without any month', 'a month of [2023-01-01,2023-04-01)'),
    ],
  },
  {
    what: 'coverage while it is suspended',
    code: 'SUSPENDED',
    statements: ({ people }) => [
      `update enrollment set suspended_from = '2023-03-01' where worker_id = ${people.enrolled.worker}`,
    ],
    cases: (world) => [
      of(world, 'enrolled', '{[2023-03-01,2023-04-01)}', 'nothing from 2023-03-01, where it is suspended'),
    ],
  },
  ...(
    [
      ['that nobody was granted', `status = 'WITHDRAWN'`, '0'],
      ['of another amount than was granted', 'amount = 20000', '20000'],
    ] as const
  ).map(
    ([what, change, expected]): Damage => ({
      what: `money back ${what}`,
      code: 'REFUNDED',
      statements: ({ people }) => [
        `update refund set ${change} where worker_id = ${people.givenBack.worker}`,
      ],
      cases: ({ budgets }) => [{ ids: { budget: budgets.of2023.id }, found: '10000', expected }],
    }),
  ),
  ...(
    [
      ['of another amount than its months cost', 'amount = 20001', '20001', '20000'],
      [
        'of months that are not paid',
        `period = '[2023-03-01,2023-06-01)', amount = 30000`,
        '30000',
        'a charge that paid [2023-03-01,2023-06-01)',
      ],
    ] as const
  ).map(
    ([what, change, found, expected]): Damage => ({
      what: `a refund ${what}`,
      code: 'REFUND',
      statements: ({ people }) => [`update refund set ${change} where worker_id = ${people.died.worker}`],
      cases: ({ people }) => [
        { ids: { worker: people.died.worker, refund: expect.any(String) }, found, expected },
      ],
    }),
  ),
  {
    what: 'a refund that was granted for months still charged',
    code: 'REFUND',
    statements: ({ people }) => [
      `update refund set period = '[2023-02-01,2023-04-01)' where worker_id = ${people.givenBack.worker}`,
    ],
    cases: () => [
      { found: 'charged: {[2023-01-01,2023-03-01)}', expected: 'not charged: [2023-02-01,2023-04-01)' },
    ],
  },
  {
    what: 'a second payer of the same month',
    code: 'SECOND_PAYER',
    statements: ({ people: { handedOver } }) => [
      'alter table coverage_line drop constraint coverage_line_no_second_payer',
      ...['enrollment', 'charge', 'coverage_line'].map(
        (table) =>
          `update ${table} set period = '[2023-01-01,2023-04-01)'
            where worker_id = ${handedOver.worker} and lower(period) = '2023-02-01'`,
      ),
    ],
    cases: ({ people: { handedOver } }) =>
      ['JKK', 'JKM'].map((benefit) => ({
        ids: { worker: handedOver.worker, line: expect.any(String) },
        found: `${benefit} [2023-01-01,2023-02-01)`,
        expected: 'until 2023-01-01',
      })),
  },
]

describe('damage is found, and only that', () => {
  test.each(DAMAGES)('$code: $what', async ({ code, statements, cases }) => {
    const broken = await afterDamage(db, statements(world), findBrokenRules)
    const named = cases(world)
    expect(broken).toMatchObject([{ code, count: named.length, cases: named }])
  })

  test('there is a damage for every check', () => {
    expect(new Set(DAMAGES.map(({ code }) => code))).toEqual(new Set(LEDGER_CHECKS.map(({ code }) => code)))
  })

  test('each is undone', async () => {
    expect((await verifyLedger(db)).broken).toEqual([])
  })
})

test('of a rule that is broken often 20 cases are listed, and all are counted', async () => {
  const budgets = `insert into budget (payer_id, fiscal_year, funding_source, agency, original_ceiling, ceiling)
    select ${world.regency.payer.id}, 2023, 'CSR', 'Dinas ' || n, 0, 5 from generate_series(1, 25) as n`
  const broken = await afterDamage(db, [NO_TRIGGERS, budgets], findBrokenRules)
  expect(broken).toMatchObject([{ code: 'BALANCE', count: 25 }])
  expect(broken[0]!.cases).toHaveLength(20)
})

test('months that somebody paid himself may stay charged after his coverage ended, because no budget asks them back', async () => {
  const { worker } = world.people.selfPaid
  const end = [
    `update charge set paid_through = '2023-02-01' where worker_id = ${worker}`,
    `update coverage_line set period = '[2023-01-01,2023-02-01)' where worker_id = ${worker} and origin = 'HUB'`,
  ]
  const broken = await afterDamage(db, end, findBrokenRules)
  // March is not paid.
  expect(broken).toMatchObject([
    {
      code: 'UNCOVERED_CHARGE',
      cases: [of(world, 'selfPaid', '{[2023-03-01,2023-04-01)}', expect.anything())],
    },
  ])
})

test('one damage that breaks two rules is told under both', async () => {
  const { worker } = world.people.enrolled
  const longer = `update charge set period = '[2023-01-01,2023-05-01)' where worker_id = ${worker}`
  const broken = await afterDamage(db, [longer], findBrokenRules)
  expect(broken.map(({ code }) => code)).toEqual(['COMMITTED', 'UNCOVERED_CHARGE', 'OUTSIDE_PERIOD'])
})

describe('payung verify ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'payung-ledger-'))
  let written: string

  beforeAll(async () => {
    const hub = await openDatabase({ dataDir: join(folder, 'data') }, entities)
    await hub.migrate()
    await aLedger(hub)
    await hub.close()
    vi.stubEnv('PAYUNG_DATA', join(folder, 'data'))
    vi.stubEnv('DATABASE_URL', undefined)
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += text
      return true
    })
  })
  afterEach(() => {
    process.exitCode = undefined
  })
  afterAll(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })

  async function run(options: { json?: boolean } = {}) {
    written = ''
    await command(options)
    return { code: process.exitCode, stdout: written }
  }

  test('says that everything agrees', async () => {
    expect(await run()).toEqual({
      code: undefined,
      stdout:
        'The ledger holds: 3 budgets, 11 entries, 14 enrollments, 14 charges, 25 lines, 4 refunds agree.\n',
    })
    const { code, stdout } = await run({ json: true })
    expect([code, JSON.parse(stdout)]).toEqual([undefined, { ...SIZES, broken: [] }])
  })

  test('exits 1 and names what does not', async () => {
    const hub = await openDatabase({ dataDir: join(folder, 'data') }, entities)
    await hub.query(`/* test.damage */ ${entry('3', 'COMMIT', [0, 10_000, 0])}`)
    await hub.close()
    expect(await run()).toEqual({
      code: 1,
      stdout: [
        'The ledger does not hold.',
        'COMMITTED (1): What a budget has committed is what its charges cost.',
        '  budget 3, figure committed: 40000 instead of 30000\n',
      ].join('\n'),
    })
    const { code, stdout } = await run({ json: true })
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { broken: [{ code: 'COMMITTED', count: 1 }] }])
  })
})
