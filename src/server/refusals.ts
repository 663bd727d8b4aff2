import type { FastifyError, FastifyInstance } from 'fastify'
import { type ErrorCode, Fault } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { faultShown, masked } from './errors.ts'

/** Requests that never reach GraphQL are answered in its form too, so that clients need one way to read errors. */
export function explainFailures(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    if (error instanceof Fault) return reply.code(400).send({ errors: [faultShown(error)] })
    const status = error.statusCode ?? 500
    if (status >= 500) return reply.code(status).send({ errors: [masked(logger, request.id, error)] })
    return reply.code(status).send({ errors: [refused(REASONS[error.code] ?? error.message)] })
  })
  server.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ errors: [refused('There is nothing here. GraphQL is at /graphql, by POST or GET.')] }),
  )
}

const REASONS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the operation as JSON, with content-type: application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty. Send the operation as JSON: {"query": "…"}.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
}

function refused(message: string) {
  const code: ErrorCode = 'BAD_USER_INPUT'
  return { message, extensions: { code } }
}
