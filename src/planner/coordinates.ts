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
import { getOrSet } from '../kernel/get-or-set.ts'

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
  return getOrSet(known, operation, () => collect(schema, document, operation))
}

/** An operation and the fragments it reaches. */
export function definitionsOf(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (OperationDefinitionNode | FragmentDefinitionNode)[] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const reached: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation]
  // The list grows while it is walked; each fragment once, though it can be spread a thousand times.
  for (const definition of reached) {
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value)
        fragments.delete(name.value)
        if (fragment) reached.push(fragment)
      },
    })
  }
  return reached
}

function collect(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Coordinates {
  const found = new Set<string>()
  const typeInfo = new TypeInfo(schema)
  const fields = visitWithTypeInfo(typeInfo, {
    Field({ name }) {
      const parent = typeInfo.getParentType()
      const types = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent]
      for (const type of types) {
        if (isObjectType(type) && type.getFields()[name.value]) found.add(`${type.name}.${name.value}`)
      }
    },
  })
  for (const definition of definitionsOf(document, operation)) visit(definition, fields)
  return found
}
