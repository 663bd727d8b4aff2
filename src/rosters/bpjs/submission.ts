import { setImmediate as turnOfOthers } from 'node:timers/promises'
import { recordAudit, recordFailure, recordRefusal } from '../../access/audit/audit.ts'
import { checkPermission } from '../../access/check-permission.ts'
import type { Context } from '../../contract/context.ts'
import { writeCsv } from '../file/write-csv.ts'
import { type EnrolledRoster, findOwnEnrolledRoster } from './own-enrolled-roster.ts'
import { SUBMISSION_HEADER, submissionLines } from './submission-lines.ts'
import { submitPage } from './submit-page.ts'

export interface RosterSubmission {
  readonly id: string
  /** Text of a CSV, in pieces; reads the database while it is read. */
  readonly csv: AsyncIterable<string>
}

const EVENT = { action: 'IDENTITY_READ', what: 'Roster.submission', purpose: 'ROSTER_PREP' } as const

/**
 * What BPJS needs to take the enrolled people of a roster on: who they are, by the vault, their months and what is paid
 * for them. It is recorded before its first byte, as if all of it had been read; and whoever is in it is SUBMITTED from
 * then on, page by page as it is read. Every line says by which request it was made, so that a copy can be traced.
 *
 * @returns undefined for a roster that is not there, or another payer's.
 * @throws Fault UNAUTHENTICATED or FORBIDDEN without the permission identity:read, and roster:write or roster:approve;
 *   CONFLICT before it is enrolled.
 */
export async function rosterSubmission(context: Context, id: string): Promise<RosterSubmission | undefined> {
  const { db, viewer } = context
  try {
    checkPermission(viewer, 'identity:read', WHAT)
    if (!viewer.permissions.has('roster:approve')) checkPermission(viewer, 'roster:write', WHAT)
    const roster = await findOwnEnrolledRoster(context, id)
    if (!roster) {
      await recordRefusal(db, context, { ...EVENT, reason: 'FORBIDDEN' })
      return undefined
    }
    const [counted] = await db.query<{ people: number }>(
      `/* submission.people */ select count(*)::int as people from roster_row
        where roster_id = $1 and outcome = 'ENROLLED' and acceptance is distinct from 'REFUSED'`,
      [roster.id],
    )
    const { people } = counted!
    await recordAudit(db.query, context, {
      ...EVENT,
      outcome: 'DONE',
      people,
      subject: `Roster:${roster.id}`,
    })
    return { id: roster.id, csv: writeCsv(SUBMISSION_HEADER, linesOf(roster, context)) }
  } catch (error) {
    await recordFailure(context, EVENT, error)
    throw error
  }
}

const WHAT = 'What BPJS needs of a roster'

async function* linesOf({ id }: EnrolledRoster, context: Context) {
  const reference = `roster ${id}, ${new Date().toISOString()}, ${context.requestId}`
  for (let after = 0; ; ) {
    const { rows, last } = await submitPage(context, id, after)
    if (last === undefined) return
    yield rows.flatMap((row) => submissionLines(row, reference))
    after = last
    // The embedded database answers within one turn: without this, nobody else would have any until the end.
    await turnOfOthers()
  }
}
