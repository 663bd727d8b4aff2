import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { arriving, keepOwnTime, type Patience } from '../../src/server/arriving.ts'
import { readAway } from '../../src/server/read-away.ts'
import { unreadable } from '../../src/server/unreadable.ts'

const PATIENCE: Patience = { silence: 150, beginning: 200, bytesPerMs: 1, most: 400 }

/** The bytes that arrive of pieces that are sent so many milliseconds apart. */
async function arrive(pieces: readonly string[], apart: number, patience = PATIENCE) {
  const body = new PassThrough()
  const sending = (async () => {
    for (const piece of pieces) {
      body.write(piece)
      await sleep(apart)
    }
    body.end()
  })()
  let bytes = 0
  try {
    for await (const piece of arriving(body, patience)) bytes += piece.length
    return bytes
  } finally {
    await sending
  }
}

const tooSlow = { status: 408, code: 'BAD_USER_INPUT', field: 'file', kind: 'time' }

test('a large body may arrive slowly, as long as it goes on', async () => {
  expect(await arrive(Array(10).fill('x'.repeat(100)), 30)).toBe(1_000)
})

test('a body that stops for too long is refused', async () => {
  await expect(arrive(['x'.repeat(1_000), 'x'], 250)).rejects.toMatchObject(tooSlow)
})

test('a body that comes byte by byte is refused', async () => {
  await expect(arrive(Array(10).fill('x'), 40)).rejects.toMatchObject(tooSlow)
})

test('no body may take longer than the longest', async () => {
  await expect(arrive(Array(12).fill('x'.repeat(1_000)), 50)).rejects.toMatchObject(tooSlow)
})

test('the time in which nobody asked for the next piece does not count', async () => {
  const body = new PassThrough()
  body.end('x'.repeat(40_000))
  let bytes = 0
  for await (const piece of arriving(body, { ...PATIENCE, beginning: 50, bytesPerMs: 1_000_000 })) {
    bytes += piece.length
    await sleep(60)
  }
  expect(bytes).toBe(40_000)
})

test('a body that breaks off is the mistake of its sender', async () => {
  const body = new PassThrough()
  body.write('x')
  setTimeout(() => body.destroy(new Error('aborted')), 20)
  const read = async () => {
    for await (const _ of arriving(body));
  }
  await expect(read()).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'file' })
})

test('a body that nobody wants to the end can be read by others', async () => {
  const body = new PassThrough()
  body.write('one')
  for await (const _ of arriving(body)) break
  body.end('two')
  expect(Buffer.concat(await body.toArray()).toString()).toBe('two')
})

test('whoever is refused for his slowness hears of it, also when he sends everything before he listens', async () => {
  const server = createServer(async (incoming, response) => {
    try {
      for await (const _ of arriving(incoming, PATIENCE));
    } catch {
      readAway(incoming)
      response.writeHead(408).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  const rest = Buffer.alloc(20_000_000, 'x')
  const agent = new Agent({ keepAlive: true })
  const headers = { 'content-length': rest.length + 1 }
  const sending = request({ port, method: 'POST', agent, headers })
  const answered = new Promise((resolve) =>
    sending.on('response', (response) => resolve(response.resume().statusCode)),
  )
  sending.write('x')
  await sleep(300)
  await new Promise<void>((resolve) => sending.end(rest, resolve))
  expect(await answered).toBe(408)
  agent.destroy()
  server.close()
})

test('Node hangs up on requests that do not arrive, but not on those with a time of their own', async () => {
  const server = createServer(
    { requestTimeout: 150, headersTimeout: 100, connectionsCheckingInterval: 50 },
    (incoming, response) => {
      if (incoming.url === '/patient') keepOwnTime(incoming, response)
      incoming.resume().on('end', () => response.end('arrived'))
    },
  )
  server.on('clientError', unreadable.clientErrorHandler)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  const statusOf = (path: string) =>
    new Promise<number | undefined>((resolve) => {
      const sending = request({ port, path, method: 'POST', agent: false, headers: { 'content-length': 2 } })
      sending.on('response', (response) => resolve(response.resume().statusCode)).on('error', () => {})
      sending.write('x')
      setTimeout(() => sending.end('y'), 500)
    })
  expect(await Promise.all([statusOf('/patient'), statusOf('/other')])).toEqual([200, 408])
  server.close()
})
