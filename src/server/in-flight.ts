import type { ServerResponse } from 'node:http'

/** How many requests each client has running. */
export interface InFlight {
  /** Counts the request until its response is over, in whichever way; false when the client has too many. */
  enter(client: string, response: ServerResponse): boolean
}

/** Remembers only clients that have a request running, so it is never larger than the number of connections. */
export function countInFlight(most: number): InFlight {
  const running = new Map<string, number>()
  const leave = (client: string) => {
    const count = running.get(client)! - 1
    if (count === 0) running.delete(client)
    else running.set(client, count)
  }
  return {
    enter: (client, response) => {
      const count = running.get(client) ?? 0
      if (count >= most) return false
      running.set(client, count + 1)
      // Not `finish`, which a client that hangs up keeps from happening.
      response.once('close', () => leave(client))
      return true
    },
  }
}
