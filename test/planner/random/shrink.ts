import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
} from 'graphql'

export interface Case {
  readonly text: string
  readonly variables: Record<string, unknown>
}

const REMOVABLE: readonly string[] = [
  Kind.FIELD,
  Kind.INLINE_FRAGMENT,
  Kind.FRAGMENT_SPREAD,
  Kind.ARGUMENT,
  Kind.OBJECT_FIELD,
  Kind.DIRECTIVE,
]

/** The smallest operation found that still fails, by leaving out one part after the other; at most `tries` tries. */
export async function shrunk(
  schema: GraphQLSchema,
  failing: Case,
  fails: (candidate: Case) => Promise<boolean>,
  tries = 400,
): Promise<Case> {
  let smallest = failing
  for (let n = 0; tries > 0; tries--) {
    const document = without(parse(smallest.text), n)
    if (!document) return smallest
    const candidate = cleaned(document, smallest.variables)
    const isValid = validate(schema, parse(candidate.text)).length === 0
    if (isValid && (await fails(candidate))) smallest = candidate
    else n++
  }
  return smallest
}

/** The document without its n-th removable part; undefined when it has fewer. */
function without(document: DocumentNode, n: number): DocumentNode | undefined {
  let removable: ASTNode | undefined
  let seen = 0
  visit(document, {
    enter(node) {
      if (!REMOVABLE.includes(node.kind) || seen++ < n) return undefined
      removable = node
      return BREAK
    },
  })
  return removable && visit(document, { enter: (node) => (node === removable ? null : undefined) })
}

/** Drops selections, fragments and variables that nothing is left of. */
function cleaned(document: DocumentNode, variables: Record<string, unknown>): Case {
  let before: string
  let text = print(document)
  do {
    before = text
    const used = new Set<string>()
    const parsed = parseOrUndefined(text)
    if (!parsed) return { text: '{ __typename }', variables: {} }
    visit(parsed, {
      FragmentSpread: (node) => void used.add(`...${node.name.value}`),
      Variable: (node, _key, parent) =>
        void ((parent as ASTNode).kind !== Kind.VARIABLE_DEFINITION && used.add(`$${node.name.value}`)),
    })
    text = print(
      visit(parsed, {
        FragmentDefinition: (node) => (used.has(`...${node.name.value}`) ? undefined : null),
        VariableDefinition: (node) => (used.has(`$${node.variable.name.value}`) ? undefined : null),
      }),
    )
  } while (text !== before)
  const given = Object.entries(variables).filter(([name]) => text.includes(`$${name}`))
  return { text, variables: Object.fromEntries(given) }
}

function parseOrUndefined(text: string): DocumentNode | undefined {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}
