import type { Database, Query } from '../../src/db/database.ts'
import { someAreas } from '../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedProgram,
} from '../harness/builders.ts'

/** What tests damage. Workers are named by what has become of them. */
export interface LedgerWorld {
  readonly regency: InsertedProgram
  readonly province: InsertedProgram
  readonly budgets: Readonly<Record<'of2022' | 'of2023' | 'ofProvince', InsertedBudget>>
  readonly people: Readonly<Record<Fate, Person>>
}

export interface Person {
  readonly worker: string
  readonly enrollments: readonly string[]
}

type Fate =
  | 'overNewYear'
  | 'enrolled'
  | 'died'
  | 'resumed'
  | 'proposed'
  | 'released'
  | 'substituted'
  | 'substitute'
  | 'replacedLater'
  | 'laterSubstitute'
  | 'givenBack'
  | 'handedOver'
  | 'selfPaid'

/**
 * A hub in which everything agrees, with every fate that an enrollment can have. One person costs Rp 10,000 a month; the
 * regency's budget of 2023 has 32 months committed and 14 of them paid.
 */
export async function aLedger(db: Database): Promise<LedgerWorld> {
  const hub = { db, nikKeys: [] as never }
  await someAreas(hub as never)
  const tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const banten = await aPayer('PROVINCE', { area: '36' }).in(hub)
  const self = await aPayer('SELF').in(hub)
  const regency = await aProgram(tangerang).at(10_000n).during('2022-12..2023-12').in(hub)
  const province = await aProgram(banten).at(10_000n).during('2023-01..2023-12').in(hub)
  const alone = await aProgram(self).coded('SELF').at(36_800n).during('2023-01..2023-12').in(hub)
  const of2022 = await aBudget(tangerang, 2022, 50_000n).committing(10_000n).payingOut(10_000n).in(hub)
  const of2023 = await aBudget(tangerang, 2023, 900_000n).committing(320_000n).payingOut(140_000n).in(hub)
  const ofProvince = await aBudget(banten, 2023, 100_000n).committing(30_000n).in(hub)

  const enroll = async (
    months: string,
    {
      charged = months,
      paidThrough,
      ...more
    }: { charged?: string; paidThrough?: string; decision?: 'PROPOSED' } = {},
  ): Promise<Person> => {
    const chargedTo = more.decision ? [] : charged.startsWith('2022') ? [of2022, of2023] : [of2023]
    const { id, enrollments } = await aWorker()
      .coveredBy(regency, months, { chargedTo, ...(paidThrough && { paidThrough }), ...more })
      .in(hub)
    return { worker: id, enrollments }
  }

  const people: Record<Fate, Person> = {
    // 1 month of 2022, and 6 of which 2 are paid.
    overNewYear: await enroll('2022-12..2023-06', { paidThrough: '2023-02' }),
    // 3.
    enrolled: await enroll('2023-01..2023-03'),
    // 4 of 6, all paid; the last two are asked back.
    died: await enroll('2023-01..2023-06', { paidThrough: '2023-04' }),
    // 3 and 3.
    resumed: await enroll('2023-01..2023-08'),
    proposed: await enroll('2023-01..2023-08', { decision: 'PROPOSED' }),
    // 2, paid, which were not given back.
    released: await enroll('2023-01..2023-02', { paidThrough: '2023-02' }),
    substituted: await enroll('2023-01..2023-02', { decision: 'PROPOSED' }),
    // 2.
    substitute: await enroll('2023-01..2023-02'),
    // 3, paid.
    replacedLater: await enroll('2023-01..2023-03', { paidThrough: '2023-03' }),
    // 3, of which 1 came paid.
    laterSubstitute: await enroll('2023-04..2023-06', { paidThrough: '2023-04' }),
    // 2, paid, and one more was given back.
    givenBack: await enroll('2023-01..2023-02', { paidThrough: '2023-02' }),
    // 1, and then 3 of the province.
    handedOver: await (async () => {
      const { id, enrollments } = await aWorker()
        .coveredBy(regency, '2023-01..2023-01', { chargedTo: [of2023] })
        .coveredBy(province, '2023-02..2023-04', { chargedTo: [ofProvince] })
        .in(hub)
      return { worker: id, enrollments }
    })(),
    selfPaid: await (async () => {
      const { id, enrollments } = await aWorker()
        .coveredBy(alone, '2023-01..2023-03', { decision: 'PROPOSED' })
        .reportedBy(self, '2023-01..2023-12')
        .in(hub)
      return { worker: id, enrollments }
    })(),
  }
  const world = { regency, province, budgets: { of2022, of2023, ofProvince }, people }
  await db.transaction(async (query) => {
    for (const statement of fates(world)) await query(`/* test.fate */ ${statement}`)
  })
  return world
}

/** What builders cannot say. */
function fates({ people, budgets: { of2023 } }: LedgerWorld): readonly string[] {
  const {
    died,
    resumed,
    released,
    substituted,
    substitute,
    replacedLater,
    laterSubstitute,
    givenBack,
    selfPaid,
  } = people
  const refund = ({ worker, enrollments }: Person, months: string, amount: number, status: string) =>
    `insert into refund (worker_id, enrollment_id, budget_id, period, amount, status, requested_on, settled_on)
      values (${worker}, ${enrollments[0]}, ${of2023.id}, '${months}', ${amount}, '${status}', '2023-05-15',
        ${status === 'REQUESTED' ? 'null' : `'2023-05-15'`})`
  const lines = ({ worker }: Person, months: string) =>
    `update coverage_line set period = '${months}' where worker_id = ${worker}`
  const linesAgain = ({ worker }: Person, months: string) =>
    `insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
        period, exclusive_group, origin)
      select worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit, '${months}',
        exclusive_group, origin from coverage_line where worker_id = ${worker}`
  return [
    `update enrollment set period = '[2023-01-01,2023-03-01)', planned_until = '2023-07-01' where worker_id = ${died.worker}`,
    `update charge set period = '[2023-01-01,2023-05-01)' where worker_id = ${died.worker}`,
    lines(died, '[2023-01-01,2023-03-01)'),
    refund(died, '[2023-03-01,2023-05-01)', 20_000, 'REQUESTED'),

    `update charge set period = '[2023-01-01,2023-04-01)' where worker_id = ${resumed.worker}`,
    `insert into charge (worker_id, enrollment_id, budget_id, period, monthly)
      values (${resumed.worker}, ${resumed.enrollments[0]}, ${of2023.id}, '[2023-06-01,2023-09-01)', 10000)`,
    lines(resumed, '[2023-01-01,2023-04-01)'),
    linesAgain(resumed, '[2023-06-01,2023-09-01)'),

    `update enrollment set decision = 'RELEASED' where worker_id = ${released.worker}`,
    `delete from coverage_line where worker_id = ${released.worker}`,
    refund(released, '[2023-01-01,2023-03-01)', 20_000, 'REFUSED'),

    `update enrollment set decision = 'SUBSTITUTED' where worker_id = ${substituted.worker}`,
    `update enrollment set planned_until = '2023-07-01' where worker_id = ${replacedLater.worker}`,
    ...[
      [substitute, substituted],
      [laterSubstitute, replacedLater],
    ].map(
      ([by, of]) =>
        `update enrollment set replaces_worker_id = ${of!.worker}, replaces_id = ${of!.enrollments[0]}
          where worker_id = ${by!.worker}`,
    ),
    // Asked back for a day, until somebody took the place.
    refund(replacedLater, '[2023-04-01,2023-05-01)', 10_000, 'WITHDRAWN'),

    `update enrollment set planned_until = '2023-04-01' where worker_id = ${givenBack.worker}`,
    refund(givenBack, '[2023-03-01,2023-04-01)', 10_000, 'GRANTED'),
    `insert into budget_entry (budget_id, kind, committed_delta, paid_delta, entered_on, note)
      select ${of2023.id}, kind, committed, paid, '2023-05-15', 'givenBack'
      from (values ('COMMIT', 10000, 0), ('PAY', 0, 10000), ('REFUND', -10000, -10000)) as entry (kind, committed, paid)`,

    `update enrollment set decision = 'ACCEPTED' where worker_id = ${selfPaid.worker}`,
    `insert into charge (worker_id, enrollment_id, budget_id, period, monthly)
      values (${selfPaid.worker}, ${selfPaid.enrollments[0]}, null, '[2023-01-01,2023-04-01)', 36800)`,
    `insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
        period, origin)
      select ${selfPaid.worker}, ${selfPaid.enrollments[0]}, code, payer_id, funding_source, segment,
        unnest(benefits), '[2023-01-01,2023-04-01)', 'HUB'
      from coverage_program where code = 'SELF'`,
  ]
}

/** Does the damage, looks, and puts everything back. */
export async function afterDamage<Result>(
  db: Database,
  damage: readonly string[],
  look: (query: Query) => Promise<Result>,
): Promise<Result> {
  let seen: Result | undefined
  const undone = new Error('undone')
  await db
    .transaction(async (query) => {
      for (const statement of damage) await query(`/* test.damage */ ${statement}`)
      seen = await look(query)
      throw undone
    })
    .catch((error) => {
      if (error !== undone) throw error
    })
  return seen!
}
