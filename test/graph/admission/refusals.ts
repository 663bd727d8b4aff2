import { Fault } from '../../../src/kernel/errors.ts'

/** The fault that something ends in; undefined when it ends well. */
export function faultOf(act: () => unknown): Fault | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

/** Its code alone. */
export function codeOf(act: () => unknown): string | undefined {
  return faultOf(act)?.code
}

/** `count` times a text. */
export function many(count: number, text: string | ((n: number) => string), separator = ' '): string {
  return Array.from({ length: count }, (_, n) => (typeof text === 'string' ? text : text(n))).join(separator)
}
