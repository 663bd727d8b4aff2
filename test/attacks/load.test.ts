import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/kernel/errors.ts'
import { expectNothingInternal } from './attack.ts'
import { asking } from './operations.ts'
import { type Answer, send } from './sending.ts'
import { expectWell, listeningOver, openTarget, type Target } from './target.ts'

// Here load is the attack: requests are refused that would be answered at another time.
const NAME = '{ regency(code: "36.03") { name } }'

let target: Target
beforeAll(async () => {
  target = await openTarget({ production: true })
})
afterAll(() => target[Symbol.asyncDispose]())

const closing: (() => PromiseLike<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await expectWell(target)
  expect(target.log.filter(({ level }) => (level as number) >= 50)).toEqual([])
})

/** The same hub behind a server with other limits. */
async function limited(limits: Parameters<typeof listeningOver>[1]): Promise<Target> {
  const { port, close } = await listeningOver(target.hub, limits)
  closing.push(close)
  return { ...target, port }
}

/** As many requests at the same time. */
function atOnce(count: number, ask: (n: number) => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => ask(n)))
}

function expectTurnedAway(answer: Answer, status: number): void {
  expectNothingInternal({ ...answer, status: 0 }, target)
  expect(answer.status).toBe(status)
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  const { errors } = JSON.parse(answer.body) as { errors: { extensions: { code: string } }[] }
  expect(ERROR_CODES).toContain(errors[0]!.extensions.code)
}

/** Sends the beginning of a request and no more. */
async function hangingOn(port: number, bytes: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  const { promise: answer, resolve } = Promise.withResolvers<string>()
  socket.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  socket.on('close', () => resolve(text)).on('error', () => {})
  await new Promise<void>((sent) => socket.write(bytes, () => sent()))
  return { socket, answer }
}

const HEAD = 'POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n'

test('a flood from one address is turned away, whomever it says it forwards for, and nobody else is', async () => {
  const hub = await limited({ anonymousRequestsPerMinute: 20, requestsPerMinute: 20 })
  const forwarded = (n: number) => {
    const request = asking(NAME)(hub)
    const from = `203.0.113.${n}`
    const headers = {
      ...request.headers,
      'x-forwarded-for': from,
      'x-real-ip': from,
      forwarded: `for=${from}`,
    }
    return send(hub.port, { ...request, headers })
  }
  for (let n = 0; n < 20; n++) expect((await forwarded(n)).status).toBe(200)
  for (let n = 20; n < 30; n++) expectTurnedAway(await forwarded(n), 429)
  expect((await send(hub.port, { method: 'GET', path: '/health/ready' })).status).toBe(200)
  expect((await send(hub.port, asking(NAME, { as: 'clerk' })(hub))).status).toBe(200)
})

test('tokens that are tried one after the other are turned away', async () => {
  const hub = await limited({ anonymousRequestsPerMinute: 20 })
  const statuses: number[] = []
  for (let n = 0; n < 25; n++) {
    const { headers, ...request } = asking(NAME)(hub)
    const answer = await send(hub.port, {
      ...request,
      headers: { ...headers, authorization: `Bearer a.${n}.c` },
    })
    statuses.push(answer.status)
  }
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)])
})

test('a flood of one clerk is turned away, and another clerk is not', async () => {
  const hub = await limited({ requestsPerMinute: 20 })
  for (let n = 0; n < 20; n++)
    expect((await send(hub.port, asking(NAME, { as: 'clerk' })(hub))).status).toBe(200)
  expectTurnedAway(await send(hub.port, asking(NAME, { as: 'clerk' })(hub)), 429)
  expect((await send(hub.port, asking(NAME, { as: 'analyst' })(hub))).status).toBe(200)
})

test('two hundred requests at once are answered or turned away, and none fails', async () => {
  const hub = await limited({ concurrentRequests: 8 })
  const people = '{ workers(first: 50) { totalCount nodes { id enrollments { nodes { id } } } } }'
  const answers = await atOnce(200, () => send(hub.port, asking(people, { as: 'admin' })(hub)))
  const turnedAway = answers.filter(({ status }) => status !== 200)
  expect(answers.length - turnedAway.length).toBeGreaterThanOrEqual(8)
  for (const answer of turnedAway) expectTurnedAway(answer, 429)
  expect((await send(hub.port, asking(people, { as: 'admin' })(hub))).status).toBe(200)
})

test('bodies that never arrive are given up, and meanwhile others are answered', async () => {
  const hub = await limited({ requestMs: 1_000, concurrentRequests: 8 })
  const slow = await Promise.all(
    Array.from({ length: 8 }, () => hangingOn(hub.port, `${HEAD}content-length: 1000\r\n\r\n{"query":`)),
  )
  const clerk = await send(hub.port, asking(NAME, { as: 'clerk' })(hub))
  expect([clerk.status, clerk.ms < 1_000]).toEqual([200, true])
  const answers = await Promise.all(slow.map(({ answer, socket }) => Promise.race([answer, spoken(socket)])))
  for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (408|503) /)
  for (const { socket } of slow) socket.destroy()
  await expect.poll(async () => (await send(hub.port, asking(NAME)(hub))).status).toBe(200)
})

/** The first that comes. */
function spoken(socket: Socket): Promise<string> {
  return new Promise((resolve) => socket.once('data', (text) => resolve(String(text))))
}

test('heads that never end keep nobody else waiting', async () => {
  const hub = await limited({ concurrentRequests: 8 })
  const slow = await Promise.all(Array.from({ length: 100 }, () => hangingOn(hub.port, `${HEAD}x-slow: `)))
  const answer = await send(hub.port, asking(NAME)(hub))
  expect([answer.status, answer.ms < 1_500]).toEqual([200, true])
  for (const { socket } of slow) socket.destroy()
})

test('clients that hang up leave nothing behind', async () => {
  const hub = await limited({ concurrentRequests: 8 })
  const body = JSON.stringify({ query: NAME })
  for (let n = 0; n < 50; n++) {
    const { socket } = await hangingOn(
      hub.port,
      `${HEAD}content-length: ${body.length}\r\n\r\n${body.slice(0, n)}`,
    )
    socket.destroy()
  }
  await expect
    .poll(async () => (await atOnce(8, () => send(hub.port, asking(NAME)(hub)))).map(({ status }) => status))
    .toEqual(Array(8).fill(200))
})
