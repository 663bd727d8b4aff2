import { Agent, get, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogger } from '../../src/kernel/log.ts'
import { createServer } from '../../src/server/server.ts'
import { stopGracefully } from '../../src/server/stop.ts'
import { type Serving, serving } from './serving.ts'

describe('a server that stops', () => {
  let running: Serving
  beforeAll(async () => {
    running = await serving()
  })
  afterAll(() => running[Symbol.asyncDispose]())

  test('answers the request that runs, refuses new connections, and ends kept ones', async () => {
    const { server, address } = await another(running)
    const letGo = holdDatabase(running)
    const answer = send(address, new Agent({ keepAlive: true }))
    await after(100)

    const stopped = stopGracefully(server, 20_000)
    await after(100)
    const refused = await new Promise((resolve) => get(`${address}/health/live`).on('error', resolve))
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' })

    await letGo()
    expect(await answer).toContain('Kabupaten Tangerang')
    const answered = performance.now()
    expect(await stopped).toBe(true)
    expect(performance.now() - answered).toBeLessThan(1_000)
  })

  test('cuts off a request that takes longer than it waits', async () => {
    const { server, address } = await another(running)
    const letGo = holdDatabase(running)
    const answer = send(address, new Agent()).catch((error: NodeJS.ErrnoException) => error.code)
    await after(100)
    expect(await stopGracefully(server, 200)).toBe(false)
    expect(await answer).toBe('ECONNRESET')
    await letGo()
  })
})

/** One more listening server over the same hub. */
async function another({ hub }: Serving) {
  const config = { production: true, graphiql: false }
  const server = await createServer(hub, config, createLogger({ level: 'silent' }))
  return { server, address: await server.listen({ port: 0, host: '127.0.0.1' }) }
}

/** Holds the one connection of PGlite, so that requests wait until it is let go. */
function holdDatabase({ hub }: Serving) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const held = hub.db.transaction(() => promise)
  return async () => {
    resolve()
    await held
  }
}

function send(address: string, agent: Agent): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const headers = { 'content-type': 'application/json' }
  request(`${address}/graphql`, { method: 'POST', headers, agent }, (response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    response.on('end', () => resolve(body)).on('error', reject)
  })
    .on('error', reject)
    .end(JSON.stringify({ query: '{ regency(code: "36.03") { name } }' }))
  return promise
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
