import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { findBrokenRules } from '../../src/enrollments/verify-ledger.ts'
import { statementsOf } from '../access/statements.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
} from '../harness/builders.ts'
import { askAs, auditReader, aViewer } from '../harness/viewers.ts'
import {
  type Ask,
  asking,
  balanceOf,
  ENROLL,
  entriesOf,
  newNik,
  openRatedHub,
  SCREEN,
  someone,
} from './world.ts'

// Real: PGlite, the hub's schema, gate, rules, rates of seeds/rates.yaml, ledger and audit trail.

let hub: Hub
let ask: Ask
let statements: string[]
let tangerang: InsertedPayer
let banten: InsertedPayer
let program: InsertedProgram
let of2022: InsertedBudget
let of2023: InsertedBudget

beforeAll(async () => {
  hub = await openRatedHub()
  ask = asking(hub)
  statements = statementsOf(hub.db)
  tangerang = await aPayer('REGENCY', { area: '36.03', name: 'Tangerang' }).in(hub)
  banten = await aPayer('PROVINCE', { area: '36', name: 'Banten' }).in(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  // A payer of its own for each test: nobody's budget is another test's.
  tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  program = await aProgram(tangerang).during('2022-12..2023-12').in(hub)
  of2022 = await aBudget(tangerang, 2022, 1_000_000n).in(hub)
  of2023 = await aBudget(tangerang, 2023, 1_000_000n).in(hub)
})

const given = (worker: { id: string }, more: object = {}) => ({
  worker: worker.id,
  program: program.code,
  from: '2022-12',
  to: '2023-05',
  ...more,
})
const enroll = async (worker: { id: string }, more: object = {}) => {
  const { data, errors } = await ask(ENROLL, { input: given(worker, more) })
  expect(errors).toBeUndefined()
  return data.enrollWorker
}
const screen = async (worker: { id: string }, more: object = {}) => {
  const { data, errors } = await ask(SCREEN, { input: given(worker, more) })
  expect(errors).toBeUndefined()
  return data.screenWorker
}
/** Without the settings with which a transaction begins. */
const namesOf = (texts: readonly string[]) =>
  texts.filter((text) => !text.startsWith('set local ')).map((text) => /^\/\* ([\w.]+)/.exec(text)?.[1])
/** Usable rates of a segment; the published ones are parts of a wage or of a contract, which the hub does not know. */
const aRate = (segment: string) =>
  hub.db.query(
    `/* test.rate */ insert into contribution_rate (segment, benefit, variant, payer, sector, amount, effective_from,
      legal_basis, standing)
    select $1, benefit, 'FLAT', 'ANY', 'ANY', 5000, '2020-01-01', 'Perjanjian', 'VERIFIED'
    from unnest('{JKK,JKM}'::text[]) as of (benefit)`,
    [segment],
  )
const linesOf = async (worker: { id: string }) =>
  hub.db.query('/* test.lines */ select from coverage_line where worker_id = $1', [worker.id])

describe('an enrollment', () => {
  test('from December to May takes one month from one budget and five from the next', async () => {
    const worker = await someone().in(hub)
    expect(await enroll(worker)).toMatchObject({
      __typename: 'Enrollment',
      state: 'ACTIVE',
      from: '2022-12',
      to: '2023-05',
      worker: { id: worker.id },
      charges: [
        { from: '2022-12', to: '2022-12', monthly: '16800', total: '16800', budget: { id: of2022.id } },
        { from: '2023-01', to: '2023-05', monthly: '16800', total: '84000', budget: { id: of2023.id } },
      ],
      lines: [
        { benefit: 'JKK', from: '2022-12', to: '2023-05' },
        { benefit: 'JKM', from: '2022-12', to: '2023-05' },
      ],
    })
    expect(await balanceOf(hub, of2022)).toMatchObject({ committed: 16_800n })
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 84_000n })
    expect(await entriesOf(hub, of2023)).toEqual(['ALLOCATE 0 0', 'COMMIT 84000 0'])
  })

  test('takes three statements and its record, one more with a key to take it and one to remember the answer', async () => {
    const [one, other] = [await someone().in(hub), await someone().in(hub)]
    const from = statements.length
    await enroll(one)
    const without = namesOf(statements.slice(from))
    expect(without.slice(0, 4)).toEqual([
      'worker.hold_visible',
      'enrollment.screen',
      'enrollment.write',
      'audit.record',
    ])
    const next = statements.length
    await enroll(other, { idempotencyKey: `counted ${other.id}` })
    expect(namesOf(statements.slice(next)).slice(0, 6)).toEqual([
      'answer.take_key',
      ...without.slice(0, 4),
      'answer.remember',
    ])
  })

  test('is recorded with whom it concerns and what it made', async () => {
    const recorded = auditReader(hub)
    await recorded()
    const worker = await someone().in(hub)
    const { id } = await enroll(worker)
    expect(await recorded()).toMatchObject([
      { what: 'Mutation.enrollWorker', outcome: 'DONE', workers: [worker.id], people: 1 },
    ])
    const [event] = await hub.db.query(
      '/* test.event */ select subject from audit_event order by id desc limit 1',
    )
    expect(event).toEqual({ subject: `Enrollment:${id}` })
  })

  test('keeps the version of the rules it was decided by, and tells its history', async () => {
    const worker = await someone().in(hub)
    const { id } = await enroll(worker)
    const { data } = await ask(
      `query ($id: ID!) { enrollment(id: $id) { rulesVersion history { nodes { kind from to amount actor reason } } } }`,
      { id },
    )
    expect(data.enrollment).toEqual({
      rulesVersion: '2026.1',
      history: {
        nodes: [
          {
            kind: 'ENROLLED',
            from: '2022-12',
            to: '2023-05',
            amount: '100800',
            actor: 'admin',
            reason: null,
          },
        ],
      },
    })
  })

  test('sent twice with one key is done once, and answered twice alike', async () => {
    const worker = await someone().in(hub)
    const key = { idempotencyKey: `key of ${worker.id}` }
    const first = await enroll(worker, key)
    const second = await enroll(worker, key)
    expect(second).toEqual(first)
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 84_000n })
  })

  test('sent twice without a key is refused the second time', async () => {
    const worker = await someone().in(hub)
    await enroll(worker)
    expect(await enroll(worker)).toMatchObject({ __typename: 'OverlapRefusal', code: 'ALREADY_COVERED' })
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 84_000n })
  })

  test('a refusal is remembered with its key as well', async () => {
    const worker = await someone().civilServant().in(hub)
    const key = { idempotencyKey: `refused ${worker.id}` }
    const first = await enroll(worker, key)
    expect(first).toMatchObject({ __typename: 'EligibilityRefusal' })
    await hub.db.query('/* test.no_servant */ update worker set civil_servant = false where id = $1', [
      worker.id,
    ])
    expect(await enroll(worker, key)).toEqual(first)
    expect(await enroll(worker)).toMatchObject({ __typename: 'Enrollment' })
  })

  test('a key is forgotten after 30 days, and what it did is then refused like anything done twice', async () => {
    const worker = await someone().in(hub)
    const key = { idempotencyKey: `old key of ${worker.id}` }
    const first = await enroll(worker, key)
    await hub.db.query(`/* test.month_later */ update remembered_answer set at = now() - interval '31 days'`)
    // Nobody has sent anything since, so it is still there: whoever sends it is answered as before.
    expect(await enroll(worker, key)).toEqual(first)
    const left = () =>
      hub.db.query(`/* test.keys */ select from remembered_answer where at < now() - interval '30 days'`)
    for (let n = 0; (await left()).length > 0; n++) {
      expect(n).toBeLessThan(20)
      await enroll(await someone().civilServant().in(hub), { idempotencyKey: `key ${n} after ${worker.id}` })
    }
    expect(await enroll(worker, key)).toMatchObject({ __typename: 'OverlapRefusal', code: 'ALREADY_COVERED' })
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 84_000n })
  })

  test('a key that was sent with something else is a conflict, and does nothing', async () => {
    const [one, other] = [await someone().in(hub), await someone().in(hub)]
    const key = { idempotencyKey: `once for ${one.id}` }
    await enroll(one, key)
    const { errors } = await ask(ENROLL, { input: given(other, key) })
    expect(errors).toMatchObject([{ code: 'CONFLICT', field: 'input.idempotencyKey' }])
    expect(await linesOf(other)).toHaveLength(0)
  })

  test.each([
    ['a program nobody knows', { program: 'NOBODYS' }, 'input.program'],
    ['a worker nobody knows', { worker: '999999' }, 'input.worker'],
    ['an id that no worker can have', { worker: "1' or '1" }, 'input.worker'],
    ['a last month before the first', { to: '2022-11' }, 'input.to'],
    ['sixty-one months', { to: '2027-12' }, 'input.to'],
    ['a key too short', { idempotencyKey: 'short' }, 'input.idempotencyKey'],
    ['a blank judgement', { settledBecause: ' ' }, 'input.settledBecause'],
  ])('with %s is refused, and names %j', async (_, more, field) => {
    const worker = await someone().in(hub)
    const { data, errors } = await ask(ENROLL, { input: given(worker, more) })
    expect(data).toEqual({ enrollWorker: null })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
    expect(await linesOf(worker)).toHaveLength(0)
  })

  test('in a program of another payer is forbidden to a clerk, and a worker he may not see is not there', async () => {
    const [near, far] = [await someone().in(hub), await someone().livingIn('36.01.01.2001').in(hub)]
    const clerk = aViewer('clerk', ['36.03'], { payer: banten.id })
    const forbidden = await askAs(hub, clerk, ENROLL, { input: given(near) })
    expect(forbidden.errors).toMatchObject([{ code: 'FORBIDDEN', field: 'input.program' }])
    const own = aViewer('clerk', ['36.03'], { payer: tangerang.id })
    const unseen = await askAs(hub, own, ENROLL, { input: given(far) })
    expect(unseen.errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.worker' }])
    const done = await askAs(hub, own, ENROLL, { input: given(near) })
    expect(done.data.enrollWorker).toMatchObject({ __typename: 'Enrollment' })
  })
})

describe('a month that somebody pays for', () => {
  test('until June lets the regency enroll from July, and refuses June by its name', async () => {
    const other = await aProgram(banten).during('2023-01..2023-12').in(hub)
    const worker = await someone().coveredBy(other, '2023-01..2023-06').in(hub)
    const refused = await enroll(worker, { from: '2023-06', to: '2023-12' })
    expect(refused).toEqual({
      __typename: 'OverlapRefusal',
      code: 'ALREADY_COVERED',
      message: 'Covered by a payer of the kind PROVINCE in 2023-06.',
      covered: ['JKK', 'JKM'].map((benefit) => ({
        benefit,
        payerKind: 'PROVINCE',
        from: '2023-06',
        to: '2023-06',
      })),
      findings: [],
      shortfalls: [],
    })
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 0n })
    expect(await enroll(worker, { from: '2023-07', to: '2023-12' })).toMatchObject({
      __typename: 'Enrollment',
    })
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 100_800n })
  })

  test('is named as it is: ranges that do not follow each other are two', async () => {
    const other = await aProgram(banten).during('2023-01..2023-12').in(hub)
    const worker = await someone()
      .coveredBy(other, '2022-12..2023-01')
      .coveredBy(other, '2023-02..2023-02')
      .coveredBy(other, '2023-05..2023-05')
      .in(hub)
    expect((await enroll(worker)).message).toBe(
      'Covered by a payer of the kind PROVINCE in 2022-12..2023-02 and 2023-05.',
    )
  })

  test('is refused also when another system reported it, but not when the worker pays himself', async () => {
    const self = await aPayer('SELF').in(hub)
    const reported = await someone().reportedBy(banten, '2023-05..2023-05', { benefit: 'JKM' }).in(hub)
    const selfPaid = await someone().reportedBy(self, '2023-01..2023-12').in(hub)
    expect(await enroll(reported)).toMatchObject({ code: 'ALREADY_COVERED', covered: [{ benefit: 'JKM' }] })
    expect(await enroll(selfPaid)).toMatchObject({ __typename: 'Enrollment' })
  })

  test('of a construction project beside it is no overlap', async () => {
    const contractor = await aPayer('EMPLOYER').in(hub)
    const worker = await someone().reportedBy(contractor, '2023-01..2023-06', { segment: 'JAKON' }).in(hub)
    expect(await enroll(worker)).toMatchObject({ __typename: 'Enrollment' })
  })

  test.each([
    ['a construction project', 'JAKON'],
    ['an employer, as of a wage earner,', 'PU'],
  ] as const)(
    'is no subsidy when %s pays for it in the hub too, before a subsidy or after it',
    async (_, segment) => {
      const employer = await aPayer('EMPLOYER').in(hub)
      const duty = await aProgram(employer).from('EMPLOYER', segment).during('2022-12..2023-12').in(hub)
      for (const year of [2022, 2023]) await aBudget(employer, year, 1_000_000n).in(hub)
      await aRate(segment)
      const [subsidized, working] = [await someone().in(hub), await someone().in(hub)]
      await enroll(subsidized)
      expect(await screen(subsidized, { program: duty.code })).toMatchObject({
        outcome: 'ELIGIBLE',
        covered: [],
      })
      expect(await enroll(subsidized, { program: duty.code })).toMatchObject({ __typename: 'Enrollment' })
      expect(await enroll(working, { program: duty.code })).toMatchObject({ __typename: 'Enrollment' })
      expect(await enroll(working)).toMatchObject(
        segment === 'JAKON' ? { __typename: 'Enrollment' } : { findings: [{ code: 'WAGE_EARNER' }] },
      )
      const broken = await hub.db.transaction(findBrokenRules)
      expect(broken.map(({ code }) => code)).not.toContain('SECOND_PAYER')
    },
  )

  test('by the worker himself is not to be paid by him twice', async () => {
    const self = await aPayer('SELF').in(hub)
    const own = await aProgram(self).during('2022-12..2023-12').in(hub)
    const worker = await someone().in(hub)
    await enroll(worker, { program: own.code })
    expect(await enroll(worker, { program: own.code })).toMatchObject({
      code: 'ALREADY_COVERED',
      covered: [{ payerKind: 'SELF' }, { payerKind: 'SELF' }],
    })
  })

  test('for another benefit does not stand against it', async () => {
    const savings = await aProgram(banten).during('2022-12..2023-12').paying('JHT').in(hub)
    const worker = await someone().coveredBy(savings, '2022-12..2023-05').in(hub)
    expect(await enroll(worker)).toMatchObject({ __typename: 'Enrollment' })
  })
})

describe('eligibility', () => {
  const EMPLOYER_MONTHS = '2023-04..2023-08'

  test.each<[string, (worker: ReturnType<typeof someone>) => unknown, object[]]>([
    [
      'somebody whom the hub cannot name',
      () => aWorker().aged(40).inDecile(2),
      [{ code: 'NO_IDENTITY', fact: null }],
    ],
    ['the dead', (worker) => worker.died('2022-11'), [{ code: 'DECEASED', fact: '2022-11' }]],
    ['a child', (worker) => worker.bornIn('2008-01'), [{ code: 'TOO_YOUNG', fact: '14' }]],
    ['a grandmother of 65', (worker) => worker.bornIn('1957-12'), [{ code: 'OVER_AGE', fact: '65' }]],
    ['a civil servant', (worker) => worker.civilServant(), [{ code: 'CIVIL_SERVANT', fact: null }]],
    [
      'who lives elsewhere',
      (worker) => worker.livingIn('36.71.01.1001'),
      [{ code: 'OUT_OF_AREA', fact: '36.71' }],
    ],
  ])('refuses %s with the fact that decided', async (_, of, findings) => {
    const worker = await (of(someone()) as ReturnType<typeof someone>).in(hub)
    const refused = await enroll(worker)
    expect(refused).toMatchObject({
      __typename: 'EligibilityRefusal',
      code: 'INELIGIBLE',
      rulesVersion: '2026.1',
    })
    expect(refused.findings).toEqual(findings.map((finding) => ({ ...finding, level: 'INELIGIBLE' })))
    expect(await linesOf(worker)).toHaveLength(0)
  })

  test.each<[string, string | null, boolean]>([
    ['covered without a break since before 65', '2022-10..2022-11', true],
    ['covered until two months before', '2022-10..2022-10', false],
    ['covered since 65 only', '2022-11..2022-11', false],
  ])('of somebody of 65, %s', async (_, months, isEligible) => {
    const earlier = await aProgram(banten).during('2022-01..2022-12').in(hub)
    const worker = await someone().bornIn('1957-11').coveredBy(earlier, months!).in(hub)
    expect(await enroll(worker)).toMatchObject({
      __typename: isEligible ? 'Enrollment' : 'EligibilityRefusal',
    })
  })

  test('refuses a wage earner, and says in which months', async () => {
    const employer = await aPayer('EMPLOYER').in(hub)
    const worker = await someone().reportedBy(employer, EMPLOYER_MONTHS, { segment: 'PU' }).in(hub)
    expect(await enroll(worker)).toMatchObject({
      code: 'INELIGIBLE',
      findings: [{ code: 'WAGE_EARNER', fact: '2023-04..2023-05' }],
    })
  })

  test('returns all reasons in the order of the rules, not the first', async () => {
    program = await aProgram(tangerang)
      .during('2023-01..2023-12')
      .admitting('FISHER')
      .upToDecile(1)
      .from('DBH_SAWIT')
      .in(hub)
    const worker = await someone().civilServant().livingIn('36.71.01.1001').working('PEDICAB').in(hub)
    const { findings } = await enroll(worker)
    expect(findings.map(({ code }: { code: string }) => code)).toEqual([
      'CIVIL_SERVANT',
      'OUT_OF_AREA',
      'CATEGORY',
      'DECILE',
      'EARMARK',
      'OUTSIDE_PROGRAM',
    ])
  })

  test('and what the budgets lack are told together, whatever decides', async () => {
    const other = await aProgram(banten).during('2022-12..2023-12').in(hub)
    program = await aProgram(tangerang).during('2022-12..2024-12').in(hub)
    const months = { from: '2023-12', to: '2024-02' }
    const servant = await someone().civilServant().in(hub)
    expect(await enroll(servant, months)).toMatchObject({
      code: 'INELIGIBLE',
      findings: [{ code: 'CIVIL_SERVANT' }],
      shortfalls: [{ fiscalYear: 2024 }],
    })
    const covered = await someone().civilServant().coveredBy(other, '2023-12..2023-12').in(hub)
    expect(await enroll(covered, months)).toMatchObject({
      code: 'ALREADY_COVERED',
      findings: [{ code: 'CIVIL_SERVANT' }],
      shortfalls: [{ fiscalYear: 2024 }],
    })
  })

  test('a screening says first what enrolling would be refused for', async () => {
    program = await aProgram(tangerang).during('2022-12..2024-12').in(hub)
    const months = { from: '2024-01', to: '2024-02' }
    const young = await someone().bornIn('2006-06').in(hub)
    expect([(await screen(young, months)).outcome, (await enroll(young, months)).code]).toEqual([
      'REVIEW',
      'REVIEW',
    ])
    const settled = { ...months, settledBecause: 'Seen.' }
    expect((await enroll(young, settled)).code).toBe('NO_BUDGET')
  })

  test.each<[string, (worker: ReturnType<typeof someone>) => unknown, string, string | null]>([
    ['somebody of 17', (worker) => worker.bornIn('2005-06'), 'UNDER_AGE', '17'],
    [
      'somebody whose decile is not known',
      () => aWorker().aged(40).identifiedBy(newNik()),
      'DECILE_UNKNOWN',
      null,
    ],
    ['a decile of long ago', (worker) => worker, 'DECILE_OUTDATED', '2023-01-31'],
  ])('leaves %s to a person, who has to say why', async (_, of, code, fact) => {
    program = await aProgram(tangerang).during('2022-12..2025-12').upToDecile(4).in(hub)
    const months = code === 'DECILE_OUTDATED' ? { from: '2024-02', to: '2024-03' } : {}
    await aBudget(tangerang, 2024, 1_000_000n).in(hub)
    const worker = await (of(someone()) as ReturnType<typeof someone>).in(hub)
    expect(await enroll(worker, months)).toMatchObject({
      code: 'REVIEW',
      findings: [{ code, fact, level: 'REVIEW' }],
    })
    const settled = await enroll(worker, { ...months, settledBecause: 'Surat keterangan desa 12/2023' })
    expect(settled).toMatchObject({ __typename: 'Enrollment' })
    const { data } = await ask(
      `query ($id: ID!) { enrollment(id: $id) { settledBecause settledFindings { code fact } history { nodes { reason } } } }`,
      { id: settled.id },
    )
    expect(data.enrollment).toEqual({
      settledBecause: 'Surat keterangan desa 12/2023',
      settledFindings: [{ code, fact }],
      history: { nodes: [{ reason: 'Surat keterangan desa 12/2023' }] },
    })
  })

  test('a judgement settles what asks for one, never what cannot be', async () => {
    const worker = await someone().bornIn('2005-06').civilServant().in(hub)
    const refused = await enroll(worker, { settledBecause: 'Because.' })
    expect(refused.findings.map(({ code }: { code: string }) => code)).toEqual(['UNDER_AGE', 'CIVIL_SERVANT'])
  })

  test('a reason must not hold a NIK', async () => {
    const worker = await someone().bornIn('2005-06').in(hub)
    const { errors } = await ask(ENROLL, { input: given(worker, { settledBecause: `NIK ${newNik()}` }) })
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.settledBecause' }])
  })
})

describe('the contribution', () => {
  async function inMay2026(payer: InsertedPayer, budget = true) {
    program = await aProgram(payer).during('2026-01..2027-12').in(hub)
    for (const year of [2026, 2027]) if (budget) await aBudget(payer, year, 10_000_000n).in(hub)
  }
  const driver = () => aWorker().aged(40).working('MOTORCYCLE_TAXI').identifiedBy(newNik())
  const may = { from: '2026-05', to: '2026-05' }

  test('of a motorcycle-taxi driver who pays himself is 8,400 in May 2026, and 16,800 when a regency pays', async () => {
    await inMay2026(await aPayer('SELF').in(hub), false)
    const worker = await driver().in(hub)
    expect(await screen(worker, may)).toMatchObject({
      outcome: 'ELIGIBLE',
      cost: '8400',
      charges: [{ budget: null }],
    })
    expect(await enroll(worker, may)).toMatchObject({ charges: [{ monthly: '8400', budget: null }] })
    await inMay2026(tangerang)
    expect(await screen(await driver().in(hub), may)).toMatchObject({ outcome: 'ELIGIBLE', cost: '16800' })
  })

  test('follows the month: relief begins in April for a farmer whom a donor pays, and ends with the year', async () => {
    await inMay2026(await aPayer('DONOR').in(hub))
    const { charges, cost } = await screen(await someone().in(hub), { from: '2026-02', to: '2027-02' })
    expect(
      charges.map(({ from, to, monthly }: Record<string, string>) => `${from} ${to} ${monthly}`),
    ).toEqual(['2026-02 2026-03 16800', '2026-04 2026-12 8400', '2027-01 2027-02 16800'])
    expect(cost).toBe(String(2 * 16_800 + 9 * 8_400 + 2 * 16_800))
  })

  test('follows the sector: relief lasts from January to March 2027 for transport', async () => {
    await inMay2026(await aPayer('DONOR').in(hub))
    const { charges } = await screen(await driver().in(hub), { from: '2026-01', to: '2027-04' })
    expect(
      charges.map(({ from, to, monthly }: Record<string, string>) => `${from} ${to} ${monthly}`),
    ).toEqual(['2026-01 2026-12 8400', '2027-01 2027-03 8400', '2027-04 2027-04 16800'])
  })

  test('of a benefit without a known rate refuses the month by its name', async () => {
    program = await aProgram(tangerang).during('2023-01..2023-12').paying('JKK', 'JP').in(hub)
    expect(await enroll(await someone().in(hub), { from: '2023-02' })).toMatchObject({
      findings: [{ code: 'NO_RATE', fact: '2023-02' }],
    })
  })
})

describe('a budget', () => {
  test('that has not enough left refuses the whole enrollment, and says what is missing', async () => {
    await hub.db.query(
      `/* test.spend */ insert into budget_entry (budget_id, kind, committed_delta, entered_on, note)
        values ($1, 'COMMIT', 950000, '2023-01-02', 'others')`,
      [of2023.id],
    )
    const worker = await someone().in(hub)
    const shortfalls = [{ fiscalYear: 2023, budget: of2023.id, needed: '84000', remaining: '50000' }]
    expect(await screen(worker)).toMatchObject({ outcome: 'OVER_BUDGET', shortfalls })
    expect(await enroll(worker)).toEqual({
      __typename: 'BudgetRefusal',
      code: 'OVER_BUDGET',
      message: 'The budget of 2023 has not enough left.',
      shortfalls,
    })
    expect(await balanceOf(hub, of2022)).toMatchObject({ committed: 0n })
    expect(await linesOf(worker)).toHaveLength(0)
  })

  test('that is not there, or not one, refuses the year', async () => {
    const worker = await someone().in(hub)
    program = await aProgram(tangerang).during('2022-12..2024-12').in(hub)
    expect(await enroll(worker, { from: '2024-01', to: '2024-01' })).toMatchObject({
      code: 'NO_BUDGET',
      shortfalls: [{ fiscalYear: 2024, budget: null, needed: '16800' }],
    })
    await aBudget(tangerang, 2023, 1n).heldBy('Dinas Perikanan').in(hub)
    expect(await enroll(worker)).toMatchObject({ code: 'NO_BUDGET', shortfalls: [{ fiscalYear: 2023 }] })
    await hub.db.query(
      `/* test.agency */ update coverage_program set agency = 'Dinas Tenaga Kerja' where code = $1`,
      [program.code],
    )
    expect(await enroll(worker)).toMatchObject({ __typename: 'Enrollment' })
  })

  test.each([
    { ceiling: 3_000_000_000n, people: 14_880n, left: 192_000n },
    { ceiling: 458_438_400n, people: 2_274n, left: 0n },
  ])('of $ceiling has room for exactly $people full years', async ({ ceiling, people, left }) => {
    program = await aProgram(banten).during('2023-01..2023-12').in(hub)
    const year = { from: '2023-01', to: '2023-12' }
    const [first, last, next] = [await someone().in(hub), await someone().in(hub), await someone().in(hub)]
    const full = await aBudget(banten, 2023, ceiling).heldBy(`Dinas of ${people}`).in(hub)
    await hub.db.query('/* test.agency */ update coverage_program set agency = $2 where code = $1', [
      program.code,
      `Dinas of ${people}`,
    ])
    await enroll(first, year)
    const { committed: each } = await balanceOf(hub, full)
    await hub.db.query(
      `/* test.spend */ insert into budget_entry (budget_id, kind, committed_delta, entered_on, note)
        values ($1, 'COMMIT', $2, '2023-01-02', 'others')`,
      [full.id, (each * (people - 2n)).toString()],
    )
    expect(await enroll(last, year)).toMatchObject({ __typename: 'Enrollment' })
    expect(await balanceOf(hub, full)).toMatchObject({ committed: ceiling - left })
    expect(await enroll(next, year)).toMatchObject({
      code: 'OVER_BUDGET',
      shortfalls: [{ needed: each.toString(), remaining: left.toString() }],
    })
  })
})

describe('a screening', () => {
  test('says what enrolling would come to, and changes nothing', async () => {
    const worker = await someone().in(hub)
    expect(await screen(worker)).toEqual({
      outcome: 'ELIGIBLE',
      cost: '100800',
      rulesVersion: '2026.1',
      findings: [],
      covered: [],
      charges: [
        { fiscalYear: 2022, budget: of2022.id, from: '2022-12', to: '2022-12', monthly: '16800' },
        { fiscalYear: 2023, budget: of2023.id, from: '2023-01', to: '2023-05', monthly: '16800' },
      ],
      shortfalls: [],
    })
    expect(await linesOf(worker)).toHaveLength(0)
    expect(await balanceOf(hub, of2023)).toMatchObject({ committed: 0n })
  })

  test('of another payer’s program is forbidden', async () => {
    const clerk = aViewer('clerk', ['36.03'], { payer: banten.id })
    const { errors } = await askAs(hub, clerk, SCREEN, { input: given(await someone().in(hub)) })
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', field: 'input.program' }])
  })
})
