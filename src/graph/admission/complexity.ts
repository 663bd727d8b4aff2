import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { type ComplexityEstimatorArgs, getComplexity } from 'graphql-query-complexity'
import type { Price } from '../../contract/cost.ts'
import { Fault } from '../../kernel/errors.ts'
import { getOrSet } from '../../kernel/get-or-set.ts'
import { DEFAULT_ROWS } from '../../planner/description.ts'
import { type Fragments, fragmentsOf } from '../../planner/fragments.ts'
import { fieldMark, typeMark } from '../../planner/marks.ts'
import { ADMISSION_LIMITS } from './limits.ts'
import { number } from './within.ts'

type Variables = Readonly<Record<string, unknown>>

/** Costs are added up in tenths of a row, the cost of a plain value, because whole numbers add up exactly. */
const VALUE = 1
/** An object, with the row it stands for. */
const ROW = 10
/** Rows of a list that nobody says more about: a worker has 3 lines, a program 2 budgets, a scope 9 payers. */
const ASSUMED_ROWS = 10
/** The schema told whole takes milliseconds of this process, which answers nobody else meanwhile. */
const INTROSPECTION = 2_000 * ROW

/** What a gateway asks for: a row per representation. */
const ENTITIES: Price<{ representations: readonly unknown[] }> = {
  rows: ({ representations }) => representations.length,
  reads: ['representations'],
}

/** Costs kept for one operation: the pages a caller asks for make a few, callers could make many. */
const MOST_REMEMBERED = 64

/**
 * What an operation costs in rows, from the pages it really asks for: see {@link Price}. Zero for one that cannot
 * be executed: a name that no operation has, or variables of the wrong type, which execution reports.
 *
 * @throws GraphQLError for an argument that is missing or wrong, and for a document too large to be looked through.
 */
export function complexityOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
  variables: Variables = {},
): number {
  const operation = getOperationAST(document, operationName)
  if (!operation) return 0
  return costOf(schema, document, operation, variables) ?? 0
}

/**
 * A check of every operation before it is executed. A cost is computed once for a parsed document and the
 * variables that can change it; after that it is looked up.
 *
 * The function throws Fault TOO_COMPLEX, and what {@link complexityOf} throws.
 */
export function createComplexityLimit(
  schema: GraphQLSchema,
  { maxComplexity }: { readonly maxComplexity: number },
): (document: DocumentNode, operationName?: string | null, variables?: Variables | null) => void {
  const read = readArguments(schema)
  const remembered = new WeakMap<OperationDefinitionNode, Remembered>()
  return (document, operationName, variables) => {
    const operation = getOperationAST(document, operationName)
    if (!operation) return
    const { deciding, costs } = getOrSet(remembered, operation, () => ({
      deciding: decidingVariables(document, read),
      costs: new Map(),
    }))
    const key = JSON.stringify(deciding.map((name) => essence(variables?.[name])))
    let cost = costs.get(key)
    if (cost === undefined) {
      cost = costOf(schema, document, operation, variables ?? {})
      if (cost === undefined) return
      if (costs.size >= MOST_REMEMBERED) costs.clear()
      costs.set(key, cost)
    }
    if (cost > maxComplexity) throw tooComplex(cost, maxComplexity)
  }
}

interface Remembered {
  readonly deciding: readonly string[]
  readonly costs: Map<string, number>
}

function tooComplex(cost: number, limit: number): Fault {
  return new Fault('TOO_COMPLEX', `The operation costs ${number(cost)}, and the limit is ${number(limit)}.`, {
    remedy: 'Ask for smaller pages (a smaller `first`), or for fewer levels of lists.',
  })
}

/** Undefined when the variables are of the wrong type. */
function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number | undefined {
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
    maxErrors: 1,
  })
  if (errors) return undefined
  const fragments = fragmentsOf(document)
  const cost = getComplexity({
    schema,
    // The one operation alone: the library adds up all that it finds.
    query: { kind: Kind.DOCUMENT, definitions: [operation, ...Object.values(fragments)] },
    variables,
    estimators: [(asked) => costOfField(fragments, asked)],
    // Ten times what admission lets through: only for a document that never passed it.
    maxQueryNodes: 10 * ADMISSION_LIMITS.selections,
  })
  return Math.ceil(cost / ROW)
}

function costOfField(
  fragments: Fragments,
  { type, field, node, args, childComplexity }: ComplexityEstimatorArgs,
): number {
  if (field.name.startsWith('__') || type.name.startsWith('__')) return costOfIntrospection(field)
  const price = field.name === '_entities' ? ENTITIES : (priceOf(field) ?? {})
  const [once, perRow] = [ROW * (price.once ?? 0), ROW * (price.perRow ?? 0)]
  const named = getNamedType(field.type)
  if (!isCompositeType(named)) return costOfValue(type, field, once)
  if (isConnection(named)) {
    const counts = timesSelected(node.selectionSet, 'totalCount', fragments)
    const counting = ROW * (priceOf(named.getFields().totalCount!)?.once ?? 0)
    return ROW + once + counts * counting + pageSize(args) * (perRow + childComplexity)
  }
  // The rows of a page are counted where the page is asked for.
  const rows = isListType(getNullableType(field.type)) && !isConnection(type) ? rowsOf(price, args) : 1
  return once + rows * (perRow + ROW + childComplexity)
}

/** Below the schema nothing is fetched: only how often it is told counts. */
function costOfIntrospection({ name }: GraphQLField<unknown, unknown>): number {
  return name === '__schema' || name === '__type' ? INTROSPECTION : 0
}

/** A value that a resolver describes is a subquery for every row; the count of a list is paid once, by its list. */
function costOfValue(
  type: GraphQLCompositeType,
  field: GraphQLField<unknown, unknown>,
  once: number,
): number {
  if (isConnection(type)) return 0
  return once + (fieldMark(field)?.described ? ROW : VALUE)
}

function isConnection(type: GraphQLCompositeType): type is GraphQLObjectType {
  return isObjectType(type) && typeMark(type)?.kind === 'connection'
}

function pageSize({ first }: { first?: number | null }): number {
  return Math.max(first ?? DEFAULT_ROWS, 1)
}

function rowsOf({ rows = ASSUMED_ROWS }: Price, args: object): number {
  return typeof rows === 'number' ? rows : rows(args as never)
}

function priceOf(field: GraphQLField<unknown, unknown>): Price | undefined {
  return field.extensions.complexity as Price | undefined
}

/** How many times a selection has a field of its own, fragments followed. */
function timesSelected(
  selectionSet: SelectionSetNode | undefined,
  name: string,
  fragments: Fragments,
  seen = new Set<string>(),
): number {
  let times = 0
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FIELD) {
      times += selection.name.value === name ? 1 : 0
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      times += timesSelected(selection.selectionSet, name, fragments, seen)
    } else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value)
      times += timesSelected(fragments[selection.name.value]?.selectionSet, name, fragments, seen)
    }
  }
  return times
}

/** The names of all arguments that a cost is computed from, on any field. */
function readArguments(schema: GraphQLSchema): ReadonlySet<string> {
  const names = new Set(['first', ...ENTITIES.reads!])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      for (const name of priceOf(field)?.reads ?? []) names.add(name)
    }
  }
  return names
}

/** The variables that decide what is selected, or stand where a cost is computed from. */
function decidingVariables(document: DocumentNode, read: ReadonlySet<string>): readonly string[] {
  const names = new Set<string>()
  const note = { Variable: ({ name }: { name: { value: string } }) => void names.add(name.value) }
  visit(document, {
    Directive: (directive) => void visit(directive, note),
    Argument: (argument) => {
      if (read.has(argument.name.value)) visit(argument, note)
    },
  })
  return [...names].sort()
}

/** What of a variable's value can change a cost: of a list its length only, so that long ones make short keys. */
function essence(value: unknown): unknown {
  // Unlike null, an absent variable has its default. No list is shown like this.
  if (value === undefined) return []
  if (Array.isArray(value)) return [value.length]
  if (typeof value === 'string') return value.length <= LONGEST_TOLD_APART ? value : ''
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([name, member]) => [name, essence(member)])
}

/** Months, dates, codes and enums are shorter. */
const LONGEST_TOLD_APART = 40
