import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ErrorCode, Fault, TooLarge } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { faultShown, masked } from './errors.ts'
import { readAway } from './read-away.ts'

/** Why a request went no further than the door. The list is closed: it labels a metric. */
export type RefusalKind =
  | 'token'
  | 'forbidden'
  | 'rate'
  | 'concurrency'
  | 'pressure'
  | 'time'
  | 'size'
  | 'media_type'
  | 'malformed'
  | 'complexity'
  | 'nowhere'
  | 'failed'

/** A refusal that has a status of its own, and may say when to come back. */
export class Refusal extends Fault {
  readonly kind: RefusalKind
  readonly status: number
  /** Seconds. */
  readonly retryAfter?: number

  constructor(kind: RefusalKind, status: number, fault: Fault, retryAfter?: number) {
    super(fault.code, fault.message, { field: fault.field, remedy: fault.remedy })
    this.kind = kind
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** The HTTP status for a fault that ends a request before it is executed. */
export const STATUS_OF: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  TOO_COMPLEX: 400,
  CONFLICT: 409,
  INTERNAL: 500,
}

/**
 * Requests that never reach GraphQL are answered in its form too, so that clients need one way to read errors.
 *
 * @param count hears of each.
 */
export function explainFailures(
  server: FastifyInstance,
  logger: Logger,
  count: (kind: RefusalKind) => void = () => {},
): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const refusal = refusalOf(error)
    count(refusal?.kind ?? 'failed')
    if (!refusal) return reply.code(failedStatus(error)).send({ errors: [masked(logger, request.id, error)] })
    // Whoever was told that his body is too large may still be sending it.
    if (refusal.kind === 'size') readAway(request.raw)
    if (refusal.kind === 'token') reply.header('www-authenticate', challenge(request))
    if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter)
    if (refusal.kind === 'time') logTimeout(logger, request, reply)
    return reply.code(refusal.status).send({ errors: [faultShown(refusal)] })
  })
}

/** The handler for addresses where nothing is, which the guard stands before as well. */
export function nothingHere(count: (kind: RefusalKind) => void) {
  return (_request: FastifyRequest, reply: FastifyReply) => {
    count('nowhere')
    const fault = new Fault(
      'BAD_USER_INPUT',
      'There is nothing here. GraphQL is at /graphql, by POST or GET.',
    )
    return reply.code(404).send({ errors: [faultShown(fault)] })
  }
}

/** What the client may be told; undefined when the failure is ours. */
function refusalOf(error: FastifyError | Fault): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (error instanceof TooLarge) return new Refusal('size', 413, error)
  if (error instanceof Fault) {
    if (error.code === 'INTERNAL') return undefined
    return new Refusal(KIND_OF[error.code], STATUS_OF[error.code], error)
  }
  const known = FASTIFY_ERRORS[error.code]
  if (known) {
    const [kind, message] = known
    return new Refusal(kind, error.statusCode ?? 400, new Fault('BAD_USER_INPUT', message))
  }
  const status = error.statusCode ?? 500
  if (status < 400 || status >= 500) return undefined
  return new Refusal('malformed', status, new Fault('BAD_USER_INPUT', 'The request is malformed.'))
}

const KIND_OF: Readonly<Record<Exclude<ErrorCode, 'INTERNAL'>, RefusalKind>> = {
  UNAUTHENTICATED: 'token',
  FORBIDDEN: 'forbidden',
  BAD_USER_INPUT: 'malformed',
  TOO_COMPLEX: 'complexity',
  CONFLICT: 'malformed',
}

const FASTIFY_ERRORS: Readonly<Record<string, readonly [RefusalKind, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'media_type',
    'Send the operation as JSON, with content-type: application/json.',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'malformed',
    'The body is empty. Send the operation as JSON: {"query": "…"}.',
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed', 'The body is not JSON.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['size', 'The body is too large.'],
}

function failedStatus({ statusCode = 500 }: FastifyError): number {
  return statusCode >= 500 ? statusCode : 500
}

/** RFC 6750, section 3: without a token only the scheme is told, with a wrong one that it is wrong. */
function challenge({ headers }: FastifyRequest): string {
  return headers.authorization === undefined
    ? 'Bearer realm="payung"'
    : 'Bearer realm="payung", error="invalid_token"'
}

function logTimeout(
  logger: Logger,
  { id: requestId, routeOptions }: FastifyRequest,
  reply: FastifyReply,
): void {
  const ms = Math.round(reply.elapsedTime)
  logger.warn({ component: 'server', requestId, route: routeOptions.url, ms }, 'a request ran out of time')
}
