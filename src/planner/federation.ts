import DataLoader from 'dataloader'
import type { FieldNode, GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql'
import { badInput } from '../kernel/errors.ts'
import { getOrSet } from '../kernel/get-or-set.ts'
import type { PlannedType } from './model.ts'
import type { PlannedRequest, Planner } from './planner.ts'
import { type SelectedField, selectedByExecution, type Variables } from './selection.ts'

/** What a gateway sends for one entity: its type and the fields of its key. */
interface Representation {
  readonly __typename: string
  readonly [field: string]: unknown
}

/**
 * The JSON text of `_entities`: one statement per type, whatever the number of representations, and the answers
 * in the order in which they were asked for.
 */
export async function entitiesText(
  planner: Planner,
  field: SelectedField,
  variables: Variables,
  request: PlannedRequest,
): Promise<string> {
  const { representations } = field.args(variables) as { representations: readonly Representation[] }
  const positions = new Map<string, number[]>()
  representations.forEach(({ __typename }, i) => {
    getOrSet(positions, __typename, () => []).push(i)
  })
  const texts = new Array<string>(representations.length).fill('null')
  await Promise.all(
    [...positions].map(async ([typeName, at]) => {
      const planned = entityType(planner, typeName)
      const keys = at.map((i) => keyOf(planned, representations[i]!))
      const found = await planner.byKeys(planned, keys, field, variables, request, false)
      at.forEach((i, n) => {
        texts[i] = found[n] ?? 'null'
      })
    }),
  )
  return `[${texts.join(',')}]`
}

/** The plain path's `_entities`: what refuses one representation refuses the field, as on the fast path. */
export function allEntitiesOrNone(
  resolve: GraphQLFieldResolver<unknown, unknown>,
  planner: Planner,
): GraphQLFieldResolver<unknown, unknown> {
  return async (source, args, request, info) => {
    for (const representation of args.representations as readonly Representation[]) {
      keyOf(entityType(planner, representation.__typename), representation)
    }
    return Promise.all((await resolve(source, args, request, info)) as Iterable<unknown>)
  }
}

/**
 * `__resolveReference` for every planned type with a key. The references that one `_entities` field of one
 * request brings are collected and answered by one statement per type.
 */
export function referenceResolver(planner: () => Planner, typeName: string) {
  return async (
    reference: Representation,
    request: PlannedRequest,
    info: GraphQLResolveInfo,
  ): Promise<unknown> => {
    const planned = entityType(planner(), typeName)
    return loaderOf(planner(), planned, request, info).load(keyOf(planned, reference))
  }
}

type Loader = DataLoader<string, unknown>
const loaders = new WeakMap<PlannedRequest, Map<FieldNode, Map<string, Loader>>>()

function loaderOf(
  planner: Planner,
  planned: PlannedType,
  request: PlannedRequest,
  info: GraphQLResolveInfo,
): Loader {
  const ofRequest = getOrSet(loaders, request, () => new Map<FieldNode, Map<string, Loader>>())
  const ofField = getOrSet(ofRequest, info.fieldNodes[0]!, () => new Map<string, Loader>())
  return getOrSet(ofField, planned.type.name, () => {
    const field = selectedByExecution(info)
    return new DataLoader(async (keys) => {
      const texts = await planner.byKeys(planned, [...keys], field, info.variableValues, request, true)
      return texts.map((text) => (text === null ? null : JSON.parse(text)))
    })
  })
}

function entityType(planner: Planner, typeName: string): PlannedType {
  const planned = planner.model.find(typeName)
  if (planned?.mark.kind === 'entity' && planned.mark.key) return planned
  throw badInput('representations', 'A representation names a type that is not an entity of this subgraph.')
}

function keyOf({ mark, type }: PlannedType, representation: Representation): string {
  const key = mark.kind === 'entity' ? mark.key : undefined
  const value = key === undefined ? undefined : representation[key]
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw badInput('representations', `A representation of ${type.name} lacks its key "${key}".`)
}
