import { Kind, type ValueNode, visit } from 'graphql'
import { Purpose } from '../access/purpose.ts'
import { definitionsOf } from '../planner/coordinates.ts'
import type { Operation } from './gate.ts'

/**
 * Why an operation asks about people, as it says itself: the first `purpose` in its text or in an input of a variable.
 * For operations that are refused before their arguments are read.
 */
export function purposeOf({ document, operation, variables }: Operation): Purpose | undefined {
  const found: unknown[] = []
  const note = (value: ValueNode) => {
    if (value.kind === Kind.ENUM) found.push(value.value)
    if (value.kind === Kind.VARIABLE) found.push(variables?.[value.name.value])
  }
  for (const definition of definitionsOf(document, operation)) {
    visit(definition, {
      Argument: ({ name, value }) => (name.value === 'purpose' ? note(value) : undefined),
      ObjectField: ({ name, value }) => (name.value === 'purpose' ? note(value) : undefined),
    })
  }
  for (const value of Object.values(variables ?? {})) {
    found.push((value as { purpose?: unknown } | null | undefined)?.purpose)
  }
  return found.find((value): value is Purpose => typeof value === 'string' && Object.hasOwn(Purpose, value))
}
