import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** Fields as `Type.field`, of object types only: a field of an interface stands for that of every type of it. */
export type Coordinates = ReadonlySet<string>

const known = new WeakMap<OperationDefinitionNode, Coordinates>()

/**
 * The fields that an operation of a valid document may select, whatever its variables skip; kept per parsed
 * operation.
 */
export function coordinatesOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Coordinates {
  let coordinates = known.get(operation)
  if (!coordinates) {
    coordinates = collect(schema, document, operation)
    known.set(operation, coordinates)
  }
  return coordinates
}

function collect(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Coordinates {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const found = new Set<string>()
  const waiting: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation]
  for (let definition = waiting.pop(); definition; definition = waiting.pop()) {
    const typeInfo = new TypeInfo(schema)
    visit(
      definition,
      visitWithTypeInfo(typeInfo, {
        Field({ name }) {
          const parent = typeInfo.getParentType()
          const types = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent]
          for (const type of types) {
            if (isObjectType(type) && type.getFields()[name.value]) found.add(`${type.name}.${name.value}`)
          }
        },
        FragmentSpread({ name }) {
          const fragment = fragments.get(name.value)
          // Each fragment once: it can be spread a thousand times.
          fragments.delete(name.value)
          if (fragment) waiting.push(fragment)
        },
      }),
    )
  }
  return found
}
