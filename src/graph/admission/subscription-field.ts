import { Kind, type OperationDefinitionNode, OperationTypeNode, type SelectionSetNode } from 'graphql'
import { badInput } from '../../kernel/errors.ts'
import type { Fragments } from '../../planner/fragments.ts'

/**
 * Refuses a subscription whose one field may be left out. The specification forbids it; graphql-js throws over it in the
 * midst of validation when a variable decides, and in the midst of subscribing when it is a constant.
 *
 * @throws Fault BAD_USER_INPUT.
 */
export function checkSubscriptionField(operation: OperationDefinitionNode, fragments: Fragments): void {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return
  // A set grows while it is walked, and holds each fragment once.
  const atRoot = new Set<SelectionSetNode>([operation.selectionSet])
  for (const { selections } of atRoot) {
    for (const selection of selections) {
      if (selection.directives?.some(({ name }) => name.value === 'skip' || name.value === 'include')) {
        throw badInput('query', 'The field of a subscription cannot be left out.')
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) atRoot.add(selection.selectionSet)
      if (selection.kind !== Kind.FRAGMENT_SPREAD) continue
      const fragment = fragments[selection.name.value]
      if (fragment) atRoot.add(fragment.selectionSet)
    }
  }
}
