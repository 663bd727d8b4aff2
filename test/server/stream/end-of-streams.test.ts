import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionResult } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { Policy } from '../../../src/access/policy.ts'
import { temporaryNikKeys } from '../../../src/access/vault/nik-keys.ts'
import type { Hub } from '../../../src/app.ts'
import { notify } from '../../../src/db/notifications.ts'
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../../../src/kernel/config.ts'
import { createLogger } from '../../../src/kernel/log.ts'
import { EventStreams } from '../../../src/server/event-streams.ts'
import { stopGracefully } from '../../../src/server/stop.ts'
import { claims, now, sign } from '../../access/tokens/issuer.ts'
import { someAreas } from '../../harness/areas.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../../harness/server-database.ts'
import { pair, type Serving, serving } from '../serving.ts'
import { listening, named, nextOf, openStreams, openWatchedHub, rename, WATCH, watch } from './watching.ts'

// Real: the server over HTTP, the protocol's own client, the hub on PGlite, and with TEST_DATABASE_URL two hubs on one
// PostgreSQL server. Of this suite: two subscriptions that are added to the hub's resolvers and policies.

vi.mock('../../../src/graph/resolvers.ts', async (original) => {
  const { resolvers } = await original<{ resolvers: readonly unknown[] }>()
  const { Watched } = await import('./watched.ts')
  return { resolvers: [...resolvers, Watched] }
})
vi.mock('../../../src/graph/policies.ts', async (original) => {
  const { policies } = await original<{ policies: readonly Policy[] }>()
  const { watchedPolicy } = await import('./watched.ts')
  return { policies: [...policies, watchedPolicy] }
})

let hub: Hub
/** How many listen to the database. */
let listeners = 0

beforeAll(async () => {
  hub = await openWatchedHub()
  await someAreas(hub)
  const { listen } = hub.db
  vi.spyOn(hub.db, 'listen').mockImplementation(async (channel, heard) => {
    const stop = await listen(channel, heard)
    listeners++
    return () => {
      listeners--
      stop()
    }
  })
})
beforeEach(() => rename(hub, 'Kabupaten Tangerang'))
afterEach(() => expect.poll(() => listeners).toBe(0))
afterAll(() => hub?.close())

/** A server of its own over the same hub. */
async function opened(http: Partial<HttpLimits> = {}): Promise<Serving & { address: string }> {
  const running = await serving({ hub, graphiql: false, http: { ...DEFAULT_HTTP_LIMITS, ...http } })
  return {
    ...running,
    address: await listening(running),
    [Symbol.asyncDispose]: async () => {
      // The client keeps connections for 4 seconds after its last request.
      running.server.server.closeAllConnections()
      await running[Symbol.asyncDispose]()
    },
  }
}

/** How the protocol's client tells that a stream broke off: it would come back. */
const BROKEN_OFF = /closed|terminated|fetch failed/i

test('a client that hangs up leaves nothing behind, while it waits for an event', async () => {
  await using running = await opened()
  const streams = Array.from({ length: 20 }, () => watch(running.address, WATCH))
  await Promise.all(streams.map(nextOf))
  expect([listeners, await openStreams(running)]).toEqual([20, 20])
  await Promise.all(streams.slice(1).map((events) => events.return!()))
  await expect.poll(() => listeners).toBe(1)
  expect(await openStreams(running)).toBe(1)
  await rename(hub, 'Tangerang')
  expect(await nextOf(streams[0]!)).toEqual(named('Tangerang'))
  await streams[0]!.return!()
})

test('a client that hangs up before it was answered leaves nothing behind', async () => {
  await using running = await opened()
  const done = Promise.withResolvers<void>()
  const transaction = hub.db.transaction(() => done.promise)
  const leaving = new AbortController()
  const left = fetch(`${running.address}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: WATCH }),
    signal: leaving.signal,
  })
  await expect.poll(() => openStreams(running)).toBe(1)
  leaving.abort()
  await expect(left.then(({ text }) => text())).rejects.toThrow()
  await expect.poll(() => openStreams(running)).toBe(0)
  done.resolve()
  await transaction
})

test('a server that stops ends its streams at once', async () => {
  const running = await opened()
  const streams = Array.from({ length: 5 }, () => watch(running.address, WATCH))
  await Promise.all(streams.map(nextOf))
  const ends = Promise.allSettled(streams.map(nextOf))
  const started = performance.now()
  expect(await stopGracefully(running.server, 20_000)).toBe(true)
  expect(performance.now() - started).toBeLessThan(2_000)
  // Not completed: elsewhere another server may go on.
  for (const end of await ends) {
    expect(end).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(BROKEN_OFF) } })
  }
})

test('a stream ends with the token of its viewer', async () => {
  await using running = await opened()
  const exp = now() + 2
  const headers = { authorization: `Bearer ${await sign(pair, { ...claims(), exp })}` }
  const events = watch(running.address, WATCH, { headers })
  expect(await nextOf(events)).toEqual(named('Kabupaten Tangerang'))
  await expect(nextOf(events)).rejects.toThrow(BROKEN_OFF)
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000 - 5)
})

test('a stream goes on beyond the time that other requests have', async () => {
  await using running = await opened({ requestMs: 100 })
  const events = watch(running.address, WATCH)
  await nextOf(events)
  await new Promise((resolve) => setTimeout(resolve, 200))
  await rename(hub, 'Tangerang')
  expect(await nextOf(events)).toEqual(named('Tangerang'))
  await events.return!()
})

test('streams count among the requests that a client has at the same time', async () => {
  await using running = await opened({ concurrentRequests: 2 })
  const [one, two] = [watch(running.address, WATCH), watch(running.address, WATCH)]
  await Promise.all([one, two].map(nextOf))
  const post = () => fetch(`${running.address}/graphql?query=%7B__typename%7D`)
  const refused = await post()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  await one.return!()
  await expect.poll(async () => (await post()).status).not.toBe(429)
  await two.return!()
})

test('a stream has the headers of every answer, and those that keep others from collecting it', async () => {
  await using running = await opened({ corsOrigins: ['https://dashboard.example'] })
  const { headers, status, body } = await fetch(`${running.address}/graphql/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: '*/*',
      'accept-encoding': 'gzip, br',
      origin: 'https://dashboard.example',
      'x-request-id': 'stream-1',
    },
    body: JSON.stringify({ query: WATCH }),
  })
  expect([status, Object.fromEntries(headers)]).toMatchObject([
    200,
    {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': 'stream-1',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': 'https://dashboard.example',
      connection: 'close',
    },
  ])
  expect(headers.has('content-encoding')).toBe(false)
  await body!.cancel()
})

/** A server that tells these results to whoever asks, and what it says of itself. */
async function telling(next: () => object | undefined) {
  let hasEnded = false
  const results: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      const data = next()
      return data ? { done: false, value: { data: { ...data } } } : { done: true, value: undefined }
    },
    return: async () => {
      hasEnded = true
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
  const streams = new EventStreams(createLogger({ level: 'silent' }))
  const server = createServer((_request, response) => {
    void streams.send(response, { results, until: Date.now() + 60_000, shown: (result) => result })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    streams,
    isOver: () => hasEnded && streams.size === 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a subscription that comes to its end is completed', async () => {
  const left = [{ n: 1 }, { n: 2 }]
  await using server = await telling(() => left.shift())
  const told: unknown[] = []
  for await (const { data } of watch(`http://127.0.0.1:${server.port}`, WATCH)) told.push(data)
  expect(told).toEqual([{ n: 1 }, { n: 2 }])
  await expect.poll(server.isOver).toBe(true)
})

/** A client that has stopped to read, once everything in between is full. */
async function stalled(port: number, made: () => number) {
  const request = get({ port, host: '127.0.0.1', agent: false })
  const response = await new Promise<NodeJS.ReadableStream>((resolve) => request.on('response', resolve))
  response.pause()
  response.on('error', () => {})
  let before = -1
  while (before !== made()) {
    before = made()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { request, response }
}

test('results are not made faster than a slow client takes them, and end when he leaves', async () => {
  let made = 0
  await using server = await telling(() => (made === 1_000 ? undefined : { n: made++, text: LONG }))
  const { request, response } = await stalled(server.port, () => made)
  // As many as fit into the buffers in between; all of them if nobody looked whether there is room.
  const before = made
  expect(before).toBeLessThan(500)
  response.resume()
  await expect.poll(() => made).toBeGreaterThan(before)
  response.pause()
  request.destroy()
  await expect.poll(server.isOver).toBe(true)
})

test('a client that does not read keeps no server from stopping', async () => {
  let made = 0
  await using server = await telling(() => (made === 1_000 ? undefined : { n: made++, text: LONG }))
  const { request } = await stalled(server.port, () => made)
  server.streams.stop()
  await expect.poll(server.isOver, { timeout: 3_000 }).toBe(true)
  request.destroy()
})

const LONG = 'x'.repeat(100_000)

describeOnServer('two servers on one database', () => {
  let database: ServerDatabase
  let hubs: Hub[]
  beforeAll(async () => {
    database = await withServerDatabase()
    const shared = { databaseUrl: database.url, nikKeys: temporaryNikKeys() }
    hubs = [await openWatchedHub(shared), await openWatchedHub(shared)]
    await someAreas(hubs[0]!)
  })
  afterAll(async () => {
    for (const each of hubs ?? []) await each.close()
    await database?.drop()
  })

  test('a client of one hears what happened at the other, also after the connection was lost', async () => {
    const [here, there] = hubs as [Hub, Hub]
    await using running = await serving({ hub: here, graphiql: false })
    const events = watch(await listening(running), WATCH)
    expect(await nextOf(events)).toEqual(named('Kabupaten Tangerang'))
    await rename(there, 'Tangerang')
    expect(await nextOf(events)).toEqual(named('Tangerang'))

    // What happens while nobody listens is found when somebody does again.
    await there.db.transaction(async (query) => {
      await query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'payung_listen' and datname = current_database()`,
      )
      await query(`update regency set name = 'Tangerang Raya' where code = '36.03'`)
      await notify(query, 'regency', '36.03')
    })
    expect(await nextOf(events)).toEqual(named('Tangerang Raya'))
    await rename(there, 'Tangerang')
    expect(await nextOf(events)).toEqual(named('Tangerang'))
    await events.return!()
  })
})
