import { recordAudit } from '../../access/audit/audit.ts'
import { enterPostings } from '../../budgets/ledger.ts'
import type { Change, Context, Posting } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { acceptEnrollments, type RejectionReason, rejectEnrollments } from '../../enrollments/life/at-bpjs.ts'
import { lastClaims } from '../../enrollments/life/claims.ts'
import { COMMITTED, type HeldEnrollment, heldEnrollments } from '../../enrollments/life/held-enrollment.ts'
import type { Month } from '../../kernel/month.ts'
import { disputedAmong } from '../../workers/disputed.ts'
import { holdWorkers } from '../../workers/hold-workers.ts'
import type { AnswerLine, Verdict } from './answer-line.ts'
import { type AnswerProblem, type AnswerProblemCode, problemOf } from './answer-problem.ts'
import { type AnsweredRow, findAnsweredRows, readRows } from './answered-rows.ts'
import type { EnrolledRoster } from './own-enrolled-roster.ts'

/** What came of lines of an answer. */
export interface TakenAnswers {
  readonly accepted: number
  readonly refused: number
  /** Lines that say what was said before. */
  readonly unchanged: number
  readonly problems: readonly AnswerProblem[]
}

/** The event of the audit trail. */
export const ACCEPTANCE = { action: 'MUTATION', what: 'Roster.acceptance', purpose: 'ROSTER_PREP' } as const

/**
 * Takes lines of BPJS's answer, in the caller's transaction: workers are held first, in the order of the whole hub, and what
 * is read afterwards stays true; the ledger is last. What was said of a row before stays.
 */
export async function takeAnswers(
  query: Query,
  roster: EnrolledRoster,
  answers: readonly AnswerLine[],
  context: Context,
): Promise<TakenAnswers> {
  const answered = await findAnsweredRows(query, roster.id, answers, context.nikKeys)
  const workers = idsOf([...answered.rows.values()].map(({ worker }) => worker))
  await holdWorkers(query, workers)
  const judge = await judgeOf(query, roster.id, [...answered.rows.keys()], workers)
  const [taken, problems]: [Taken[], AnswerProblem[]] = [[], []]
  for (const answer of answers) {
    const row = answered.numberOf(answer)
    const judged = typeof row === 'string' ? row : judge(row, answer.verdict)
    if (typeof judged === 'string') problems.push(problemOf(answer.line, judged))
    else if (judged) taken.push(judged)
  }
  const posted = await write(query, roster, taken, context)
  await recordAudit(query, context, {
    ...ACCEPTANCE,
    outcome: 'DONE',
    subject: `Roster:${roster.id}`,
    workers: taken.map(({ enrollment }) => enrollment.worker),
    people: answers.length,
  })
  await enterPostings(query, posted, context)
  const accepted = taken.filter(({ verdict }) => verdict.acceptance === 'ACCEPTED').length
  return {
    accepted,
    refused: taken.length - accepted,
    unchanged: answers.length - taken.length - problems.length,
    problems,
  }
}

function idsOf(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))]
}

/** A row about which something new is said. */
interface Taken {
  readonly row: number
  readonly enrollment: HeldEnrollment
  readonly verdict: Verdict
}

/** Judges what is said of a row: undefined when it was said before, also by an earlier line. */
type Judge = (row: number, verdict: Verdict) => Taken | AnswerProblemCode | undefined

async function judgeOf(
  query: Query,
  roster: string,
  numbers: readonly number[],
  workers: readonly string[],
): Promise<Judge> {
  const rows = new Map((await readRows(query, roster, numbers)).map((row) => [row.row, row]))
  const enrollments = idsOf([...rows.values()].map(({ enrollment }) => enrollment))
  const held = new Map(
    (await heldEnrollments(query, workers, enrollments)).map((enrollment) => [enrollment.id, enrollment]),
  )
  const claims = await lastClaims(query, workers)
  const disputed = await disputedAmong(query, workers)
  const said = new Map<number, Pick<AnsweredRow, 'acceptance' | 'reason'>>(rows)
  return (number, verdict) => {
    const { outcome, enrollment: id } = rows.get(number)!
    if (outcome !== 'ENROLLED' || id === null) return 'NOT_ENROLLED'
    const before = said.get(number)!
    if (before.acceptance !== null) return isSame(before, verdict) ? undefined : 'SAID_OTHERWISE'
    const enrollment = held.get(id)
    if (!enrollment) return 'CHANGED_MEANWHILE'
    if (!COMMITTED.includes(enrollment.decision)) return 'NOT_RUNNING'
    if (enrollment.decision === 'COMMITTED') return 'NOT_SUBMITTED'
    if (verdict.acceptance === 'REFUSED' && disputed.has(enrollment.worker)) return 'DISPUTED'
    if (verdict.acceptance === 'REFUSED' && hasClaim(enrollment, claims)) return 'CLAIM_OPEN'
    said.set(number, verdict)
    return { row: number, enrollment, verdict }
  }
}

function isSame(
  before: Pick<AnsweredRow, 'acceptance' | 'reason'>,
  { acceptance, reason }: Verdict,
): boolean {
  return before.acceptance === acceptance && before.reason === reason
}

/** Whoever died while he was covered stays covered in that month; see `checkClaims`. */
function hasClaim({ worker, period }: HeldEnrollment, claims: ReadonlyMap<string, Month>): boolean {
  const last = claims.get(worker)
  return last !== undefined && period.from <= last
}

/** @returns what is left for the ledger. */
async function write(
  query: Query,
  { id, program }: EnrolledRoster,
  taken: readonly Taken[],
  { viewer, today }: Context,
): Promise<readonly Posting[]> {
  const postings: Posting[] = []
  const change: Change = { query, note: () => {}, post: (more) => postings.push(...more) }
  const byReason = Map.groupBy(taken, ({ verdict }) => verdict.reason)
  for (const [reason, ofReason] of byReason) {
    const enrollments = ofReason.map(({ enrollment }) => enrollment)
    if (reason === null) await acceptEnrollments(query, enrollments, { viewer, today })
    else {
      const note = noteOf(program, enrollments.length, reason, id)
      await rejectEnrollments(change, enrollments, reason, { viewer, today, note })
    }
  }
  await query(
    `/* acceptance.write */ update roster_row set acceptance = said.acceptance, acceptance_reason = said.reason
      from unnest($2::int[], $3::text[], $4::text[]) as said (row, acceptance, reason)
      where roster_id = $1 and roster_row.row = said.row`,
    [
      id,
      taken.map(({ row }) => row),
      taken.map(({ verdict }) => verdict.acceptance),
      taken.map(({ verdict }) => verdict.reason),
    ],
  )
  return postings
}

function noteOf(program: string, people: number, reason: RejectionReason, roster: string): string {
  return `${program}: ${people} people refused by BPJS, ${reason}, roster ${roster}`
}
