import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { findBrokenRules } from '../../src/enrollments/verify-ledger.ts'
import { addMonths, type Month } from '../../src/kernel/month.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
  type InsertedWorker,
} from '../harness/builders.ts'
import { ADMIN } from '../harness/hub.ts'
import { auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'
import { asking, balanceOf, ENROLL, entriesOf, openRatedHub, STATE_REFUSAL, someone } from './world.ts'

// Real: PGlite, the hub's schema, gate, rules, rates of seeds/rates.yaml, ledger and audit trail.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
let employer: InsertedPayer
let regency: InsertedPayer
let province: InsertedPayer
let program: InsertedProgram
let provincial: InsertedProgram
let budget: InsertedBudget
let provinceBudget: InsertedBudget
let worker: InsertedWorker

beforeAll(async () => {
  hub = await openRatedHub()
  employer = await aPayer('EMPLOYER', { name: 'PT Maju' }).in(hub)
  recorded = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  province = await aPayer('PROVINCE', { area: '36' }).in(hub)
  program = await aProgram(regency).during('2022-12..2023-12').in(hub)
  provincial = await aProgram(province).during('2022-12..2023-12').in(hub)
  budget = await aBudget(regency, 2023, 1_000_000n).in(hub)
  provinceBudget = await aBudget(province, 2023, 1_000_000n).in(hub)
  worker = await someone().in(hub)
  await recorded()
})
afterEach(async () => {
  expect(await hub.db.transaction(findBrokenRules)).toEqual([])
})

const RECORD = `mutation ($input: RecordLifeEventInput!) { recordLifeEvent(input: $input) {
  ${STATE_REFUSAL} ... on DisputeRefusal { disputes }
  ... on LifeEvent {
    applied
    consequences { kind enrollment { id } payerKind from to amount }
    worker { id lifeStatus deathMonth civilServant domicileSince village { code } }
  } } }`

const PAY = `mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }`

const LIFE = `query ($id: ID!) { worker(id: $id) {
  lifeStatus deathMonth civilServant village { code }
  claimChecks { id event month openedOn worker { id } }
  enrollments { nodes { id state from to
    lines { benefit from to } charges { from to paidThrough } refunds { from to amount status } } }
  coverage { benefit segment origin from to payer { id } reportedBy reportedOn }
  history { nodes { kind from to amount reason fact enrollment { id } } } } }`

async function record(event: object, viewer: Viewer = ADMIN, more: object = {}) {
  const { data, errors } = await asking(hub, viewer)(RECORD, {
    input: { worker: worker.id, reason: 'As the village says', ...event, ...more },
  })
  return { result: data?.recordLifeEvent, errors }
}

async function enroll(from: string, to: string, into = program, paidThrough?: string): Promise<string> {
  const input = { worker: worker.id, program: into.code, from, to }
  const { data, errors } = await asking(hub)(ENROLL, { input })
  expect([errors, data.enrollWorker.__typename]).toEqual([undefined, 'Enrollment'])
  const { id } = data.enrollWorker
  if (paidThrough) {
    const payment = { enrollments: [id], through: paidThrough, reference: 'SP2D 1' }
    expect((await asking(hub)(PAY, { input: payment })).data.recordPayment.__typename).toBe('PaymentRecorded')
  }
  return id
}

async function life() {
  const { data, errors } = await asking(hub)(LIFE, { id: worker.id })
  expect(errors).toBeUndefined()
  return data.worker
}

/** All that a life event could change, row by row. */
async function everything(): Promise<unknown> {
  const tables = ['worker', 'enrollment', 'charge', 'coverage_line', 'refund', 'claim_check', 'worker_event']
  const rows = tables.map((table) => `select '${table}' as of, to_jsonb(t.*)::text as row from ${table} as t`)
  return hub.db.query(`/* test.everything */ ${rows.join(' union all ')} order by 1, 2`)
}

const kinds = (result: {
  consequences: { kind: string; from: string; to: string; amount: string | null }[]
}) =>
  result.consequences.map(
    ({ kind, from, to, amount }) => `${kind} ${from}..${to}${amount === null ? '' : ` ${amount}`}`,
  )

const DEATH_IN_MARCH = { death: { month: '2023-03' } }

describe('a death', () => {
  test('in March ends what was enrolled to December and paid to June: three months are asked back, six released, one claim checked', async () => {
    const enrollment = await enroll('2023-01', '2023-12', program, '2023-06')
    const { result, errors } = await record(DEATH_IN_MARCH)
    expect(errors).toBeUndefined()
    const of = { enrollment: { id: enrollment }, payerKind: 'REGENCY' }
    expect(result).toEqual({
      __typename: 'LifeEvent',
      applied: true,
      consequences: [
        { kind: 'COVERAGE_ENDS', ...of, from: '2023-04', to: '2023-12', amount: null },
        { kind: 'REFUND_REQUESTED', ...of, from: '2023-04', to: '2023-06', amount: '50400' },
        { kind: 'MONTHS_RELEASED', ...of, from: '2023-07', to: '2023-12', amount: '100800' },
        {
          kind: 'CLAIM_CHECK_OPENED',
          enrollment: null,
          payerKind: null,
          from: '2023-03',
          to: '2023-03',
          amount: null,
        },
      ],
      worker: {
        id: worker.id,
        lifeStatus: 'DECEASED',
        deathMonth: '2023-03',
        civilServant: false,
        domicileSince: '2020-02-29',
        village: { code: '36.03.01.2003' },
      },
    })
    const after = await life()
    expect(after.claimChecks).toEqual([
      {
        id: expect.any(String),
        event: 'DEATH',
        month: '2023-03',
        openedOn: '2023-05-15',
        worker: { id: worker.id },
      },
    ])
    expect(after.enrollments.nodes).toEqual([
      {
        id: enrollment,
        state: 'EXPIRED',
        from: '2023-01',
        to: '2023-03',
        lines: [
          { benefit: 'JKK', from: '2023-01', to: '2023-03' },
          { benefit: 'JKM', from: '2023-01', to: '2023-03' },
        ],
        charges: [{ from: '2023-01', to: '2023-06', paidThrough: '2023-06' }],
        refunds: [{ from: '2023-04', to: '2023-06', amount: '50400', status: 'REQUESTED' }],
      },
    ])
    expect(await balanceOf(hub, budget)).toEqual({ ceiling: 1_000_000n, committed: 100_800n, paid: 100_800n })
    expect(await entriesOf(hub, budget)).toEqual([
      'ALLOCATE 0 0',
      'COMMIT 201600 0',
      'PAY 0 100800',
      expect.stringMatching(/^(RELEASE -100800 0|REFUND_REQUEST 0 0)$/),
      expect.stringMatching(/^(RELEASE -100800 0|REFUND_REQUEST 0 0)$/),
    ])
    const reason = 'As the village says'
    const ofEnrollment = { enrollment: { id: enrollment }, reason, fact: null }
    expect(after.history.nodes.slice(2)).toEqual([
      { kind: 'DIED', from: '2023-03', to: '2023-03', amount: null, enrollment: null, reason, fact: null },
      { kind: 'ENDED', from: '2023-04', to: '2023-12', amount: '100800', ...ofEnrollment },
      { kind: 'REFUND_REQUESTED', from: '2023-04', to: '2023-06', amount: '50400', ...ofEnrollment },
      {
        kind: 'CLAIM_CHECK_OPENED',
        from: '2023-03',
        to: '2023-03',
        amount: null,
        enrollment: null,
        reason,
        fact: null,
      },
    ])
  })

  test('is shown first, with the same consequences, and nothing is written', async () => {
    await enroll('2023-01', '2023-12', program, '2023-06')
    const before = await everything()
    const shown = await record(DEATH_IN_MARCH, ADMIN, { dryRun: true })
    expect(await everything()).toEqual(before)
    expect(shown.result).toMatchObject({ applied: false, worker: { lifeStatus: 'ALIVE', deathMonth: null } })
    const { result } = await record(DEATH_IN_MARCH)
    expect(result.consequences).toEqual(shown.result.consequences)
    expect(result.applied).toBe(true)
  })

  test('ends what other payers pay too, and says so without telling which enrollment, or which months were paid', async () => {
    await enroll('2023-01', '2023-04', program, '2023-04')
    const other = await enroll('2023-05', '2023-12', provincial, '2023-05')
    const clerk = aViewer('clerk', ['36.03'], { payer: regency.id })
    const { result, errors } = await record({ death: { month: '2023-04' } }, clerk)
    expect(errors).toBeUndefined()
    const of = { enrollment: null, payerKind: 'PROVINCE', amount: null }
    expect(result.consequences).toEqual([
      { kind: 'COVERAGE_ENDS', ...of, from: '2023-05', to: '2023-12' },
      expect.objectContaining({ kind: 'CLAIM_CHECK_OPENED', from: '2023-04' }),
    ])
    const [, ended] = (await life()).enrollments.nodes
    expect(ended).toMatchObject({ id: other, state: 'RELEASED', lines: [] })
    expect(await balanceOf(hub, provinceBudget)).toMatchObject({ committed: 16_800n, paid: 16_800n })
  })

  test('opens a check when only another system covers the month, and leaves what it reported', async () => {
    worker = await someone().reportedBy(employer, '2023-01..2023-12', { segment: 'PU' }).in(hub)
    const { result } = await record(DEATH_IN_MARCH)
    expect(kinds(result)).toEqual(['CLAIM_CHECK_OPENED 2023-03..2023-03'])
    expect((await life()).coverage).toMatchObject([{ from: '2023-01', to: '2023-12' }])
  })

  test('opens no check when nobody covers the month', async () => {
    await enroll('2023-04', '2023-12')
    const { result } = await record(DEATH_IN_MARCH)
    expect(kinds(result)).toEqual([
      'COVERAGE_ENDS 2023-04..2023-12',
      'MONTHS_RELEASED 2023-04..2023-12 151200',
    ])
    expect((await life()).claimChecks).toEqual([])
  })

  test('ends what somebody paid for himself, and asks no money back that no budget paid', async () => {
    const self = await aPayer('SELF').in(hub)
    const own = await aProgram(self).during('2022-12..2023-12').in(hub)
    const enrollment = await enroll('2023-01', '2023-12', own, '2023-06')
    const { result } = await record(DEATH_IN_MARCH)
    expect(kinds(result)).toEqual(['COVERAGE_ENDS 2023-04..2023-12', 'CLAIM_CHECK_OPENED 2023-03..2023-03'])
    expect((await life()).enrollments.nodes).toMatchObject([
      { id: enrollment, to: '2023-03', charges: [{ to: '2023-03' }], refunds: [] },
    ])
  })

  test('follows a refund that was asked for before, and asks for the other paid months only', async () => {
    const enrollment = await enroll('2023-01', '2023-12', program, '2023-06')
    const refund = `mutation ($input: ChangeEnrollmentInput!) { requestRefund(input: $input) { __typename } }`
    await asking(hub)(refund, { input: { enrollment, from: '2023-06', reason: 'Moved away' } })
    const { result } = await record(DEATH_IN_MARCH)
    expect(kinds(result)).toEqual([
      'COVERAGE_ENDS 2023-04..2023-05',
      'REFUND_REQUESTED 2023-04..2023-05 33600',
      'CLAIM_CHECK_OPENED 2023-03..2023-03',
    ])
  })

  test('of an enrollment over New Year frees the money of both years', async () => {
    const next = await aProgram(regency).during('2023-01..2024-12').in(hub)
    const of2024 = await aBudget(regency, 2024, 500_000n).in(hub)
    await enroll('2023-11', '2024-02', next)
    const { result } = await record({ death: { month: '2023-05' } })
    expect(kinds(result)).toEqual([
      'COVERAGE_ENDS 2023-11..2024-02',
      'MONTHS_RELEASED 2023-11..2023-12 33600',
      'MONTHS_RELEASED 2024-01..2024-02 33600',
    ])
    expect(await balanceOf(hub, of2024)).toMatchObject({ committed: 0n })
  })

  test('recorded twice changes nothing, with the same month or another', async () => {
    await enroll('2023-01', '2023-12')
    await record(DEATH_IN_MARCH)
    const before = await everything()
    for (const month of ['2023-03', '2023-02']) {
      const { result } = await record({ death: { month } })
      expect(result).toMatchObject({ __typename: 'StateRefusal', code: 'NOTHING_TO_DO' })
    }
    expect(await everything()).toEqual(before)
  })

  test('sent twice with one key is done once, and answered as the first time', async () => {
    await enroll('2023-01', '2023-12', program, '2023-06')
    const key = { idempotencyKey: `death of ${worker.id}` }
    const first = await record(DEATH_IN_MARCH, ADMIN, key)
    const before = await everything()
    const again = await record(DEATH_IN_MARCH, ADMIN, key)
    expect(again).toEqual(first)
    expect(await everything()).toEqual(before)
    const other = await record({ death: { month: '2023-02' } }, ADMIN, key)
    expect(other.errors).toMatchObject([{ code: 'CONFLICT', field: 'input.idempotencyKey' }])
  })

  test('leaves the place free for a substitute, who takes the paid months over', async () => {
    const enrollment = await enroll('2023-01', '2023-12', program, '2023-06')
    await record(DEATH_IN_MARCH)
    const other = await someone().in(hub)
    const substitute = `mutation ($input: SubstituteInput!) { substitute(input: $input) {
      __typename ... on Enrollment { from to charges { from to paidThrough } } } }`
    const { data } = await asking(hub)(substitute, {
      input: { enrollment, worker: other.id, from: '2023-04', reason: 'His place' },
    })
    expect(data.substitute).toMatchObject({ __typename: 'Enrollment', from: '2023-04', to: '2023-12' })
  })
})

describe('a move', () => {
  const TO_PANDEGLANG = { move: { village: '36.01.01.2001', since: '2023-05-02' } }

  test('changes the domicile, cuts nothing, and says who pays for somebody outside of his area from then on', async () => {
    const enrollment = await enroll('2023-01', '2023-08', program, '2023-06')
    await enroll('2023-09', '2023-12', provincial)
    const before = await balanceOf(hub, budget)
    const { result, errors } = await record(TO_PANDEGLANG)
    expect(errors).toBeUndefined()
    expect(result).toMatchObject({
      applied: true,
      worker: { domicileSince: '2023-05-02', village: { code: '36.01.01.2001' } },
    })
    expect(result.consequences).toEqual([
      {
        kind: 'OUT_OF_AREA',
        enrollment: { id: enrollment },
        payerKind: 'REGENCY',
        from: '2023-05',
        to: '2023-08',
        amount: null,
      },
    ])
    const after = await life()
    expect(after.enrollments.nodes[0]).toMatchObject({ from: '2023-01', to: '2023-08', state: 'ACTIVE' })
    expect(after.history.nodes.at(-1)).toMatchObject({
      kind: 'MOVED',
      from: '2023-05',
      to: '2023-05',
      fact: '36.03.01.2003 36.01.01.2001',
    })
    expect(await balanceOf(hub, budget)).toEqual(before)
  })

  test('within the area of who pays has no consequences', async () => {
    await enroll('2023-01', '2023-12')
    const { result } = await record({ move: { village: '36.03.02.2001', since: '2023-05-15' } })
    expect(result).toMatchObject({ consequences: [], worker: { village: { code: '36.03.02.2001' } } })
  })

  test('is shown first, and nothing is written', async () => {
    await enroll('2023-01', '2023-12')
    const before = await everything()
    const shown = await record(TO_PANDEGLANG, ADMIN, { dryRun: true })
    expect(shown.result).toMatchObject({ applied: false, worker: { village: { code: '36.03.01.2003' } } })
    expect(await everything()).toEqual(before)
    expect((await record(TO_PANDEGLANG)).result.consequences).toEqual(shown.result.consequences)
  })

  test('out of the areas of who records it leads to nobody he sees any more', async () => {
    const clerk = aViewer('clerk', ['36.03'], { payer: regency.id })
    const { result, errors } = await record(TO_PANDEGLANG, clerk)
    expect(errors).toBeUndefined()
    expect(result).toMatchObject({ applied: true, worker: null })
  })

  test('to where he lives already is none', async () => {
    const { result } = await record({ move: { village: '36.03.01.2003', since: '2023-05-02' } })
    expect(result).toMatchObject({ __typename: 'StateRefusal', code: 'NOTHING_TO_DO' })
  })
})

describe('civil service', () => {
  const SINCE_APRIL = { civilService: { civilServant: true, from: '2023-04' } }

  test('ends subsidies from its first month, of whoever pays, and asks for the money of paid months', async () => {
    const first = await enroll('2023-01', '2023-08', program, '2023-06')
    const second = await enroll('2023-09', '2023-12', provincial)
    const { result, errors } = await record(SINCE_APRIL)
    expect(errors).toBeUndefined()
    expect(kinds(result)).toEqual([
      'COVERAGE_ENDS 2023-04..2023-08',
      'REFUND_REQUESTED 2023-04..2023-06 50400',
      'MONTHS_RELEASED 2023-07..2023-08 33600',
      'COVERAGE_ENDS 2023-09..2023-12',
      'MONTHS_RELEASED 2023-09..2023-12 67200',
    ])
    const after = await life()
    expect(after).toMatchObject({ civilServant: true, claimChecks: [] })
    expect(after.enrollments.nodes).toMatchObject([
      { id: first, to: '2023-03' },
      { id: second, state: 'RELEASED' },
    ])
    expect(after.history.nodes).toContainEqual(
      expect.objectContaining({ kind: 'CIVIL_SERVICE_CHANGED', fact: 'BECAME' }),
    )
  })

  test('ends nothing that he pays himself', async () => {
    const self = await aPayer('SELF').in(hub)
    const own = await aProgram(self).during('2022-12..2023-12').in(hub)
    await enroll('2023-01', '2023-12', own)
    const { result } = await record(SINCE_APRIL)
    expect(result).toMatchObject({ applied: true, consequences: [], worker: { civilServant: true } })
  })

  test('that ends changes only what is recorded of the person', async () => {
    worker = await aWorker().aged(40).civilServant().in(hub)
    const { result } = await record({ civilService: { civilServant: false, from: '2023-05' } })
    expect(result).toMatchObject({ applied: true, consequences: [], worker: { civilServant: false } })
    expect((await life()).history.nodes).toMatchObject([{ kind: 'CIVIL_SERVICE_CHANGED', fact: 'CEASED' }])
  })

  test('recorded twice changes nothing', async () => {
    await enroll('2023-01', '2023-12')
    await record(SINCE_APRIL)
    const { result } = await record(SINCE_APRIL)
    expect(result).toMatchObject({ __typename: 'StateRefusal', code: 'NOTHING_TO_DO' })
    const never = await record({ civilService: { civilServant: true, from: '2023-05' } })
    expect(never.result).toMatchObject({ code: 'NOTHING_TO_DO' })
  })

  test('that was recorded before him being enrolled still ends what is subsidized', async () => {
    await enroll('2023-01', '2023-12')
    await hub.db.query('/* test.servant */ update worker set civil_servant = true where id = $1', [worker.id])
    const { result } = await record(SINCE_APRIL)
    expect(kinds(result)).toEqual([
      'COVERAGE_ENDS 2023-04..2023-12',
      'MONTHS_RELEASED 2023-04..2023-12 151200',
    ])
  })

  test.each([
    ['2023-02', 'paid'],
    ['2023-02', 'unpaid'],
    ['2023-03', 'paid'],
  ])(
    'that comes to light after a death, from %s on, takes no %s month that a claim rests on',
    async (from, how) => {
      await enroll('2023-01', '2023-12', program, how === 'paid' ? '2023-04' : undefined)
      await record(DEATH_IN_MARCH)
      const before = (await life()).coverage
      const { result, errors } = await record({ civilService: { civilServant: true, from } })
      expect(errors).toBeUndefined()
      expect(result).toMatchObject({ applied: true, consequences: [], worker: { civilServant: true } })
      expect((await life()).coverage).toEqual(before)
      expect(before[0]).toMatchObject({ from: '2023-01', to: '2023-03' })
    },
  )

  test('is shown first, and nothing is written', async () => {
    await enroll('2023-01', '2023-12', program, '2023-06')
    const before = await everything()
    const shown = await record(SINCE_APRIL, ADMIN, { dryRun: true })
    expect(await everything()).toEqual(before)
    expect((await record(SINCE_APRIL)).result.consequences).toEqual(shown.result.consequences)
  })
})

describe('wage employment', () => {
  const employment = (from: string, to: string) => ({
    wageEmployment: { employer: employer.id, from, to },
  })

  test('to the end releases unpaid months and leaves paid ones, and no month becomes uncovered', async () => {
    const enrollment = await enroll('2023-01', '2023-12', program, '2023-06')
    const { result, errors } = await record(employment('2023-05', '2024-04'))
    expect(errors).toBeUndefined()
    const of = { enrollment: { id: enrollment }, payerKind: 'REGENCY' }
    expect(result.consequences).toEqual([
      {
        kind: 'COVERAGE_BEGINS',
        enrollment: null,
        payerKind: 'EMPLOYER',
        from: '2023-05',
        to: '2024-04',
        amount: null,
      },
      { kind: 'COVERAGE_ENDS', ...of, from: '2023-07', to: '2023-12', amount: null },
      { kind: 'MONTHS_RELEASED', ...of, from: '2023-07', to: '2023-12', amount: '100800' },
    ])
    const after = await life()
    expect(after.enrollments.nodes).toMatchObject([
      { to: '2023-06', charges: [{ to: '2023-06', paidThrough: '2023-06' }], refunds: [] },
    ])
    const reported = after.coverage.filter(({ origin }: { origin: string }) => origin === 'REPORTED')
    const line = {
      segment: 'PU',
      origin: 'REPORTED',
      from: '2023-05',
      to: '2024-04',
      payer: { id: employer.id },
      reportedBy: 'Payung',
      reportedOn: '2023-05-15',
    }
    expect(reported).toHaveLength(3)
    expect(reported).toEqual(
      expect.arrayContaining(['JKK', 'JKM', 'JHT'].map((benefit) => ({ benefit, ...line }))),
    )
    expect(await balanceOf(hub, budget)).toMatchObject({ committed: 100_800n, paid: 100_800n })
  })

  test('that is told after a later one leaves the months of the later one to it', async () => {
    const enrollment = await enroll('2023-01', '2023-12')
    await record(employment('2023-04', '2023-05'))
    await record(employment('2023-02', '2023-02'))
    const { enrollments, history } = await life()
    expect(enrollments.nodes).toMatchObject([
      {
        id: enrollment,
        charges: [
          { from: '2023-01', to: '2023-01' },
          { from: '2023-03', to: '2023-03' },
          { from: '2023-06', to: '2023-12' },
        ],
      },
    ])
    const lines = await hub.db.query(
      `/* test.lines */ select to_char(lower(period), 'YYYY-MM') as from, to_char(upper(period) - 1, 'YYYY-MM') as to
        from coverage_line where worker_id = $1 and benefit = 'JKM' and origin = 'HUB' order by period`,
      [worker.id],
    )
    expect(lines).toEqual([
      { from: '2023-01', to: '2023-01' },
      { from: '2023-03', to: '2023-03' },
      { from: '2023-06', to: '2023-12' },
    ])
    expect(await balanceOf(hub, budget)).toMatchObject({ committed: 9n * 16_800n })
    expect(history.nodes.at(-1)).toMatchObject({ kind: 'RESUMED' })
  })

  test('does not tell how far another payer has paid, neither before nor when it is done', async () => {
    await enroll('2023-01', '2023-12', provincial, '2023-06')
    const clerk = aViewer('clerk', ['36.03'], { payer: regency.id })
    for (const dryRun of [true, false]) {
      const { result } = await record(employment('2023-01', '2023-12'), clerk, { dryRun })
      expect(kinds(result)).toEqual(['COVERAGE_BEGINS 2023-01..2023-12'])
    }
    expect(await balanceOf(hub, provinceBudget)).toMatchObject({
      committed: 6n * 16_800n,
      paid: 6n * 16_800n,
    })
  })

  test('for a few months releases those only: the subsidy goes on after it', async () => {
    const enrollment = await enroll('2023-01', '2023-12', program, '2023-03')
    const { result } = await record(employment('2023-06', '2023-08'))
    expect(kinds(result)).toEqual([
      'COVERAGE_BEGINS 2023-06..2023-08',
      'COVERAGE_ENDS 2023-06..2023-08',
      'MONTHS_RELEASED 2023-06..2023-08 50400',
    ])
    const after = await life()
    expect(after.enrollments.nodes).toMatchObject([
      {
        id: enrollment,
        from: '2023-01',
        to: '2023-12',
        charges: [
          { from: '2023-01', to: '2023-05' },
          { from: '2023-09', to: '2023-12' },
        ],
      },
    ])
    for (let month = 1; month <= 12; month++) {
      const day = `2023-${String(month).padStart(2, '0')}-01`
      const covering = await hub.db.query(
        `/* test.covering */ select from coverage_line where worker_id = $1 and benefit = 'JKK' and period @> $2::date`,
        [worker.id, day],
      )
      expect([day, covering.length]).toEqual([day, 1])
    }
    expect(await balanceOf(hub, budget)).toMatchObject({ committed: 151_200n })
    expect(after.history.nodes.map(({ kind }: { kind: string }) => kind).slice(-3)).toEqual([
      'WAGE_EMPLOYED',
      'SUSPENDED',
      'RESUMED',
    ])
    const [row] = await hub.db.query('/* test.row */ select suspended_from from enrollment where id = $1', [
      enrollment,
    ])
    expect(row).toEqual({ suspended_from: null })
  })

  test('leaves a suspended enrollment suspended, and the months before that as they were after it', async () => {
    const enrollment = await enroll('2023-01', '2023-12')
    const suspend = `mutation ($input: ChangeEnrollmentInput!) { suspendEnrollment(input: $input) { __typename } }`
    await asking(hub)(suspend, { input: { enrollment, from: '2023-09', reason: 'Abroad' } })
    const { result } = await record(employment('2023-06', '2023-07'))
    expect(kinds(result)).toEqual([
      'COVERAGE_BEGINS 2023-06..2023-07',
      'COVERAGE_ENDS 2023-06..2023-07',
      'MONTHS_RELEASED 2023-06..2023-07 33600',
    ])
    const later = await record(employment('2023-10', '2023-10'))
    expect(kinds(later.result)).toEqual(['COVERAGE_BEGINS 2023-10..2023-10'])
    const [row] = await hub.db.query('/* test.row */ select suspended_from from enrollment where id = $1', [
      enrollment,
    ])
    expect(row).toEqual({ suspended_from: '2023-09-01' })
    expect((await life()).enrollments.nodes[0].charges).toMatchObject([
      { from: '2023-01', to: '2023-05' },
      { from: '2023-08', to: '2023-08' },
    ])
    const rest = await record(employment('2023-08', '2023-10'))
    expect(kinds(rest.result)).toContain('MONTHS_RELEASED 2023-08..2023-08 16800')
  })

  test('over all unpaid months before the end of a paid run releases nothing', async () => {
    await enroll('2023-01', '2023-12', program, '2023-09')
    const { result } = await record(employment('2023-05', '2023-08'))
    expect(kinds(result)).toEqual(['COVERAGE_BEGINS 2023-05..2023-08'])
    expect((await life()).enrollments.nodes).toMatchObject([{ to: '2023-12', charges: [{ to: '2023-12' }] }])
  })

  test('from before an enrollment takes its first months, or all of them', async () => {
    const first = await enroll('2023-04', '2023-06')
    const second = await enroll('2023-08', '2023-12', provincial)
    const { result } = await record(employment('2023-01', '2023-09'))
    expect(kinds(result)).toEqual([
      'COVERAGE_BEGINS 2023-01..2023-09',
      'COVERAGE_ENDS 2023-04..2023-06',
      'MONTHS_RELEASED 2023-04..2023-06 50400',
      'COVERAGE_ENDS 2023-08..2023-09',
      'MONTHS_RELEASED 2023-08..2023-09 33600',
    ])
    expect((await life()).enrollments.nodes).toMatchObject([
      { id: first, state: 'RELEASED', lines: [] },
      { id: second, charges: [{ from: '2023-10', to: '2023-12' }] },
    ])
  })

  test('over the first months leaves nothing of an enrollment that ends after them', async () => {
    const enrollment = await enroll('2023-01', '2023-12')
    await record(employment('2023-01', '2023-06'))
    const end = `mutation ($input: ChangeEnrollmentInput!) { endEnrollment(input: $input) { ... on Enrollment { state } } }`
    const { data } = await asking(hub)(end, { input: { enrollment, from: '2023-07', reason: 'Told' } })
    expect(data.endEnrollment).toEqual({ state: 'RELEASED' })
    expect(await balanceOf(hub, budget)).toMatchObject({ committed: 0n })
  })

  test('recorded twice changes nothing, and recorded for longer adds the new months only', async () => {
    await record(employment('2023-01', '2023-04'))
    expect((await record(employment('2023-01', '2023-04'))).result).toMatchObject({ code: 'NOTHING_TO_DO' })
    expect(kinds((await record(employment('2023-01', '2023-06'))).result)).toEqual([
      'COVERAGE_BEGINS 2023-05..2023-06',
    ])
    expect((await life()).coverage).toHaveLength(6)
  })

  test('that comes to light after a death takes no subsidized month that a claim rests on', async () => {
    const enrollment = await enroll('2023-01', '2023-12')
    await record(DEATH_IN_MARCH)
    const { result } = await record(employment('2023-02', '2023-03'))
    expect(kinds(result)).toEqual(['COVERAGE_BEGINS 2023-02..2023-03'])
    expect((await life()).enrollments.nodes).toMatchObject([
      { id: enrollment, to: '2023-03', charges: [{ from: '2023-01', to: '2023-03' }] },
    ])
  })

  test('that comes to light after a death opens a claim check', async () => {
    expect(kinds((await record(DEATH_IN_MARCH)).result)).toEqual([])
    const { result } = await record(employment('2023-01', '2023-03'))
    expect(kinds(result)).toEqual(['COVERAGE_BEGINS 2023-01..2023-03', 'CLAIM_CHECK_OPENED 2023-03..2023-03'])
    expect((await life()).claimChecks).toMatchObject([{ month: '2023-03' }])
  })

  test('is shown first, and nothing is written', async () => {
    await enroll('2023-01', '2023-12', program, '2023-03')
    const before = await everything()
    const shown = await record(employment('2023-06', '2023-08'), ADMIN, { dryRun: true })
    expect(await everything()).toEqual(before)
    expect((await record(employment('2023-06', '2023-08'))).result.consequences).toEqual(
      shown.result.consequences,
    )
  })
})

describe('whatever somebody is enrolled for and whatever happens then', () => {
  const nth = fc.integer({ min: 0, max: 15 })
  const monthAt = (n: number) => addMonths('2022-12' as Month, n)
  const enrolled = fc.record({
    from: nth,
    length: fc.integer({ min: 1, max: 8 }),
    paid: fc.option(nth),
    suspended: fc.option(nth),
  })
  const happens = fc.oneof(
    fc.record({ kind: fc.constant('death' as const), at: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ kind: fc.constant('civilService' as const), at: fc.integer({ min: 0, max: 5 }) }),
    fc.record({
      kind: fc.constant('wageEmployment' as const),
      at: nth,
      length: fc.integer({ min: 1, max: 9 }),
    }),
  )

  const eventOf = (one: typeof happens extends fc.Arbitrary<infer One> ? One : never) => {
    const from = monthAt(one.at)
    if (one.kind === 'death') return { death: { month: from } }
    if (one.kind === 'civilService') return { civilService: { civilServant: true, from } }
    return { wageEmployment: { employer: employer.id, from, to: addMonths(from, one.length - 1) } }
  }

  const coveredMonths = async (origins = ['HUB', 'REPORTED']) => {
    const months = await hub.db.query<{ month: string }>(
      `/* test.months */ select distinct to_char(month, 'YYYY-MM') as month
      from coverage_line, generate_series(lower(period), upper(period) - 1, interval '1 month') as month
      where worker_id = $1 and benefit = 'JKK' and origin = any($2)`,
      [worker.id, origins],
    )
    return new Set(months.map(({ month }) => month))
  }

  /** Months up to those of claim checks in which the hub covers him. */
  const claimedMonths = async () => {
    const [claim] = await hub.db.query<{ month: string | null }>(
      `/* test.claims */ select to_char(max(month), 'YYYY-MM') as month from claim_check where worker_id = $1`,
      [worker.id],
    )
    const last = claim!.month
    return [...(await coveredMonths(['HUB']))].filter((at) => last !== null && at <= last)
  }

  const attempt = (mutation: string, type: string, input: object) =>
    asking(hub)(`mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`, { input })

  test('what is shown is what is done, the ledger agrees, a wage earner loses no month, and nobody one that a claim rests on', async () => {
    const rich = await Promise.all(
      ['REGENCY', 'PROVINCE'].map(async (kind) => {
        const payer = await aPayer(kind as 'REGENCY', { area: kind === 'REGENCY' ? '36.03' : '36' }).in(hub)
        for (const year of [2022, 2023, 2024]) await aBudget(payer, year, 1_000_000_000n).in(hub)
        return aProgram(payer).during('2022-12..2024-12').in(hub)
      }),
    )
    let followed = 0
    const property = fc.asyncProperty(
      fc.array(enrolled, { minLength: 1, maxLength: 3 }),
      fc.array(happens, { minLength: 1, maxLength: 3 }),
      async (enrollments, events) => {
        worker = await someone().in(hub)
        for (const [i, { from, length, paid, suspended }] of enrollments.entries()) {
          const [first, last] = [monthAt(from), monthAt(from + length - 1)]
          const into = { worker: worker.id, program: rich[i % 2]!.code, from: first, to: last }
          const { id } = (await asking(hub)(ENROLL, { input: into })).data.enrollWorker
          if (!id) continue
          if (paid !== null)
            await attempt('recordPayment', 'RecordPaymentInput', {
              enrollments: [id],
              through: monthAt(paid),
              reference: 'SP2D 2',
            })
          if (suspended !== null)
            await attempt('suspendEnrollment', 'ChangeEnrollmentInput', {
              enrollment: id,
              from: monthAt(suspended),
              reason: 'Abroad',
            })
        }
        for (const one of events) {
          const [event, before, claimed] = [eventOf(one), await coveredMonths(), await claimedMonths()]
          const shown = await record(event, ADMIN, { dryRun: true })
          const done = await record(event)
          expect(done.errors).toEqual(shown.errors)
          expect(done.result?.consequences).toEqual(shown.result?.consequences)
          expect(await hub.db.transaction(findBrokenRules)).toEqual([])
          if (!done.result?.applied) continue
          followed += done.result.consequences.length
          const after = await coveredMonths()
          if (one.kind === 'wageEmployment') expect([...before].filter((at) => !after.has(at))).toEqual([])
          expect(await claimedMonths()).toEqual(expect.arrayContaining(claimed))
          if (one.kind === 'death')
            expect([...(await coveredMonths(['HUB']))].filter((at) => at > monthAt(one.at))).toEqual([])
        }
      },
    )
    await fc.assert(property, { numRuns: Number(process.env.PAYUNG_TEST_LIVES ?? 25) })
    expect(followed).toBeGreaterThan(10)
  }, 300_000)
})

describe('bad input', () => {
  const wage = (more: object) => ({
    wageEmployment: { employer: employer.id, from: '2023-01', to: '2023-03', ...more },
  })
  test.each<[string, () => object, string]>([
    ['no event', () => ({}), 'input'],
    ['two events', () => ({ ...DEATH_IN_MARCH, ...wage({}) }), 'input'],
    ['an event that is null', () => ({ death: null }), 'input'],
    ['a worker nobody knows', () => ({ ...DEATH_IN_MARCH, worker: '999999' }), 'input.worker'],
    ['an id that no worker can have', () => ({ ...DEATH_IN_MARCH, worker: "1'; --" }), 'input.worker'],
    ['a blank reason', () => ({ ...DEATH_IN_MARCH, reason: ' ' }), 'input.reason'],
    ['a reason of 501 characters', () => ({ ...DEATH_IN_MARCH, reason: 'x'.repeat(501) }), 'input.reason'],
    ['a NIK in the reason', () => ({ ...DEATH_IN_MARCH, reason: 'NIK 3603014505839001' }), 'input.reason'],
    ['a death next month', () => ({ death: { month: '2023-06' } }), 'input.death.month'],
    ['a death before birth', () => ({ death: { month: '1983-04' } }), 'input.death.month'],
    [
      'a village nobody knows',
      () => ({ move: { village: '36.03.01.2999', since: '2023-05-01' } }),
      'input.move.village',
    ],
    [
      'a regency instead of a village',
      () => ({ move: { village: '36.01', since: '2023-05-01' } }),
      'input.move.village',
    ],
    [
      'a move tomorrow',
      () => ({ move: { village: '36.01.01.2001', since: '2023-05-16' } }),
      'input.move.since',
    ],
    [
      'a move before the present domicile',
      () => ({ move: { village: '36.01.01.2001', since: '2020-02-28' } }),
      'input.move.since',
    ],
    [
      'civil service from next month',
      () => ({ civilService: { civilServant: true, from: '2023-06' } }),
      'input.civilService.from',
    ],
    [
      'civil service before birth',
      () => ({ civilService: { civilServant: true, from: '1983-04' } }),
      'input.civilService.from',
    ],
    ['an employer nobody knows', () => wage({ employer: '999999' }), 'input.wageEmployment.employer'],
    ['an employer who is a regency', () => wage({ employer: regency.id }), 'input.wageEmployment.employer'],
    ['an id that no payer can have', () => wage({ employer: 'x' }), 'input.wageEmployment.employer'],
    ['a last month before the first', () => wage({ to: '2022-12' }), 'input.wageEmployment.to'],
    ['61 months', () => wage({ to: '2028-01' }), 'input.wageEmployment.to'],
    ['employment before birth', () => wage({ from: '1983-04', to: '1983-06' }), 'input.wageEmployment.from'],
    ['a key that is too short', () => ({ ...DEATH_IN_MARCH, idempotencyKey: 'x' }), 'input.idempotencyKey'],
  ])('as %s is named by its field and changes nothing', async (_, event, field) => {
    const before = await everything()
    for (const dryRun of [true, false]) {
      const { result, errors } = await record(event(), ADMIN, { dryRun })
      expect(result).toBeNull()
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    }
    expect(await everything()).toEqual(before)
    expect(await recorded()).toMatchObject(
      [1, 2].map(() => ({ what: 'Mutation.recordLifeEvent', outcome: 'REFUSED', reason: 'BAD_USER_INPUT' })),
    )
  })

  test.each<[string, () => object, string]>([
    ['a move', () => ({ move: { village: '36.01.01.2001', since: '2023-04-01' } }), 'input.move.since'],
    [
      'civil service',
      () => ({ civilService: { civilServant: true, from: '2023-04' } }),
      'input.civilService.from',
    ],
    ['employment', () => wage({ to: '2023-04' }), 'input.wageEmployment.to'],
  ])('as %s after the death is named by its field', async (_, event, field) => {
    await record(DEATH_IN_MARCH)
    expect((await record(event())).errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  })
})

describe('who may record it', () => {
  test.each<[string, () => Viewer, string]>([
    ['nobody', () => ANONYMOUS, 'UNAUTHENTICATED'],
    ['an approver', () => aViewer('approver', ['*']), 'FORBIDDEN'],
    ['an analyst', () => aViewer('analyst', ['36.03']), 'FORBIDDEN'],
    ['a partner', () => aViewer('partner', ['36.03']), 'FORBIDDEN'],
  ])('%s may not', async (_, viewer, code) => {
    const { result, errors } = await record(DEATH_IN_MARCH, viewer())
    expect(result).toBeUndefined()
    expect(errors).toMatchObject([{ code }])
    expect((await life()).lifeStatus).toBe('ALIVE')
  })

  test('a clerk of another regency finds no such worker, whom a clerk of this one finds', async () => {
    const stranger = await record(DEATH_IN_MARCH, aViewer('clerk', ['36.01']))
    expect(stranger.errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.worker' }])
    const { result } = await record(DEATH_IN_MARCH, aViewer('clerk', ['36.03']))
    expect(result).toMatchObject({ applied: true })
  })
})

test('the audit trail names the person, whether it is done, shown or refused', async () => {
  await record(DEATH_IN_MARCH, ADMIN, { dryRun: true })
  await record(DEATH_IN_MARCH)
  await record(DEATH_IN_MARCH)
  const event = { actor: 'admin', what: 'Mutation.recordLifeEvent', workers: [worker.id], people: 1 }
  expect(await recorded()).toMatchObject([
    { ...event, outcome: 'DONE' },
    { ...event, outcome: 'DONE' },
    { ...event, outcome: 'REFUSED' },
  ])
  const subjects = await hub.db.query<{ subject: string }>(
    `/* test.subjects */ select subject from audit_event order by id desc limit 3`,
  )
  expect(subjects.map(({ subject }) => subject)).toEqual([1, 2, 3].map(() => `Worker:${worker.id}`))
})
