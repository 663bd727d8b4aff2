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
