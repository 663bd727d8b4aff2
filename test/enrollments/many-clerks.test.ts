// Real: a PostgreSQL server, 20 clerks who ask at the same time over as many connections, through Apollo, the gate and
// the rules of access; the business day is 15 May 2023.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { randomFrom } from '../../seeds/random.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { getOrSet } from '../../src/kernel/get-or-set.ts'
import { holdWorkers } from '../../src/workers/hold-workers.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
} from '../harness/builders.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { askAs } from '../harness/viewers.ts'
import { type Answered, Anything } from './anything.ts'
import { aClerk, aCrowd, openHubForMany, shared } from './crowd.ts'
import { balanceOf } from './world.ts'

const CLERKS = 20
const MONTHLY = 16_800n
const YEAR = { from: '2023-01', to: '2023-12' }
const COST = 12n * MONTHLY

describeOnServer('many clerks at once', { timeout: 120_000 }, () => {
  let server: ServerDatabase
  let hub: Hub

  beforeAll(async () => {
    server = await withServerDatabase()
    hub = await openHubForMany(server.url)
  })

  afterAll(async () => {
    await hub?.close()
    await server?.drop()
  })

  /** An error is a failure of the test: so is a deadlock, and whatever else is no refusal. */
  async function mutate(by: Viewer, mutation: string, input: object): Promise<Answered> {
    const type = INPUTS[mutation] ?? `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`
    const selection = SELECTIONS[mutation] ?? `${REFUSED} ${ENROLLMENT}`
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`
    const { data, errors } = await askAs(hub, by, query, { input })
    expect([mutation, errors, data?.[mutation]]).toEqual([mutation, undefined, expect.anything()])
    return data[mutation]
  }

  const enroll = (by: Viewer, worker: string, program: InsertedProgram, more: object = {}) =>
    mutate(by, 'enrollWorker', { worker, program: program.code, ...YEAR, ...more })

  const ledgerHolds = async () => expect(await verifyLedger(hub.db)).toMatchObject({ broken: [] })

  /** A payer with a program of 2023, a budget with room for so many people, and its clerks. */
  async function aHouse(kind: 'REGENCY' | 'PROVINCE', room: number) {
    const area = kind === 'REGENCY' ? '36.03' : '36'
    const payer = await aPayer(kind, { area }).in(hub)
    const program = await aProgram(payer).during('2023-01..2023-12').in(hub)
    const budget = await aBudget(payer, 2023, BigInt(room) * COST).in(hub)
    return { payer, program, budget, clerk: (n: number) => aClerk(payer, [area], `${kind} ${n}`) }
  }

  test('of 2,000 people in a budget with room for 1,500, 1,500 are enrolled and 500 are refused', async () => {
    const { clerk, program, budget } = await aHouse('REGENCY', 1_500)
    const people = await aCrowd(hub, 2_000)
    const answers = await shared(CLERKS, people, (worker, n) => enroll(clerk(n), worker, program))
    expect(Object.groupBy(answers, nameOf)).toEqual({
      Enrollment: expect.objectContaining({ length: 1_500 }),
      'BudgetRefusal OVER_BUDGET': expect.objectContaining({ length: 500 }),
    })
    const all = 1_500n * COST
    expect(await balanceOf(hub, budget)).toEqual({ ceiling: all, committed: all, paid: 0n })
    expect(await peopleByLines(people)).toEqual({ 2: 1_500 })
    await ledgerHolds()
  })

  test('of two payers who enroll the same 1,000 people in the same second, one gets each and the other hears of him', async () => {
    const houses = [await aHouse('REGENCY', 1_000), await aHouse('PROVINCE', 1_000)] as const
    const people = await aCrowd(hub, 1_000)
    const asked = await shared(CLERKS / 2, people, (worker, n) =>
      Promise.all(houses.map(({ clerk, program }) => enroll(clerk(n), worker, program))),
    )
    const enrolled = [0, 0]
    for (const answers of asked) {
      const first = answers.findIndex(({ __typename }) => __typename === 'Enrollment')
      expect(first).not.toBe(-1)
      enrolled[first]!++
      expect(answers[1 - first]).toMatchObject({
        __typename: 'OverlapRefusal',
        code: 'ALREADY_COVERED',
        covered: ['JKK', 'JKM'].map((benefit) => ({ benefit, payerKind: houses[first]!.payer.kind })),
      })
    }
    expect(await Promise.all(houses.map(({ budget }) => committed(budget)))).toEqual(
      enrolled.map((count) => BigInt(count) * COST),
    )
    expect(await peopleByLines(people)).toEqual({ 2: 1_000 })
    await ledgerHolds()
  })

  test('one key that ten clients send at the same instant is one enrollment or one refusal, and ten equal answers', async () => {
    const { clerk, program, budget } = await aHouse('REGENCY', 25)
    const people = await aCrowd(hub, 50)
    const answers = await shared(2, people, (worker) => {
      const idempotencyKey = `enrollment of ${worker}`
      return Promise.all(
        Array.from({ length: 10 }, () => enroll(clerk(1), worker, program, { idempotencyKey })),
      )
    })
    for (const [first, ...others] of answers) expect(others).toEqual(Array(9).fill(first))
    expect(answers.filter(([first]) => first!.__typename === 'Enrollment')).toHaveLength(25)
    expect(await committed(budget)).toBe(25n * COST)
    expect(await peopleByLines(people)).toEqual({ 2: 25 })
  })

  test('of people who are handed over in both directions at once, each has his new payer', async () => {
    const [regency, province] = [await aHouse('REGENCY', 400), await aHouse('PROVINCE', 400)]
    await agree(regency.payer, province.payer)
    const people = await aCrowd(hub, 400)
    const enrolled = await shared(CLERKS, people.entries().toArray(), async ([at, worker], n) => {
      const [from, to] = at % 2 === 0 ? [regency, province] : [province, regency]
      return { from, to, id: (await enroll(from.clerk(n), worker, from.program)).id! }
    })
    const answers = await shared(CLERKS, enrolled, ({ from, to, id }, n) =>
      mutate(from.clerk(n), 'transferEnrollment', {
        enrollment: id,
        program: to.program.code,
        from: '2023-07',
        reason: 'Surat 12/2023',
      }),
    )
    expect(new Set(answers.map(nameOf))).toEqual(new Set(['Enrollment']))
    expect(await committed(regency.budget)).toBe(200n * COST)
    expect(await committed(province.budget)).toBe(200n * COST)
    await ledgerHolds()
  })

  test('a payment is for nobody who was enrolled while it waited: another clerk may hold him by then', async () => {
    const { clerk, program } = await aHouse('REGENCY', 2)
    const [waitedFor, later] = (await aCrowd(hub, 2)) as [string, string]
    await enroll(clerk(1), waitedFor, program)
    const letGoOfFirst = await hold(waitedFor)
    const payment = mutate(clerk(2), 'recordPayment', {
      program: program.code,
      through: '2023-03',
      reference: 'SP2D 7',
    })
    await expect.poll(() => waitingFor('payment.hold')).toBe(1)
    await enroll(clerk(1), later, program)
    const letGoOfLater = await hold(later)
    await letGoOfFirst()
    expect(await payment).toEqual({ __typename: 'PaymentRecorded', enrollments: 1 })
    await letGoOfLater()
    await ledgerHolds()
  })

  test('of transfers, ends, substitutions, deaths, merges and enrollments at once the outcome is what each alone has', async () => {
    const GROUP = 60
    const [regency, province] = [await aHouse('REGENCY', 4 * GROUP), await aHouse('PROVINCE', 4 * GROUP)]
    await agree(regency.payer, province.payer)
    const groups = await Promise.all(Array.from({ length: 7 }, () => aCrowd(hub, GROUP)))
    const [handedOver, ended, replaced, dying, substitutes, twins, more] = groups as string[][]
    const first = [handedOver, ended, replaced, dying].flatMap((group) => group!)
    const enrollments = await shared(
      CLERKS,
      first,
      async (worker, n) => (await enroll(regency.clerk(n), worker, regency.program)).id!,
    )
    expect(await committed(regency.budget)).toBe(BigInt(4 * GROUP) * COST)

    const reason = 'Surat 12/2023'
    const from = '2023-07'
    const of = new Map(first.map((worker, at) => [worker, enrollments[at]!]))
    const free = { from, to: '2023-12' }
    type Job = (n: number) => Promise<unknown>
    const change = (group: string[], mutation: string, facts: (at: number) => object): Job[] =>
      group.map((worker, at) => async (n) => {
        const input = { enrollment: of.get(worker), from, reason, ...facts(at) }
        expect((await mutate(regency.clerk(n), mutation, input)).__typename).toBe('Enrollment')
      })
    const enrolledLater: string[] = []
    const enrollLater = (worker: string) => async (n: number) => {
      if (enrolledLater.includes(worker)) return
      const answer = await enroll(regency.clerk(n), worker, regency.program, free)
      if (answer.__typename === 'Enrollment') enrolledLater.push(worker)
      else expect(nameOf(answer)).toBe('BudgetRefusal OVER_BUDGET')
    }
    // Each twin is a second row of somebody whom the regency covers to June at least.
    let [merged, enrolledTwins] = [0, 0]
    const mergeAndEnroll =
      (twin: string, at: number): Job =>
      async (n) => {
        const merge = { keep: ended![at], merge: twin, reason }
        const input = { worker: twin, program: province.program.code, from: '2023-01', to: '2023-03' }
        const [merging, enrolling] = await Promise.all([
          mutate(regency.clerk(n), 'mergeWorkers', merge),
          askAs(
            hub,
            province.clerk(n),
            `mutation ($input: EnrollWorkerInput!) { enrollWorker(input: $input) { ${ENROLLED} } }`,
            { input },
          ),
        ])
        if (merging.__typename === 'MergedWorkers') {
          merged++
          expect(enrolling.errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.worker' }])
        } else {
          enrolledTwins++
          expect([nameOf(merging), enrolling.data.enrollWorker.__typename]).toEqual([
            'OverlapRefusal ALREADY_COVERED',
            'Enrollment',
          ])
        }
      }
    const jobs: Job[] = [
      ...change(handedOver!, 'transferEnrollment', () => ({ program: province.program.code })),
      ...change(ended!, 'endEnrollment', () => ({})),
      ...change(replaced!, 'substitute', (at) => ({ worker: substitutes![at] })),
      ...dying!.map(
        (worker): Job =>
          async (n) => {
            const death = { worker, death: { month: '2023-05' }, reason }
            expect((await mutate(regency.clerk(n), 'recordLifeEvent', death)).__typename).toBe('LifeEvent')
          },
      ),
      ...twins!.map(mergeAndEnroll),
      ...more!.map(enrollLater),
    ]
    await shared(CLERKS, randomFrom('everything at once').shuffle(jobs), (job, n) => job(n))
    expect(merged + enrolledTwins).toBe(GROUP)

    // Whoever came too early for the money that was freed asks again: 6 and 6 and 7 months of each group are free.
    const others = await aCrowd(hub, 3 * GROUP)
    await shared(CLERKS, [...more!, ...others], (worker, n) => enrollLater(worker)(n))
    const places = Math.floor((GROUP * (6 + 6 + 7)) / 6)
    expect(enrolledLater).toHaveLength(places)
    const left = GROUP * (6 + 6 + 7) - places * 6
    expect(await committed(regency.budget)).toBe(BigInt(4 * GROUP * 12 - left) * MONTHLY)
    expect(await committed(province.budget)).toBe(BigInt(GROUP * 6 + enrolledTwins * 3) * MONTHLY)
    expect(await monthsCoveredTwice([...groups.flat(), ...others])).toEqual([])
    const claims = await hub.db.query(
      `/* test.claims */ select from claim_check where worker_id = any($1::bigint[]) and month = '2023-05-01'`,
      [dying],
    )
    expect(claims).toHaveLength(GROUP)
    await ledgerHolds()
  })

  test('a refund that is settled while its worker is merged is a conflict to be sent again, and not one that was settled', async () => {
    const { clerk, program, budget } = await aHouse('REGENCY', 1)
    const [kept, gone] = (await aCrowd(hub, 2)) as [string, string]
    const { id } = await enroll(clerk(1), gone, program)
    await mutate(clerk(1), 'recordPayment', {
      program: program.code,
      through: '2023-03',
      reference: 'SP2D 9',
    })
    const asked = await mutate(clerk(1), 'requestRefund', {
      enrollment: id,
      from: '2023-01',
      reason: 'Surat 1',
    })
    const settling = { refund: asked.refunds![0]!.id, granted: true, reason: 'Surat 2' }
    const letGo = await hold(gone)
    const merging = mutate(clerk(1), 'mergeWorkers', { keep: kept, merge: gone, reason: 'Surat 3' })
    await expect.poll(() => waitingFor('worker.hold_visible')).toBe(1)
    const settled = askAs(
      hub,
      clerk(2),
      `mutation ($input: SettleRefundInput!) { settleRefund(input: $input) { ${REFUSED} } }`,
      { input: settling },
    )
    await expect.poll(() => waitingFor('worker.hold')).toBe(1)
    await letGo()
    expect((await merging).__typename).toBe('MergedWorkers')
    expect((await settled).errors).toMatchObject([{ code: 'CONFLICT' }])
    expect((await mutate(clerk(2), 'settleRefund', settling)).__typename).toBe('Refund')
    expect(await committed(budget)).toBe(0n)
    await ledgerHolds()
  })

  test('a payment waits for nobody who owes nothing', async () => {
    const { clerk, program } = await aHouse('REGENCY', 3)
    const [paid, released, owing] = (await aCrowd(hub, 3)) as [string, string, string]
    const through = { program: program.code, through: '2023-03', reference: 'SP2D 8' }
    await enroll(clerk(1), paid, program)
    await mutate(clerk(1), 'recordPayment', through)
    const { id } = await enroll(clerk(1), released, program)
    await mutate(clerk(1), 'endEnrollment', { enrollment: id, from: '2023-01', reason: 'Surat 12/2023' })
    await enroll(clerk(1), owing, program)
    const letGo = await Promise.all([hold(paid), hold(released)])
    expect(await mutate(clerk(2), 'recordPayment', through)).toMatchObject({ enrollments: 1 })
    await Promise.all(letGo.map((end) => end()))
  })

  /** Holds a worker, as every change of what covers him does, until it is told to let go. */
  async function hold(worker: string): Promise<() => Promise<void>> {
    const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const ended = hub.db.transaction(async (query) => {
      await holdWorkers(query, [worker])
      held.resolve()
      await letGo.promise
    })
    await Promise.race([held.promise, ended])
    onTestFinished(() => letGo.resolve())
    return () => {
      letGo.resolve()
      return ended
    }
  }

  async function waitingFor(statement: string): Promise<number> {
    const [found] = await hub.db.query<{ count: number }>(
      `/* test.waiting */ select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '/* ' || $1 || ' */%'`,
      [statement],
    )
    return found!.count
  }

  async function agree(...payers: readonly InsertedPayer[]): Promise<void> {
    await hub.db.query(
      `/* test.agreement */ insert into agreement (first_id, second_id, period, reference)
        values ($1, $2, '[2022-01-01,)', 'PKS 1/2022')`,
      payers.map(({ id }) => id),
    )
  }

  test('whatever 20 clerks do to the same people at random, each hears what came of it and the ledger holds', async () => {
    const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
    const province = await aPayer('PROVINCE', { area: '36' }).in(hub)
    await agree(regency, province)
    // The later year has the lower id: whoever needs both has to hold them in one order all the same.
    await aBudget(regency, 2023, 300n * MONTHLY).in(hub)
    await aBudget(regency, 2022, 40n * MONTHLY).in(hub)
    await aBudget(province, 2022, 40n * MONTHLY).in(hub)
    await aBudget(province, 2023, 300n * MONTHLY).in(hub)
    const programs = await Promise.all([regency, regency, province].map((payer) => aProgram(payer).in(hub)))
    const people = await aCrowd(hub, 200)
    const anything = new Anything(randomFrom('many clerks'), people, programs)
    const before = await mutationsRecorded()

    const done = new Map<string, Set<string>>()
    await shared(CLERKS, Array(2_000).fill(0), async (_, n) => {
      const asked = anything.next()
      const areas = asked.by === regency ? ['36.03'] : ['36']
      const answer = await mutate(aClerk(asked.by, areas, `clerk ${n}`), asked.mutation, asked.input)
      anything.hear(asked, answer)
      getOrSet(done, asked.mutation, () => new Set()).add(nameOf(answer))
    })

    const isRefusal = (name: string) => name.includes('Refusal')
    const neverDone = [...done].filter(([, names]) => [...names].every(isRefusal))
    expect([done.size, neverDone]).toEqual([9, []])
    expect(await mutationsRecorded()).toBe(before + 2_000)
    expect(await monthsCoveredTwice(people)).toEqual([])
    await ledgerHolds()
  })

  async function mutationsRecorded(): Promise<number> {
    const [found] = await hub.db.query<{ count: number }>(
      `/* test.recorded */ select count(*)::int as count from audit_event where action = 'MUTATION'`,
    )
    return found!.count
  }

  async function committed(budget: InsertedBudget): Promise<bigint> {
    return (await balanceOf(hub, budget)).committed
  }

  /** How many people have how many lines. */
  async function peopleByLines(people: readonly string[]) {
    const rows = await hub.db.query<{ lines: number; people: number }>(
      `/* test.people_by_lines */ select lines, count(*)::int as people from (
        select count(*)::int as lines from coverage_line where worker_id = any($1::bigint[]) group by worker_id
      ) as counted group by lines`,
      [people],
    )
    return Object.fromEntries(rows.map(({ lines, people }) => [lines, people]))
  }

  function monthsCoveredTwice(people: readonly string[]) {
    return hub.db.query(
      `/* test.covered_twice */ select worker_id, benefit, month, count(*)
        from coverage_line, generate_series(lower(period), upper(period) - 1, interval '1 month') as month
        where worker_id = any($1::bigint[]) group by 1, 2, 3 having count(*) > 1`,
      [people],
    )
  }
})

/** Where they are not named after the mutation. */
const INPUTS: Readonly<Record<string, string>> = {
  endEnrollment: 'ChangeEnrollmentInput',
  suspendEnrollment: 'ChangeEnrollmentInput',
  requestRefund: 'ChangeEnrollmentInput',
}

const REFUSED = '__typename ... on Refusal { code }'
const ENROLLMENT = '... on Enrollment { id worker { id } program { code } refunds { id } }'
const ENROLLED = `${REFUSED} ${ENROLLMENT} ... on OverlapRefusal { covered { benefit payerKind } }`

/** What is asked of an answer, where not the enrollment. */
const SELECTIONS: Readonly<Record<string, string>> = {
  enrollWorker: ENROLLED,
  recordPayment: `${REFUSED} ... on PaymentRecorded { enrollments }`,
  settleRefund: REFUSED,
  recordLifeEvent: REFUSED,
  mergeWorkers: REFUSED,
}

const nameOf = ({ __typename, code }: Answered) => (code ? `${__typename} ${code}` : __typename)
