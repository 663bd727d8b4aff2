import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { enterPostings } from '../../src/budgets/ledger.ts'
import type { Posting } from '../../src/contract/context.ts'
import { rejectEnrollments } from '../../src/enrollments/life/at-bpjs.ts'
import { heldEnrollments } from '../../src/enrollments/life/held-enrollment.ts'
import { findBrokenRules } from '../../src/enrollments/verify-ledger.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
  type InsertedWorker,
} from '../harness/builders.ts'
import { ADMIN } from '../harness/hub.ts'
import { askAs, auditReader, aViewer } from '../harness/viewers.ts'
import {
  type Ask,
  asking,
  balanceOf,
  ENROLL,
  ENROLLMENT,
  entriesOf,
  openRatedHub,
  REFUSAL,
  STATE_REFUSAL,
  someone,
} from './world.ts'

// Real: PGlite, the hub's schema, gate, rules, ledger and audit trail; the business day is 15 May 2023.

const MONTHLY = 16_800n

let hub: Hub
let ask: Ask
let regency: InsertedPayer
let province: InsertedPayer
let program: InsertedProgram
let budget: InsertedBudget
let worker: InsertedWorker
let enrollment: string

beforeAll(async () => {
  hub = await openRatedHub()
  ask = asking(hub)
})
afterAll(() => hub?.close())

// A worker enrolled by the regency for the year 2023, in a budget that has room for two.
beforeEach(async () => {
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  province = await aPayer('PROVINCE', { area: '36' }).in(hub)
  program = await aProgram(regency).during('2023-01..2023-12').in(hub)
  budget = await aBudget(regency, 2023, 24n * MONTHLY).in(hub)
  worker = await someone().in(hub)
  enrollment = (await enroll(worker)).id
})

async function enroll(who: { id: string }, more: object = {}) {
  const input = { worker: who.id, program: program.code, from: '2023-01', to: '2023-12', ...more }
  const { data, errors } = await ask(ENROLL, { input })
  expect(errors).toBeUndefined()
  return data.enrollWorker
}

async function mutate(name: string, type: string, input: object, selection: string, by = ask) {
  const { data, errors } = await by(
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`,
    { input },
  )
  expect(errors).toBeUndefined()
  return data[name]
}

const CHANGED = `${STATE_REFUSAL} ... on Enrollment { ${ENROLLMENT} suspendedFrom plannedTo refunds { id from to amount status } }`
const CONTINUED = `${REFUSAL} ... on StateRefusal { possibleFrom } ... on Enrollment { ${ENROLLMENT} }`
const reason = 'Surat 12/2023'
const pay = (through: string, more: object = { program: program.code }) =>
  mutate(
    'recordPayment',
    'RecordPaymentInput',
    { through, reference: 'SP2D 7', ...more },
    `${STATE_REFUSAL}
    ... on PaymentRecorded { enrollments months amount budgets { amount budget { id } } }`,
  )
const end = (from: string, of = enrollment) =>
  mutate('endEnrollment', 'ChangeEnrollmentInput', { enrollment: of, from, reason }, CHANGED)
const suspend = (from: string) =>
  mutate('suspendEnrollment', 'ChangeEnrollmentInput', { enrollment, from, reason }, CHANGED)
const resume = (from: string) =>
  mutate('resumeEnrollment', 'ResumeEnrollmentInput', { enrollment, from, reason }, CONTINUED)
const requestRefund = (from: string) =>
  mutate('requestRefund', 'ChangeEnrollmentInput', { enrollment, from, reason }, CHANGED)
const settle = (refund: string, granted: boolean) =>
  mutate(
    'settleRefund',
    'SettleRefundInput',
    { refund, granted, reason },
    `${STATE_REFUSAL} ... on Refund { status settledOn amount from to budget { id } }`,
  )
const substitute = (who: { id: string }, from: string) =>
  mutate('substitute', 'SubstituteInput', { enrollment, worker: who.id, from, reason }, CONTINUED)
const transfer = (to: InsertedProgram, from: string, by = ask) =>
  mutate(
    'transferEnrollment',
    'TransferEnrollmentInput',
    { enrollment, program: to.code, from, reason },
    CONTINUED,
    by,
  )

const committed = (months: number) => ({ committed: BigInt(months) * MONTHLY })
const kindsOf = async (who: { id: string }) => {
  const { data } = await ask(
    'query ($id: ID!) { worker(id: $id) { history { nodes { kind from to amount } } } }',
    { id: who.id },
  )
  return data.worker.history.nodes
}

describe('a payment', () => {
  test('moves the paid month of everybody in the program, and the ledger says PAY', async () => {
    const other = await someone().in(hub)
    await enroll(other, { from: '2023-03' })
    expect(await pay('2023-04')).toEqual({
      __typename: 'PaymentRecorded',
      enrollments: 2,
      months: 6,
      amount: String(6n * MONTHLY),
      budgets: [{ amount: String(6n * MONTHLY), budget: { id: budget.id } }],
    })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(22), paid: 6n * MONTHLY })
    expect((await entriesOf(hub, budget)).at(-1)).toBe(`PAY 0 ${6n * MONTHLY}`)
    expect(await pay('2023-04')).toMatchObject({ code: 'NOTHING_TO_DO' })
    expect(await kindsOf(worker)).toContainEqual({
      kind: 'PAID',
      from: '2023-01',
      to: '2023-04',
      amount: String(4n * MONTHLY),
    })
  })

  test('by enrollments leaves the others unpaid', async () => {
    await enroll(await someone().in(hub))
    expect(await pay('2023-12', { enrollments: [enrollment] })).toMatchObject({ enrollments: 1, months: 12 })
    expect(await balanceOf(hub, budget)).toMatchObject({ paid: 12n * MONTHLY })
  })

  test('over New Year is paid by the budget of each year', async () => {
    program = await aProgram(regency).during('2022-12..2023-12').in(hub)
    const before = await aBudget(regency, 2022, MONTHLY).in(hub)
    await enroll(await someone().in(hub), { from: '2022-12', to: '2023-02' })
    const { budgets } = await pay('2023-01')
    expect(budgets).toEqual([
      { amount: String(MONTHLY), budget: { id: budget.id } },
      { amount: String(MONTHLY), budget: { id: before.id } },
    ])
  })

  test('by enrollments of another payer is forbidden where they may be seen, and else there are none', async () => {
    const QUERY = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }'
    const input = { enrollments: [enrollment], through: '2023-01', reference: 'SP2D' }
    const other = aViewer('approver', ['36'], { payer: province.id })
    expect((await askAs(hub, other, QUERY, { input })).errors).toMatchObject([{ code: 'BAD_USER_INPUT' }])
    const ministry = aViewer('approver', ['*'])
    expect((await askAs(hub, ministry, QUERY, { input })).errors).toMatchObject([{ code: 'FORBIDDEN' }])
  })

  test.each([
    ['neither a program nor enrollments', {}, 'input.program'],
    ['both', { program: 'X', enrollments: ['1'] }, 'input.program'],
    ['a program nobody knows', { program: 'NOBODYS' }, 'input.program'],
    ['an enrollment nobody knows', { enrollments: ['999999'] }, 'input.enrollments'],
    ['no enrollment', { enrollments: [] }, 'input.enrollments'],
    ['no reference', { program: 'X', reference: '' }, 'input.reference'],
  ])('of %s is refused', async (_, input, field) => {
    const { errors } = await ask(
      'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }',
      {
        input: { through: '2023-01', reference: 'SP2D', ...input },
      },
    )
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  })
})

describe('an end', () => {
  test('releases unpaid months and frees their money', async () => {
    await pay('2023-02')
    expect(await end('2023-07')).toMatchObject({
      __typename: 'Enrollment',
      to: '2023-06',
      plannedTo: '2023-12',
      charges: [{ from: '2023-01', to: '2023-06', paidThrough: '2023-02' }],
      lines: [{ to: '2023-06' }, { to: '2023-06' }],
    })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(6), paid: 2n * MONTHLY })
    expect((await entriesOf(hub, budget)).at(-1)).toBe(`RELEASE -${6n * MONTHLY} 0`)
    expect((await kindsOf(worker)).at(-1)).toEqual({
      kind: 'ENDED',
      from: '2023-07',
      to: '2023-12',
      amount: String(6n * MONTHLY),
    })
  })

  test('leaves paid months to the worker, and ends after them', async () => {
    await pay('2023-06')
    expect(await end('2023-03')).toMatchObject({
      to: '2023-06',
      lines: [{ to: '2023-06' }, { to: '2023-06' }],
    })
    expect(await end('2023-03')).toMatchObject({ code: 'PAID_MONTHS', possibleFrom: null })
  })

  test('before its first month releases it as a whole', async () => {
    expect(await end('2022-11')).toMatchObject({
      state: 'RELEASED',
      charges: [],
      lines: [],
      from: '2023-01',
      to: '2023-12',
    })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(0))
    expect(await end('2023-01')).toMatchObject({ code: 'NOT_RUNNING' })
    expect(await enroll(worker)).toMatchObject({ __typename: 'Enrollment' })
  })

  test('of what is paid to its end names what can be done: a refund, where a budget has paid', async () => {
    await pay('2023-12')
    expect((await end('2023-06')).message).toBe(
      'All of its months are paid: ask for a refund, or for a substitute.',
    )
    const own = await aProgram(await aPayer('SELF').in(hub))
      .during('2023-01..2023-12')
      .in(hub)
    const selfPaid = (await enroll(worker, { program: own.code })).id
    await pay('2023-12', { enrollments: [selfPaid] })
    expect((await end('2023-06', selfPaid)).message).toBe(
      'All of its months are paid, by the worker himself: they stay.',
    )
  })

  test('after its last month is refused', async () => {
    expect(await end('2024-01')).toMatchObject({ __typename: 'StateRefusal', code: 'NOT_RUNNING' })
  })

  test('by another payer is forbidden, and of an enrollment he may not see there is none', async () => {
    const neighbor = aViewer('clerk', ['36.03'], { payer: province.id })
    const input = { enrollment, from: '2023-07', reason }
    const QUERY = 'mutation ($input: ChangeEnrollmentInput!) { endEnrollment(input: $input) { __typename } }'
    expect((await askAs(hub, neighbor, QUERY, { input })).errors).toMatchObject([
      { field: 'input.enrollment' },
    ])
    const ministry = aViewer('clerk', ['*'])
    expect((await askAs(hub, ministry, QUERY, { input })).errors).toMatchObject([{ code: 'FORBIDDEN' }])
    expect(await balanceOf(hub, budget)).toMatchObject(committed(12))
  })

  test('without a reason, or with a NIK in it, is refused', async () => {
    for (const wrong of ['', ' ', 'x'.repeat(501), 'NIK 3603011203909001']) {
      const { errors } = await ask(
        'mutation ($input: ChangeEnrollmentInput!) { endEnrollment(input: $input) { __typename } }',
        { input: { enrollment, from: '2023-07', reason: wrong } },
      )
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.reason' }])
    }
  })

  test('is recorded with whom it concerns', async () => {
    const recorded = auditReader(hub)
    await recorded()
    await end('2023-07')
    expect(await recorded()).toMatchObject([
      { what: 'Mutation.endEnrollment', outcome: 'DONE', workers: [worker.id] },
    ])
    await end('2024-07')
    expect(await recorded()).toMatchObject([
      { what: 'Mutation.endEnrollment', outcome: 'REFUSED', workers: [worker.id] },
    ])
  })
})

describe('a suspension', () => {
  test('frees the months until it is resumed, and leaves a hole where nobody is covered', async () => {
    await pay('2023-02')
    expect(await suspend('2023-04')).toMatchObject({
      state: 'SUSPENDED',
      suspendedFrom: '2023-04',
      to: '2023-12',
    })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(3))
    expect(await suspend('2023-05')).toMatchObject({ code: 'NOT_RUNNING' })
    expect(await resume('2023-09')).toMatchObject({
      __typename: 'Enrollment',
      state: 'ACTIVE',
      charges: [
        { from: '2023-01', to: '2023-03', paidThrough: '2023-02' },
        { from: '2023-09', to: '2023-12', paidThrough: null },
      ],
    })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(7))
    const months = '2023-03 2023-04 2023-08 2023-09'.split(' ')
    const { data } = await ask(
      `query ($id: ID!) { worker(id: $id) { ${months.map((month, i) => `m${i}: covered(month: "${month}")`).join(' ')} } }`,
      { id: worker.id },
    )
    expect(Object.values(data.worker)).toEqual([true, false, false, true])
    expect(await resume('2023-10')).toMatchObject({ code: 'NOT_RUNNING' })
  })

  test('begins after the months that are paid', async () => {
    await pay('2023-06')
    expect(await suspend('2023-04')).toMatchObject({ suspendedFrom: '2023-07', state: 'ACTIVE' })
  })

  test('is resumed by the rules of that day, and keeps the judgement that settled them', async () => {
    await hub.db.query(
      '/* test.decile */ update worker set welfare_decile = 2, decile_as_of = $2 where id = $1',
      [worker.id, '2022-06-30'],
    )
    await hub.db.query('/* test.limit */ update coverage_program set max_decile = 4 where code = $1', [
      program.code,
    ])
    await suspend('2023-04')
    expect(await resume('2023-09')).toMatchObject({ code: 'REVIEW', findings: [{ code: 'DECILE_OUTDATED' }] })
    const input = { enrollment, from: '2023-09', reason, settledBecause: 'Seen by the village' }
    await mutate('resumeEnrollment', 'ResumeEnrollmentInput', input, CONTINUED)
    const { data } = await ask(
      'query ($id: ID!) { enrollment(id: $id) { settledBecause settledFindings { code } rulesVersion } }',
      { id: enrollment },
    )
    expect(data.enrollment).toEqual({
      settledBecause: 'Seen by the village',
      settledFindings: [{ code: 'DECILE_OUTDATED' }],
      rulesVersion: '2026.1',
    })
  })

  test('is not resumed where another has enrolled the worker meanwhile, or the money is spent', async () => {
    await suspend('2023-04')
    await enroll(await someone().in(hub))
    await enroll(await someone().in(hub), { from: '2023-04' })
    expect(await resume('2023-06')).toMatchObject({ code: 'OVER_BUDGET' })
    const other = await aProgram(province).during('2023-01..2023-12').in(hub)
    await aBudget(province, 2023, 1_000_000n).in(hub)
    expect(await enroll(worker, { program: other.code, from: '2023-12' })).toMatchObject({
      __typename: 'Enrollment',
    })
    expect(await resume('2023-06')).toMatchObject({
      code: 'ALREADY_COVERED',
      covered: [{ from: '2023-12' }, {}],
    })
  })
})

describe('a refund', () => {
  test('ends the coverage, keeps the money as paid while it is asked for, and gives it back when granted', async () => {
    await pay('2023-06')
    const { refunds, to } = await requestRefund('2023-04')
    expect(to).toBe('2023-03')
    expect(refunds).toEqual([
      {
        id: expect.any(String),
        from: '2023-04',
        to: '2023-06',
        amount: String(3n * MONTHLY),
        status: 'REQUESTED',
      },
    ])
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(6), paid: 6n * MONTHLY })
    expect(await entriesOf(hub, budget)).toEqual(
      expect.arrayContaining(['REFUND_REQUEST 0 0', `RELEASE -${6n * MONTHLY} 0`]),
    )
    expect(await settle(refunds[0].id, true)).toMatchObject({ status: 'GRANTED', settledOn: '2023-05-15' })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(3), paid: 3n * MONTHLY })
    expect((await entriesOf(hub, budget)).at(-1)).toBe(`REFUND -${3n * MONTHLY} -${3n * MONTHLY}`)
    expect(await settle(refunds[0].id, true)).toMatchObject({ code: 'NOTHING_TO_DO' })
  })

  const BACK =
    'query ($id: ID!) { worker(id: $id) { claimChecks { month } enrollments { nodes { state from to plannedTo lines { benefit from to } } } history { nodes { kind from to fact } } } }'
  const nowOf = async (who: { id: string }) => (await ask(BACK, { id: who.id })).data.worker
  const both = (from: string, to: string) => ['JKK', 'JKM'].map((benefit) => ({ benefit, from, to }))

  test('that is refused leaves the money spent, and gives back the months that it paid for', async () => {
    await pay('2023-06')
    const { refunds } = await requestRefund('2023-04')
    expect(await settle(refunds[0].id, false)).toMatchObject({ status: 'REFUSED' })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(6), paid: 6n * MONTHLY })
    const { enrollments, history } = await nowOf(worker)
    expect(enrollments.nodes).toEqual([
      {
        state: 'ACTIVE',
        from: '2023-01',
        to: '2023-06',
        plannedTo: '2023-12',
        lines: expect.arrayContaining([...both('2023-01', '2023-03'), ...both('2023-04', '2023-06')]),
      },
    ])
    expect(history.nodes.slice(-2)).toEqual([
      { kind: 'REFUND_REFUSED', from: '2023-04', to: '2023-06', fact: null },
      { kind: 'RESUMED', from: '2023-04', to: '2023-06', fact: null },
    ])
    expect(await settle(refunds[0].id, true)).toMatchObject({ code: 'NOTHING_TO_DO' })
    expect(await end('2023-05')).toMatchObject({ code: 'PAID_MONTHS' })
    expect(await hub.db.transaction(findBrokenRules)).toEqual([])
  })

  test('of all months, refused, gives back an enrollment that had no month left', async () => {
    await pay('2023-12')
    const { refunds, state } = await requestRefund('2023-01')
    expect(state).toBe('RELEASED')
    await settle(refunds[0].id, false)
    expect((await nowOf(worker)).enrollments.nodes).toMatchObject([
      { state: 'ACTIVE', from: '2023-01', to: '2023-12', plannedTo: null },
    ])
    expect(await hub.db.transaction(findBrokenRules)).toEqual([])
  })

  test('refused gives back no month in which another covers him by then, and says so', async () => {
    await pay('2023-06')
    const { refunds } = await requestRefund('2023-04')
    const other = await aProgram(province).during('2023-01..2023-12').in(hub)
    await aBudget(province, 2023, 1_000_000n).in(hub)
    await enroll(worker, { program: other.code, from: '2023-05', to: '2023-05' })
    await settle(refunds[0].id, false)
    const { enrollments, history } = await nowOf(worker)
    expect(enrollments.nodes[0]).toMatchObject({
      to: '2023-06',
      lines: expect.arrayContaining([...both('2023-04', '2023-04'), ...both('2023-06', '2023-06')]),
    })
    expect(history.nodes.slice(-3)).toEqual([
      { kind: 'REFUND_REFUSED', from: '2023-04', to: '2023-06', fact: 'COVERED' },
      { kind: 'RESUMED', from: '2023-04', to: '2023-04', fact: null },
      { kind: 'RESUMED', from: '2023-06', to: '2023-06', fact: null },
    ])
    expect(await hub.db.transaction(findBrokenRules)).toEqual([])
  })

  test.each([
    ['an employer covers him', { wageEmployment: { from: '2023-04', to: '2023-06' } }, 'COVERED'],
    [
      'he has become a civil servant',
      { civilService: { civilServant: true, from: '2023-04' } },
      'CIVIL_SERVANT',
    ],
    ['he had died before', { death: { month: '2023-03' } }, 'DECEASED'],
  ])('refused gives nothing back when %s', async (_, event, fact) => {
    await pay('2023-06')
    const { refunds } = await requestRefund('2023-04')
    const employer = await aPayer('EMPLOYER').in(hub)
    const told =
      'wageEmployment' in event
        ? { wageEmployment: { ...event.wageEmployment, employer: employer.id } }
        : event
    await mutate(
      'recordLifeEvent',
      'RecordLifeEventInput',
      { worker: worker.id, reason, ...told },
      '__typename',
    )
    await settle(refunds[0].id, false)
    const { enrollments, history } = await nowOf(worker)
    expect(enrollments.nodes).toMatchObject([
      { from: '2023-01', to: '2023-03', lines: both('2023-01', '2023-03') },
    ])
    expect(history.nodes.at(-1)).toEqual({ kind: 'REFUND_REFUSED', from: '2023-04', to: '2023-06', fact })
    expect(await hub.db.transaction(findBrokenRules)).toEqual([])
  })

  test('refused after a death gives back the month of it, and a claim is looked after', async () => {
    await pay('2023-06')
    const { refunds } = await requestRefund('2023-03')
    const death = { worker: worker.id, reason, death: { month: '2023-04' } }
    await mutate('recordLifeEvent', 'RecordLifeEventInput', death, '__typename')
    expect((await nowOf(worker)).claimChecks).toEqual([])
    await settle(refunds[0].id, false)
    const { claimChecks, enrollments, history } = await nowOf(worker)
    expect(claimChecks).toEqual([{ month: '2023-04' }])
    expect(enrollments.nodes).toMatchObject([{ from: '2023-01', to: '2023-04' }])
    expect(history.nodes.slice(-3)).toEqual([
      { kind: 'REFUND_REFUSED', from: '2023-03', to: '2023-06', fact: 'DECEASED' },
      { kind: 'RESUMED', from: '2023-03', to: '2023-04', fact: null },
      { kind: 'CLAIM_CHECK_OPENED', from: '2023-04', to: '2023-04', fact: null },
    ])
    expect(await requestRefund('2023-04')).toMatchObject({ code: 'CLAIM_OPEN' })
    expect(await hub.db.transaction(findBrokenRules)).toEqual([])
  })

  test('of somebody whom BPJS has not taken on leaves him REJECTED, asked for, refused and asked for again', async () => {
    await pay('2023-06')
    const by = { viewer: ADMIN, today: '2023-05-15' }
    await hub.db.transaction(async (query) => {
      const postings: Posting[] = []
      const change = {
        query,
        note: () => {},
        post: (more: readonly Posting[]) => void postings.push(...more),
      }
      const held = await heldEnrollments(query, [worker.id], [enrollment])
      await rejectEnrollments(change, held, 'NIK_MISMATCH', { ...by, note: 'Rejected' })
      await enterPostings(query, postings, by)
    })
    const shown = async () =>
      (
        await ask(`query ($id: ID!) { enrollment(id: $id) { state lines { from } refunds { id status } } }`, {
          id: enrollment,
        })
      ).data.enrollment
    const { state, refunds } = await shown()
    expect(state).toBe('REJECTED')
    await settle(refunds[0].id, false)
    expect(await shown()).toMatchObject({ state: 'REJECTED', lines: [], refunds: [{ status: 'REFUSED' }] })
    expect((await nowOf(worker)).history.nodes.at(-1)).toMatchObject({
      kind: 'REFUND_REFUSED',
      fact: 'REJECTED',
    })
    const again = await requestRefund('2023-01')
    expect(again).toMatchObject({ __typename: 'Enrollment', state: 'REJECTED' })
    await settle(again.refunds.at(-1).id, true)
    expect(await shown()).toMatchObject({ state: 'REJECTED' })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(0), paid: 0n })
    expect(await hub.db.transaction(findBrokenRules)).toEqual([])
  })

  test('of months that nobody paid is none', async () => {
    expect(await requestRefund('2023-04')).toMatchObject({ code: 'NOTHING_TO_DO' })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(12))
  })

  test('is settled by its payer only', async () => {
    await pay('2023-06')
    const { refunds } = await requestRefund('2023-04')
    const QUERY = 'mutation ($input: SettleRefundInput!) { settleRefund(input: $input) { __typename } }'
    const input = { refund: refunds[0].id, granted: true, reason }
    const other = aViewer('approver', ['36'], { payer: province.id })
    expect((await askAs(hub, other, QUERY, { input })).errors).toMatchObject([{ field: 'input.refund' }])
    const own = aViewer('approver', ['36.03'], { payer: regency.id })
    expect((await askAs(hub, own, QUERY, { input })).data).toEqual({ settleRefund: { __typename: 'Refund' } })
  })
})

describe('what a claim may rest on', () => {
  test('stays: nobody loses the month of his death, whatever is done to the enrollment afterwards', async () => {
    await pay('2023-12')
    const DIE = `mutation ($input: RecordLifeEventInput!) { recordLifeEvent(input: $input) { __typename } }`
    expect(
      (await ask(DIE, { input: { worker: worker.id, death: { month: '2023-03' }, reason } })).errors,
    ).toBeUndefined()
    const open = { code: 'CLAIM_OPEN', possibleFrom: '2023-04' }
    expect(await end('2023-03')).toMatchObject(open)
    expect(await suspend('2023-01')).toMatchObject(open)
    expect(await requestRefund('2023-02')).toMatchObject(open)
    const other = await someone().in(hub)
    expect(await substitute(other, '2023-02')).toMatchObject({ code: 'PAID_MONTHS', possibleFrom: '2023-04' })
    expect(await substitute(other, '2023-04')).toMatchObject({ __typename: 'Enrollment', from: '2023-04' })
    const { data } = await ask('query ($id: ID!) { worker(id: $id) { covered(month: "2023-03") } }', {
      id: worker.id,
    })
    expect(data.worker.covered).toBe(true)
  })
})

describe('a substitute', () => {
  test('does not take months that were paid and have passed', async () => {
    await pay('2023-06')
    expect(await substitute(await someone().in(hub), '2023-03')).toMatchObject({
      code: 'PAID_MONTHS',
      possibleFrom: '2023-05',
    })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(12))
  })

  test('takes the remaining months, paid ones with their payment', async () => {
    await pay('2023-06')
    const other = await someone().in(hub)
    expect(await substitute(other, '2023-05')).toMatchObject({
      __typename: 'Enrollment',
      from: '2023-05',
      to: '2023-12',
      worker: { id: other.id },
      charges: [
        { from: '2023-05', to: '2023-06', paidThrough: '2023-06' },
        { from: '2023-07', to: '2023-12', paidThrough: null },
      ],
    })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(12), paid: 6n * MONTHLY })
    const { data } = await ask(`query ($id: ID!) { enrollment(id: $id) { ${ENROLLMENT} } }`, {
      id: enrollment,
    })
    expect(data.enrollment).toMatchObject({
      to: '2023-04',
      charges: [{ to: '2023-04', paidThrough: '2023-04' }],
    })
    expect((await kindsOf(worker)).at(-1)).toMatchObject({
      kind: 'SUBSTITUTED',
      from: '2023-05',
      to: '2023-12',
    })
    expect((await kindsOf(other)).at(-1)).toMatchObject({ kind: 'TOOK_OVER', from: '2023-05', to: '2023-12' })
  })

  test('has a place alone: nobody takes it a second time', async () => {
    await substitute(await someone().in(hub), '2023-05')
    expect(await substitute(await someone().in(hub), '2023-05')).toMatchObject({ code: 'PLACE_TAKEN' })
  })

  test('of the whole enrollment leaves it SUBSTITUTED', async () => {
    await substitute(await someone().in(hub), '2023-01')
    const { data } = await ask(`query ($id: ID!) { enrollment(id: $id) { ${ENROLLMENT} } }`, {
      id: enrollment,
    })
    expect(data.enrollment).toMatchObject({ state: 'SUBSTITUTED', charges: [], lines: [] })
  })

  test('takes the paid months whose money was asked back, and the request is withdrawn', async () => {
    await pay('2023-06')
    const { refunds } = await requestRefund('2023-04')
    const other = await someone().in(hub)
    expect(await substitute(other, '2023-04')).toMatchObject({
      charges: [
        { from: '2023-04', to: '2023-06', paidThrough: '2023-06' },
        { from: '2023-07', to: '2023-12' },
      ],
    })
    expect(await settle(refunds[0].id, true)).toMatchObject({ code: 'NOTHING_TO_DO' })
    const [row] = await hub.db.query('/* test.refund */ select status from refund where id = $1', [
      refunds[0].id,
    ])
    expect(row).toEqual({ status: 'WITHDRAWN' })
    expect(await kindsOf(worker)).toContainEqual({
      kind: 'REFUND_WITHDRAWN',
      from: '2023-04',
      to: '2023-06',
      amount: String(3n * MONTHLY),
    })
    expect(await balanceOf(hub, budget)).toMatchObject({ ...committed(12), paid: 6n * MONTHLY })
  })

  test('who may not be enrolled is refused, and the place stays whose it was', async () => {
    const servant = await someone().civilServant().in(hub)
    expect(await substitute(servant, '2023-05')).toMatchObject({
      code: 'INELIGIBLE',
      findings: [{ code: 'CIVIL_SERVANT' }],
    })
    const { data } = await ask(`query ($id: ID!) { enrollment(id: $id) { ${ENROLLMENT} } }`, {
      id: enrollment,
    })
    expect(data.enrollment).toMatchObject({ to: '2023-12', charges: [{ to: '2023-12' }] })
    expect(await kindsOf(worker)).toMatchObject([{ kind: 'ENROLLED' }])
  })

  test('cannot be the same person', async () => {
    const { errors } = await ask(
      'mutation ($input: SubstituteInput!) { substitute(input: $input) { __typename } }',
      {
        input: { enrollment, worker: worker.id, from: '2023-05', reason },
      },
    )
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.worker' }])
  })
})

describe('a transfer', () => {
  let theirs: InsertedProgram
  let theirBudget: InsertedBudget

  beforeEach(async () => {
    theirs = await aProgram(province).during('2023-01..2023-12').in(hub)
    theirBudget = await aBudget(province, 2023, 12n * MONTHLY).in(hub)
  })

  test('hands the worker over to another payer without a month between', async () => {
    await pay('2023-02')
    expect(await transfer(theirs, '2023-06')).toMatchObject({
      __typename: 'Enrollment',
      from: '2023-06',
      to: '2023-12',
      program: { code: theirs.code },
    })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(5))
    expect(await balanceOf(hub, theirBudget)).toMatchObject(committed(7))
    const lines = await hub.db.query(
      `/* test.lines */ select to_char(lower(period), 'YYYY-MM') as from, to_char(upper(period), 'YYYY-MM') as until
        from coverage_line where worker_id = $1 and benefit = 'JKK' order by period`,
      [worker.id],
    )
    expect(lines).toEqual([
      { from: '2023-01', until: '2023-06' },
      { from: '2023-06', until: '2024-01' },
    ])
  })

  test('of what is paid to its end is refused, and no month is named in which it could be', async () => {
    await pay('2023-06')
    await requestRefund('2023-04')
    expect(await transfer(theirs, '2023-02')).toMatchObject({
      code: 'PAID_MONTHS',
      message: 'All of its months are paid, and stay with who paid.',
      possibleFrom: null,
    })
  })

  test('from a month before its first is refused with its first', async () => {
    const later = (await enroll(await someone().in(hub), { from: '2023-06' })).id
    const input = { enrollment: later, program: theirs.code, from: '2023-03', reason }
    expect(await mutate('transferEnrollment', 'TransferEnrollmentInput', input, CONTINUED)).toMatchObject({
      code: 'NOT_RUNNING',
      possibleFrom: '2023-06',
    })
  })

  test('leaves paid months with who paid, and says from when it may be', async () => {
    await pay('2023-06')
    expect(await transfer(theirs, '2023-06')).toMatchObject({ code: 'PAID_MONTHS', possibleFrom: '2023-07' })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(12))
  })

  test('that the new payer cannot pay leaves everything as it was', async () => {
    const other = await aProgram(province).during('2023-01..2023-12').in(hub)
    await enroll(await someone().in(hub), { program: other.code })
    expect(await transfer(theirs, '2023-06')).toMatchObject({ code: 'OVER_BUDGET' })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(12))
    const { data } = await ask(`query ($id: ID!) { enrollment(id: $id) { ${ENROLLMENT} } }`, {
      id: enrollment,
    })
    expect(data.enrollment).toMatchObject({ to: '2023-12', lines: [{ to: '2023-12' }, { to: '2023-12' }] })
  })

  test('never takes a benefit away', async () => {
    const less = await aProgram(province).during('2023-01..2023-12').paying('JKK').in(hub)
    expect(await transfer(less, '2023-06')).toMatchObject({ code: 'LESS_COVERAGE' })
    expect(await balanceOf(hub, budget)).toMatchObject(committed(12))
  })

  test('tells neither payer what the other has left, or how far it has paid', async () => {
    await hub.db.query(
      `/* test.agreement */ insert into agreement (first_id, second_id, period, reference)
        values (least($1::bigint, $2), greatest($1::bigint, $2), '[2023-01-01,)', 'PKS')`,
      [regency.id, province.id],
    )
    const giver = asking(hub, aViewer('clerk', ['36.03'], { payer: regency.id }))
    const taker = asking(hub, aViewer('clerk', ['36'], { payer: province.id }))
    const other = await aProgram(province).during('2023-01..2023-12').in(hub)
    await enroll(await someone().in(hub), { program: other.code })
    expect(await transfer(theirs, '2023-06', giver)).toMatchObject({
      code: 'OVER_BUDGET',
      shortfalls: [{ fiscalYear: 2023, budget: null, remaining: null }],
    })
    expect(await transfer(theirs, '2023-06', taker)).toMatchObject({
      code: 'OVER_BUDGET',
      shortfalls: [{ budget: theirBudget.id, remaining: '0' }],
    })
    await pay('2023-08')
    expect(await transfer(theirs, '2023-06', taker)).toMatchObject({
      code: 'PAID_MONTHS',
      possibleFrom: null,
    })
    expect(await transfer(theirs, '2023-06', giver)).toMatchObject({
      code: 'PAID_MONTHS',
      possibleFrom: '2023-09',
    })
    const { errors } = await giver(
      'mutation ($input: TransferEnrollmentInput!) { transferEnrollment(input: $input) { __typename } }',
      { input: { enrollment, program: theirs.code, from: '2023-09', reason, settledBecause: 'I say so.' } },
    )
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', field: 'input.settledBecause' }])
  })

  test('needs an agreement of the two payers, and a clerk of one of them', async () => {
    const own = asking(hub, aViewer('clerk', ['36.03'], { payer: regency.id }))
    const QUERY =
      'mutation ($input: TransferEnrollmentInput!) { transferEnrollment(input: $input) { __typename } }'
    const input = { enrollment, program: theirs.code, from: '2023-06', reason }
    expect((await own(QUERY, { input })).errors).toMatchObject([
      { code: 'FORBIDDEN', field: 'input.program' },
    ])
    await hub.db.query(
      `/* test.agreement */ insert into agreement (first_id, second_id, period, reference)
        values (least($1::bigint, $2), greatest($1::bigint, $2), '[2023-01-01,)', 'PKS')`,
      [regency.id, province.id],
    )
    expect((await own(QUERY, { input })).data).toEqual({ transferEnrollment: { __typename: 'Enrollment' } })
  })
})
