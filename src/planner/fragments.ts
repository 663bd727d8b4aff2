import { type DocumentNode, type FragmentDefinitionNode, Kind } from 'graphql'

/** Fragments by name; without a prototype that a fragment could be named after. */
export type Fragments = Record<string, FragmentDefinitionNode>

export function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments: Fragments = Object.create(null)
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
  }
  return fragments
}
