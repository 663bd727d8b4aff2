import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { Fault } from '../../kernel/errors.ts'
import { mayUse, type SentRoster } from '../reach.ts'
import type { RosterState } from '../roster.entity.ts'

/** A roster whose people are enrolled: nothing moves it on any more. */
export interface EnrolledRoster {
  readonly id: string
  /** Code. */
  readonly program: string
}

/**
 * A roster that the viewer may use, once its people are enrolled.
 *
 * @returns undefined for one that is not there, another payer's, or one with areas that he does not see.
 * @throws Fault CONFLICT before that.
 */
export async function findOwnEnrolledRoster(
  { db, viewer }: Context,
  id: string,
): Promise<EnrolledRoster | undefined> {
  const [roster] = await db.query<EnrolledRoster & SentRoster & { state: RosterState }>(
    '/* bpjs.roster */ select id, program_code as program, payer_id as payer, areas, state from roster where id = $1',
    [idValue(id)],
  )
  if (!roster || !mayUse(viewer, roster)) return undefined
  if (roster.state === 'ENROLLED') return roster
  throw new Fault('CONFLICT', `The roster is ${roster.state}: BPJS hears of it when it is ENROLLED.`, {
    remedy: 'Wait until all of its people are enrolled.',
  })
}
