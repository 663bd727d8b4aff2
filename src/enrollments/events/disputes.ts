import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput } from '../../kernel/errors.ts'
import { ref, sql } from '../../planner/sql.ts'
import { type DisputeDecision, DisputeEntity, type DisputeSubject } from '../../workers/dispute.entity.ts'
import { holdVisibleWorkers, holdWorkers } from '../../workers/hold-workers.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { movedMeanwhile } from '../life/held-enrollment.ts'
import { nothingToDo } from '../state-refusal.ts'

/**
 * Records that a person or a village says a record is wrong (UU 27/2022: right to correction; DOMAIN.md §12). Until it is
 * decided, no life event changes that record (`record-life-event.ts`), and files do nothing about the person
 * (`workers/disputed.ts`).
 *
 * @returns the id of the dispute.
 * @throws Fault BAD_USER_INPUT, naming the field; a worker whom the viewer may not see is not there.
 */
export async function disputeRecord(
  context: Context,
  {
    worker,
    subject,
    reason: why,
  }: { readonly worker: string; readonly subject: DisputeSubject; readonly reason: string },
): Promise<string> {
  const { query, note } = context.change!
  const reason = checkedReason('input.reason', why)
  await holdVisibleWorkers(query, context, [{ id: worker, field: 'input.worker' }])
  note({ workers: [worker] })
  const [dispute] = await query<{ id: string }>(
    `/* dispute.open */ insert into dispute (worker_id, subject, reason, opened_on) values ($1, $2, $3, $4::date)
      returning id`,
    [worker, subject, reason, context.today],
  )
  note({ subject: `Dispute:${dispute!.id}` })
  await recordEvents(query, context, [{ worker, kind: 'DISPUTED', reason }])
  return dispute!.id
}

/**
 * Decides a dispute. What is upheld is corrected by whoever can; the decision itself changes no record, it only lets
 * things follow again.
 *
 * @throws Refused by StateRefusal when it was decided before.
 * @throws Fault BAD_USER_INPUT, naming the field; a dispute about somebody whom the viewer may not see is not there.
 */
export async function decideDispute(
  context: Context,
  {
    dispute: id,
    decision,
    reason: why,
  }: { readonly dispute: string; readonly decision: DisputeDecision; readonly reason: string },
): Promise<void> {
  const { query, note } = context.change!
  const reason = checkedReason('input.reason', why)
  const { worker, decided } = await holdDispute(context, id)
  note({ workers: [worker], subject: `Dispute:${id}` })
  if (decided) throw nothingToDo('This dispute was decided before.')
  await query(
    `/* dispute.decide */ update dispute set decision = $3, decision_reason = $4, decided_on = $5::date
      where (worker_id, id) = ($1, $2)`,
    [worker, id, decision, reason, context.today],
  )
  await recordEvents(query, context, [{ worker, kind: 'DISPUTE_DECIDED', reason }])
}

/** A dispute that the viewer may see, while its worker is held. */
async function holdDispute(
  { change, read }: Context,
  id: string,
): Promise<{ worker: string; decided: boolean }> {
  const { query } = change!
  const dispute = ref(DisputeEntity)
  const [seen] = await read<{ worker: string }>(
    sql`/* dispute.find */ select ${dispute.worker} as worker from ${dispute} where ${dispute.id} = ${idValue(id)}`,
    query,
  )
  if (!seen) throw badInput('input.dispute', 'There is no dispute of this id.', 'Look it up with its worker.')
  await holdWorkers(query, [seen.worker])
  const [held] = await query<{ worker: string; decided: boolean }>(
    `/* dispute.read_held */ select worker_id as worker, decision is not null as decided
      from dispute where (worker_id, id) = ($1, $2)`,
    [seen.worker, id],
  )
  if (!held) throw movedMeanwhile()
  return held
}
