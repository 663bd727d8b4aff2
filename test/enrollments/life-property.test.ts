import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { LifeModel, type ModelEnrollment, type ModelProgram, type MonthNumber } from './life-model.ts'
import { type Ask, asking, openRatedHub, someone } from './world.ts'

// Real: PGlite, the hub's mutations through GraphQL. Compared with a model that knows months and no SQL.

let hub: Hub
let ask: Ask

beforeAll(async () => {
  hub = await openRatedHub()
  ask = asking(hub)
})
afterAll(() => hub?.close())

const FIRST: MonthNumber = 2022 * 12 + 10
const LAST: MonthNumber = FIRST + 10
const MONTHLY = 16_800n
const text = (month: MonthNumber) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`

const month = fc.integer({ min: FIRST - 1, max: LAST })
const nth = fc.nat({ max: 20 })
const enrolling = fc.record({
  kind: fc.constant('enroll' as const),
  worker: nth,
  program: nth,
  from: month,
  months: fc.integer({ min: 1, max: 8 }),
})
const paying = fc.record({ kind: fc.constant('pay' as const), program: nth, through: month })
const operation = fc.oneof(
  { weight: 6, arbitrary: enrolling },
  { weight: 5, arbitrary: paying },
  ...(['end', 'suspend', 'resume', 'requestRefund'] as const).map((kind) => ({
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant(kind), enrollment: nth, from: month }),
  })),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('substitute' as const),
      enrollment: nth,
      worker: nth,
      from: month,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('transfer' as const),
      enrollment: nth,
      program: nth,
      from: month,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), refund: nth, granted: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), worker: nth, at: month }) },
)
/** People who are enrolled and paid for, and then anything. */
const sequence = fc
  .tuple(
    fc.array(enrolling, { minLength: 3, maxLength: 3 }),
    paying,
    fc.array(operation, { minLength: 6, maxLength: 24 }),
  )
  .map(([enrolled, paid, then]) => [...enrolled, paid, ...then])
type Operation = typeof operation extends fc.Arbitrary<infer Of> ? Of : never

/** Two payers, three programs, three people, budgets of two years that a few people fill. */
async function newWorld(ceilings: readonly number[]) {
  const payers = [
    await aPayer('REGENCY', { area: '36.03' }).in(hub),
    await aPayer('PROVINCE', { area: '36' }).in(hub),
  ]
  const programs: ModelProgram[] = []
  for (const payer of [payers[0]!, payers[0]!, payers[1]!]) {
    const { code } = await aProgram(payer)
      .during(`${text(FIRST)}..${text(LAST)}`)
      .in(hub)
    programs.push({ code, payer: payer.id, from: FIRST, until: LAST + 1 })
  }
  const budgets = []
  for (const [i, payer] of [payers[0]!, payers[1]!].entries()) {
    for (const year of [2022, 2023]) {
      const ceiling = BigInt(ceilings[i]!) * MONTHLY
      const { id } = await aBudget(payer, year, ceiling).in(hub)
      budgets.push({ id, payer: payer.id, year, ceiling, committed: 0n, paid: 0n })
    }
  }
  const workers = [(await someone().in(hub)).id, (await someone().in(hub)).id, (await someone().in(hub)).id]
  return { model: new LifeModel(budgets, MONTHLY, 2023 * 12 + 4), programs, workers }
}

type World = Awaited<ReturnType<typeof newWorld>>

const RESULT = '{ __typename ... on Refusal { code } ... on Enrollment { id } }'

async function done(name: string, type: string, input: object): Promise<{ code: string; id?: string }> {
  const selection =
    name === 'recordPayment' || name === 'settleRefund' || name === 'recordLifeEvent'
      ? '{ __typename ... on Refusal { code } }'
      : RESULT
  const { data, errors } = await ask(`mutation ($input: ${type}!) { ${name}(input: $input) ${selection} }`, {
    input,
  })
  expect(errors).toBeUndefined()
  return { code: data[name].code ?? 'ok', id: data[name].id }
}

/** Does one operation in both; says what it was, for the report of a counterexample. */
async function step({ model, programs, workers }: World, op: Operation): Promise<string | undefined> {
  const of = <Thing>(things: readonly Thing[], n: number) => things[n % things.length]!
  const compare = async (name: string, type: string, input: object, inModel: () => unknown) => {
    let enrolled: unknown
    const expected = model.attempt(() => {
      enrolled = inModel()
    })
    const { code, id } = await done(name, type, input)
    expect(`${name} ${JSON.stringify(input)}: ${code}`).toBe(`${name} ${JSON.stringify(input)}: ${expected}`)
    if (enrolled !== undefined) (enrolled as ModelEnrollment).id ??= id
    ended = code
  }
  let ended: string | undefined
  const reason = 'As generated.'
  if (op.kind === 'enroll') {
    const [worker, program] = [of(workers, op.worker), of(programs, op.program)]
    const until = op.from + op.months
    const input = { worker, program: program.code, from: text(op.from), to: text(until - 1) }
    await compare('enrollWorker', 'EnrollWorkerInput', input, () =>
      model.enroll(worker, program, op.from, until),
    )
  } else if (op.kind === 'pay') {
    const program = of(programs, op.program)
    const input = { program: program.code, through: text(op.through), reference: 'SP2D 1' }
    await compare('recordPayment', 'RecordPaymentInput', input, () => model.pay(program, op.through))
  } else if (op.kind === 'die') {
    const worker = of(workers, op.worker)
    // A death in the future is a mistake, and the business month is May 2023.
    const at = Math.min(op.at, 2023 * 12 + 4)
    const input = { worker, death: { month: text(at) }, reason }
    await compare('recordLifeEvent', 'RecordLifeEventInput', input, () => model.die(worker, at))
  } else if (op.kind === 'settle') {
    const refunds = await refundsOf(model)
    if (refunds.length === 0) return undefined
    const { id, months, enrollment } = of(refunds, op.refund)
    const input = { refund: id, granted: op.granted, reason }
    await compare('settleRefund', 'SettleRefundInput', input, () =>
      model.settle(enrollment, months, op.granted),
    )
  } else {
    const { enrollments } = model
    if (enrollments.length === 0) return undefined
    const [enrollment, from] = chosen(enrollments, op)
    const input = { enrollment: enrollment.id, from: text(from), reason }
    if (op.kind === 'end')
      await compare('endEnrollment', 'ChangeEnrollmentInput', input, () => model.end(enrollment, from))
    if (op.kind === 'suspend')
      await compare('suspendEnrollment', 'ChangeEnrollmentInput', input, () =>
        model.suspend(enrollment, from),
      )
    if (op.kind === 'resume')
      await compare('resumeEnrollment', 'ResumeEnrollmentInput', input, () => model.resume(enrollment, from))
    if (op.kind === 'requestRefund')
      await compare('requestRefund', 'ChangeEnrollmentInput', input, () =>
        model.requestRefund(enrollment, from),
      )
    if (op.kind === 'substitute') {
      const worker = of(
        workers.filter((id) => id !== enrollment.worker),
        op.worker,
      )
      await compare('substitute', 'SubstituteInput', { ...input, worker }, () =>
        model.substitute(enrollment, worker, from),
      )
    }
    if (op.kind === 'transfer') {
      const program = of(programs, op.program)
      await compare(
        'transferEnrollment',
        'TransferEnrollmentInput',
        { ...input, program: program.code },
        () => model.transfer(enrollment, program, from),
      )
    }
  }
  return ended
}

/**
 * The enrollment that an operation is about, and its month. Who is resumed is somebody suspended, and what is asked back
 * was paid, where there is such: chance would seldom meet him.
 */
function chosen(
  enrollments: readonly ModelEnrollment[],
  { kind, enrollment: n, from }: { kind: string; enrollment: number; from: MonthNumber },
): [ModelEnrollment, MonthNumber] {
  const of = (some: readonly ModelEnrollment[]) => some[n % some.length]
  const suspended = kind === 'resume' ? of(enrollments.filter((one) => one.suspended !== null)) : undefined
  if (suspended) return [suspended, Math.max(from, suspended.suspended!)]
  const months = ({ cells }: ModelEnrollment) => [...cells].flatMap(([at, { paid }]) => (paid ? [at] : []))
  const paid = kind === 'requestRefund' ? of(enrollments.filter((one) => months(one).length > 0)) : undefined
  return paid ? [paid, Math.min(from, ...months(paid).slice(-1))] : [of(enrollments)!, from]
}

async function refundsOf({ enrollments }: LifeModel) {
  const rows = await hub.db.query<{ id: string; enrollment: string; first: string; until: string }>(
    `/* test.refunds */ select id, enrollment_id as enrollment, to_char(lower(period), 'YYYY-MM') as first,
      to_char(upper(period), 'YYYY-MM') as until
    from refund where status = 'REQUESTED' and enrollment_id = any($1::bigint[]) order by id`,
    [enrollments.map(({ id }) => id)],
  )
  return rows.map(({ id, enrollment, first, until }) => ({
    id,
    enrollment: enrollments.find((own) => own.id === enrollment)!,
    months: monthsBetween(first, until),
  }))
}

function monthsBetween(first: string, until: string): MonthNumber[] {
  const number = (at: string) => Number(at.slice(0, 4)) * 12 + Number(at.slice(5)) - 1
  return Array.from({ length: number(until) - number(first) }, (_, i) => number(first) + i)
}

/** Coverage by month, balances, requests and claim checks are the same in both. */
async function expectSame({ model, workers }: World): Promise<void> {
  const covered = await hub.db.query<{ worker: string; payer: string; month: string }>(
    `/* test.coverage */ select distinct worker_id as worker, payer_id as payer, to_char(month, 'YYYY-MM') as month
      from coverage_line, generate_series(lower(period), upper(period) - 1, interval '1 month') as month
      where worker_id = any($1::bigint[])`,
    [workers],
  )
  const found = covered.map(
    ({ worker, payer, month: at }) => `${worker}: ${payer} ${monthsBetween(at, '2999-12')[0]}`,
  )
  expect(found.sort()).toEqual(model.coverage())
  for (const { id, committed, paid } of model.budgets) {
    const [row] = await hub.db.query('/* test.balance */ select committed, paid from budget where id = $1', [
      id,
    ])
    expect(row).toEqual({ committed: committed.toString(), paid: paid.toString() })
  }
  const asked = (await refundsOf(model)).flatMap(({ enrollment, months }) =>
    months.map((at) => `${enrollment.id} ${at}`),
  )
  const expected = model.enrollments.flatMap(({ id, asked: own }) => [...own].map((at) => `${id} ${at}`))
  expect(asked.sort()).toEqual(expected.sort())
  const claims = await hub.db.query<{ worker: string }>(
    '/* test.claims */ select worker_id as worker from claim_check where worker_id = any($1::bigint[])',
    [workers],
  )
  expect(claims.map(({ worker }) => worker).sort()).toEqual([...model.claims.keys()].sort())
}

test('any sequence of operations has the refusals, the coverage and the balances of a model of months', async () => {
  const ceilings = fc.tuple(fc.integer({ min: 4, max: 30 }), fc.integer({ min: 4, max: 30 }))
  const ended: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(ceilings, sequence, async (ceiling, operations) => {
      const world = await newWorld(ceiling)
      for (const op of operations) {
        const code = await step(world, op)
        if (code === 'ok') ended[op.kind] = (ended[op.kind] ?? 0) + 1
        await expectSame(world)
      }
    }),
    { numRuns: Number(process.env.LIFE_RUNS ?? 40) },
  )
  expect(Object.keys(ended).sort()).toEqual([
    'die',
    'end',
    'enroll',
    'pay',
    'requestRefund',
    'resume',
    'settle',
    'substitute',
    'suspend',
    'transfer',
  ])
  expect(await verifyLedger(hub.db)).toMatchObject({ broken: [] })
}, 300_000)
