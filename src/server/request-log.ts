import type { FastifyInstance } from 'fastify'
import type { Logger } from '../kernel/log.ts'

/**
 * A line per request, at level debug only: at thousands of requests a second the lines would cost more than some
 * of the answers. The route and not the address: a GET carries its query, and that may name people.
 */
export function logRequests(server: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('debug')) return
  server.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId, routeOptions } = request
    const ms = Math.round(reply.elapsedTime)
    const line = {
      component: 'http',
      requestId,
      method,
      route: routeOptions.url,
      status: reply.statusCode,
      ms,
    }
    logger.debug(line, 'answered')
    done()
  })
}
