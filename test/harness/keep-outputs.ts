import { subscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { brotliDecompressSync, constants, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { afterAll, expect } from 'vitest'
import { keep, keepAnswer, keepFor, keepNoLonger } from './outputs.ts'

/**
 * Runs before each test file, and keeps what servers in it answer, whoever opened them and however they are asked:
 * Fastify announces each instance. What has no such place is kept where it is written: the log in `serving.ts`, the
 * terminal in `payung.ts`, answers without HTTP in `operations.ts`.
 */
keepFor(expect.getState().testPath ?? '')
// Hooks that end a file run in the order in which they were not registered: this one after those of the file.
afterAll(keepNoLonger)

subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRequest', (request, reply, done) => {
    keepResponse(request, reply.raw)
    done()
  })
})

/** Pages of GraphiQL, as built, hold nothing of a request. */
const BUILT = /javascript|css|font|image/

function keepResponse(request: FastifyRequest, response: ServerResponse): void {
  const { url, headers } = request.raw
  // Only a browser's: other addresses are a test's own, and some name people to see them refused.
  if (headers['user-agent']?.startsWith('Mozilla')) keep('address', `${url} ${headers.referer ?? ''}`)
  const body = chunksOf(response)
  response.once('close', () => {
    keep('response', `${response.statusCode} ${JSON.stringify(response.getHeaders())}`)
    if (BUILT.test(String(response.getHeader('content-type')))) return
    const text = decoded(Buffer.concat(body), response.getHeader('content-encoding'))
    keepAnswer('response', operationOf(request), text)
  })
}

/** What is written to a response from now on. */
function chunksOf(response: ServerResponse): Buffer[] {
  const chunks: Buffer[] = []
  const { write, end } = response
  let ending = false
  const add = (chunk: unknown, encoding: unknown) => {
    if (ending) return
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
    else if (typeof chunk === 'string')
      chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'))
  }
  response.write = ((...args: Parameters<typeof write>) => {
    add(args[0], args[1])
    return write.apply(response, args)
  }) as typeof write
  response.end = ((...args: Parameters<typeof end>) => {
    add(args[0], args[1])
    // Injected responses end by a last `write` of the same chunk.
    ending = true
    return end.apply(response, args)
  }) as typeof end
  return chunks
}

/** Also of a body that broke off, as far as it came. */
function decoded(body: Buffer, encoding: unknown): string {
  if (body.length === 0) return ''
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = constants
  if (encoding === 'gzip') return gunzipSync(body, { finishFlush: Z_SYNC_FLUSH }).toString()
  if (encoding === 'deflate') return inflateSync(body, { finishFlush: Z_SYNC_FLUSH }).toString()
  if (encoding === 'br') return brotliDecompressSync(body, { finishFlush: BROTLI_OPERATION_FLUSH }).toString()
  if (encoding === 'zstd') return zstdDecompressSync(body, { finishFlush: ZSTD_e_flush }).toString()
  return body.toString()
}

function operationOf({ body, query }: FastifyRequest): string {
  const { query: byBody } = (body ?? {}) as { query?: unknown }
  const { query: byAddress } = (query ?? {}) as { query?: unknown }
  return [byBody, byAddress].filter((text) => typeof text === 'string').join(' ')
}
