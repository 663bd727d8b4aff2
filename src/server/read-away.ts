import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream'

/** Milliseconds that somebody who was refused may go on sending. */
const LINGERS = 30_000

/**
 * Reads the rest of a request and forgets it, so that whoever was refused while he is still sending gets his answer: a
 * connection that is closed with bytes unread takes with it what was said last. Who does not come to an end is cut off.
 */
export function readAway(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  // Whoever waits for a piece, and cannot be told to stop, would keep them from flowing. Without one, Node would stop the
  // flow of a request that flows already.
  if (request.listenerCount('readable') > 0) request.removeAllListeners('readable')
  request.unpipe().resume()
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy()
  }, LINGERS)
  timer.unref()
  finished(request, () => clearTimeout(timer))
}
