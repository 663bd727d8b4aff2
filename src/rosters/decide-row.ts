import type { Context } from '../contract/context.ts'
import { checkedReason } from '../contract/reason.ts'
import type { Query } from '../db/database.ts'
import { notify } from '../db/notifications.ts'
import { badInput } from '../kernel/errors.ts'
import { ref, sql } from '../planner/sql.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { holdVisibleRoster } from './hold-visible-roster.ts'
import { rosterRefusal } from './roster-refusal.ts'
import type { RowDecision, RowOutcome } from './roster-row.entity.ts'
import { rescreenRow } from './screening/screen-rows.ts'
import { type HeldRoster, ROSTER_CHANNEL } from './steps.ts'

/** Outcomes that ask a person, and what he may say. */
const SETTLED_BY = {
  REVIEW: ['ADMIT', 'REFUSE'],
  SUSPECT_MATCH: ['OTHER_PERSON', 'SAME_PERSON', 'REFUSE'],
} as const satisfies Partial<Record<RowOutcome, readonly RowDecision[]>>
type Asking = keyof typeof SETTLED_BY

/** What a decision was about that has given the row another outcome since. */
const ASKED_BEFORE: Readonly<Partial<Record<RowDecision, Asking>>> = {
  ADMIT: 'REVIEW',
  OTHER_PERSON: 'SUSPECT_MATCH',
  SAME_PERSON: 'SUSPECT_MATCH',
}

/**
 * Settles a row of a screened roster that a person has to judge, and screens it again. Until the roster is submitted it
 * can be settled otherwise.
 *
 * @throws Refused by a RosterRefusal: WRONG_STATE; NOTHING_TO_DO for a row that asks nobody; SUSPECT_MATCH when it is said
 *   to be a person whom the viewer may not see.
 * @throws Fault BAD_USER_INPUT or FORBIDDEN, naming the field.
 */
export async function decideRow(
  context: Context,
  input: {
    readonly roster: string
    readonly row: number
    readonly decision: RowDecision
    readonly reason: string
  },
): Promise<void> {
  const { query } = context.change!
  const { roster: id, row: number, decision } = input
  const reason = checkedReason('input.reason', input.reason)
  const roster = await holdVisibleRoster(context, id, ['SCREENED'])
  const row = await readRow(query, id, number)
  checkAnswers(roster, row, decision)
  if (decision === 'SAME_PERSON' && row.worker !== null) await checkSees(roster, row.worker, context)
  await query(
    `/* roster.decide_row */ update roster_row set decision = $3, decision_reason = $4, decided_by = $5
      where (roster_id, row) = ($1, $2)`,
    [id, number, decision, reason, context.viewer.subject ?? null],
  )
  await rescreenRow(query, context, id, number)
  await notify(query, ROSTER_CHANNEL, id)
}

interface JudgedRow {
  readonly outcome: RowOutcome | null
  readonly decision: RowDecision | null
  readonly worker: string | null
}

async function readRow(query: Query, roster: string, number: number): Promise<JudgedRow> {
  const [row] = await query<JudgedRow>(
    `/* roster.read_row */ select outcome, decision, worker_id as worker from roster_row
      where (roster_id, row) = ($1, $2)`,
    [roster, number],
  )
  if (row) return row
  throw badInput('input.row', 'The roster has no row of this number.', 'Look it up with its rows.')
}

function checkAnswers(roster: HeldRoster, { outcome, decision: before }: JudgedRow, decision: RowDecision) {
  const asked = [outcome, before === null ? undefined : ASKED_BEFORE[before]].filter(isAsking)
  if (asked.length === 0)
    throw rosterRefusal(roster, 'NOTHING_TO_DO', `The row is ${outcome}: only REVIEW and SUSPECT_MATCH ask.`)
  const answers: readonly RowDecision[] = asked.flatMap((asking) => SETTLED_BY[asking])
  if (answers.includes(decision)) return
  throw badInput('input.decision', `This does not answer ${asked.join(' or ')}.`, `Say ${listed(answers)}.`)
}

function isAsking(outcome: RowOutcome | null | undefined): outcome is Asking {
  return outcome === 'REVIEW' || outcome === 'SUSPECT_MATCH'
}

function listed(answers: readonly RowDecision[]): string {
  return [...new Set(answers)].join(' or ')
}

/** Into the months of somebody else's person nobody writes, as nobody registers him again. */
async function checkSees(roster: HeldRoster, id: string, { change, read }: Context): Promise<void> {
  const worker = ref(WorkerEntity)
  const seen = await read(
    sql`/* roster.see_worker */ select ${worker.id} from ${worker} where ${worker.id} = ${id}`,
    change!.query,
  )
  if (seen.length === 0) {
    const message = 'You may not see the person who is known: ask somebody who may, or refuse the row.'
    throw rosterRefusal(roster, 'SUSPECT_MATCH', message)
  }
  change!.note({ workers: [id] })
}
