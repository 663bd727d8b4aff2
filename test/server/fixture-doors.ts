import { Readable, type Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { allBehind } from '../../src/server/doors.ts'

/** What a fixture throws when it is asked to: it must not be seen outside. */
export const SECRET = 'connect to 10.1.2.3 as payung failed'

/** Where the fixtures are, with how one asks them. */
export const DATA_DOORS = [
  ['events', { method: 'GET', url: '/fixture/events' }],
  ['an upload', { method: 'POST', url: '/fixture/upload', type: 'text/csv', body: 'nik\n' }],
  ['a download', { method: 'GET', url: '/fixture/download' }],
] as const

/**
 * Stand-ins for the doors to come, each written as somebody would who has never heard of the guard, except that
 * he says which door it is. A request with `?hold` is not answered before `release`, one with `?fail` throws.
 */
export function fixtureDoors() {
  const held: Writable[] = []
  const uploaded: number[] = []
  const register = (server: FastifyInstance) => {
    const failWhenAsked = (url: string) => {
      if (url.includes('fail')) throw new Error(SECRET)
    }
    server.register(async (scope) => {
      allBehind(scope, 'data')
      scope.get('/fixture/events', async (request, reply) => {
        failWhenAsked(request.url)
        reply.hijack()
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
        reply.raw.write(
          `data: ${request.viewer.subject ?? 'anybody'}${request.gateway ? ' by gateway' : ''}\n\n`,
        )
        if (request.url.includes('hold')) held.push(reply.raw)
        else reply.raw.end()
      })
      scope.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload))
      scope.post<{ Body: Readable }>('/fixture/upload', async (request) => {
        failWhenAsked(request.url)
        let bytes = 0
        for await (const chunk of request.body) bytes += chunk.length
        uploaded.push(bytes)
        return { bytes }
      })
    })
    server.get('/fixture/download', { config: { door: 'data' } }, async (request, reply) => {
      failWhenAsked(request.url)
      return reply.type('text/csv').send(Readable.from(['nik\n', 'name\n']))
    })
    server.get('/fixture/page', { config: { door: 'page' } }, async (request, reply) => {
      failWhenAsked(request.url)
      return reply.type('text/html').send('<p>Payung</p>')
    })
    server.get('/fixture/slow', { config: { door: 'data' } }, () => new Promise(() => {}))
  }
  return {
    register,
    /** Bytes of the uploads that were read to their end. */
    uploaded,
    release: () => {
      for (const response of held.splice(0)) response.end()
    },
  }
}
