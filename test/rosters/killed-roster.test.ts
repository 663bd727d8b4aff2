// Real: a PostgreSQL server, and the compiled hub as `payung serve`: it receives a file, screens it, is told over HTTP by a clerk
// and an approver what to do, and enrolls it. It is killed without a warning and started again, each time at another moment; on
// a copy of the same database nobody disturbs it.
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { type Random, randomFrom } from '../../seeds/random.ts'
import { loadReferenceData } from '../../seeds/reference-data.ts'
import type { NikKeys } from '../../src/access/vault/nik-keys.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { generateNikKey, parseNikKeys } from '../../src/kernel/nik-keys.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { TODAY } from '../harness/hub.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { testSeed } from '../planner/random/random.ts'
import { Payung } from '../server/payung.ts'
import { aFile, counted, dumpOf, known, mistyped, reported, rowsOf, somebody } from './roster-world.ts'
import { type LoggedWork, RunningHub } from './running-hub.ts'

/** 6 transactions of 2,500 to screen them, and some more to enroll them: more than lives that are killed ever do. */
const ROWS = 15_000
const COST = 12n * 16_800n
const FILE_FOR = { from: '2023-01', to: '2023-12' }
const PEOPLE = Array.from({ length: ROWS - 20 }, (_, n) => somebody(n, { decile: 1 + (n % 4) }))

/** How often it is killed in each step, and in how many of these lives it does a transaction to its end before. */
const KILLS = { SCREENING: { times: 6, after: 2 }, ENROLLING: { times: 14, after: 4 } } as const
type Step = keyof typeof KILLS

/** When to kill: so many transactions after the work was begun or taken up again, and a while later. */
interface Moment {
  readonly transactions: number
  readonly ms: number
}

/** What a killed process left. */
interface Left {
  readonly state: string
  /** Rows of the step. */
  readonly done: number
  /** Whether it was in the middle of a transaction, and not between two. */
  readonly wasHeld: boolean
}

/** A roster on its way, and the process that works on it. */
interface Way {
  readonly roster: string
  /** Of this process, on the same database. */
  readonly hub: Hub
  /** Of the database. */
  readonly url: string
  /** The last one that was started. */
  running: RunningHub
}

/** What comes of the rows: of those who may be enrolled, 13,000 can be paid for. */
const OUTCOMES = {
  ALREADY_COVERED: 60,
  ENROLLED: 13_000,
  INELIGIBLE: 20,
  OVER_BUDGET: 1_910,
  SUSPECT_MATCH: 10,
}

describeOnServer('a hub that is killed while it screens and enrolls a roster', { timeout: 300_000 }, () => {
  const payung = new Payung()
  const nikKey = generateNikKey('killed')
  const databases: ServerDatabase[] = []
  const started: RunningHub[] = []
  let world: Awaited<ReturnType<typeof prepare>>
  let clerk: string
  let approver: string

  beforeAll(async () => {
    const compiled = payung.compile()
    world = await prepare()
    await compiled
    clerk = await tokenOf('clerk')
    approver = await tokenOf('approver')
  })

  afterAll(async () => {
    for (const running of started) running.end()
    for (const database of databases) await database.drop()
    payung.remove()
  })

  test('goes on when it is started again, and ends where one ends that nobody has killed, 20 times over', async () => {
    const seed = testSeed()
    onTestFailed(() => console.log(`PAYUNG_TEST_SEED=${seed}`))
    const random = randomFrom(`${seed}`)
    const undisturbed = await enrolled(async () => {})
    expect(undisturbed.dump.state).toBe('ENROLLED')
    expect(undisturbed.outcomes).toEqual(OUTCOMES)

    const left: Left[] = []
    const disturbed = await enrolled(async (step, way) => {
      for (const moment of momentsOf(step, usualMs(undisturbed.work, step), random)) {
        left.push(await killAt(moment, way))
        way.running = await start(way.url)
      }
    })
    expect(left.map(({ state }) => (state === 'APPROVED' ? 'ENROLLING' : state))).toEqual([
      ...Array(KILLS.SCREENING.times).fill('SCREENING'),
      ...Array(KILLS.ENROLLING.times).fill('ENROLLING'),
    ])
    // Not all at the same place, nor when nothing was lost.
    expect(new Set(left.map(({ state, done }) => `${state} ${done}`)).size).toBeGreaterThan(5)
    expect(left.filter(({ wasHeld }) => wasHeld).length).toBeGreaterThan(10)

    expect(differences(disturbed.dump.rows, undisturbed.dump.rows)).toEqual([])
    expect(differences(disturbed.dump.people, undisturbed.dump.people)).toEqual([])
    expect(disturbed.dump.budgets).toEqual(undisturbed.dump.budgets)
    expect(disturbed.dump.state).toBe('ENROLLED')
    expect(disturbed.counts).toEqual(undisturbed.counts)
    expect([disturbed.broken, undisturbed.broken]).toEqual([[], []])
  })

  /** Everything that changes an outcome but the file: people known, covered by others, too little money. */
  async function prepare() {
    const database = await withServerDatabase()
    databases.push(database)
    const hub = await opened(database.url)
    await loadReferenceData(hub.db, silentProgress)
    const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
    const province = await aPayer('PROVINCE', { area: '36' }).in(hub)
    const { code: program } = await aProgram(regency).during('2023-01..2023-12').upToDecile(4).in(hub)
    await aBudget(regency, 2023, 13_000n * COST).in(hub)
    const workers = await known(hub, PEOPLE.slice(0, 300))
    await reported(hub, province, workers.slice(0, 40), '2022-06..2022-12')
    await reported(hub, province, workers.slice(40, 80), '2021-06..2022-01')
    // Of a database to which somebody is connected, PostgreSQL makes no copy.
    await hub.close()
    return { database, regency, province, program, workers }
  }

  /** What comes of the roster on a database of its own, with what is done to the hub while it screens, and while it enrolls. */
  async function enrolled(disturb: (step: Step, way: Way) => Promise<void>) {
    const database = await withServerDatabase({ like: world.database })
    databases.push(database)
    const { url } = database
    const hub = await opened(url)
    try {
      const running = await start(url)
      const csv = aFile([...PEOPLE, ...PEOPLE.slice(290, 310).map(mistyped)])
      const roster = await running.receive(clerk, { ...FILE_FOR, program: world.program }, csv)
      const way: Way = { roster, hub, url, running }
      await disturb('SCREENING', way)
      await reached('SCREENED', way)
      for (let row = ROWS - 19; row <= ROWS; row++) {
        const decision = { roster, row, decision: 'OTHER_PERSON', reason: 'Seen by the village' }
        await way.running.change(clerk, 'decideRow', decision)
      }
      await way.running.change(clerk, 'submitRoster', { roster })
      await timePasses(hub)
      await way.running.change(approver, 'approveRoster', { roster })
      await disturb('ENROLLING', way)
      await reached('ENROLLED', way)
      return {
        work: way.running.work,
        dump: await dumpOf(hub, roster),
        outcomes: counted(await rowsOf(hub, roster)),
        counts: await countsOf(hub),
        broken: (await verifyLedger(hub.db)).broken,
      }
    } finally {
      await hub.close()
    }
  }

  /** Between screening and enrolling: people are registered, covered by others, and die. */
  async function timePasses(hub: Hub): Promise<void> {
    const newcomers = await known(hub, PEOPLE.slice(300, 352))
    const covered = [...world.workers.slice(80, 138), ...newcomers.slice(50)]
    await reported(hub, world.province, covered, '2023-03..2023-04')
    await hub.db.query(
      `/* test.died */ update worker set life_status = 'DECEASED', death_month = '2023-05-01' where id = any($1::bigint[])`,
      [world.workers.slice(200, 220)],
    )
  }

  const opened = (databaseUrl: string) =>
    openHub({
      databaseUrl,
      dataDir: 'memory',
      poolSize: 5,
      nikKeys: parseNikKeys(nikKey).keys as unknown as NikKeys,
      production: false,
      today: TODAY,
      exposeSql: false,
    })

  const envOf = (url: string) => ({
    DATABASE_URL: url,
    PAYUNG_NIK_KEYS: nikKey,
    PAYUNG_SEED: 'none',
    PAYUNG_TODAY: TODAY,
    PORT: '0',
  })

  async function tokenOf(role: string): Promise<string> {
    const args = ['token', '--role', role, '--area', '36.03', '--payer', world.regency.id]
    const { code, stdout } = await payung.run(args, envOf(world.database.url))
    expect(code).toBe(0)
    return stdout.trim()
  }

  async function start(url: string): Promise<RunningHub> {
    const running = await RunningHub.start(payung, envOf(url))
    started.push(running)
    return running
  }
})

/** A while is shorter than the transaction that is disturbed, by and large: with each that is done, fewer are left to disturb. */
function momentsOf(step: Step, transactionMs: number, random: Random): Moment[] {
  const { times, after } = KILLS[step]
  const transactions = Array.from({ length: times }, (_, n) => (n < after ? 1 : 0))
  return random
    .shuffle(transactions)
    .map((count) => ({ transactions: count, ms: random.below(transactionMs) }))
}

/** How long a transaction of the step takes, by what lies between two of them. */
function usualMs(work: readonly LoggedWork[], step: Step): number {
  const times = work.filter(({ state }) => state === step).map(({ time }) => time)
  const gaps = times.slice(1).map((time, n) => time - times[n]!)
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]!
}

async function killAt({ transactions, ms }: Moment, { running, hub, roster }: Way): Promise<Left> {
  await running.worksOn(transactions)
  await sleep(ms)
  const [held] = await hub.db.query<{ count: number }>(HELD)
  await running.kill()
  return { ...(await found(hub, roster)), wasHeld: held!.count > 0 }
}

/** PostgreSQL tells nobody of locks of rows; with those of rosters comes this one, until the transaction ends. */
const HELD = `/* test.held */ select count(*)::int as count from pg_locks
  where relation = 'roster'::regclass and mode = 'RowShareLock'`

async function found({ db }: Hub, roster: string) {
  const [row] = await db.query<{ state: string; done: number }>(
    '/* test.state */ select state, done from roster where id = $1',
    [roster],
  )
  return row!
}

async function reached(state: string, { hub, roster }: Way): Promise<void> {
  while ((await found(hub, roster)).state !== state) await sleep(20)
}

/** How many there are of everything that a roster leaves, whomever it belongs to, and how many people the audit trail has enrolled. */
async function countsOf({ db }: Hub) {
  const tables = [
    'worker',
    'worker_identity',
    'identity_token',
    'enrollment',
    'charge',
    'coverage_line',
    'worker_event',
    'budget_entry',
    'roster_step',
    'roster_row',
    'roster_identity',
  ]
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`)
  const [row] = await db.query(
    `/* test.counts */ select ${counts.join(', ')},
      (select sum(people)::int from audit_event where what = 'roster.enroll') as audited`,
  )
  return row
}

/** The first few that are not equal: of thousands, nobody could read all. */
function differences<T>(found: readonly T[], expected: readonly T[]): unknown[] {
  const longest = Math.max(found.length, expected.length)
  return Array.from({ length: longest }, (_, n) => ({ found: found[n], expected: expected[n] }))
    .filter((pair) => !isDeepStrictEqual(pair.found, pair.expected))
    .slice(0, 5)
}
