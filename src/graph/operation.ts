import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { Context } from '../contract/context.ts'
import { badInput } from '../kernel/errors.ts'
import type { Admission } from './admission/admission.ts'
import type { AskedRequest } from './admission/asked.ts'
import { type Gate, type Operation, subscriptionElsewhere } from './gate.ts'

/** What every operation passes, whichever door it comes through. */
export interface Checks {
  readonly schema: GraphQLSchema
  readonly admission: Admission
  readonly gate: Gate
}

/**
 * Runs a query or a mutation for a door that is not Apollo's: admitted before it is parsed, passed by the gate before it
 * runs.
 *
 * @throws Fault TOO_COMPLEX, BAD_USER_INPUT, UNAUTHENTICATED or FORBIDDEN for an operation that does not run; GraphQLError
 *   for a wrong argument. Errors of one that runs are in the result, and are the door's to mask.
 */
export async function runOperation(
  checks: Checks,
  asked: AskedRequest,
  contextValue: Context,
): Promise<ExecutionResult> {
  const operation = admittedOperation(checks, asked)
  if (operation.operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionElsewhere()
  await checks.gate.pass(operation, contextValue)
  const result = await execute({ ...executionOf(checks, operation), contextValue })
  await checks.gate.ended(operation, contextValue)
  return result
}

/**
 * The operation that a request asks for, admitted, parsed and valid. Whether the viewer may ask it is the gate's to say.
 *
 * @throws Fault TOO_COMPLEX or BAD_USER_INPUT.
 */
export function admittedOperation({ schema, admission }: Checks, asked: AskedRequest): Operation {
  const { query, operationName, variables } = admission.admit(asked) as Readable
  const document = readable(schema, query)
  const operation = getOperationAST(document, operationName)
  if (!operation) throw badInput('operationName', 'The document has no operation of this name.')
  return { document, operation, operationName, variables }
}

/** What graphql-js needs to know of an operation. */
export function executionOf({ schema }: Checks, { document, operationName, variables }: Operation) {
  return { schema, document, operationName, variableValues: variables }
}

/** What is left of a request once it is admitted. */
interface Readable {
  readonly query?: unknown
  readonly operationName?: string | null
  readonly variables?: Record<string, unknown> | null
}

/** Whoever wants to know the schema asks by GraphQL over HTTP, where it can be switched off. */
const RULES = [...specifiedRules, NoSchemaIntrospectionCustomRule]

function readable(schema: GraphQLSchema, query: unknown) {
  if (typeof query !== 'string') throw badInput('query', 'The operation has to be a text.')
  try {
    const document = parse(query)
    if (validate(schema, document, RULES, { maxErrors: 1 }).length === 0) return document
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
  }
  throw badInput('query', 'The operation is not one of this schema.', 'Try it in GraphiQL first.')
}
