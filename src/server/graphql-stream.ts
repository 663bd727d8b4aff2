import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Hub } from '../app.ts'
import { askedByBody } from '../graph/admission/asked.ts'
import type { Subscribed } from '../graph/subscriptions.ts'
import { type ErrorCode, Fault } from '../kernel/errors.ts'
import type { errorFormat } from './errors.ts'
import type { EventStreams } from './event-streams.ts'
import { Refusal, STATUS_OF } from './refusals.ts'
import { asRequest } from './request-id.ts'

export interface StreamOptions {
  /** What a client is told of an error. */
  readonly format: ReturnType<typeof errorFormat>
  readonly streams: EventStreams
}

/** Milliseconds. Nobody keeps a stream longer without being checked anew, with whatever token he has by then. */
const LONGEST = 3_600_000

/**
 * Subscriptions at `/graphql/stream`: POST with JSON as at `/graphql`, answered as Server-Sent Events by the protocol of
 * `graphql-sse` (its mode of distinct connections, one subscription each). A subscription that is refused is answered with
 * a status and JSON, as everywhere.
 *
 * A stream counts among the requests that its client has running. It has no time budget, but ends with its viewer's token,
 * after an hour, and when the server stops; always like a connection that was lost, so that clients come back.
 */
export async function serveStream(server: FastifyInstance, hub: Hub, options: StreamOptions): Promise<void> {
  server.addHook('preClose', async () => options.streams.stop())
  server.route({
    method: 'POST',
    url: '/graphql/stream',
    config: { door: 'data' },
    handler: (request, reply) => asRequest(request.id, () => answer(request, reply, hub, options)),
  })
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  hub: Hub,
  { format, streams }: StreamOptions,
): Promise<FastifyReply> {
  refuseOtherTypes(request)
  const subscribed = await subscribe(request, hub)
  // Its time was over meanwhile, or the client has left.
  const isTooLate = reply.sent || reply.raw.destroyed
  if (!isStream(subscribed)) {
    const shown = formatted(subscribed, format)
    return isTooLate ? reply : reply.code(statusOf(shown)).send(shown)
  }
  if (isTooLate) {
    await subscribed.return?.()
    return reply
  }
  // From here on the response is its own, without Fastify's time budget. Headers of hooks, as of CORS, go with it.
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value!)
  await streams.send(reply.raw, {
    until: Math.min(request.viewer.validUntil ?? Number.POSITIVE_INFINITY, Date.now() + LONGEST),
    results: subscribed,
    shown: (result) => formatted(result, format),
  })
  return reply
}

/** Clients that take anything, or say nothing, take events. */
function refuseOtherTypes({ headers: { accept = '*/*' } }: FastifyRequest): void {
  if (/text\/(event-stream|\*)|\*\/\*/.test(accept)) return
  const fault = new Fault('BAD_USER_INPUT', 'Subscriptions are answered as text/event-stream.', {
    remedy: 'Accept it: accept: text/event-stream.',
  })
  throw new Refusal('media_type', 406, fault)
}

async function subscribe(request: FastifyRequest, hub: Hub): Promise<Subscribed> {
  const { id: requestId, viewer, gateway, client, body } = request
  const newContext = () => hub.context({ requestId, viewer, gateway, client })
  try {
    return await hub.subscribe(askedByBody(body), newContext)
  } catch (error) {
    // A wrong argument, which the cost is the first to read.
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}

function isStream(subscribed: Subscribed): subscribed is AsyncIterableIterator<ExecutionResult> {
  return Symbol.asyncIterator in subscribed
}

/** A result as clients may see it. */
function formatted({ errors, ...result }: ExecutionResult, format: StreamOptions['format']) {
  return { ...result, ...(errors && { errors: errors.map((error) => format(error.toJSON(), error)) }) }
}

function statusOf({ errors }: ReturnType<typeof formatted>): number {
  return STATUS_OF[errors?.[0]?.extensions?.code as ErrorCode]
}
