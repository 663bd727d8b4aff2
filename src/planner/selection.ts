import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeNameMetaFieldDef,
  visit,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import { getArgumentValues } from 'graphql/execution/values.js'
import { type Fragments, fragmentsOf } from './fragments.ts'

/** The variables of an operation after coercion. */
export type Variables = Readonly<Record<string, unknown>>

const MOST_OUTCOMES = 32

/**
 * One selected field: fragments merged, `@skip` and `@include` applied. What depends only on the document is
 * computed once and kept; arguments are read per request, because variables differ.
 */
export class SelectedField {
  readonly #below = new Map<string, readonly SelectedField[]>()
  #literalArgs: Record<string, unknown> | undefined
  #usesVariables: boolean | undefined

  constructor(
    /** The response key: the alias, or the name. */
    readonly key: string,
    readonly definition: GraphQLField<unknown, unknown>,
    readonly nodes: readonly FieldNode[],
    readonly schema: GraphQLSchema,
    readonly fragments: Fragments,
    readonly directiveVariables: Variables,
  ) {}

  get isTypename(): boolean {
    return this.definition === TypeNameMetaFieldDef
  }

  /** The fields selected below this one where its object is of the given type. */
  on(type: GraphQLObjectType): readonly SelectedField[] {
    let below = this.#below.get(type.name)
    if (!below) {
      const collected = collectSubfields(
        this.schema,
        this.fragments,
        this.directiveVariables,
        type,
        this.nodes,
      )
      below = selectedFields(collected, type, this.schema, this.fragments, this.directiveVariables)
      this.#below.set(type.name, below)
    }
    return below
  }

  /** The coerced arguments. Throws a GraphQLError when one is missing or wrong. */
  args(variables: Variables): Record<string, unknown> {
    if (this.#literalArgs) return this.#literalArgs
    const args = getArgumentValues(this.definition, this.nodes[0]!, variables as Record<string, unknown>)
    this.#usesVariables ??= usesVariables(this.nodes[0]!)
    if (!this.#usesVariables) this.#literalArgs = args
    return args
  }
}

/** The selection of a field that graphql-js is executing. */
export function selectedByExecution(info: GraphQLResolveInfo): SelectedField {
  const definition = info.parentType.getFields()[info.fieldName]!
  const key = String(info.path.key)
  return new SelectedField(key, definition, info.fieldNodes, info.schema, info.fragments, info.variableValues)
}

function usesVariables(node: FieldNode): boolean {
  let uses = false
  for (const argument of node.arguments ?? []) {
    visit(argument, {
      Variable() {
        uses = true
      },
    })
  }
  return uses
}

/** The selections of operations, kept per parsed document and per outcome of its `@skip` and `@include`. */
export class Selections {
  readonly #known = new WeakMap<OperationDefinitionNode, Known>()

  constructor(readonly schema: GraphQLSchema) {}

  /** The root fields of a query. */
  ofOperation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ): readonly SelectedField[] {
    let known = this.#known.get(operation)
    if (!known) {
      known = { fragments: fragmentsOf(document), deciding: decidingVariables(document), roots: new Map() }
      this.#known.set(operation, known)
    }
    const directiveVariables = Object.fromEntries(known.deciding.map((name) => [name, variables[name]]))
    const outcome = JSON.stringify(directiveVariables)
    let roots = known.roots.get(outcome)
    if (!roots) {
      const type = this.schema.getQueryType()!
      const { selectionSet } = operation
      const collected = collectFields(this.schema, known.fragments, directiveVariables, type, selectionSet)
      roots = selectedFields(collected, type, this.schema, known.fragments, directiveVariables)
      // A document with n deciding variables has 2^n outcomes; a hostile caller must not fill the memory with them.
      if (known.roots.size >= MOST_OUTCOMES) known.roots.clear()
      known.roots.set(outcome, roots)
    }
    return roots
  }
}

interface Known {
  readonly fragments: Fragments
  readonly deciding: readonly string[]
  readonly roots: Map<string, readonly SelectedField[]>
}

function selectedFields(
  collected: ReadonlyMap<string, readonly FieldNode[]>,
  type: GraphQLObjectType,
  schema: GraphQLSchema,
  fragments: Fragments,
  directiveVariables: Variables,
): readonly SelectedField[] {
  const fields = type.getFields()
  const selected: SelectedField[] = []
  for (const [key, nodes] of collected) {
    const name = nodes[0]!.name.value
    const definition = name === '__typename' ? TypeNameMetaFieldDef : fields[name]
    // A meta field such as __schema is nobody's description: it keeps the operation off the fast path.
    if (definition) {
      selected.push(new SelectedField(key, definition, nodes, schema, fragments, directiveVariables))
    } else if (name.startsWith('__')) {
      throw new NotPlanned(name)
    }
  }
  return selected
}

/** Thrown for an operation that selects what no planner can answer (introspection). */
export class NotPlanned extends Error {}

/** The variables that decide which fields are selected. */
function decidingVariables(document: DocumentNode): string[] {
  const names = new Set<string>()
  visit(document, {
    Directive(directive) {
      for (const argument of directive.arguments ?? []) {
        if (argument.value.kind === Kind.VARIABLE) names.add(argument.value.name.value)
      }
    },
  })
  return [...names].sort()
}
