import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { getOrSet } from '../kernel/get-or-set.ts'
import { definitionsOf } from '../planner/coordinates.ts'

/** An operation's inputs, as far as its text says: those written in it, and the variables that bring the rest. */
interface Written {
  readonly coordinates: ReadonlySet<string>
  /** Fields whose value is a variable: they count unless it is null. */
  readonly perhaps: readonly { readonly coordinate: string; readonly variable: string }[]
  /** Variables with a default value, which stands in for those that are not given. */
  readonly defaulted: ReadonlySet<string>
  readonly variables: readonly { readonly name: string; readonly type: GraphQLInputType }[]
}

const known = new WeakMap<OperationDefinitionNode, Written>()

/**
 * The fields of input types and the values of enums that an operation brings, as `Type.name`. A field that is null asks
 * nothing.
 */
export function inputsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: unknown,
): Iterable<string> {
  const written = getOrSet(known, operation, () => read(schema, document, operation))
  if (written.variables.length === 0 && written.perhaps.length === 0) return written.coordinates
  const coordinates = new Set(written.coordinates)
  const given = (variables ?? {}) as Record<string, unknown>
  for (const { coordinate, variable } of written.perhaps) {
    const isGiven = given[variable] === undefined ? written.defaulted.has(variable) : given[variable] !== null
    if (isGiven) coordinates.add(coordinate)
  }
  for (const { name, type } of written.variables) addValue(given[name], type, coordinates)
  return coordinates
}

function read(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Written {
  const coordinates = new Set<string>()
  const perhaps: { coordinate: string; variable: string }[] = []
  const typeInfo = new TypeInfo(schema)
  const collect = visitWithTypeInfo(typeInfo, {
    ObjectField({ name, value }) {
      const parent = getNamedType(typeInfo.getParentInputType())
      if (!isInputObjectType(parent) || value.kind === Kind.NULL) return
      const coordinate = `${parent.name}.${name.value}`
      if (value.kind === Kind.VARIABLE) perhaps.push({ coordinate, variable: value.name.value })
      else coordinates.add(coordinate)
    },
    EnumValue({ value }) {
      const type = getNamedType(typeInfo.getInputType())
      if (type) coordinates.add(`${type.name}.${value}`)
    },
  })
  for (const definition of definitionsOf(document, operation)) visit(definition, collect)
  const definitions = operation.variableDefinitions ?? []
  const variables = definitions.flatMap(({ variable, type: node }) => {
    const type = typeFromAST(schema, node as never) as GraphQLInputType | undefined
    const named = type && getNamedType(type)
    const bringsInputs = isInputObjectType(named) || isEnumType(named)
    return type && bringsInputs ? [{ name: variable.name.value, type }] : []
  })
  const defaulted = definitions.flatMap(({ variable, defaultValue }) =>
    defaultValue && defaultValue.kind !== Kind.NULL ? [variable.name.value] : [],
  )
  return { coordinates, perhaps, defaulted: new Set(defaulted), variables }
}

function addValue(value: unknown, type: GraphQLInputType, coordinates: Set<string>): void {
  if (value === undefined || value === null) return
  const named = getNamedType(type)
  if (Array.isArray(value)) {
    for (const item of value) addValue(item, type, coordinates)
  } else if (isEnumType(named)) {
    coordinates.add(`${named.name}.${String(value)}`)
  } else if (isInputObjectType(named) && typeof value === 'object') {
    const fields = named.getFields()
    for (const [name, below] of Object.entries(value)) {
      const field = fields[name]
      if (!field || below === undefined || below === null) continue
      coordinates.add(`${named.name}.${name}`)
      addValue(below, field.type, coordinates)
    }
  }
}
