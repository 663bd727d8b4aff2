import type { FastifyInstance } from 'fastify'
import type { Database } from '../db/database.ts'
import type { Logger } from '../kernel/log.ts'

/** A database that needs longer is of no use to the next request either. */
const PATIENCE_MS = 2_000

export interface Health {
  /** Says why no new requests should come here; undefined when they should. */
  unready(): Promise<string | undefined>
  /** From now on the server is not ready. */
  stopping(): void
}

export function createHealth(db: Pick<Database, 'query'>, logger: Logger, patienceMs = PATIENCE_MS): Health {
  let stopping = false
  return {
    stopping: () => {
      stopping = true
    },
    unready: async () => {
      if (stopping) return 'the server is stopping'
      try {
        return await within(patienceMs, db.query('/* health.ready */ select 1'))
      } catch (err) {
        logger.warn({ component: 'health', err }, 'the database does not answer')
        return 'the database does not answer'
      }
    },
  }
}

/**
 * `/health/live` says that the process runs; whoever restarts it looks here. `/health/ready` says that it can
 * answer; whoever sends requests to it looks here.
 */
export function serveHealth(server: FastifyInstance, health: Health): void {
  server.get('/health/live', { config: { door: 'probe' } }, async () => ({ status: 'live' }))
  server.get('/health/ready', { config: { door: 'probe' } }, async (_request, reply) => {
    const reason = await health.unready()
    if (reason === undefined) return { status: 'ready' }
    return reply.code(503).send({ status: 'unready', reason })
  })
}

async function within(ms: number, work: Promise<unknown>): Promise<undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
