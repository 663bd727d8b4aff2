import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { getOrSet } from '../kernel/get-or-set.ts'
import { fragmentsOf } from './fragments.ts'

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
): Iterable<OperationDefinitionNode | FragmentDefinitionNode> {
  const fragments = fragmentsOf(document)
  // A set grows while it is walked, and holds each fragment once, though it can be spread a thousand times.
  const reached = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation])
  for (const definition of reached) {
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments[name.value]
        if (fragment) reached.add(fragment)
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
