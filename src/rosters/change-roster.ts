import type { Viewer } from '../access/viewer.ts'
import type { Context } from '../contract/context.ts'
import { checkedReason } from '../contract/reason.ts'
import type { Query } from '../db/database.ts'
import { Fault } from '../kernel/errors.ts'
import { holdVisibleRoster } from './hold-visible-roster.ts'
import { planEnrollment } from './plan-enrollment.ts'
import { rosterRefusal } from './roster-refusal.ts'
import { takeStep } from './steps.ts'

/**
 * Puts a screened roster up for approval; from then on nothing in it changes.
 *
 * @throws Refused by a RosterRefusal: WRONG_STATE, or NOTHING_TO_DO when nobody in it could be enrolled.
 * @throws Fault BAD_USER_INPUT, FORBIDDEN or UNAUTHENTICATED.
 */
export async function submitRoster(
  context: Context,
  { roster: id, reason: why }: { readonly roster: string; readonly reason?: string | null | undefined },
): Promise<void> {
  const { query } = context.change!
  const reason = why == null ? undefined : checkedReason('input.reason', why)
  const subject = knownSubject(context.viewer)
  const roster = await holdVisibleRoster(context, id, ['SCREENED'])
  const submitted = await query(
    `/* roster.submit */ update roster set submitted_by = $2 where id = $1
      and exists (select from roster_row where roster_id = $1 and outcome = 'ELIGIBLE') returning 1`,
    [id, subject],
  )
  if (submitted.length === 0)
    throw rosterRefusal(roster, 'NOTHING_TO_DO', 'No row of it is ELIGIBLE: nobody would be enrolled.')
  await takeStep(query, id, 'SUBMITTED', { viewer: context.viewer, reason })
}

/**
 * Approves a submitted roster, so that its people are enrolled. Two people do this: nobody approves what he submitted.
 *
 * @throws Refused by a RosterRefusal: WRONG_STATE, SUBMITTED_BY_YOU.
 * @throws Fault BAD_USER_INPUT, FORBIDDEN or UNAUTHENTICATED.
 */
export async function approveRoster(
  context: Context,
  { roster: id }: { readonly roster: string },
): Promise<void> {
  const subject = knownSubject(context.viewer)
  const roster = await holdVisibleRoster(context, id, ['SUBMITTED'])
  if (roster.submittedBy === subject)
    throw rosterRefusal(roster, 'SUBMITTED_BY_YOU', 'You submitted it: somebody else has to approve it.')
  await foresee(context.change!.query, id)
  await takeStep(context.change!.query, id, 'APPROVED', { viewer: context.viewer })
}

/** Writes down for whom the money does not last as it is approved: what comes otherwise in the end has changed. */
async function foresee(query: Query, id: string): Promise<void> {
  const { leftOut } = await planEnrollment(query, id)
  await query(
    `/* roster.foresee */ update roster_row set screened_as = 'OVER_BUDGET' where roster_id = $1 and row = any($2::int[])`,
    [id, leftOut],
  )
}

/**
 * Does not approve a submitted roster: nobody in it is enrolled.
 *
 * @throws Refused by a RosterRefusal WRONG_STATE.
 * @throws Fault BAD_USER_INPUT or FORBIDDEN.
 */
export async function rejectRoster(
  context: Context,
  { roster: id, reason: why }: { readonly roster: string; readonly reason: string },
): Promise<void> {
  const reason = checkedReason('input.reason', why)
  await holdVisibleRoster(context, id, ['SUBMITTED'])
  await takeStep(context.change!.query, id, 'REJECTED', { viewer: context.viewer, reason })
}

/**
 * Takes a roster back that nobody has approved yet.
 *
 * @throws Refused by a RosterRefusal WRONG_STATE.
 * @throws Fault BAD_USER_INPUT or FORBIDDEN.
 */
export async function withdrawRoster(
  context: Context,
  { roster: id, reason: why }: { readonly roster: string; readonly reason: string },
): Promise<void> {
  const reason = checkedReason('input.reason', why)
  await holdVisibleRoster(context, id, ['DRAFT', 'SCREENING', 'SCREENED', 'SUBMITTED', 'DAMAGED'])
  await takeStep(context.change!.query, id, 'WITHDRAWN', { viewer: context.viewer, reason })
}

/** Who submits or approves has to be told apart from others. */
function knownSubject({ subject }: Viewer): string {
  if (subject !== undefined) return subject
  throw new Fault('UNAUTHENTICATED', 'Rosters are submitted and approved by somebody with a name.', {
    remedy: 'Use a token that names its subject.',
  })
}
