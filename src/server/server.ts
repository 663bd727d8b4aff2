import cors from '@fastify/cors'
import { type FastifyInstance, fastify } from 'fastify'
import type { Hub } from '../app.ts'
import { limitStatements } from '../db/session.ts'
import { gatekeeper } from '../graph/gate.ts'
import { type Config, DEFAULT_HTTP_LIMITS, DEFAULT_ROSTER_LIMITS, type HttpLimits } from '../kernel/config.ts'
import type { Logger } from '../kernel/log.ts'
import { allBehind } from './doors.ts'
import { errorFormat } from './errors.ts'
import { EventStreams } from './event-streams.ts'
import { serveGraphiql } from './graphiql.ts'
import { startApollo } from './graphql.ts'
import { serveGraphql } from './graphql-route.ts'
import { serveStream } from './graphql-stream.ts'
import { guard } from './guard.ts'
import { createHealth, serveHealth } from './health.ts'
import { createMetrics, serveMetrics } from './metrics.ts'
import { explainFailures } from './refusals.ts'
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts'
import { logRequests } from './request-log.ts'
import { serveRosters } from './rosters.ts'
import { serveStart } from './start-page.ts'
import { unreadable } from './unreadable.ts'

export type ServerConfig = Pick<Config, 'production' | 'graphiql'> &
  Partial<Pick<Config, 'introspection' | 'http' | 'operations' | 'rosters' | 'statementTimeoutMs'>>

/**
 * The hub over HTTP, not listening yet: `/graphql`, `/graphql/stream`, `/rosters`, `/graphiql`, `/health/live`,
 * `/health/ready`, `/metrics`. Closing it refuses what is new, ends streams and waits for what else runs; the hub stays open, it is its
 * opener's to close.
 */
export async function createServer(hub: Hub, config: ServerConfig, logger: Logger): Promise<FastifyInstance> {
  const limits = config.http ?? DEFAULT_HTTP_LIMITS
  const server = emptyServer(limits)
  const streams = new EventStreams(logger)
  const metrics = createMetrics(hub.db, streams)
  logRequests(server, logger)
  explainFailures(server, logger, metrics.refused)
  await guard(server, {
    authenticator: hub.authenticator,
    limits,
    logger,
    count: metrics.refused,
    loginFailed: (request) => hub.loginFailed(request),
  })

  const format = errorFormat(logger, { suggestions: !config.production })
  const apollo = await startApollo(hub, config, logger, format, [metrics.plugin, gatekeeper(hub.gate)])
  const health = createHealth(hub.db, logger)
  server.addHook('preClose', async () => health.stopping())
  server.addHook('onClose', () => apollo.stop())

  await server.register(async (data) => {
    allBehind(data, 'data')
    await admitOrigins(data, limits)
    await serveGraphql(data, apollo, hub)
    await serveStream(data, hub, { format, streams })
    await serveRosters(data, hub, { limits: config.rosters ?? DEFAULT_ROSTER_LIMITS, logger })
  })
  serveHealth(server, health)
  serveMetrics(server, metrics)
  serveStart(server, config)
  if (config.graphiql) await serveGraphiql(server, { hub })
  // Only now: migrations and scenarios, which take their time, are done before a hub is served.
  if (hub.db.pool && config.statementTimeoutMs) await limitStatements(hub.db.pool, config.statementTimeoutMs)
  return server
}

function emptyServer({ bodyBytes, trustedProxies }: HttpLimits): FastifyInstance {
  const server = fastify({
    genReqId: requestIdOf,
    // While it stops, /health/ready says so itself, and running clients get their last answers.
    return503OnClosing: false,
    // For a request to arrive; the answer has a time of its own, and a large file (`arriving.ts`).
    requestTimeout: 60_000,
    bodyLimit: bodyBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    ...unreadable,
  })
  // Fastify reads it unasked, and browsers send it to strangers without asking.
  server.removeContentTypeParser('text/plain')
  return server
}

/** Lets pages of these origins read the answers of a scope, refusals included. Nobody's cookies are involved. */
async function admitOrigins(scope: FastifyInstance, { corsOrigins }: HttpLimits): Promise<void> {
  if (corsOrigins.length === 0) return
  await scope.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      REQUEST_ID_HEADER,
    ],
    exposedHeaders: [REQUEST_ID_HEADER, 'retry-after', 'location', 'content-disposition'],
    maxAge: 600,
  })
}
