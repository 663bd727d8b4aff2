import type { ApolloServerPlugin } from '@apollo/server'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import { recordAudit, recordFailure } from '../access/audit/audit.ts'
import type { AuditAction } from '../access/audit/audit-event.entity.ts'
import type { FieldRules } from '../access/field-rules.ts'
import type { Context } from '../contract/context.ts'
import { badInput, Fault } from '../kernel/errors.ts'
import { coordinatesOf } from '../planner/coordinates.ts'
import { hasLooked } from '../workers/look-at-identity.ts'
import type { createComplexityLimit } from './admission/complexity.ts'
import { purposeOf } from './purpose.ts'

/** A parsed and valid operation, about to be executed for somebody. */
export interface Operation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly operationName?: string | null | undefined
  readonly variables?: Record<string, unknown> | null | undefined
}

/** The last check before an operation runs, the same for every door: HTTP, subscriptions, whatever comes. */
export interface Gate {
  /**
   * @throws Fault UNAUTHENTICATED or FORBIDDEN for fields and filters the viewer may not use, TOO_COMPLEX for an
   *   operation that costs too much, BAD_USER_INPUT for one that identifies people over GET.
   */
  pass(operation: Operation, context: Context): Promise<void>
  /** Records that an operation which ran looked for an identity and came upon nobody it may see. */
  ended(operation: Operation, context: Context): Promise<void>
}

export interface GateOptions {
  readonly schema: GraphQLSchema
  readonly rules: FieldRules
  readonly limit: ReturnType<typeof createComplexityLimit>
  /** Who may ask `_service` and `_entities`. */
  readonly federation: 'any-token' | 'gateway'
}

export function createGate({ schema, rules, limit, federation }: GateOptions): Gate {
  return {
    async pass(asked, context) {
      const { document, operation, operationName, variables } = asked
      const fields = coordinatesOf(schema, document, operation)
      try {
        if (FEDERATED.some((field) => fields.has(field))) checkFederated(context, federation)
        rules.check(document, operation, context.viewer, variables)
        if (context.overGet) refuseOverGet(operation, fields)
        limit(document, operationName, variables)
      } catch (error) {
        await recordTouched(fields, asked, error, context)
        throw error
      }
    },
    async ended(asked, context) {
      const fields = coordinatesOf(schema, asked.document, asked.operation)
      if (!fields.has('Worker.identity') || hasLooked(context)) return
      const event = { action: 'IDENTITY_READ', outcome: 'DONE', what: 'Worker.identity' } as const
      await recordAudit(context.db.query, context, { ...event, purpose: purposeOf(asked) })
    },
  }
}

/** The gate in Apollo: after validation, before anything runs. */
export function gatekeeper(gate: Gate): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      let passed: Operation | undefined
      return {
        async didResolveOperation({ document, operation, operationName, request, contextValue }) {
          // Apollo asks also when the document has no operation of the name, and then says so.
          if (!operation) return
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionElsewhere()
          const { variables } = request
          await gate.pass({ document, operation, operationName, variables }, contextValue)
          passed = { document, operation, operationName, variables }
        },
        async willSendResponse({ contextValue }) {
          if (passed) await gate.ended(passed, contextValue)
        },
      }
    },
  }
}

/** For doors that give one answer: they would run a subscription as if it were a query. */
export function subscriptionElsewhere(): Fault {
  return badInput(
    'query',
    'Subscriptions are answered at /graphql/stream.',
    'Send it there by POST: events come as text/event-stream.',
  )
}

const FEDERATED = ['Query._service', 'Query._entities']

function checkFederated({ viewer, fromGateway }: Context, federation: GateOptions['federation']): void {
  if (federation === 'gateway' ? fromGateway : fromGateway || viewer.subject !== undefined) return
  const message =
    federation === 'gateway'
      ? 'Entities are answered to gateways only.'
      : 'Entities are answered to gateways and to viewers with a token.'
  throw new Fault(viewer.subject === undefined ? 'UNAUTHENTICATED' : 'FORBIDDEN', message, {
    remedy: 'Send the token of a gateway in the header payung-gateway.',
  })
}

/** Fields that identify people; looks at them are recorded, refused ones too. */
const IDENTIFYING: ReadonlyMap<string, AuditAction> = new Map([
  ['Mutation.revealIdentity', 'IDENTITY_REVEAL'],
  ['Worker.identity', 'IDENTITY_READ'],
  ['Query.checkCoverage', 'COVERAGE_CHECK'],
])

function refuseOverGet({ operation }: OperationDefinitionNode, fields: ReadonlySet<string>): void {
  if (operation !== OperationTypeNode.QUERY)
    throw new Fault('BAD_USER_INPUT', 'Only queries are answered over GET.', { remedy: 'Use POST.' })
  const identifying = [...IDENTIFYING.keys()].find((field) => fields.has(field))
  if (!identifying) return
  throw new Fault('BAD_USER_INPUT', `${identifying} is not answered over GET: addresses are logged.`, {
    remedy: 'Use POST.',
  })
}

/** Records what was refused: that people were to be identified, or something was to be changed. */
async function recordTouched(
  fields: ReadonlySet<string>,
  asked: Operation,
  error: unknown,
  context: Context,
): Promise<void> {
  // A wrong argument, which the cost is the first to read, is the client's mistake as well.
  const reason = error instanceof GraphQLError ? badInput('query', error.message) : error
  for (const what of fields) {
    const action = IDENTIFYING.get(what) ?? (what.startsWith('Mutation.') ? 'MUTATION' : undefined)
    if (action) await recordFailure(context, { action, what, purpose: purposeOf(asked) }, reason)
  }
}
