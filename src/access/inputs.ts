import {
  type DocumentNode,
  type FragmentDefinitionNode,
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

/** An operation's inputs, as far as its text says: those written in it, and the variables that bring the rest. */
interface Written {
  readonly coordinates: ReadonlySet<string>
  readonly variables: readonly { readonly name: string; readonly type: GraphQLInputType }[]
}

const known = new WeakMap<OperationDefinitionNode, Written>()

/** The fields of input types and the values of enums that an operation brings, as `Type.name`. */
export function inputsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: unknown,
): Iterable<string> {
  let written = known.get(operation)
  if (!written) {
    written = read(schema, document, operation)
    known.set(operation, written)
  }
  if (written.variables.length === 0) return written.coordinates
  const coordinates = new Set(written.coordinates)
  for (const { name, type } of written.variables) {
    addValue((variables as Record<string, unknown> | null | undefined)?.[name], type, coordinates)
  }
  return coordinates
}

function read(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Written {
  const coordinates = new Set<string>()
  const typeInfo = new TypeInfo(schema)
  const collect = visitWithTypeInfo(typeInfo, {
    ObjectField({ name }) {
      const parent = getNamedType(typeInfo.getParentInputType())
      if (isInputObjectType(parent)) coordinates.add(`${parent.name}.${name.value}`)
    },
    EnumValue({ value }) {
      const type = getNamedType(typeInfo.getInputType())
      if (type) coordinates.add(`${type.name}.${value}`)
    },
  })
  for (const definition of [operation, ...fragmentsOf(document)]) visit(definition, collect)
  const variables = (operation.variableDefinitions ?? []).flatMap(({ variable, type: node }) => {
    const type = typeFromAST(schema, node as never) as GraphQLInputType | undefined
    const named = type && getNamedType(type)
    const bringsInputs = isInputObjectType(named) || isEnumType(named)
    return type && bringsInputs ? [{ name: variable.name.value, type }] : []
  })
  return { coordinates, variables }
}

function fragmentsOf({ definitions }: DocumentNode): FragmentDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
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
      if (!field) continue
      coordinates.add(`${named.name}.${name}`)
      addValue(below, field.type, coordinates)
    }
  }
}
