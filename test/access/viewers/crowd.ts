import type { Hub } from '../../../src/app.ts'
import { addMonths, type Month, monthsBetween } from '../../../src/kernel/month.ts'
import type { Benefit, Segment } from '../../../src/programs/program.entity.ts'
import type { WorkerCategory } from '../../../src/programs/worker-category.ts'
import { VILLAGE_CODES } from '../../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
} from '../../harness/builders.ts'
import { type SmallWorld, smallWorld } from '../../harness/small-world.ts'
import type { Random } from '../../planner/random/random.ts'
import { aRoster, type RowColumns } from '../../rosters/world.ts'

const PEOPLE = 60

/** Nobody lives here. */
const EMPTY = '36.03.02.2002'

const FIRST = '2022-11' as Month

/**
 * The small world, and a crowd in it that chance has mixed: people who have moved away from who pays for them, whom
 * several pay for, whose lines say another payer than their program, whose row was merged into another; agreements that hold, held, and will hold; an
 * audit trail of several payers' clerks.
 */
export async function crowdedWorld(hub: Hub, random: Random): Promise<SmallWorld> {
  const world = await smallWorld(hub)
  const pandeglang = await aPayer('REGENCY', { area: '36.01' }).in(hub)
  const jakarta = await aPayer('PROVINCE', { area: '31' }).in(hub)
  const pangkat = await aPayer('VILLAGE', { area: '36.03.02.2001' }).in(hub)
  const payers = await hub.db.query<InsertedPayer>('/* test.payers */ select id, kind from payer order by id')
  const [central, banten, tangerang, city, village, employer, donor] = payers as Required<typeof payers>

  const programs = [
    await aProgram(pandeglang).coded('PDG').in(hub),
    await aProgram(pangkat).coded('DESA').paying('JKK').in(hub),
    await aProgram(city!).coded('KOTA').paying('JKM', 'JHT').in(hub),
    await aProgram(banten!).coded('BTN').in(hub),
    await aProgram(tangerang!).coded('TNG').in(hub),
    await aProgram(central!).coded('APBN').in(hub),
  ]
  const budgets: (InsertedBudget & { payer: string })[] = []
  for (const payer of [pandeglang, pangkat, city!, banten!, central!, jakarta]) {
    for (const year of [2022, 2023]) {
      const ceiling = BigInt(random.from(1, 9)) * 1_499_999n
      const budget = await aBudget(payer, year, ceiling)
        .heldBy('Dinas Sosial')
        .committing(ceiling / 2n)
        .payingOut(ceiling / 5n)
        .in(hub)
      budgets.push({ ...budget, payer: payer.id })
    }
  }
  for (let n = 0; n < PEOPLE; n++) await somebody(hub, random, programs, budgets, payers)
  for (const village of VILLAGE_CODES) await somebodyTwice(hub, village)
  await someDisputes(hub)
  await someHistory(hub, payers.length)
  await someRosters(hub, random, programs)
  // A line may have been taken over: its program is no proof of who pays.
  await hub.db.query(
    `/* test.handover */ update coverage_line set payer_id = 1 + (id % ${payers.length}) where id % 7 = 3`,
  )
  await someAgreements(hub, [
    [tangerang!, banten!, '[2023-01-01,)'],
    [tangerang!, donor!, '[2022-01-01,2023-05-15)'],
    [tangerang!, city!, '[2023-05-16,)'],
    [banten!, city!, '[2022-06-01,2023-05-16)'],
    [central!, village!, '[2023-05-15,2024-01-01)'],
    [employer!, donor!, '[2020-01-01,)'],
    [central!, banten!, '[2020-01-01,2022-01-01)'],
    [central!, banten!, '[2024-01-01,)'],
    [village!, pandeglang, '[2023-01-01,2023-12-31)'],
  ])
  await someEvents(hub, random, payers)
  return { ...world, programs: [...world.programs, ...programs.map(({ code }) => code)] }
}

async function somebody(
  hub: Hub,
  random: Random,
  programs: readonly InsertedProgram[],
  budgets: readonly (InsertedBudget & { payer: string })[],
  payers: readonly InsertedPayer[],
): Promise<void> {
  const worker = aWorker()
    .livingIn(random.pick(VILLAGE_CODES.filter((code) => code !== EMPTY)))
    .working(random.pick<WorkerCategory>(['FARMER', 'FARMER', 'FISHER', 'NON_ASN', 'DRIVER']))
    .bornIn(random.pick(['2005-04', '2005-05', '2005-06', '1958-05', '1958-06', '1983-01', '1990-12']))
  if (random.chance(0.5)) worker.male()
  if (random.chance(0.7)) worker.inDecile(random.from(1, 6))
  if (random.chance(0.1)) worker.civilServant()
  if (random.chance(0.1)) worker.died(random.pick(['2022-12', '2023-05', '2023-08']))
  for (let n = random.pick([0, 0, 1, 1, 2]); n > 0; n--) {
    const program = random.pick(programs)
    const [from, to] = months(random)
    // Mostly the payer's own budget; another's where money was lent.
    const lender = random.chance(0.8) ? program.payer.id : random.pick(payers).id
    const chargedTo = budgets.filter(
      ({ payer, year }) =>
        payer === lender && Number(from.slice(0, 4)) <= year && year <= Number(to.slice(0, 4)),
    )
    worker.coveredBy(program, `${from}..${to}`, {
      // Only one may be in force: two would cover the same months.
      decision:
        n === 1 ? random.pick(['ACCEPTED', 'COMMITTED', 'SUBMITTED']) : random.pick(['PROPOSED', 'REJECTED']),
      chargedTo,
      ...(random.chance(0.5) && { paidThrough: from }),
    })
  }
  for (let n = random.pick([0, 0, 0, 1, 2]); n > 0; n--) {
    const [from, to] = months(random)
    worker.reportedBy(random.pick(payers), `${from}..${to}`, {
      benefit: random.pick<Benefit>(['JKK', 'JKM', 'JHT']),
      segment: random.pick<Segment>(['BPU', 'BPU', 'PU']),
      by: `System ${random.from(1, 3)}`,
    })
  }
  await worker.in(hub)
}

/** A row that would be eligible, were it not merged into another, where that is the only one of its category. */
async function somebodyTwice(hub: Hub, village: string): Promise<void> {
  const { id } = await aWorker().livingIn(village).working('GRAVEDIGGER').inDecile(1).in(hub)
  await hub.db.query('/* test.merge */ update worker set merged_into_id = 1 where id = $1', [id])
}

/** Disputes, open and decided, and claim checks, also of rows that were merged. */
async function someDisputes({ db }: Hub): Promise<void> {
  await db.query(`/* test.disputes */ insert into dispute (worker_id, subject, reason, opened_on, decision, decided_on,
      decision_reason)
    select id, case when id % 2 = 0 then 'LIFE_STATUS' else 'DOMICILE' end, 'Told ' || id, '2023-04-01',
      case when id % 3 = 0 then 'UPHELD' end, case when id % 3 = 0 then '2023-05-01'::date end,
      case when id % 3 = 0 then 'Seen' end
    from worker where id % 5 < 2 order by id`)
  await db.query(`/* test.checks */ insert into claim_check (worker_id, event, month, opened_on)
    select id, 'DEATH', coalesce(death_month, '2023-02-01'), '2023-05-02' from worker
    where death_month is not null or id % 4 = 1 order by id`)
}

/** Money asked back, and what happened to people, of enrollments and without, told by clerks of any payer and of none. */
async function someHistory({ db }: Hub, payers: number): Promise<void> {
  await db.query(`/* test.refunds */ insert into refund (worker_id, enrollment_id, budget_id, period, amount, status,
      requested_on, settled_on)
    select worker_id, enrollment_id, budget_id, period, monthly, case when worker_id % 2 = 0 then 'REQUESTED' else 'REFUSED' end,
      '2023-05-01', case when worker_id % 2 = 0 then null else '2023-05-10'::date end
    from charge where budget_id is not null and worker_id % 3 < 2 order by worker_id`)
  await db.query(
    `/* test.history */ insert into worker_event (worker_id, kind, at, entered_on, enrollment_id, payer_id, period, amount,
      reason, actor, actor_payer_id)
    select worker.id, kind, '2023-05-01 10:00:00+00', '2023-05-01', enrollment.id, payer_id, enrollment.period, 16800,
      'Told ' || worker.id, case when worker.id % 4 > 0 then 'clerk' end,
      case when worker.id % 5 > 0 then 1 + worker.id % $1 end
    from worker cross join (values ('REGISTERED'), ('ENROLLED')) as happened (kind)
      left join enrollment on enrollment.worker_id = worker.id and kind = 'ENROLLED'
      left join coverage_program as program on program.code = program_code
    where kind = 'REGISTERED' or enrollment.id is not null
    order by worker.id, kind`,
    [payers],
  )
}

/** How far those see who send a roster, if not all of their payer's area. */
const SENDERS: readonly (readonly string[])[] = [['36.03.01'], ['36.03.01', '36.71.01'], ['36.03'], []]

/** Rosters of every payer that has a program, in several states, whose rows name people whom he may see or not. */
async function someRosters(hub: Hub, random: Random, programs: readonly InsertedProgram[]): Promise<void> {
  const enrollments = await hub.db.query<{ id: string; worker: string }>(
    '/* test.enrollments */ select id, worker_id as worker from enrollment order by id',
  )
  for (const program of programs) {
    let before: { readonly id: string } | undefined
    for (const state of ['REJECTED', 'SCREENED', 'ENROLLED'] as const) {
      const roster = aRoster(program).inState(state)
      if (before) roster.correcting(before)
      if (random.from(1, 3) === 1) roster.sentFrom(...random.pick(SENDERS))
      for (let n = random.from(1, 5); n > 0; n--) roster.withRow(someRow(random, enrollments))
      before = await roster.in(hub)
    }
  }
}

function someRow(random: Random, enrollments: readonly { id: string; worker: string }[]): RowColumns {
  const { id, worker } = random.pick(enrollments)
  return random.pick<RowColumns>([
    {
      outcome: 'ENROLLED',
      screened_as: 'ELIGIBLE',
      match: 'EXACT',
      worker_id: worker,
      enrollment_id: id,
      rank: 1,
    },
    { outcome: 'ELIGIBLE', match: 'NEW', rank: random.from(1, 9) },
    {
      outcome: 'REVIEW',
      match: 'EXACT',
      worker_id: worker,
      findings: [{ code: 'NO_DECILE', level: 'REVIEW', message: 'The decile is not known.', fact: null }],
    },
    {
      outcome: 'ALREADY_COVERED',
      match: 'EXACT',
      worker_id: worker,
      covered: [{ benefit: 'JKK', payerKind: 'REGENCY', from: '2023-06', to: '2023-08' }],
    },
    { outcome: 'DUPLICATE_IN_FILE', match: 'NEW', in_file: 'DUPLICATE', same_as_row: 1 },
    {
      outcome: 'INCOMPLETE',
      birth_month: null,
      problems: [{ code: 'MISSING', field: 'birth_date', message: 'The birth date is missing.' }],
      nik_findings: [{ code: 'MOVED', level: 'INFO', message: 'It was issued elsewhere.' }],
    },
    { outcome: null },
  ])
}

function months(random: Random): [from: Month, to: Month] {
  const from = addMonths(FIRST, random.from(0, monthsBetween(FIRST, '2023-10' as Month)))
  return [from, addMonths(from, random.from(0, 7))]
}

async function someAgreements(
  { db }: Hub,
  agreements: readonly (readonly [one: InsertedPayer, other: InsertedPayer, days: string])[],
): Promise<void> {
  for (const [one, other, days] of agreements) {
    await db.query(
      `/* test.agreement */ insert into agreement (first_id, second_id, period, reference)
      values (least($1::bigint, $2::bigint), greatest($1::bigint, $2::bigint), $3::daterange, $4)`,
      [one.id, other.id, days, `PKS ${one.id}/${other.id}`],
    )
  }
}

async function someEvents({ db }: Hub, random: Random, payers: readonly InsertedPayer[]): Promise<void> {
  for (let n = 0; n < 30; n++) {
    const values = [
      `2026-11-${random.from(10, 14)} 0${random.from(0, 1)}:00:00+00`,
      random.chance(0.1) ? null : `clerk ${random.from(1, 4)}`,
      random.chance(0.15) ? null : random.chance(0.1) ? '999999' : random.pick(payers).id,
      random.pick(['IDENTITY_READ', 'IDENTITY_REVEAL', 'COVERAGE_CHECK', 'MUTATION']),
      random.pick(['DONE', 'REFUSED']),
      random.pick([null, 'CLAIM', 'AUDIT']),
      Array.from({ length: random.from(0, 3) }, () => random.from(1, 14)),
      `request ${n}`,
    ]
    await db.query(
      `/* test.event */ insert into audit_event (at, actor, payer_id, action, outcome, purpose, what, workers, request_id)
      values ($1, $2, $3, $4, $5, $6, 'Worker.identity', $7, $8)`,
      values,
    )
  }
  await db.query('/* test.sealed */ delete from audit_pending where event_id % 2 = 0')
}
