import { badInput } from '../../kernel/errors.ts'
import { holdsNik } from '../../kernel/nik.ts'

/**
 * Names stay in statements and in their traces, where nobody may be identified.
 *
 * @throws Fault BAD_USER_INPUT for a name in a document that means something to JavaScript or holds a NIK.
 */
export function checkName(name: string): void {
  checkKey('query', name)
  if (!holdsNik(name)) return
  throw badInput(
    'query',
    'A name holds 16 digits in a row, as a NIK does; names end up in logs.',
    'Put people into variables, and nowhere else.',
  )
}

/**
 * Names by which an object could be given another prototype. No field, argument or fragment needs them.
 *
 * @throws Fault BAD_USER_INPUT for one of them.
 */
export function checkKey(field: string, key: string): void {
  if (key !== '__proto__' && key !== 'constructor' && key !== 'prototype') return
  throw badInput(field, 'One of the names means something to the language that the hub is written in.')
}
