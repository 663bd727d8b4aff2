import type { ApolloServerPlugin } from '@apollo/server'
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Context } from '../contract/context.ts'
import type { Database } from '../db/database.ts'
import { JsonText } from '../planner/apollo.ts'
import type { EventStreams } from './event-streams.ts'
import type { RefusalKind } from './refusals.ts'

export interface Metrics {
  readonly registry: Registry
  /** Counts and times every operation. */
  readonly plugin: ApolloServerPlugin<Context>
  /** Counts a request that ended before it reached GraphQL. */
  refused(kind: RefusalKind): void
}

/**
 * What the hub tells Prometheus. Labels come from short closed lists: names and arguments of operations are the
 * caller's, would grow without bound, and may name people.
 */
export function createMetrics(db: Pick<Database, 'pool'>, streams: Pick<EventStreams, 'size'>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const operations = new Counter({
    name: 'payung_graphql_operations_total',
    help: 'GraphQL operations: fast ones were answered by the database as text; refused ones were at fault themselves.',
    labelNames: ['type', 'path', 'outcome'] as const,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'payung_graphql_operation_seconds',
    help: 'How long GraphQL operations took, from the parsed request to the finished answer.',
    labelNames: ['type', 'path'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'payung_http_refusals_total',
    help: 'Requests that ended before they reached GraphQL, by reason.',
    labelNames: ['kind'] as const,
    registers: [registry],
  })
  countConnections(registry, db)
  countStreams(registry, streams)
  return {
    registry,
    refused: (kind) => refusals.inc({ kind }),
    plugin: {
      async requestDidStart() {
        const start = performance.now()
        return {
          async willSendResponse({ operation, response }) {
            const type = operation?.operation ?? 'unknown'
            const { data, errors } = response.body.kind === 'single' ? response.body.singleResult : {}
            const path = (data as unknown) instanceof JsonText ? 'fast' : 'plain'
            operations.inc({ type, path, outcome: outcomeOf(errors) })
            seconds.observe({ type, path }, (performance.now() - start) / 1000)
          },
        }
      },
    },
  }
}

export function serveMetrics(server: FastifyInstance, { registry }: Metrics): void {
  server.get('/metrics', { config: { door: 'probe' } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

type Formatted = readonly { readonly extensions?: { readonly code?: unknown } }[]

function outcomeOf(errors: Formatted | undefined): 'answered' | 'refused' | 'failed' {
  if (!errors?.length) return 'answered'
  return errors.some(({ extensions }) => extensions?.code === 'INTERNAL') ? 'failed' : 'refused'
}

function countConnections(registry: Registry, { pool }: Pick<Database, 'pool'>): void {
  if (!pool) return
  new Gauge({
    name: 'payung_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount)
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount)
      this.set({ state: 'waiting' }, pool.waitingCount)
    },
  })
}

function countStreams(registry: Registry, streams: Pick<EventStreams, 'size'>): void {
  new Gauge({
    name: 'payung_graphql_streams',
    help: 'Subscriptions that are open.',
    registers: [registry],
    collect() {
      this.set(streams.size)
    },
  })
}
