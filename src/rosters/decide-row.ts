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
import { matchRows } from './screening/match-rows.ts'
import { screenRows } from './screening/screen-rows.ts'
import { type HeldRoster, ROSTER_CHANNEL } from './steps.ts'

/** What a person is asked about a row: who it is, and whether what the rules found stands against him. */
type Question = 'SUSPECT_MATCH' | 'REVIEW'

const ANSWERS: Readonly<Record<Question, readonly RowDecision[]>> = {
  SUSPECT_MATCH: ['OTHER_PERSON', 'SAME_PERSON', 'REFUSE'],
  REVIEW: ['ADMIT', 'REFUSE'],
}

/**
 * Settles a row of a screened roster that a person has to judge, and screens it again: who a suspect is may be followed by
 * the question whether he is admitted. Until the roster is submitted each can be settled otherwise.
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
  const question = questionAnswered(roster, row, decision)
  if (decision === 'SAME_PERSON' && row.worker !== null) await checkSees(roster, row.worker, context)
  const values = [id, number, decision, reason, context.viewer.subject ?? null]
  await query(question === 'REVIEW' ? ADMIT : IDENTIFY, values)
  await screenRows(query, context, id, await matchRows(query, id, [number], context.nikKeys))
  await notify(query, ROSTER_CHANNEL, id)
}

// Whoever was admitted before may have been taken for somebody else.
const IDENTIFY = `/* roster.identify_row */ update roster_row
set identity_decision = $3, identity_reason = $4, identity_decided_by = $5,
  decision = null, decision_reason = null, decided_by = null, admitted = null
where (roster_id, row) = ($1, $2)`

// What is found later was not judged.
const ADMIT = `/* roster.admit_row */ update roster_row set decision = $3, decision_reason = $4, decided_by = $5,
  admitted = case when $3 = 'ADMIT' then array(select finding ->> 'code' from jsonb_array_elements(findings) as finding) end
where (roster_id, row) = ($1, $2)`

interface DecidedRow {
  readonly outcome: RowOutcome | null
  readonly isIdentified: boolean
  readonly isJudged: boolean
  readonly worker: string | null
}

async function readRow(query: Query, roster: string, number: number): Promise<DecidedRow> {
  const [row] = await query<DecidedRow>(
    `/* roster.read_row */ select outcome, identity_decision is not null as "isIdentified", decision is not null as "isJudged",
        worker_id as worker
      from roster_row where (roster_id, row) = ($1, $2)`,
    [roster, number],
  )
  if (row) return row
  throw badInput('input.row', 'The roster has no row of this number.', 'Look it up with its rows.')
}

/** The question that a decision answers: the one that is open, or one that was answered before. */
function questionAnswered(
  roster: HeldRoster,
  { outcome, isIdentified, isJudged }: DecidedRow,
  decision: RowDecision,
): Question {
  const asked = [
    ...(outcome === 'REVIEW' || outcome === 'SUSPECT_MATCH' ? [outcome] : []),
    ...(isJudged ? (['REVIEW'] as const) : []),
    ...(isIdentified ? (['SUSPECT_MATCH'] as const) : []),
  ]
  if (asked.length === 0) {
    const message = `The row is ${outcome}: only REVIEW and SUSPECT_MATCH ask. Correct it in the file, and send that as a new version.`
    throw rosterRefusal(roster, 'NOTHING_TO_DO', message)
  }
  const question = asked.find((one) => ANSWERS[one].includes(decision))
  if (question) return question
  const remedy = `Say ${listed(asked.flatMap((one) => ANSWERS[one]))}.`
  throw badInput('input.decision', `This does not answer ${listed(asked)}.`, remedy)
}

function listed(words: readonly string[]): string {
  return [...new Set(words)].join(' or ')
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
