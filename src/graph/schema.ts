import 'reflect-metadata'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { printSchemaWithDirectives } from '@graphql-tools/utils'
import {
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql'
import { buildSchemaSync, createResolversMap, getMetadataStorage, type PubSub } from 'type-graphql'
import { DateTime } from '../contract/scalars.ts'
import { referenceResolver } from '../planner/federation.ts'
import { describedField, fieldMark } from '../planner/marks.ts'
import { wirePlainPath } from '../planner/plain.ts'
import { Planner, type PlannerOptions } from '../planner/planner.ts'
import { recordMutations } from './mutations.ts'
import { sortArguments } from './reading-order.ts'
import { resolvers } from './resolvers.ts'

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])`

/**
 * The hub's schema as a federated subgraph, planned and executable. `schema` answers under graphql-js too; the
 * planner answers queries faster.
 */
export function createPlannedSchema(options: Omit<PlannerOptions, 'schema'>): Planner {
  const schema = buildHubSchema(() => planner)
  recordMutations(schema)
  const planner: Planner = new Planner({ ...options, schema })
  wirePlainPath(schema, planner)
  return planner
}

/** The contract as a schema, of which nothing can be asked: for what is made of its types. */
export function hubSchema(): GraphQLSchema {
  return buildTypedSchema()
}

/** The contract: the SDL that is committed as `schema/hub.graphql`. */
export function hubSdl(): string {
  return sdlOf(buildTypedSchema())
}

function sdlOf(schema: GraphQLSchema): string {
  return `${FEDERATION}\n\n${printSchemaWithDirectives(schema)}\n`
}

function buildTypedSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [...resolvers],
    scalarsMap: [{ type: Date, scalar: DateTime }],
    pubSub: NO_TOPICS,
    validate: false,
    // Federation's directives are known to the subgraph schema only.
    skipCheck: true,
  })
  markDescribed(schema)
  sortArguments(schema)
  return schema
}

/** Every subscription brings its own events (`context.changesOf`), but type-graphql insists on topics to choose from. */
const NO_TOPICS: PubSub = {
  publish: noTopic,
  subscribe: noTopic,
}

function noTopic(): never {
  throw new Error('a subscription here has `subscribe`, and no topics')
}

function buildHubSchema(planner: () => Planner): GraphQLSchema {
  const typed = buildTypedSchema()
  const resolversMap = createResolversMap(typed) as Record<string, Record<string, unknown>>
  for (const type of Object.values(typed.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || isRoot(typed, type)) continue
    // Every object type gets one: without, Apollo would echo what the caller sent as the entity.
    resolversMap[type.name]!.__resolveReference = referenceResolver(planner, type.name)
  }
  const schema = buildSubgraphSchema([
    {
      typeDefs: parse(sdlOf(typed)),
      resolvers: resolversMap as never,
    },
  ])
  copyExtensions(typed, schema)
  return schema
}

function isRoot(schema: GraphQLSchema, type: GraphQLObjectType): boolean {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(type)
}

/** Every field with a resolver of ours returns a description; type-graphql also gives plain fields a resolver. */
function markDescribed(schema: GraphQLSchema): void {
  const described = new Set(
    getMetadataStorage().fieldResolvers.map(
      ({ getObjectType, methodName }) => `${getObjectType?.().name}.${methodName}`,
    ),
  )
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    const owners = [type.name, ...type.getInterfaces().map(({ name }) => name)]
    for (const field of Object.values(type.getFields())) {
      if (fieldMark(field)?.late) continue
      const isDescribed =
        type === schema.getQueryType() || owners.some((owner) => described.has(`${owner}.${field.name}`))
      if (isDescribed) field.extensions = { ...field.extensions, ...describedField() }
    }
  }
}

/** The subgraph schema is built from SDL, which knows nothing of extensions. */
function copyExtensions(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const type of Object.values(from.getTypeMap())) {
    const copy = to.getType(type.name)
    if (!copy || type.name.startsWith('__')) continue
    copy.extensions = { ...type.extensions, ...copy.extensions }
    if (!hasFields(type) || !hasFields(copy)) continue
    for (const field of Object.values(type.getFields())) {
      copy.getFields()[field.name]!.extensions = { ...field.extensions }
    }
  }
}

function hasFields(type: GraphQLNamedType): type is GraphQLObjectType | GraphQLInterfaceType {
  return isObjectType(type) || isInterfaceType(type)
}
