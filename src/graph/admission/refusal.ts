import { Fault } from '../../kernel/errors.ts'

/** @throws Fault TOO_COMPLEX when the operation is more than `most` of something: `within(15, depth, 'levels deep')`. */
export function within(most: number, found: number, unit: string): void {
  if (found <= most) return
  throw new Fault('TOO_COMPLEX', `The operation is more than ${number(most)} ${unit}.`, {
    field: 'query',
    remedy: 'Ask for less at once, or in several operations.',
  })
}

/** A whole number as people read it: `30,000`. */
export function number(value: number): string {
  return value.toLocaleString('en-US')
}

export const UNSAFE_NAME = 'One of the names means something to the language that the hub is written in.'

export const NIK_IN_NAME = 'A name holds 16 digits in a row, as a NIK does; names end up in logs.'

/** Names stay in statements and in their traces, where nobody may be identified. */
export function holdsNik(name: string): boolean {
  return /\d{16}/.test(name)
}

/** Names by which an object could be given another prototype. No field, argument or fragment needs them. */
export function isUnsafeName(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype'
}
