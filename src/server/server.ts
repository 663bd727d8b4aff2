import helmet from '@fastify/helmet'
import { type FastifyInstance, fastify } from 'fastify'
import type { Hub } from '../app.ts'
import type { Config } from '../kernel/config.ts'
import type { Logger } from '../kernel/log.ts'
import { serveGraphiql } from './graphiql.ts'
import { startApollo } from './graphql.ts'
import { serveGraphql } from './graphql-route.ts'
import { createHealth, serveHealth } from './health.ts'
import { createMetrics, serveMetrics } from './metrics.ts'
import { explainFailures } from './refusals.ts'
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts'
import { logRequests } from './request-log.ts'
import { serveStart } from './start-page.ts'

export type ServerConfig = Pick<Config, 'production' | 'graphiql'>

/**
 * The hub over HTTP, not listening yet: `/graphql`, `/graphiql`, `/health/live`, `/health/ready`, `/metrics`.
 * Closing it refuses what is new and waits for what runs; the hub stays open, it is its opener's to close.
 */
export async function createServer(hub: Hub, config: ServerConfig, logger: Logger): Promise<FastifyInstance> {
  const server = fastify({
    genReqId: requestIdOf,
    // While it stops, /health/ready says so itself, and running clients get their last answers.
    return503OnClosing: false,
    requestTimeout: 60_000,
  })
  server.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id)
    done()
  })
  logRequests(server, logger)
  explainFailures(server, logger)

  const metrics = createMetrics(hub.db)
  const apollo = await startApollo(hub, config, logger, [metrics.plugin])
  const health = createHealth(hub.db, logger)
  server.addHook('preClose', async () => health.stopping())
  server.addHook('onClose', () => apollo.stop())

  await serveGraphql(server, apollo, hub)
  await server.register(async (pages) => {
    await pages.register(helmet, { contentSecurityPolicy: NOTHING_TO_LOAD })
    serveHealth(pages, health)
    serveMetrics(pages, metrics)
    serveStart(pages, config)
  })
  if (config.graphiql) await serveGraphiql(server)
  return server
}

const NOTHING_TO_LOAD = {
  useDefaults: false,
  directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
}
