import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isScalarType,
} from 'graphql'

/** A place in the contract where a caller writes a text: an argument, or a member of one. */
export interface TextPlace {
  /** `Query.workers(filter.area)` */
  readonly name: string
  /** The scalar there: `String`, `ID`, `AreaCode`, `Month` and so on. */
  readonly scalar: string
  /** An operation that writes the text there, in a variable. */
  operation(text: string): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }
}

/** Not texts: anything but a number or a truth value is refused by graphql-js before it is ours. */
const OTHERS: ReadonlySet<string> = new Set(['Int', 'Float', 'Boolean'])

/** Every place where a text is written, on every field that a query, a change or a subscription leads to. */
export function* textPlaces(schema: GraphQLSchema): Generator<TextPlace> {
  const [mutation, subscription] = [schema.getMutationType(), schema.getSubscriptionType()]
  const ways = new Map([
    ...waysFrom(schema.getQueryType()!, 'query'),
    ...(mutation ? waysFrom(mutation, 'mutation') : []),
    ...(subscription ? waysFrom(subscription, 'subscription') : []),
  ])
  for (const [type, way] of ways) {
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue
      for (const arg of field.args) {
        // What changes things names nobody beside the text that is attacked, so that nothing is changed.
        const id = type === mutation ? NOBODY : '1'
        for (const { scalar, path, build } of textsIn(arg.type, [], id)) {
          yield {
            name: `${type.name}.${field.name}(${[arg.name, ...path].join('.')})`,
            scalar,
            operation: (text) => ({
              query: way(`${field.name}(${argumentsOf(field, arg, id)})${selectionOf(field.type)}`, arg),
              variables: { v: build(text) },
            }),
          }
        }
      }
    }
  }
}

/** Fields of objects that take a text: `Query.worker`. */
export function fieldsWithTexts(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('_'))
    .flatMap((type) =>
      Object.values((type as GraphQLObjectType).getFields()).map((field) => ({ type, field })),
    )
    .filter(
      ({ field }) =>
        !field.name.startsWith('_') && field.args.some(({ type }) => !textsIn(type, []).next().done),
    )
    .map(({ type, field }) => `${type.name}.${field.name}`)
}

/** How one gets to an object of a type, with something selected there. */
type Way = (selection: string, arg: GraphQLArgument) => string

/** The shortest way to each type that a root leads to. */
function waysFrom(
  root: GraphQLObjectType,
  kind: 'query' | 'mutation' | 'subscription',
): Map<GraphQLObjectType, Way> {
  const ways = new Map<GraphQLObjectType, Way>([
    [root, (selection, { type }) => `${kind} ($v: ${type}) { ${selection} }`],
  ])
  // A map is walked in the order in which it grows.
  for (const [type, way] of ways) {
    if (kind !== 'query') break
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type)
      if (field.name.startsWith('_') || !isObjectType(next) || ways.has(next)) continue
      // Such a field is attacked itself; whatever it leads to, others lead to as well.
      if (field.args.some((arg) => isRequiredArgument(arg) && isInputObjectType(getNamedType(arg.type))))
        continue
      const args = argumentsOf(field)
      ways.set(next, (selection, arg) => way(`${field.name}${args && `(${args})`} { ${selection} }`, arg))
    }
  }
  return ways
}

/** Required arguments with ordinary values, and the one that is attacked. */
function argumentsOf(field: GraphQLField<unknown, unknown>, attacked?: GraphQLArgument, id = '1'): string {
  return field.args
    .filter((arg) => arg === attacked || isRequiredArgument(arg))
    .map((arg) => `${arg.name}: ${arg === attacked ? '$v' : literalOf(arg.type, id)}`)
    .join(', ')
}

function literalOf(type: GraphQLInputType, id: string): string {
  const value = ordinary(type, id)
  return isEnumType(getNamedType(type)) ? String(value) : JSON.stringify(value)
}

/** The plain values of a type, and of its first objects when it is a page. */
function selectionOf(type: GraphQLOutputType, depth = 0): string {
  const named = getNamedType(type)
  if (!isCompositeType(named)) return ''
  if (!isObjectType(named)) return ' { __typename }'
  const fields = Object.values(named.getFields()).filter(({ args }) => !args.some(isRequiredArgument))
  const values = fields.filter((field) => !isCompositeType(getNamedType(field.type))).map(({ name }) => name)
  const nodes = depth === 0 ? fields.filter(({ name }) => name === 'nodes') : []
  return ` { ${['__typename', ...values, ...nodes.map((field) => field.name + selectionOf(field.type, 1))].join(' ')} }`
}

interface TextInside {
  readonly scalar: string
  readonly path: readonly string[]
  /** The value of the argument with this text in its place, and ordinary ones in the others. */
  build(text: string): unknown
}

function* textsIn(type: GraphQLInputType, path: readonly string[], id = '1'): Generator<TextInside> {
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    for (const inside of textsIn(nullable.ofType, path, id))
      yield { ...inside, build: (text) => [inside.build(text)] }
  } else if (isScalarType(nullable) && !OTHERS.has(nullable.name)) {
    yield { scalar: nullable.name, path, build: (text) => text }
  } else if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields())
    for (const field of fields) {
      for (const inside of textsIn(field.type, [...path, field.name], id)) {
        yield {
          ...inside,
          build: (text) => ({ ...requiredOf(fields, id), [field.name]: inside.build(text) }),
        }
      }
    }
  }
}

function requiredOf(fields: readonly GraphQLInputField[], id: string): Record<string, unknown> {
  const required = fields.filter(isRequiredInputField)
  return Object.fromEntries(required.map(({ name, type }) => [name, ordinary(type, id)]))
}

/** What is written beside the text that is attacked. */
const ORDINARY: Readonly<Record<string, unknown>> = {
  AreaCode: '36.03.01',
  Rupiah: '1',
  Month: '2023-01',
  LocalDate: '2023-01-01',
  PersonToCheck: { nik: '1' },
}

/** An id that nothing has. */
const NOBODY = '999999999'

function ordinary(type: GraphQLInputType, id: string): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [ordinary(nullable.ofType, id)]
  if (isEnumType(nullable)) return nullable.getValues()[0]!.name
  if (nullable.name === 'ID') return id
  const known = ORDINARY[nullable.name]
  if (known !== undefined) return known
  return isInputObjectType(nullable) ? requiredOf(Object.values(nullable.getFields()), id) : 'x'
}
