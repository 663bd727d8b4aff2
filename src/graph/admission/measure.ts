import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { badInput } from '../../kernel/errors.ts'
import { fragmentsOf } from '../../planner/fragments.ts'
import type { AdmissionLimits } from './limits.ts'
import { checkSubscriptionField } from './subscription-field.ts'
import { checkLiteral } from './values.ts'
import { within } from './within.ts'

/** How large a selection is once its fragments are spread. */
interface Size {
  /** Selections inside selections, fragments being selections too. */
  readonly levels: number
  /** Fields inside fields. */
  readonly height: number
  /** The same without `__schema`, `__type` and what they hold. */
  readonly depth: number
  /** Fields inside `__schema` and `__type`, that field included. */
  readonly introspectionDepth: number
  /** Fields of the selection itself. */
  readonly fields: number
  readonly aliases: number
  readonly selections: number
}

const NOTHING: Size = {
  levels: 0,
  height: 0,
  depth: 0,
  introspectionDepth: 0,
  fields: 0,
  aliases: 0,
  selections: 0,
}

/**
 * Checks how large a parsed document is. Every node is looked at once and every fragment measured once, however
 * often it is spread, so that the work grows with the text and not with what the text expands to.
 *
 * @throws Fault TOO_COMPLEX when a limit is passed; BAD_USER_INPUT when a fragment contains itself, or the field of a
 *   subscription may be left out.
 */
export function checkDocument(document: DocumentNode, limits: AdmissionLimits): void {
  const fragments = fragmentsOf(document)
  const measured = new Map<FragmentDefinitionNode, Size | 'begun'>()
  let operations = 0
  let directives = 0
  let level = 0

  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) sizeOfFragment(node)
    if (node.kind !== Kind.OPERATION_DEFINITION) continue
    within(limits.operations, ++operations, 'operations in one document')
    checkDirectives(node.directives)
    for (const { defaultValue, directives } of node.variableDefinitions ?? []) {
      if (defaultValue) checkLiteral(defaultValue, limits)
      checkDirectives(directives)
    }
    checkSubscriptionField(node, fragments)
    const { fields } = checked(sizeOfSelections(node.selectionSet))
    within(limits.rootFields, fields, 'root fields wide')
  }

  function sizeOfFragment(fragment: FragmentDefinitionNode): Size {
    const known = measured.get(fragment)
    if (known === 'begun') throw badInput('query', 'A fragment contains itself.')
    if (known) return known
    measured.set(fragment, 'begun')
    checkDirectives(fragment.directives)
    const size = checked(sizeOfSelections(fragment.selectionSet))
    measured.set(fragment, size)
    return size
  }

  function sizeOfSelections({ selections }: SelectionSetNode): Size {
    // Checked on the way down too: a chain of fragments must not exhaust the stack before its end is reached.
    within(limits.nesting, ++level, 'selections deep')
    const size = selections.map(sizeOfSelection).reduce(together, NOTHING)
    level--
    return size
  }

  function sizeOfSelection(selection: SelectionNode): Size {
    checkDirectives(selection.directives)
    const below = sizeBelow(selection)
    const [levels, selections] = [below.levels + 1, below.selections + 1]
    if (selection.kind !== Kind.FIELD) return { ...below, levels, selections }
    checkArguments(selection.arguments)
    const height = below.height + 1
    const introspects = ['__schema', '__type'].includes(selection.name.value)
    return {
      levels,
      height,
      depth: introspects ? 0 : below.depth + 1,
      introspectionDepth: introspects ? height : below.introspectionDepth,
      fields: 1,
      aliases: below.aliases + (selection.alias ? 1 : 0),
      selections,
    }
  }

  function sizeBelow(selection: SelectionNode): Size {
    if (selection.kind !== Kind.FRAGMENT_SPREAD) {
      return selection.selectionSet ? sizeOfSelections(selection.selectionSet) : NOTHING
    }
    // Whether the fragment exists is validation's to say.
    const fragment = fragments[selection.name.value]
    return fragment ? sizeOfFragment(fragment) : NOTHING
  }

  function checkDirectives(nodes: readonly DirectiveNode[] = []): void {
    for (const node of nodes) {
      within(limits.directives, ++directives, 'directives long')
      checkArguments(node.arguments)
    }
  }

  function checkArguments(nodes: readonly ArgumentNode[] = []): void {
    for (const { value } of nodes) checkLiteral(value, limits)
  }

  function checked(size: Size): Size {
    within(limits.nesting, size.levels, 'selections deep')
    within(limits.depth, size.depth, 'levels deep')
    within(limits.introspectionDepth, size.introspectionDepth, 'levels deep in the schema')
    within(limits.aliases, size.aliases, 'aliases long')
    within(limits.selections, size.selections, 'fields and fragments long')
    return size
  }
}

function together(a: Size, b: Size): Size {
  return {
    levels: Math.max(a.levels, b.levels),
    height: Math.max(a.height, b.height),
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    selections: a.selections + b.selections,
  }
}
