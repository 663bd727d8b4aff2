import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../kernel/log.ts'
import { masked } from './errors.ts'

/** A file for somebody to save. */
export interface CsvFile {
  readonly name: string
  /** Text in pieces, made while they are read. */
  readonly csv: AsyncIterable<string>
}

/**
 * Sends a file while it is made. What fails after its first byte cannot be answered any more: it is logged, and the
 * connection is cut, so that nobody takes half a file for a whole one.
 */
export function sendCsv(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, csv }: CsvFile,
  logger: Logger,
): FastifyReply {
  reply.header('content-type', 'text/csv; charset=utf-8; header=present')
  reply.header('content-disposition', `attachment; filename="${name}"`)
  return reply.send(Readable.from(untilItFails(csv, request.id, reply, logger)))
}

async function* untilItFails(
  csv: AsyncIterable<string>,
  requestId: string,
  reply: FastifyReply,
  logger: Logger,
) {
  try {
    yield* csv
  } catch (error) {
    // Before the first byte it is answered, and logged, as every failure is.
    if (reply.raw.headersSent) masked(logger, requestId, error)
    // Fastify destroys the response of a stream that fails.
    throw error
  }
}
