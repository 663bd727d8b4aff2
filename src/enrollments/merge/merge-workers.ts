import type { Context } from '../../contract/context.ts'
import { done, type Outcome, refusal } from '../../contract/outcome.ts'
import { checkedReason } from '../../contract/reason.ts'
import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import { holdVisibleWorkers } from '../../workers/hold-workers.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { stateRefusal } from '../state-refusal.ts'
import { isSubsidy } from '../subsidy.ts'

export interface Merge {
  /** Id of the worker who stays. */
  readonly keep: string
  /** Id of the worker whose everything goes to him. */
  readonly merge: string
  readonly reason: string
}

/**
 * Two rows are one person: everything of the one goes to the other, and nobody sees or counts it any more. Its NIK stays
 * with it and leads to the other. The history of each stays where it is: it tells what happened then.
 *
 * @returns a `MergedWorkers`, with what is paid for twice from now on though nobody here is to be refused for it: by an
 *   employer, or as another system reported.
 * @throws Refused with a `StateRefusal` when the death or the civil service of one of them is not recorded of the other:
 *   the row that stays would lose it, or give one who died coverage that no life event ends.
 * @throws Refused with an `OverlapRefusal` when both are paid for in the same month for the same benefit: as one person
 *   he would have two payers.
 * @throws Fault BAD_USER_INPUT, naming the field; a worker whom the viewer may not see is not there.
 */
export async function mergeWorkers({ keep, merge, reason: why }: Merge, context: Context): Promise<Outcome> {
  const { note, query } = context.change!
  const reason = checkedReason('input.reason', why)
  if (keep === merge) throw badInput('input.merge', 'This is the same worker.', 'Name the other one.')
  await holdVisibleWorkers(query, context, [
    { id: keep, field: 'input.keep' },
    { id: merge, field: 'input.merge' },
  ])
  note({ workers: [keep, merge] })
  await refuseOtherLife(query, keep, merge)
  await refuseSecondPayer(query, keep, merge)
  const covered = await besideSubsidies(query, keep, merge)
  const id = await moveAll(query, keep, merge)
  note({ subject: `WorkerMerge:${id}` })
  await recordEvents(
    query,
    context,
    [keep, merge].map((worker) => ({ worker, kind: 'MERGED', reason })),
  )
  return done('MergedWorkers', { merge: id, worker: keep, covered })
}

async function refuseOtherLife(query: Query, keep: string, merge: string): Promise<void> {
  const [differ] = await query<{ death: boolean; months: boolean; service: boolean }>(
    `/* merge.lives */ select kept.death_month is distinct from other.death_month as death,
      kept.death_month <> other.death_month as months, kept.civil_servant <> other.civil_servant as service
    from worker as kept cross join worker as other where kept.id = $1 and other.id = $2`,
    [keep, merge],
  )
  if (differ!.months)
    throw recordsDiffer('The two are recorded as dead in different months: correct that first.')
  if (differ!.death)
    throw recordsDiffer('Only one of the two is recorded as dead: record the death on the other one first.')
  if (differ!.service)
    throw recordsDiffer(
      'Only one of the two is recorded as a civil servant: record it on the other one first.',
    )
}

function recordsDiffer(message: string) {
  return stateRefusal('RECORDS_DIFFER', message)
}

interface CommonMonths {
  readonly [name: string]: string
  readonly benefit: string
  readonly payerKind: string
  readonly from: string
  readonly to: string
}

/** Whoever covers one of the two waits for us, so what is found here stays true. */
async function refuseSecondPayer(query: Query, keep: string, merge: string): Promise<void> {
  const covered = await query<CommonMonths>(
    `/* merge.common_months */ select kept.benefit, payer.kind as "payerKind",
      to_char(lower(kept.period * other.period), 'YYYY-MM') as "from",
      to_char(upper(kept.period * other.period) - 1, 'YYYY-MM') as "to"
    from coverage_line as kept
    join coverage_line as other
      on other.worker_id = $2 and other.exclusive_group = kept.exclusive_group and other.period && kept.period
    join payer on payer.id = kept.payer_id
    where kept.worker_id = $1 order by 1, 3, kept.id, other.id`,
    [keep, merge],
  )
  if (covered.length === 0) return
  throw refusal('OverlapRefusal', {
    code: 'ALREADY_COVERED',
    message: 'Both are paid for in the same months: end one of the two first.',
    covered,
    findings: [],
    shortfalls: [],
  })
}

/** What stands beside a subsidy of the other row in the same months: lines of employers, and reported subsidies. */
function besideSubsidies(query: Query, keep: string, merge: string): Promise<CommonMonths[]> {
  return query<CommonMonths>(
    `/* merge.beside */ select distinct line.benefit, payer.kind as "payerKind",
      to_char(lower(line.period * subsidy.period), 'YYYY-MM') as "from",
      to_char(upper(line.period * subsidy.period) - 1, 'YYYY-MM') as "to"
    from coverage_line as subsidy
      join coverage_line as line
        on line.worker_id <> subsidy.worker_id and line.benefit = subsidy.benefit and line.period && subsidy.period
      join payer on payer.id = line.payer_id
    where subsidy.worker_id in ($1, $2) and line.worker_id in ($1, $2) and ${isSubsidy('subsidy')}
      and (line.segment = 'PU' or line.origin = 'REPORTED' and ${isSubsidy('line')})
    order by 3, 1, 2, 4`,
    [keep, merge],
  )
}

/**
 * In one statement, because no foreign key between what moves would hold halfway. A claim check that both have stays
 * where it is, once for each.
 */
async function moveAll(query: Query, keep: string, merge: string): Promise<string> {
  const [moved] = await query<{ id: string }>(MOVE, [keep, merge])
  return moved!.id
}

const MOVE = `/* merge.move */ with workers as (
  update worker set merged_into_id = $1 where id = $2 or merged_into_id = $2 returning id
), enrollments as (
  update enrollment set
    worker_id = case worker_id when $2 then $1 else worker_id end,
    replaces_worker_id = case replaces_worker_id when $2 then $1 else replaces_worker_id end
  where worker_id = $2 or replaces_worker_id = $2
), charges as (
  update charge set worker_id = $1 where worker_id = $2
), refunds as (
  update refund set worker_id = $1 where worker_id = $2
), lines as (
  update coverage_line set worker_id = $1 where worker_id = $2 returning id
), disputes as (
  update dispute set worker_id = $1 where worker_id = $2 returning id
), claim_checks as (
  update claim_check as moved set worker_id = $1
  where worker_id = $2 and not exists (
    select from claim_check as same
    where same.worker_id = $1 and same.event = moved.event and same.month = moved.month
  )
  returning id
)
insert into worker_merge (kept_id, merged_id, enrollments, lines, disputes, claim_checks, workers)
values ($1, $2,
  array(select id from enrollment where worker_id = $2 order by id), array(select id from lines order by id),
  array(select id from disputes order by id), array(select id from claim_checks order by id),
  array(select id from workers where id <> $2 order by id))
returning id`
