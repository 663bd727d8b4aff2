import { type ApolloServer, HeaderMap } from '@apollo/server'
import compress from '@fastify/compress'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Hub } from '../app.ts'
import type { Context } from '../contract/context.ts'
import { addressAsking, askedByAddress, askedByBody } from '../graph/admission/asked.ts'
import { asRequest } from './request-id.ts'

/** All that Apollo reads of a request's headers: the media types, and what proves that no foreign page sent it. */
const READ_HEADERS = [
  'accept',
  'content-type',
  'apollo-require-preflight',
  'x-apollo-operation-name',
] as const

/** Characters from which on an answer is compressed, for clients that ask for it. */
const COMPRESSED_FROM = 16_384

/**
 * GraphQL over HTTP at `/graphql`: POST with JSON, GET for queries.
 *
 * In place of `@as-integrations/fastify`, which copies every header and parses every address (2.4 µs a request
 * against 0.2) and leaves no place to say for which request an error was, or to compress large answers only.
 */
export async function serveGraphql(
  server: FastifyInstance,
  apollo: ApolloServer<Context>,
  hub: Hub,
): Promise<void> {
  await server.register(async (graphql) => {
    // No hook on every answer: the few large ones are handed over one by one.
    await graphql.register(compress, { globalCompression: false, globalDecompression: false })
    graphql.route({
      method: ['GET', 'POST'],
      url: '/graphql',
      exposeHeadRoute: false,
      config: { door: 'data' },
      handler: (request, reply) => asRequest(request.id, () => answer(request, reply, apollo, hub)),
    })
  })
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  apollo: ApolloServer<Context>,
  hub: Hub,
): Promise<FastifyReply> {
  const overGet = request.method === 'GET'
  const admitted = hub.admission.admit(
    overGet ? askedByAddress(searchOf(request.url)) : askedByBody(request.body),
  )
  const { id: requestId, viewer, gateway, client } = request
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method,
      headers: headersOf(request),
      search: overGet ? addressAsking(admitted) : '',
      body: overGet ? undefined : admitted,
    },
    context: async () => hub.context({ requestId, overGet, viewer, gateway, client }),
  })
  // Its time was over meanwhile, and the client has been told.
  if (reply.sent) return reply
  if (body.kind !== 'complete') throw new Error('an answer in parts, which no operation here can ask for')
  for (const [name, value] of headers) reply.header(name, value)
  reply.code(status ?? 200)
  const large = body.string.length >= COMPRESSED_FROM && request.headers['accept-encoding'] !== undefined
  if (large) reply.compress(body.string)
  else reply.send(body.string)
  return reply
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap()
  for (const name of READ_HEADERS) {
    const value = headers[name]
    if (value !== undefined) map.set(name, String(value))
  }
  return map
}

function searchOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start)
}
