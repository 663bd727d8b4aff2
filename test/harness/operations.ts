import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, graphql } from 'graphql'
import { Fault } from '../../src/kernel/errors.ts'
import { JsonText, plannedResponses, spliceJsonText } from '../../src/planner/apollo.ts'
import type { PlannedRequest, Planner } from '../../src/planner/planner.ts'
import { keep, keepAnswer, keepStatements } from './outputs.ts'

/** What a test needs of a hub, so that planned schemas of the tests' own can be asked in the same way. */
export interface Asked {
  readonly planner: Planner
  context(facts: object): PlannedRequest
}

export type Variables = Record<string, unknown>

export interface AnsweredError {
  readonly message: string
  /** Absent for an operation that was refused before anything ran. */
  readonly path?: readonly (string | number)[]
  readonly code?: string
  /** The input field at fault. */
  readonly field?: string
}

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: the data of an operation has the operation's shape.
  readonly data: any
  readonly errors?: readonly AnsweredError[]
  /** How many statements it took. */
  readonly statements: number
  /** The statements themselves, in the order in which they ended. */
  readonly sql: readonly string[]
  /** Whether the text of the answer was spliced, or graphql-js put it together. */
  readonly path: 'fast' | 'plain'
}

const servers = new WeakMap<Planner, ApolloServer<PlannedRequest>>()

/** Answers as the server does: through a real ApolloServer, whose responses the planner splices. */
export async function runFast(
  hub: Asked,
  query: string,
  variables: Variables = {},
  operationName?: string,
): Promise<Answer> {
  return askServer(serverOf(hub.planner), hub.context({}), { query, variables, operationName })
}

/** What a caller sends. */
export interface SentOperation {
  readonly query: string
  readonly variables?: Variables
  readonly operationName?: string | undefined
}

/** Asks a server in one request, whose context carries who asks. */
export async function askServer<Request extends PlannedRequest>(
  server: ApolloServer<Request>,
  contextValue: Request,
  operation: SentOperation,
): Promise<Answer> {
  const { body } = await server.executeOperation(operation, { contextValue })
  if (body.kind !== 'single') throw new Error('an answer in parts')
  const spliced = body.singleResult.data instanceof JsonText
  const text = spliceJsonText(body.singleResult)
  keepAnswer('answer', operation.query, text)
  const { data, errors } = JSON.parse(text) as {
    data?: unknown
    errors?: readonly GraphQLFormattedError[]
  }
  return answer(contextValue, spliced ? 'fast' : 'plain', data, errors)
}

/** Answers through graphql-js alone, with the same schema and the same descriptions. */
export async function runPlain(
  hub: Asked,
  query: string,
  variables: Variables = {},
  operationName?: string,
): Promise<Answer> {
  const contextValue = hub.context({})
  const { schema } = hub.planner.model
  const result = await graphql({
    schema,
    source: query,
    variableValues: variables,
    contextValue,
    operationName,
  })
  const errors = formattedErrors(result)
  // Without the data: it is compared with that of the fast path, which is kept.
  if (errors) keep('answer', JSON.stringify(errors))
  return answer(contextValue, 'plain', asJson(result.data), errors)
}

/** Errors as the tests compare them. */
export function formattedErrors({ errors }: ExecutionResult): readonly GraphQLFormattedError[] | undefined {
  return errors?.map((error) => formatted(error.toJSON(), error))
}

function serverOf(planner: Planner): ApolloServer<PlannedRequest> {
  let server = servers.get(planner)
  if (!server) {
    server = startedServer<PlannedRequest>(planner)
    servers.set(planner, server)
  }
  return server
}

/** A real ApolloServer over a planned schema, set up as the hub's own is. */
export function startedServer<Request extends PlannedRequest>(
  planner: Planner,
  plugins: readonly ApolloServerPlugin<Request>[] = [],
): ApolloServer<Request> {
  const server = new ApolloServer<Request>({
    schema: planner.model.schema,
    introspection: true,
    plugins: [plannedResponses<Request>(planner), ...plugins, ApolloServerPluginInlineTraceDisabled()],
    stringifyResult: spliceJsonText,
    formatError: formatted,
    stopOnTerminationSignals: false,
  })
  server.startInBackgroundHandlingStartupErrorsByLoggingAndFailingAllRequests()
  return server
}

function formatted(error: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  // A plugin's error is wrapped as a resolver's is, but has no path by which Apollo would unwrap it.
  const fault = thrown instanceof GraphQLError ? thrown.originalError : thrown
  // Apollo calls everything internal that nobody gave a code; graphql-js gives none.
  if (!(fault instanceof Fault)) return { ...error, extensions: {} }
  return { ...error, message: fault.message, extensions: { code: fault.code, field: fault.field } }
}

function answer(
  context: PlannedRequest,
  path: Answer['path'],
  data: unknown,
  errors: readonly GraphQLFormattedError[] | undefined,
): Answer {
  const sql = (context.trace ?? []).map(({ statement }) => statement)
  keepStatements(sql)
  return {
    data,
    ...(errors && { errors: errors.map(answeredError) }),
    statements: sql.length,
    sql,
    path,
  }
}

function answeredError({ message, path, extensions }: GraphQLFormattedError): AnsweredError {
  const { code, field } = (extensions ?? {}) as { code?: string; field?: string }
  return { message, ...(path && { path }), ...(code && { code }), ...(field && { field }) }
}

/** graphql-js makes objects without a prototype, which no parsed JSON is equal to. */
function asJson(data: unknown): unknown {
  return data === undefined ? undefined : JSON.parse(JSON.stringify(data))
}
