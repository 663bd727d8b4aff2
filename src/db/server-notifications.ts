import { setTimeout as delay } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import type { Logger } from '../kernel/log.ts'
import { type Heard, Listeners, type Notifications, onceForEach } from './notifications.ts'

/** Milliseconds before the first try to come back, doubled with every failure up to the last. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 5_000

/**
 * The channels of a PostgreSQL server, over one connection for all listeners of this process: one outside of the pool,
 * because it is never free, opened when somebody listens for the first time. It comes back when it is lost, and tells
 * its listeners that they may have missed something.
 */
export class ServerNotifications implements Notifications {
  readonly #config: ClientConfig
  readonly #logger: Logger | undefined
  readonly #listeners = new Listeners()
  readonly #closing = new AbortController()
  /** How to listen to one more channel, once there is a connection; pending while it is away. */
  #connected = Promise.withResolvers<Listen>()
  /** Settles when the last connection is closed. */
  #kept: Promise<void> | undefined
  #client: Client | undefined

  constructor(config: ClientConfig, logger?: Logger) {
    this.#config = {
      ...config,
      application_name: 'payung_listen',
      connectionTimeoutMillis: 5_000,
      // Nothing is ever sent over it: a server that vanished is noticed within 20 seconds by this alone.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    }
    this.#logger = logger
  }

  /** Waits for a server that is away. */
  async listen(channel: string, heard: Heard): Promise<() => void> {
    if (this.#closing.signal.aborted) throw closed()
    const stop = this.#listeners.add(channel, heard)
    this.#kept ??= this.#keep()
    try {
      const listen = await this.#connected.promise
      await listen(channel)
      return stop
    } catch (error) {
      stop()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    // Perhaps nobody waits for it.
    this.#connected.promise.catch(() => {})
    this.#connected.reject(closed())
    await this.#client?.end()
    await this.#kept
  }

  /** One connection after the other, until all is closed. */
  async #keep(): Promise<void> {
    const { signal } = this.#closing
    let failures = 0
    let wasLost = false
    while (!signal.aborted) {
      const client = new Client(this.#config)
      this.#client = client
      const lost = new Promise<void>((resolve) => client.once('end', resolve))
      client.on('error', (err) => this.#report(err, 'lost the connection for notifications'))
      client.on('notification', ({ channel, payload = '' }) => this.#listeners.tell(channel, payload))
      try {
        await client.connect()
        const listen = listenOn(client)
        for (const channel of this.#listeners.channels) await listen(channel)
        this.#connected.resolve(listen)
        if (wasLost) this.#listeners.tellOfGap()
        failures = 0
        await lost
        wasLost = true
        if (!signal.aborted) this.#connected = Promise.withResolvers()
      } catch (err) {
        failures++
        this.#report(err, 'cannot listen for notifications')
        await client.end()
      }
      await delay(pauseAfter(failures), undefined, { signal }).catch(() => {})
    }
  }

  #report(err: unknown, message: string): void {
    if (!this.#closing.signal.aborted) this.#logger?.warn({ component: 'database', err }, message)
  }
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** failures, LONGEST_PAUSE)
}

type Listen = (channel: string) => Promise<unknown>

/** Listens to each channel once, one statement after the other: a connection runs no two at a time. */
function listenOn(client: Client): Listen {
  let last: Promise<unknown> = Promise.resolve()
  return onceForEach((channel) => {
    const listening = last.then(() => client.query(`/* notifications.listen */ listen ${channel}`))
    // Whoever comes after one that failed has to wait for it, and not to fail with it.
    last = listening.catch(() => {})
    return listening
  })
}

function closed(): Error {
  return new Error('The database is closed')
}
