import { Kind, type ValueNode } from 'graphql'
import { badInput, Fault } from '../../kernel/errors.ts'
import type { AdmissionLimits } from './limits.ts'
import { checkKey } from './unsafe-names.ts'
import { number } from './within.ts'

/**
 * Checks what comes as `variables`: absent, null, or an object of bounded size.
 *
 * @throws Fault BAD_USER_INPUT when it is something else or holds a key by which a prototype could be replaced;
 *   TOO_COMPLEX when it is too large.
 */
export function checkVariables(variables: unknown, limits: AdmissionLimits): void {
  if (variables === undefined || variables === null) return
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    throw badInput('variables', 'Variables must be an object, with a member for each variable.')
  }
  checkSize('variables', variables, limits)
}

/** The same for `extensions`. What is no object there is refused where they are read. */
export function checkExtensions(extensions: unknown, limits: AdmissionLimits): void {
  if (typeof extensions === 'object' && extensions !== null) checkSize('extensions', extensions, limits)
}

function checkSize(field: string, root: object, limits: AdmissionLimits): void {
  let nodes = 0
  // Not a member of the depth: it is the frame that every value stands in.
  checkMembers(root, 0)

  function check(value: unknown, depth: number): void {
    if (++nodes > limits.valueNodes) throw tooLarge(field, `${number(limits.valueNodes)} values`)
    if (typeof value === 'string') checkText(field, value, limits)
    if (typeof value !== 'object' || value === null) return
    checkDepth(field, depth + 1, limits)
    if (Array.isArray(value)) checkList(value, depth + 1)
    else checkMembers(value, depth + 1)
  }

  function checkList(list: readonly unknown[], depth: number): void {
    checkLength(field, list.length, limits)
    for (const member of list) check(member, depth)
  }

  function checkMembers(object: object, depth: number): void {
    for (const key of Object.keys(object)) {
      checkKey(field, key)
      check(object[key as never], depth)
    }
  }
}

/** @throws Fault TOO_COMPLEX when a value written into the document is larger than a variable might be. */
export function checkLiteral(value: ValueNode, limits: AdmissionLimits, depth = 0): void {
  if (value.kind === Kind.STRING) checkText('query', value.value, limits)
  if (value.kind !== Kind.LIST && value.kind !== Kind.OBJECT) return
  checkDepth('query', depth + 1, limits)
  if (value.kind === Kind.OBJECT) {
    for (const field of value.fields) checkLiteral(field.value, limits, depth + 1)
    return
  }
  checkLength('query', value.values.length, limits)
  for (const member of value.values) checkLiteral(member, limits, depth + 1)
}

/** @throws Fault TOO_COMPLEX when one text is too long, BAD_USER_INPUT when no table could hold it. */
export function checkText(field: string, text: string, { textLength }: AdmissionLimits): void {
  if (text.includes('\0')) throw badInput(field, 'A text holds a zero byte.', 'Leave it out.')
  if (!text.isWellFormed()) throw badInput(field, 'A text holds half a character.', 'Leave it out.')
  if (text.length > textLength) throw tooLarge(field, `${number(textLength)} characters in one text`)
}

function checkLength(field: string, length: number, { listLength }: AdmissionLimits): void {
  if (length > listLength) throw tooLarge(field, `${number(listLength)} members in one list`)
}

function checkDepth(field: string, depth: number, { valueDepth }: AdmissionLimits): void {
  if (depth > valueDepth) throw tooLarge(field, `${number(valueDepth)} objects and lists inside each other`)
}

function tooLarge(field: string, most: string): Fault {
  const remedy = 'Send it in parts, each with an operation of its own.'
  return new Fault('TOO_COMPLEX', `The values are too large: at most ${most}.`, { field, remedy })
}
