// Real: a PostgreSQL server, two hubs on one database, each with a pool of its own and working on whatever roster is free, and
// a clerk who enrolls by hand meanwhile.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../../seeds/random.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { type RosterProgress, workOnRosters } from '../../src/rosters/roster-work.ts'
import { openHubForMany } from '../enrollments/crowd.ts'
import { asking, balanceOf, ENROLL } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { TODAY } from '../harness/hub.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { approve, counted, known, receive, rowsOf, somebody } from './roster-world.ts'

const ROWS = 10_000
const SHARED = 4_000
/** Of the shared people, those whom the hub knows before. */
const KNOWN = 1_000
const BY_HAND = 60
const COST = 12n * 16_800n

describeOnServer('two regencies enroll overlapping rosters at once', { timeout: 120_000 }, () => {
  let server: ServerDatabase
  const hubs: Hub[] = []

  beforeAll(async () => {
    server = await withServerDatabase()
    const first = await openHubForMany(server.url)
    hubs.push(
      first,
      await openHub({
        databaseUrl: server.url,
        dataDir: 'memory',
        poolSize: 5,
        nikKeys: first.nikKeys,
        production: false,
        today: TODAY,
        exposeSql: false,
      }),
    )
  })

  afterAll(async () => {
    for (const hub of hubs) await hub.close()
    await server?.drop()
  })

  test('everybody whom both list is enrolled once, and the other row says by which kind of payer', async () => {
    const [hub] = hubs as [Hub]
    // People of Tangerang; one list is the regency's, the other the province's, each in an order of its own.
    const random = randomFrom('two regencies')
    const people = Array.from({ length: 2 * ROWS - SHARED }, (_, n) => somebody(n))
    const workers = await known(hub, people.slice(ROWS - SHARED, ROWS - SHARED + KNOWN))
    const houses = []
    for (const [kind, area, list] of [
      ['REGENCY', '36.03', random.shuffle(people.slice(0, ROWS))],
      ['PROVINCE', '36', random.shuffle(people.slice(-ROWS))],
    ] as const) {
      const payer = await aPayer(kind, { area }).in(hub)
      const program = await aProgram(payer).during('2023-01..2023-12').in(hub)
      const budget = await aBudget(payer, 2023, BigInt(ROWS) * COST).in(hub)
      const { id } = await receive(hub, { program: program.code, months: '2023-01..2023-12' }, list)
      houses.push({ kind, program, budget, list, roster: id })
    }
    await work()
    for (const { roster } of houses) {
      expect(counted(await rowsOf(hub, roster))).toEqual({ ELIGIBLE: ROWS })
      await approve(hub, roster)
    }

    const byHand = workers.slice(0, BY_HAND)
    const [, answers] = await Promise.all([work(), enrollByHand(hub, byHand, houses[1]!.program.code)])
    const rows = await Promise.all(houses.map(({ roster }) => rowsOf(hub, roster)))
    const taken = answers.filter((name) => name === 'Enrollment').length
    expect(counted([...rows[0]!, ...rows[1]!])).toEqual({
      ENROLLED: people.length - taken,
      ALREADY_COVERED: SHARED + taken,
    })
    const outcomeOf = houses.map(
      ({ list }, h) => new Map(rows[h]!.map((row) => [list[row.row - 1]!.nik, row] as const)),
    )
    const enrolled: [number, number] = [0, 0]
    for (const { nik } of people.slice(ROWS - SHARED, ROWS)) {
      const pair = outcomeOf.map((rows) => rows.get(nik)!)
      expect(new Set(pair.map(({ worker }) => worker)).size).toBe(1)
      const winner = pair.findIndex(({ outcome }) => outcome === 'ENROLLED')
      const losers = pair.filter((_, h) => h !== winner)
      if (winner !== -1) enrolled[winner as 0 | 1]++
      const kind = winner === -1 ? 'PROVINCE' : houses[winner]!.kind
      for (const loser of losers) {
        expect(loser).toMatchObject({
          outcome: 'ALREADY_COVERED',
          screenedAs: 'ELIGIBLE',
          enrollment: null,
          match: 'EXACT',
        })
        expect(loser.covered).toEqual(
          ['JKK', 'JKM'].map((benefit) => ({ benefit, payerKind: kind, from: '2023-01', to: '2023-12' })),
        )
      }
    }
    // Both were at it at the same time.
    expect(Math.min(...enrolled)).toBeGreaterThan(0)
    expect(enrolled[0] + enrolled[1] + taken).toBe(SHARED)

    const own = BigInt(ROWS - SHARED)
    const committed = await Promise.all(
      houses.map(async ({ budget }) => (await balanceOf(hub, budget)).committed),
    )
    expect(committed).toEqual([
      (own + BigInt(enrolled[0])) * COST,
      (own + BigInt(enrolled[1] + taken)) * COST,
    ])
    expect(await totals(hub)).toEqual({
      workers: people.length,
      identities: people.length,
      tokens: people.length,
      enrollments: people.length,
      lines: 2 * people.length,
      deadlocks: 0,
    })
    expect((await verifyLedger(hub.db)).broken).toEqual([])
  })

  /** Both hubs, until nothing is left; an error of the database would end it. */
  async function work(): Promise<RosterProgress[]> {
    const told: RosterProgress[] = []
    const onChunk = (progress: RosterProgress) => told.push(progress)
    await Promise.all(hubs.map((hub, n) => workOnRosters(hub, { chunk: [1_700, 1_100][n]!, onChunk })))
    return told
  }

  async function enrollByHand(hub: Hub, workers: readonly string[], program: string): Promise<string[]> {
    const answers: string[] = []
    for (const worker of workers) {
      const input = { worker, program, from: '2023-01', to: '2023-12' }
      const { data, errors } = await asking(hub)(ENROLL, { input })
      expect(errors).toBeUndefined()
      answers.push(data.enrollWorker.__typename)
    }
    expect(new Set(answers)).not.toContain('EligibilityRefusal')
    return answers
  }

  async function totals({ db }: Hub) {
    const [found] = await db.query(
      `/* test.totals */ select (select count(*)::int from worker) as workers,
        (select count(*)::int from worker_identity) as identities,
        (select count(distinct nik_token)::int from identity_token) as tokens,
        (select count(*)::int from enrollment) as enrollments,
        (select count(*)::int from coverage_line) as lines,
        (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks`,
    )
    return found
  }
})
