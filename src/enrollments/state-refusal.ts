import { type Refused, refusal } from '../contract/outcome.ts'
import type { RefusalCode } from '../contract/refusal.type.ts'
import type { Month } from '../kernel/month.ts'

/**
 * Something cannot be done in the state in which things are.
 *
 * @param possibleFrom the first month for which it could be done.
 */
export function stateRefusal(code: RefusalCode, message: string, possibleFrom: Month | null = null): Refused {
  return refusal('StateRefusal', { code, message, possibleFrom })
}

/** It would change nothing. */
export function nothingToDo(message: string): Refused {
  return stateRefusal('NOTHING_TO_DO', message)
}

export function notRunning(message: string, possibleFrom?: Month | null): Refused {
  return stateRefusal('NOT_RUNNING', message, possibleFrom)
}

/** Paid months stay with who paid: there is none that could be taken away before `possibleFrom`. */
export function paidMonths(message: string, possibleFrom: Month | null): Refused {
  return stateRefusal('PAID_MONTHS', message, possibleFrom)
}
