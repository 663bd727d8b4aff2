import {
  type DocumentNode,
  type GraphQLEnumType,
  type GraphQLInputObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  type OperationDefinitionNode,
} from 'graphql'
import { Fault } from '../kernel/errors.ts'
import { coordinatesOf } from '../planner/coordinates.ts'
import { typeMark } from '../planner/marks.ts'
import { mayRead } from './answers.ts'
import { inputsOf } from './inputs.ts'
import type { Permission } from './permission.ts'
import type { Needed, Policy } from './policy.ts'
import type { Viewer } from './viewer.ts'

/** Which fields each viewer may ask for. */
export interface FieldRules {
  /**
   * Refuses an operation that selects, filters by or orders by what the viewer may not read. It names the first such
   * field; nothing has run by then.
   *
   * @throws Fault UNAUTHENTICATED without a token, FORBIDDEN with one.
   */
  check(document: DocumentNode, operation: OperationDefinitionNode, viewer: Viewer, variables: unknown): void
}

/**
 * The field rules of all rooms together.
 *
 * @throws Error that lists every field without a policy, and every policy without a field.
 */
export function fieldRules(schema: GraphQLSchema, policies: readonly Policy[]): FieldRules {
  const needs = neededByField(policies)
  const reads = readByInput(policies)
  const problems = [...unknown(schema, needs, reads), ...forgotten(schema, needs, reads)]
  if (problems.length > 0) throw new Error(`the access rules do not fit the schema:\n${problems.join('\n')}`)
  return {
    check: (document, operation, viewer, variables) => {
      for (const coordinate of coordinatesOf(schema, document, operation)) {
        const needed = needs.get(coordinate)
        if (needed && !mayRead(viewer, needed)) throw refusal(viewer, coordinate, needed as Permission)
      }
      for (const coordinate of inputsOf(schema, document, operation, variables)) {
        const needed = needs.get(reads.get(coordinate) ?? '')
        if (needed && !mayRead(viewer, needed)) throw refusal(viewer, coordinate, needed as Permission)
      }
    },
  }
}

/** What each field of an object type needs, by `Type.field`; nothing of those that no policy speaks of. */
export function neededByField(policies: readonly Policy[]): ReadonlyMap<string, Needed> {
  return new Map(
    policies
      .flatMap(({ fields = {} }) => Object.entries(fields))
      .flatMap(([type, byPermission]) =>
        Object.entries(byPermission).flatMap(([needed, names]) =>
          names.map((name) => [`${type}.${name}`, needed as Needed] as const),
        ),
      ),
  )
}

/** Which field each field of an input type, or value of an enum of orders, reads: both as `Type.name`. */
export function readByInput(policies: readonly Policy[]): ReadonlyMap<string, string> {
  return new Map(
    policies
      .flatMap(({ inputs = {} }) => Object.entries(inputs))
      .flatMap(([type, reads]) =>
        Object.entries(reads).map(([name, read]) => [`${type}.${name}`, read] as const),
      ),
  )
}

/** What a viewer is told who asks for too much. */
function refusal({ subject }: Viewer, coordinate: string, needed: Permission): Fault {
  const message = `${coordinate} needs the permission ${needed}.`
  return subject === undefined
    ? new Fault('UNAUTHENTICATED', message, { remedy: 'Send a token that has it: Authorization: Bearer …' })
    : new Fault('FORBIDDEN', message, { remedy: 'Leave it out, or ask for a token that has it.' })
}

function* unknown(
  schema: GraphQLSchema,
  needs: ReadonlyMap<string, Needed>,
  reads: ReadonlyMap<string, string>,
) {
  for (const coordinate of needs.keys()) {
    const [typeName, name] = coordinate.split('.') as [string, string]
    const type = schema.getType(typeName)
    if (!isObjectType(type) || !type.getFields()[name]) yield `${coordinate} has a policy, but is no field`
  }
  for (const [coordinate, read] of reads) {
    const [typeName, name] = coordinate.split('.') as [string, string]
    const type = schema.getType(typeName)
    const known = isInputObjectType(type)
      ? type.getFields()[name]
      : isEnumType(type)
        ? type.getValue(name)
        : undefined
    if (!known) yield `${coordinate} has a policy, but is no input`
    if (!needs.has(read)) yield `${coordinate} reads ${read}, which has no policy`
  }
}

function* forgotten(
  schema: GraphQLSchema,
  needs: ReadonlyMap<string, Needed>,
  reads: ReadonlyMap<string, string>,
) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('_')) continue
    if (isObjectType(type)) {
      if (isStructural(typeMark(type)?.kind)) continue
      for (const name of Object.keys(type.getFields())) {
        if (!name.startsWith('_') && !needs.has(`${type.name}.${name}`))
          yield `${type.name}.${name} has no policy`
      }
    } else if (isInputObjectType(type) || isOrder(type, schema)) {
      for (const name of Object.keys(namesOf(type as GraphQLInputObjectType | GraphQLEnumType))) {
        if (!reads.has(`${type.name}.${name}`))
          yield `${type.name}.${name} has no policy: say which field it reads`
      }
    }
  }
}

/** The parts of a connection show nothing that its nodes and the field that leads to it do not. */
function isStructural(kind: string | undefined): boolean {
  return kind === 'connection' || kind === 'edge' || kind === 'pageInfo'
}

function namesOf(type: GraphQLInputObjectType | GraphQLEnumType): Record<string, unknown> {
  return isEnumType(type)
    ? Object.fromEntries(type.getValues().map(({ name }) => [name, true]))
    : type.getFields()
}

/** An enum that an argument named `orderBy` takes. */
function isOrder(type: unknown, schema: GraphQLSchema): boolean {
  if (!isEnumType(type)) return false
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((owner) => Object.values(owner.getFields()))
    .some(({ args }) => args.some((arg) => arg.name === 'orderBy' && getNamedType(arg.type) === type))
}
