import type { FastifyInstance } from 'fastify'

/** How long running requests may take to finish. */
const DRAIN_MS = 10_000

/**
 * Stops accepting, waits for the requests that run, and cuts off those that take longer than `drainMs`.
 *
 * @returns whether all of them were answered.
 */
export async function stopGracefully(server: FastifyInstance, drainMs = DRAIN_MS): Promise<boolean> {
  let cutOff = false
  const late = setTimeout(() => {
    cutOff = true
    server.server.closeAllConnections()
  }, drainMs)
  // A connection that was busy when the server closed stays open afterwards, for a next request that must not come.
  const sweep = setInterval(() => server.server.closeIdleConnections(), 50)
  try {
    await server.close()
    return !cutOff
  } finally {
    clearTimeout(late)
    clearInterval(sweep)
  }
}

/**
 * On SIGTERM or SIGINT runs `stop` and exits: 0 when it succeeds, 1 when not. A second signal exits at once.
 */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
