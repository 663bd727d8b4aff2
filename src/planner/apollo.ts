import type {
  ApolloServerPlugin,
  GraphQLRequestContext,
  GraphQLRequestContextResponseForOperation,
} from '@apollo/server'
import { OperationTypeNode } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'
import { entitiesText } from './federation.ts'
import type { PlannedRequest, Planner } from './planner.ts'
import { NotPlanned, type SelectedField, type Variables } from './selection.ts'

/** Finished JSON text in place of data: the planner's answer, spliced into the response without being parsed. */
export class JsonText {
  constructor(readonly text: string) {}
}

/**
 * Answers queries whose root fields are all planned, after Apollo has parsed and validated them. Everything else,
 * and every operation in which something fails, is left to graphql-js, so that errors have one form and one path.
 */
export function plannedResponses<Request extends PlannedRequest>(
  planner: Planner,
): ApolloServerPlugin<Request> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation(operation) {
          const text = await fastAnswer(planner, operation)
          if (text === undefined) return null
          const data = new JsonText(text) as unknown as Record<string, unknown>
          return { http: operation.response.http, body: { kind: 'single', singleResult: { data } } }
        },
        async willSendResponse(operation) {
          showStatements(operation)
        },
      }
    },
  }
}

/** Apollo's `stringifyResult`, for answers that are text already. */
export function spliceJsonText(result: { data?: unknown; errors?: unknown; extensions?: unknown }): string {
  if (!(result.data instanceof JsonText)) return `${JSON.stringify(result)}\n`
  const extensions =
    result.extensions === undefined ? '' : `,"extensions":${JSON.stringify(result.extensions)}`
  return `{"data":${result.data.text}${extensions}}\n`
}

async function fastAnswer<Request extends PlannedRequest>(
  planner: Planner,
  { document, operation, request, schema, contextValue }: GraphQLRequestContextResponseForOperation<Request>,
): Promise<string | undefined> {
  // Apollo asks also when the document has no operation of the name; graphql-js then says so.
  if (operation?.operation !== OperationTypeNode.QUERY) return undefined
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {})
  if (!coerced || planner.endsLate(document, operation)) return undefined
  const fields = plannedRoots(planner, document, operation, coerced)
  if (!fields) return undefined

  const failures = new Map<string, unknown>()
  const members = await Promise.all(
    fields.map(async (field) => {
      try {
        return `"${field.key}":${await rootText(planner, field, coerced, contextValue)}`
      } catch (error) {
        failures.set(field.key, error)
        return ''
      }
    }),
  )
  if (failures.size === 0) return `{${members.join(',')}}`
  contextValue.failures = failures
  return undefined
}

function plannedRoots(
  planner: Planner,
  document: GraphQLRequestContextResponseForOperation<PlannedRequest>['document'],
  operation: GraphQLRequestContextResponseForOperation<PlannedRequest>['operation'],
  variables: Variables,
): readonly SelectedField[] | undefined {
  try {
    const fields = planner.selections.ofOperation(document, operation, variables)
    return fields.every((field) => field.isTypename || planner.answers(field.definition)) ? fields : undefined
  } catch (error) {
    if (error instanceof NotPlanned) return undefined
    throw error
  }
}

async function rootText(
  planner: Planner,
  field: SelectedField,
  variables: Variables,
  request: PlannedRequest,
): Promise<string> {
  if (field.isTypename) return `"${planner.model.schema.getQueryType()!.name}"`
  if (field.definition.name === '_entities') return entitiesText(planner, field, variables, request)
  return planner.rootField(field, variables, request)
}

function showStatements({ response, contextValue }: GraphQLRequestContext<PlannedRequest>): void {
  const { trace } = contextValue
  if (!trace?.length || response.body?.kind !== 'single') return
  const { singleResult } = response.body
  singleResult.extensions = { ...singleResult.extensions, sql: trace }
}
