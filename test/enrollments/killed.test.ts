// Real: a PostgreSQL server, and hubs that are compiled, started as processes, asked over HTTP, and killed without a
// warning while they answer.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../../seeds/random.ts'
import type { NikKeys } from '../../src/access/vault/nik-keys.ts'
import type { Hub } from '../../src/app.ts'
import { generateNikKey, parseNikKeys } from '../../src/kernel/nik-keys.ts'
import { aBudget, aPayer, aProgram, type InsertedProgram } from '../harness/builders.ts'
import { ADMIN, TODAY } from '../harness/hub.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { askAs } from '../harness/viewers.ts'
import { Payung, servedAt } from '../server/payung.ts'
import { aCrowd, openHubForMany } from './crowd.ts'
import { ENROLLMENT } from './world.ts'

const KILLS = 3

/** A mutation that nothing else comes near: whatever is found of it later, it has done. */
interface Mutation {
  readonly name: string
  readonly input: object
  /** Whose history tells of it. */
  readonly worker: string
  /** With what. */
  readonly event: string
  readonly isRefused?: boolean
}

describeOnServer('a hub that is killed in the middle of 50 mutations', { timeout: 180_000 }, () => {
  const payung = new Payung()
  const nikKey = generateNikKey('killed')
  let server: ServerDatabase
  let hub: Hub
  let env: Record<string, string>
  let authorization: string
  let regency: InsertedProgram
  let province: InsertedProgram
  const running: ChildProcess[] = []

  beforeAll(async () => {
    const compiled = payung.compile()
    server = await withServerDatabase()
    hub = await openHubForMany(server.url, parseNikKeys(nikKey).keys as unknown as NikKeys)
    const [tangerang, banten] = [
      await aPayer('REGENCY', { area: '36.03' }).in(hub),
      await aPayer('PROVINCE', { area: '36' }).in(hub),
    ]
    for (const payer of [tangerang, banten]) await aBudget(payer, 2023, 1_000_000_000n).in(hub)
    regency = await aProgram(tangerang).during('2023-01..2023-12').in(hub)
    province = await aProgram(banten).during('2023-01..2023-12').in(hub)
    env = {
      DATABASE_URL: server.url,
      PAYUNG_NIK_KEYS: nikKey,
      PAYUNG_SEED: 'none',
      PAYUNG_TODAY: TODAY,
      PAYUNG_CONCURRENT_REQUESTS: '0',
      // Few, so that some mutations are done, some run and some wait when it is killed.
      PAYUNG_DATABASE_POOL: '5',
      PORT: '0',
    }
    await compiled
    authorization = `Bearer ${(await payung.run(['token', '--role', 'admin', '--area', '*'], env)).stdout.trim()}`
  })

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    await hub?.close()
    await server?.drop()
    payung.remove()
  })

  test('has done all that it answered, and does the rest once when it is sent again with the same keys', async () => {
    const random = randomFrom('killed')
    let { child, address } = await start()
    let lost = 0
    for (let kill = 1; kill <= KILLS; kill++) {
      const mutations = await fiftyMutations(kill)
      let left = random.below(40)
      const ended = once(child, 'close')
      const answers = await Promise.all(
        mutations.map(async (mutation) => {
          const answer = await send(address, mutation)
          if (left-- === 0) child.kill('SIGKILL')
          return answer
        }),
      )
      await ended
      lost += answers.filter((answer) => answer === undefined).length

      ;({ child, address } = await start())
      const verified = await payung.run(['verify', 'ledger'], env)
      expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The ledger holds/) })
      const told = await timesTold(mutations)
      expect(told.filter((times, at) => times > 1 || (answers[at] && times === 0))).toEqual([])

      const again = await Promise.all(mutations.map((mutation) => send(address, mutation)))
      for (const [at, { name, isRefused = false }] of mutations.entries()) {
        const type = again[at]?.data?.[name]?.__typename
        expect([name, again[at]?.errors, type?.endsWith('Refusal')]).toEqual([name, undefined, isRefused])
        if (answers[at]) expect(again[at]).toEqual(answers[at])
      }
      expect(await timesTold(mutations)).toEqual(mutations.map(() => 1))
    }
    expect(lost).toBeGreaterThan(KILLS)
    expect(await payung.run(['verify', 'ledger'], env)).toMatchObject({ code: 0 })
  })

  async function start(): Promise<{ child: ChildProcess; address: string }> {
    const child = payung.start(['serve'], env)
    running.push(child)
    return { child, address: await servedAt(child) }
  }

  /** The answer, or undefined when the hub did not live to give it. */
  async function send(address: string, { name, input }: Pick<Mutation, 'name' | 'input'>) {
    try {
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ query: MUTATIONS[name], variables: { input } }),
      })
      // Without extensions, which tell of the statements that it took.
      const { data, errors } = (await response.json()) as {
        data?: Record<string, { __typename: string }>
        errors?: unknown
      }
      return { data, errors }
    } catch {
      return undefined
    }
  }

  /** 18 people to enroll, two of whom are covered, and four of everything else that can be done. */
  async function fiftyMutations(round: number): Promise<Mutation[]> {
    const people = await aCrowd(hub, 18 + 8 * 4 + 4)
    const next = () => people.pop()!
    const reason = 'Surat 12/2023'
    const year = { from: '2023-01', to: '2023-12' }
    const enroll = (worker: string) => ({ worker, program: regency.code, ...year })
    const enrolled = async (worker: string) => (await prepare('enrollWorker', enroll(worker))).id
    const pay = (id: string) => ({ enrollments: [id], through: '2023-06', reference: 'SP2D 7' })
    const paid = async (worker: string) => {
      const id = await enrolled(worker)
      await prepare('recordPayment', pay(id))
      return id
    }
    const fourTimes = (name: string, event: string, inputFor: (worker: string) => Promise<object>) =>
      Promise.all(
        Array.from({ length: 4 }, async () => {
          const worker = next()
          const input = await inputFor(worker)
          return { name, event, input, worker }
        }),
      )
    const from = (enrollment: string, month = '2023-07') => ({ enrollment, from: month, reason })

    const covered = [next(), next()]
    await Promise.all(covered.map(enrolled))
    const mutations: Mutation[][] = [
      Array.from({ length: 16 }, next).map((worker) => ({
        name: 'enrollWorker',
        event: 'ENROLLED',
        input: enroll(worker),
        worker,
      })),
      covered.map((worker) => ({
        name: 'enrollWorker',
        event: 'ENROLLED',
        input: { ...enroll(worker), program: province.code },
        worker,
        isRefused: true,
      })),
      await fourTimes('endEnrollment', 'ENDED', async (worker) => from(await enrolled(worker))),
      await fourTimes('suspendEnrollment', 'SUSPENDED', async (worker) => from(await enrolled(worker))),
      await fourTimes('resumeEnrollment', 'RESUMED', async (worker) => {
        const id = await enrolled(worker)
        await prepare('suspendEnrollment', from(id, '2023-05'))
        return from(id)
      }),
      await fourTimes('substitute', 'SUBSTITUTED', async (worker) => ({
        ...from(await paid(worker), '2023-05'),
        worker: next(),
      })),
      await fourTimes('transferEnrollment', 'TRANSFERRED', async (worker) => ({
        ...from(await enrolled(worker)),
        program: province.code,
      })),
      await fourTimes('recordPayment', 'PAID', async (worker) => pay(await enrolled(worker))),
      await fourTimes('requestRefund', 'REFUND_REQUESTED', async (worker) =>
        from(await paid(worker), '2023-04'),
      ),
      await fourTimes('settleRefund', 'REFUND_GRANTED', async (worker) => {
        const { refunds } = await prepare('requestRefund', from(await paid(worker), '2023-04'))
        return { refund: refunds[0].id, granted: true, reason }
      }),
    ]
    return mutations.flat().map(({ input, ...mutation }, n) => ({
      ...mutation,
      input: { ...input, idempotencyKey: `kill ${round}, mutation ${n}` },
    }))
  }

  /** Does what has to be done before, in this process. */
  async function prepare(name: string, input: object) {
    const { data, errors } = await askAs(hub, ADMIN, MUTATIONS[name]!, { input })
    expect(errors).toBeUndefined()
    expect(data[name].__typename).not.toMatch(/Refusal$/)
    return data[name]
  }

  /** How often each person's history tells of what was to be done to him. */
  async function timesTold(mutations: readonly Mutation[]): Promise<number[]> {
    const rows = await hub.db.query<{ times: number }>(
      `/* test.told */ select count(worker_event.id)::int as times
        from unnest($1::bigint[], $2::text[]) with ordinality as given (worker_id, kind, n)
          left join worker_event on (worker_event.worker_id, worker_event.kind) = (given.worker_id, given.kind)
        group by n order by n`,
      [mutations.map(({ worker }) => worker), mutations.map(({ event }) => event)],
    )
    return rows.map(({ times }) => times)
  }
})

const CHANGED = `__typename ... on Refusal { code message }
  ... on Enrollment { ${ENROLLMENT} plannedTo suspendedFrom refunds { id from to amount status } }`

const MUTATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['enrollWorker', 'EnrollWorkerInput', CHANGED],
    ['endEnrollment', 'ChangeEnrollmentInput', CHANGED],
    ['suspendEnrollment', 'ChangeEnrollmentInput', CHANGED],
    ['resumeEnrollment', 'ResumeEnrollmentInput', CHANGED],
    ['substitute', 'SubstituteInput', CHANGED],
    ['transferEnrollment', 'TransferEnrollmentInput', CHANGED],
    ['requestRefund', 'ChangeEnrollmentInput', CHANGED],
    [
      'recordPayment',
      'RecordPaymentInput',
      `__typename ... on Refusal { code }
        ... on PaymentRecorded { enrollments months amount budgets { amount budget { id } } }`,
    ],
    [
      'settleRefund',
      'SettleRefundInput',
      '__typename ... on Refusal { code } ... on Refund { id status settledOn amount from to }',
    ],
  ].map(([name, type, selection]) => [
    name!,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`,
  ]),
)
