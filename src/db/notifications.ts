import { AsyncLocalStorage } from 'node:async_hooks'
import type { PGlite } from '@electric-sql/pglite'
import { getOrSet } from '../kernel/get-or-set.ts'
import type { Query } from './engine.ts'

/**
 * Hears of a channel: the payload that somebody sent with {@link notify}. Undefined means that some may have been missed,
 * because the connection was lost for a while: whoever waits for something then looks at the tables anew. Must not throw.
 */
export type Heard = (payload: string | undefined) => void

/** How a kind of database tells what was sent to its channels. */
export interface Notifications {
  listen(channel: string, heard: Heard): Promise<() => void>
  close(): Promise<void>
}

/**
 * Sends a payload to whoever listens to the channel, in every process on this database: when the transaction of the
 * query commits, and never when it is rolled back. The same payload sent twice in a transaction is heard once.
 *
 * @param channel a constant of the code.
 * @param payload at most 8,000 bytes; an id, because whoever hears it reads under the rules of his own viewer.
 */
export async function notify(query: Query, channel: string, payload: string): Promise<void> {
  await query('/* notifications.notify */ select pg_notify($1, $2)', [channel, payload])
}

/** Who listens to which channel within this process. */
export class Listeners {
  readonly #heard = new Map<string, Set<Heard>>()

  /** Those that anybody has ever listened to. */
  get channels(): Iterable<string> {
    return this.#heard.keys()
  }

  /** @returns stops listening. */
  add(channel: string, heard: Heard): () => void {
    if (!CHANNEL.test(channel)) throw new Error(`${channel} cannot be the name of a channel`)
    const all = getOrSet(this.#heard, channel, () => new Set())
    // What is done about it belongs to who listens, and not to the request or transaction of who notifies.
    const own = AsyncLocalStorage.bind(heard)
    all.add(own)
    return () => all.delete(own)
  }

  tell(channel: string, payload: string): void {
    for (const heard of this.#heard.get(channel) ?? []) heard(payload)
  }

  /** Tells everybody that he may have missed something. */
  tellOfGap(): void {
    for (const heard of [...this.#heard.values()].flatMap((all) => [...all])) heard(undefined)
  }
}

/** A name that needs no quotes in SQL: `listen` takes no parameters. */
const CHANNEL = /^[a-z][a-z_]{0,62}$/

/** Begins something for each channel, once; what failed is begun again by the next who needs it. */
export function onceForEach(begin: (channel: string) => Promise<unknown>) {
  const begun = new Map<string, Promise<unknown>>()
  return (channel: string): Promise<unknown> =>
    getOrSet(begun, channel, () =>
      begin(channel).catch((error) => {
        begun.delete(channel)
        throw error
      }),
    )
}

/** Over the one connection of the embedded database, which cannot be lost. */
export function embeddedNotifications(pglite: Pick<PGlite, 'listen'>): Notifications {
  const listeners = new Listeners()
  // For good: giving a channel up would be one more statement that waits for whoever is in a transaction.
  const begin = onceForEach((channel) =>
    pglite.listen(channel, (payload) => listeners.tell(channel, payload)),
  )
  return {
    listen: async (channel, heard) => {
      const stop = listeners.add(channel, heard)
      try {
        await begin(channel)
        return stop
      } catch (error) {
        stop()
        throw error
      }
    },
    // The database closes itself.
    close: async () => {},
  }
}
