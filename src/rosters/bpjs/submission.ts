import { recordFailure, recordRefusal } from '../../access/audit/audit.ts'
import { checkPermission } from '../../access/check-permission.ts'
import type { Context } from '../../contract/context.ts'
import { writeCsv } from '../file/write-csv.ts'
import { pagesOnRecord } from '../pages-on-record.ts'
import { findOwnEnrolledRoster } from './own-enrolled-roster.ts'
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
 * for them. Page by page as it is read, whoever is in it is recorded, and SUBMITTED from then on. Every line says by which
 * request it was made, so that a copy can be traced.
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
    const reference = `roster ${roster.id}, ${new Date().toISOString()}, ${context.requestId}`
    const pages = pagesOnRecord(context, { ...EVENT, subject: `Roster:${roster.id}` }, async (query, row) => {
      const { rows, last } = await submitPage(query, context, roster.id, row)
      return {
        lines: rows.flatMap((submitted) => submissionLines(submitted, reference)),
        workers: rows.map(({ worker }) => worker),
        people: rows.length,
        last,
      }
    })
    return { id: roster.id, csv: writeCsv(SUBMISSION_HEADER, pages) }
  } catch (error) {
    await recordFailure(context, EVENT, error)
    throw error
  }
}

const WHAT = 'What BPJS needs of a roster'
