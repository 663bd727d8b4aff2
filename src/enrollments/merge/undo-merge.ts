import { anyOf, everyOf } from '../../access/answers.ts'
import { type Answer, unruled } from '../../access/policy.ts'
import type { Viewer } from '../../access/viewer.ts'
import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { done, type Outcome, type Refused, refusal } from '../../contract/outcome.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput } from '../../kernel/errors.ts'
import { Column, ref, type Sql, sourceOf, sql, verbatim } from '../../planner/sql.ts'
import { CoverageProgramEntity } from '../../programs/program.entity.ts'
import { livesWithinReach } from '../../workers/domicile.ts'
import { holdWorkers } from '../../workers/hold-workers.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { WorkerEntity } from '../../workers/worker.entity.ts'
import { CoverageLineEntity } from '../coverage-line.entity.ts'
import { EnrollmentEntity } from '../enrollment.entity.ts'
import { isDecided } from '../enrollment.policy.ts'

/**
 * Two people were taken for one: what came with the merged row goes back to it, with what has become of it since. What
 * was enrolled after the merge stays with the worker who was kept.
 *
 * @returns an `UndoneMerge`.
 * @throws Refused with a `MergeRefusal`: NOTHING_TO_DO when it was undone already, BREAKS_THE_PAST when the worker who was
 *   kept was merged into another since: that merge is to be undone first.
 * @throws Fault BAD_USER_INPUT, naming the field; a merge is not there for a viewer who would not see both of them.
 */
export async function undoMerge(
  { merge: id, reason: why }: { readonly merge: string; readonly reason: string },
  context: Context,
): Promise<Outcome> {
  const { note, query } = context.change!
  const reason = checkedReason('input.reason', why)
  const { kept, merged } = await heldPair(id, context)
  note({ workers: [kept, merged], subject: `WorkerMerge:${id}` })
  const [now] = await query<{ undone: boolean; further: boolean }>(
    `/* merge.now */ select undone_at is not null as undone, worker.merged_into_id is not null as further
      from worker_merge join worker on worker.id = kept_id where worker_merge.id = $1`,
    [id],
  )
  if (now!.undone) throw mergeRefusal('NOTHING_TO_DO', 'This merge was undone already.', id)
  if (now!.further)
    throw mergeRefusal('BREAKS_THE_PAST', 'The worker was merged into another since: undo that first.', id)
  await query(MOVE_BACK, [id])
  await recordEvents(
    query,
    context,
    [kept, merged].map((worker) => ({ worker, kind: 'MERGE_UNDONE', reason })),
  )
  return done('UndoneMerge', { merge: id, kept, restored: merged })
}

/** The two, held until the transaction ends; each was within the viewer's reach, as it was for who merged them. */
async function heldPair(id: string, { change, read, viewer }: Context): Promise<Pair> {
  const { query } = change!
  const [pair] = await query<Pair>(
    `/* merge.find */ select kept_id as kept, merged_id as merged, coalesce(merged_into_id, kept_id) as person,
      enrollments, lines
    from worker_merge join worker on worker.id = kept_id where worker_merge.id = $1`,
    [idValue(id)],
  )
  const seen = pair && (await read(seenBy(viewer, pair), query))
  if (!pair || seen?.length !== 1) throw badInput('input.merge', 'There is no merge of this id.')
  await holdWorkers(query, [pair.kept, pair.merged])
  return pair
}

interface Pair {
  readonly kept: string
  readonly merged: string
  /** Who both are now. */
  readonly person: string
  /** Ids of what came with the merged row. */
  readonly enrollments: readonly string[]
  readonly lines: readonly string[]
}

/**
 * A row if the viewer may see the person, and would see either row without what came from the other: he lives in one of
 * the viewer's areas, or the viewer's payer covers him or has decided about him.
 */
function seenBy(viewer: Viewer, pair: Pair): Sql {
  const [person, kept, merged] = [ref(WorkerEntity), unruled(WorkerEntity), unruled(WorkerEntity)]
  const isReached = everyOf([
    anyOf([livesWithinReach(kept, viewer), isOwn(viewer, pair, 'kept')]),
    anyOf([livesWithinReach(merged, viewer), isOwn(viewer, pair, 'merged')]),
  ])
  return sql`/* merge.seen */ select ${person.id} from ${person}, ${kept}, ${merged}
    where ${person.id} = ${pair.person} and ${kept.id} = ${pair.kept} and ${merged.id} = ${pair.merged}
      and ${typeof isReached === 'boolean' ? verbatim(String(isReached)) : isReached}`
}

/** Whether something of a row's own makes him one of the viewer's people. */
function isOwn(
  { payer }: Viewer,
  { person, merged, enrollments, lines }: Pair,
  whose: 'kept' | 'merged',
): Answer {
  if (payer === undefined) return false
  const [line, enrollment, program] = [
    unruled(CoverageLineEntity),
    unruled(EnrollmentEntity),
    unruled(CoverageProgramEntity),
  ]
  const came = whose === 'merged' ? verbatim('is true') : verbatim('is not true')
  const lineCame = sql`(${Column.named(sourceOf(line), 'enrollment_id')} = any(${enrollments}::bigint[]) or ${line.id} = any(${lines}::bigint[])) ${came}`
  const enrollmentCame = sql`(${enrollment.id} = any(${enrollments}::bigint[])) ${came}`
  return anyOf([
    sql`exists (select 1 from ${line} where ${line.worker} = any(${[person, merged]}::bigint[]) and ${line.payer} = ${payer}::bigint and ${lineCame})`,
    sql`exists (select 1 from ${enrollment} join ${program} on ${program.code} = ${enrollment.program} where ${enrollment.worker} = any(${[person, merged]}::bigint[]) and ${isDecided(enrollment)} and ${program.payer} = ${payer}::bigint and ${enrollmentCame})`,
  ])
}

function mergeRefusal(code: 'NOTHING_TO_DO' | 'BREAKS_THE_PAST', message: string, merge: string): Refused {
  return refusal('MergeRefusal', { code, message, merge })
}

/** What hangs on an enrollment goes where it goes, also what was added to it since. */
const MOVE_BACK = `/* merge.move_back */ with back as (
  update worker_merge set undone_at = clock_timestamp() where id = $1 returning *
), workers as (
  update worker set merged_into_id = case worker.id when back.merged_id then null else back.merged_id end
  from back where worker.id = back.merged_id or worker.id = any(back.workers)
), enrollments as (
  update enrollment set
    worker_id = case when worker_id = kept_id and enrollment.id = any(enrollments) then merged_id else worker_id end,
    replaces_worker_id = case when replaces_worker_id = kept_id and replaces_id = any(enrollments) then merged_id
      else replaces_worker_id end
  from back
  where worker_id = kept_id and enrollment.id = any(enrollments)
    or replaces_worker_id = kept_id and replaces_id = any(enrollments)
), charges as (
  update charge set worker_id = merged_id from back
  where worker_id = kept_id and enrollment_id = any(enrollments)
), refunds as (
  update refund set worker_id = merged_id from back
  where worker_id = kept_id and enrollment_id = any(enrollments)
), lines as (
  update coverage_line set worker_id = merged_id from back
  where worker_id = kept_id and case when enrollment_id is null then coverage_line.id = any(lines)
    else enrollment_id = any(enrollments) end
), disputes as (
  update dispute set worker_id = merged_id from back
  where worker_id = kept_id and dispute.id = any(disputes)
)
update claim_check set worker_id = merged_id from back
where worker_id = kept_id and claim_check.id = any(claim_checks)`
