import {
  defaultTypeResolver,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql'
import { isDescription } from './description.ts'
import { allEntitiesOrNone } from './federation.ts'
import { CONCRETE_TYPE } from './plan.ts'
import type { PlannedRequest, Planner } from './planner.ts'
import { selectedByExecution } from './selection.ts'

/**
 * Makes a schema's own resolvers work under graphql-js, for mutations, subscriptions and mixed operations: a
 * resolver that returns a description has it fetched by the planner, and the fields of planned types read what
 * was fetched by response key, so that their describing resolvers never run per row.
 */
export function wirePlainPath(schema: GraphQLSchema, planner: Planner): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    if (isObjectType(type)) {
      const planned = planner.model.find(type.name) !== undefined
      for (const field of Object.values(type.getFields())) {
        if (planned) {
          field.resolve = planner.isLate(type, field)
            ? resolveLate(field.resolve!)
            : readByResponseKey(field.type)
        } else if (field.resolve) {
          const resolve =
            field.name === '_entities' ? allEntitiesOrNone(field.resolve, planner) : field.resolve
          field.resolve = fetchDescribed(resolve, planner)
        }
      }
    } else if (isAbstractType(type)) {
      const { resolveType } = type
      type.resolveType = (value, context, info, abstractType) =>
        (value as Record<string, string>)[CONCRETE_TYPE] ??
        (resolveType ?? defaultTypeResolver)(value, context, info, abstractType)
    }
  }
}

function fetchDescribed(
  resolve: GraphQLFieldResolver<unknown, unknown>,
  planner: Planner,
): GraphQLFieldResolver<unknown, PlannedRequest> {
  return async (source, args, request, info) => {
    const failure = info.path.prev === undefined ? request.failures?.get(String(info.path.key)) : undefined
    if (failure !== undefined) throw failure
    const result = await resolve(source, args, request, info)
    if (!isDescription(result)) return result
    return planner.described(result, selectedByExecution(info), info.variableValues, request)
  }
}

function readByResponseKey(type: GraphQLOutputType): GraphQLFieldResolver<Record<string, unknown>, unknown> {
  const toInternal = internalValue(type)
  return (source, _args, _context, info) => {
    const fetched = source[String(info.path.key)]
    return fetched === null || !toInternal ? fetched : toInternal(fetched)
  }
}

/** A late field's own resolver, which is given the key of its row. */
function resolveLate(
  resolve: GraphQLFieldResolver<unknown, unknown>,
): GraphQLFieldResolver<Record<string, unknown>, unknown> {
  return (source, args, context, info) => resolve(source[String(info.path.key)], args, context, info)
}

/** graphql-js serializes what a resolver returns; planned values are serialized already, so this goes back. */
function internalValue(type: GraphQLOutputType): ((fetched: unknown) => unknown) | undefined {
  const named = getNamedType(type)
  let ofOne: ((fetched: unknown) => unknown) | undefined
  if (isEnumType(named)) ofOne = (name) => named.getValue(String(name))?.value
  else if (isScalarType(named) && !isSpecifiedScalarType(named)) ofOne = (json) => named.parseValue(json)
  if (!ofOne) return undefined
  const toInternal = ofOne
  if (!isListType(getNullableType(type))) return toInternal
  return (fetched) => (fetched as unknown[]).map((item) => (item === null ? null : toInternal(item)))
}
