import { getHeapStatistics } from 'node:v8'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import type { HttpLimits } from '../kernel/config.ts'
import { Fault } from '../kernel/errors.ts'
import { Refusal } from './refusals.ts'

/** Seconds after which a refused client may find the server well. */
const RETRY_AFTER = 10

/** Answers 503 at once, except to probes, while the event loop lags or memory is short: a queue would only grow. */
export async function refuseUnderPressure(
  server: FastifyInstance,
  { eventLoopDelayMs, heapPercent }: Pick<HttpLimits, 'eventLoopDelayMs' | 'heapPercent'>,
): Promise<void> {
  await server.register(underPressure, {
    maxEventLoopDelay: eventLoopDelayMs,
    maxHeapUsedBytes: (getHeapStatistics().heap_size_limit * heapPercent) / 100,
    pressureHandler: async ({ routeOptions }) => {
      if (routeOptions.config.door !== 'probe') throw busy()
    },
  })
}

function busy(): Refusal {
  const fault = new Fault('TOO_COMPLEX', 'The hub has more to do than it can.', {
    remedy: `Try again in ${RETRY_AFTER} seconds.`,
  })
  return new Refusal('pressure', 503, fault, RETRY_AFTER)
}
