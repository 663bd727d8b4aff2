import { badInput } from '../kernel/errors.ts'
import { holdsNik } from '../kernel/nik.ts'

const LONGEST_REASON = 500

/**
 * A reason as it is kept, in the words of who acts.
 *
 * @param field that it came in: `input.reason`.
 * @throws Fault BAD_USER_INPUT when it is empty or too long, or holds a NIK.
 */
export function checkedReason(field: string, text: string): string {
  const reason = text.trim()
  if (reason === '' || reason.length > LONGEST_REASON)
    throw badInput(field, `A reason has 1 to ${LONGEST_REASON} characters.`)
  if (holdsNik(reason)) throw badInput(field, 'A reason must not hold a NIK.', 'Say it without the number.')
  return reason
}
