import { type Refused, refusal } from '../contract/outcome.ts'
import type { RefusalCode } from '../contract/refusal.type.ts'
import type { RosterState } from './roster.entity.ts'
import type { HeldRoster } from './steps.ts'

/** What can be done to a roster in a state, in a sentence. */
const POSSIBLE: Readonly<Record<RosterState, string>> = {
  DRAFT: 'Its file is still arriving; it can be withdrawn.',
  SCREENING: 'Wait until it is SCREENED, or withdraw it.',
  SCREENED: 'Its rows can be decided, and it can be submitted or withdrawn.',
  SUBMITTED: 'It can be approved, rejected or withdrawn.',
  APPROVED: 'It is being enrolled: wait until it is ENROLLED.',
  ENROLLING: 'It is being enrolled: wait until it is ENROLLED.',
  ENROLLED:
    'Its people are enrolled: change or end their enrollments one by one. Whom it left out may be sent again, in a version that replaces it.',
  DAMAGED: 'It can be withdrawn; send the file again as it was before the spreadsheet.',
  REJECTED: 'That is its end; send a new version that replaces it.',
  WITHDRAWN: 'That is its end; send the file again.',
}

/** Refuses what cannot be done to a roster as it is. Returns it, so that `throw` stays visible. */
export function rosterRefusal({ state }: HeldRoster, code: RefusalCode, message: string): Refused {
  return refusal('RosterRefusal', { code, message, state })
}

/** Refuses what cannot be done in the state a roster is in. */
export function wrongState(roster: HeldRoster): Refused {
  return rosterRefusal(
    roster,
    'WRONG_STATE',
    `The roster is ${roster.state}: this cannot be done. ${POSSIBLE[roster.state]}`,
  )
}
