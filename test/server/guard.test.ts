import { request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/access/tokens/authenticator.ts'
import { remoteKeys } from '../../src/access/tokens/trusted-keys.ts'
import { DEFAULT_HTTP_LIMITS } from '../../src/kernel/config.ts'
import { AUDIENCE, aKeyPair, claims, ISSUER, now, sign } from '../access/tokens/issuer.ts'
import { DATA_DOORS, fixtureDoors, SECRET } from './fixture-doors.ts'
import { pair, type Serving, type ServingOptions, serving } from './serving.ts'

// A real server over PGlite, asked through sockets with tokens that are really signed.
const ALL_DOORS = [
  [
    'GraphQL',
    { method: 'POST', url: '/graphql', type: 'application/json', body: '{"query":"{ __typename }"}' },
  ],
  ...DATA_DOORS,
] as const

let shared: Serving
beforeAll(async () => {
  shared = await serving()
})
afterAll(() => shared[Symbol.asyncDispose]())

interface Asking {
  readonly method: string
  readonly url: string
  readonly type?: string
  readonly body?: string
}

interface Guarded extends Serving {
  readonly address: string
  readonly doors: ReturnType<typeof fixtureDoors>
  readonly refusedTokens: string[]
}

async function guarded(limits: Partial<typeof DEFAULT_HTTP_LIMITS> = {}, options: ServingOptions = {}) {
  const doors = fixtureDoors()
  const refusedTokens: string[] = []
  const loginFailed = async ({ requestId }: { requestId: string }) => void refusedTokens.push(requestId)
  const running = await serving({
    hub: shared.hub,
    graphiql: false,
    http: { ...DEFAULT_HTTP_LIMITS, ...limits },
    with: { loginFailed },
    routes: doors.register,
    ...options,
  })
  const address = await running.server.listen({ port: 0, host: '127.0.0.1' })
  return { ...running, address, doors, refusedTokens } satisfies Guarded
}

/** One request over a socket. */
function send(
  { address }: Pick<Guarded, 'address'>,
  { method, url, type, body }: Asking,
  {
    token,
    query = '',
    headers = {},
  }: { token?: string; query?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(`${address}${url}${query}`, {
    method,
    body,
    headers: {
      ...(type && { 'content-type': type }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
}

const tokenOf = (sub: string) => sign(pair, { ...claims(), sub })

describe('one guard stands before every door', () => {
  let hub: Guarded
  beforeAll(async () => {
    hub = await guarded({ bodyBytes: 2_048, requestMs: 400 })
  })
  afterAll(() => hub[Symbol.asyncDispose]())

  describe.each(ALL_DOORS)('%s', (_door, asking) => {
    test('answers with a good token, and without one', async () => {
      for (const token of [await tokenOf('clerk-7'), undefined]) {
        const response = await send(hub, asking, { token })
        expect(response.status).toBe(200)
        await response.text()
      }
    })

    test('refuses a forged and an expired token, says so in the form of GraphQL, and has it recorded', async () => {
      const bad = [
        await sign(aKeyPair(), claims()),
        await sign(pair, { ...claims(), exp: now() - 60 }),
        'not.a.token',
      ]
      for (const [index, token] of bad.entries()) {
        const id = `bad-${index}-${_door.replaceAll(' ', '-')}`
        const response = await send(hub, asking, { token, headers: { 'x-request-id': id } })
        expect(response.status).toBe(401)
        expect(response.headers.get('www-authenticate')).toBe('Bearer realm="payung", error="invalid_token"')
        expect((await errorOf(response)).extensions.code).toBe('UNAUTHENTICATED')
        expect(hub.refusedTokens).toContain(id)
      }
    })

    test('is marked as nothing to sniff, to store or to frame', async () => {
      const response = await send(hub, asking)
      await response.text()
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'strict-transport-security': expect.stringContaining('max-age='),
        'x-content-type-options': 'nosniff',
      })
    })
  })

  test.each([...DATA_DOORS, ['a page', { method: 'GET', url: '/fixture/page' }]] as const)(
    '%s masks what it throws behind the request id',
    async (_door, asking) => {
      const response = await send(hub, asking, { query: '?fail', headers: { 'x-request-id': 'ask-me' } })
      expect(response.status).toBe(500)
      const body = await response.text()
      expect(body).not.toContain(SECRET)
      expect(JSON.parse(body).errors[0].extensions).toEqual({ code: 'INTERNAL', requestId: 'ask-me' })
      expect(hub.log.some(({ requestId }) => requestId === 'ask-me')).toBe(true)
    },
  )

  test.each([
    ['GraphQL', '/graphql', 'application/json'],
    ['an upload', '/fixture/upload', 'text/csv'],
  ])('%s refuses a body that is too large, announced or not', async (_door, url, type) => {
    const rows = `{"query":"${'x'.repeat(3_000)}"}`
    expect((await send(hub, { method: 'POST', url, type, body: rows })).status).toBe(413)
    const { status, body } = await sendInPieces(hub, url, type, rows)
    expect([status, JSON.parse(body).errors[0].message]).toEqual([413, 'The body is too large.'])
    expect(hub.doors.uploaded.every((bytes) => bytes <= 2_048)).toBe(true)
  })

  test('an upload within the limit is read to its end, announced or not', async () => {
    hub.doors.uploaded.length = 0
    const rows = 'x'.repeat(2_048)
    await send(hub, { method: 'POST', url: '/fixture/upload', type: 'text/csv', body: rows })
    await sendInPieces(hub, '/fixture/upload', 'text/csv', rows)
    expect(hub.doors.uploaded).toEqual([2_048, 2_048])
  })

  test('a route that never answers is given up in time, and the log says so', async () => {
    const asking = { method: 'GET', url: '/fixture/slow' }
    const response = await send(hub, asking, { headers: { 'x-request-id': 'late-1' } })
    expect(response.status).toBe(503)
    expect((await errorOf(response)).extensions.code).toBe('TOO_COMPLEX')
    expect(hub.log.find(({ requestId }) => requestId === 'late-1')).toMatchObject({ route: '/fixture/slow' })
  })

  test('a page may load nothing unless it says what', async () => {
    const { headers } = await send(hub, { method: 'GET', url: '/fixture/page' })
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'")
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect((await send(hub, { method: 'GET', url: '/nowhere' })).headers.get('x-frame-options')).toBe(
      'SAMEORIGIN',
    )
  })

  test('a viewer is who the token says, and a gateway proves itself beside it', async () => {
    const events = { method: 'GET', url: '/fixture/events' }
    const who = async (headers: Record<string, string>) => (await send(hub, events, { headers })).text()
    const clerk = `Bearer ${await tokenOf('clerk-7')}`
    const gateway = await sign(pair, { ...claims(), sub: 'gateway', scope: 'federation:gateway' })
    expect(await who({})).toBe('data: anybody\n\n')
    expect(await who({ authorization: clerk })).toBe('data: clerk-7\n\n')
    expect(await who({ authorization: clerk, 'payung-gateway': gateway })).toBe(
      'data: clerk-7 by gateway\n\n',
    )
    expect(await who({ authorization: clerk, 'payung-gateway': await tokenOf('clerk-7') })).toBe(
      'data: clerk-7\n\n',
    )
  })

  test('requests that cannot be read are answered in the same form', async () => {
    const { port } = hub.server.server.address() as AddressInfo
    const wrong = [
      'GET /%E0 HTTP/1.1\r\nhost: hub',
      'nonsense',
      `GET / HTTP/1.1\r\nhost: ${'x'.repeat(20_000)}`,
    ]
    for (const [index, status] of [400, 400, 431].entries()) {
      const answer = await sendBare(port, `${wrong[index]}\r\n\r\n`)
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      const body = answer.slice(answer.indexOf('\r\n\r\n'))
      expect(JSON.parse(body).errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' })
      expect(body).not.toContain('E0')
    }
  })
})

test('a token that cannot be checked, because whoever signs is out of reach, is not called wrong', async () => {
  const keys = remoteKeys('http://127.0.0.1:1/keys')
  const unreachable = createAuthenticator({ issuer: ISSUER, audience: AUDIENCE, keys })
  const refused: string[] = []
  const loginFailed = async ({ requestId }: { requestId: string }) => void refused.push(requestId)
  await using hub = await guarded({}, { with: { authenticator: unreachable, loginFailed } })
  const response = await send(hub, ALL_DOORS[0][1], { token: await tokenOf('siti') })
  expect([response.status, response.headers.get('retry-after'), refused]).toEqual([503, '5', []])
  expect((await errorOf(response)).extensions.code).toBe('UNAUTHENTICATED')
  expect(hub.log).toMatchObject([{ component: 'guard', level: 50 }])
})

describe('requests per minute', () => {
  test.each([...ALL_DOORS, ['a page', { method: 'GET', url: '/fixture/page' }]] as const)(
    '%s refuses an address those beyond the limit, with the time to wait',
    async (_door, asking) => {
      await using hub = await guarded({ anonymousRequestsPerMinute: 2, requestsPerMinute: 3 })
      for (const _time of [1, 2]) expect((await send(hub, asking)).status).toBe(200)
      const response = await send(hub, asking)
      expect(response.status).toBe(429)
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
      expect((await errorOf(response)).extensions).toMatchObject({ code: 'TOO_COMPLEX' })
      // Addresses where nothing is, and HEAD, are no way around.
      expect((await send(hub, { method: 'GET', url: '/nowhere' })).status).toBe(429)
      if (asking.method === 'GET') expect((await send(hub, { ...asking, method: 'HEAD' })).status).toBe(429)
    },
  )

  test('a HEAD counts as one request', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 2 })
    const asking = { method: 'HEAD', url: '/fixture/page' }
    const statuses = [await send(hub, asking), await send(hub, asking), await send(hub, asking)]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429])
  })

  test('each subject has requests of its own, wherever it asks from', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 1, requestsPerMinute: 2 })
    const [siti, budi] = [await tokenOf('siti'), await tokenOf('budi')]
    const statuses: number[] = []
    for (const token of [siti, siti, siti, budi]) {
      statuses.push((await send(hub, ALL_DOORS[0][1], { token })).status)
    }
    expect(statuses).toEqual([200, 200, 429, 200])
  })

  test('wrong tokens count for the address, and those beyond the limit are not recorded', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 2 })
    const statuses: number[] = []
    for (const token of ['a.b.c', 'd.e.f', 'g.h.i']) {
      statuses.push((await send(hub, ALL_DOORS[0][1], { token })).status)
    }
    expect(statuses).toEqual([401, 401, 429])
    expect(hub.refusedTokens).toHaveLength(2)
    expect((await send(hub, ALL_DOORS[0][1], { token: await tokenOf('siti') })).status).toBe(200)
  })

  test('probes are never refused', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 1 })
    for (const url of ['/health/live', '/health/ready', '/metrics']) {
      for (const _time of [1, 2]) expect((await send(hub, { method: 'GET', url })).status).toBe(200)
    }
  })

  test('a stranger is not believed whom he forwards for, a trusted proxy is', async () => {
    const asking = ALL_DOORS[0][1]
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
    for (const [trustedProxies, status] of [
      [[], 429],
      [['127.0.0.0/8'], 200],
    ] as const) {
      await using hub = await guarded({ anonymousRequestsPerMinute: 1, trustedProxies })
      expect((await send(hub, asking, from('203.0.113.1'))).status).toBe(200)
      expect((await send(hub, asking, from('203.0.113.2'))).status).toBe(status)
      expect((await send(hub, asking, from('203.0.113.2'))).status).toBe(429)
    }
  })

  test('the addresses of one IPv6 network are one client', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 1 })
    const statusFor = async (remoteAddress: string) =>
      (await hub.server.inject({ url: '/fixture/page', remoteAddress })).statusCode
    expect(await statusFor('2001:db8:0:1::1')).toBe(200)
    expect(await statusFor('2001:db8:0:1::2')).toBe(429)
    expect(await statusFor('2001:db8:0:2::1')).toBe(200)
    expect(await statusFor('192.0.2.1')).toBe(200)
    expect(await statusFor('::ffff:192.0.2.1')).toBe(429)
  })

  test('thousands of addresses cannot fill the memory: those seen longest ago are forgotten', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 1 })
    const statusFor = async (remoteAddress: string) =>
      (await hub.server.inject({ url: '/fixture/page', remoteAddress })).statusCode
    expect([await statusFor('192.0.2.1'), await statusFor('192.0.2.1')]).toEqual([200, 429])
    for (let count = 0; count < 5_000; count++) await statusFor(`10.0.${count >> 8}.${count & 255}`)
    expect(await statusFor('192.0.2.1')).toBe(200)
  })

  test('0 sets no limit', async () => {
    await using hub = await guarded({ anonymousRequestsPerMinute: 0 })
    for (const _time of [1, 2, 3]) expect((await send(hub, ALL_DOORS[0][1])).status).toBe(200)
  })
})

describe('requests at the same time', () => {
  test('those beyond the limit are refused until one is over, answered or given up by the client', async () => {
    await using hub = await guarded({ concurrentRequests: 2 })
    const events = { method: 'GET', url: '/fixture/events' }
    const leaving = new AbortController()
    const first = await fetch(`${hub.address}/fixture/events?hold`, { signal: leaving.signal })
    const second = await send(hub, events, { query: '?hold' })
    const refused = await send(hub, ALL_DOORS[0][1])
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await send(hub, ALL_DOORS[0][1], { token: await tokenOf('siti') })).status).toBe(200)

    leaving.abort()
    await expect(first.text()).rejects.toThrow()
    await expect.poll(async () => (await send(hub, ALL_DOORS[0][1])).status).toBe(200)
    hub.doors.release()
    await second.text()
    for (const _time of [1, 2, 3]) expect((await send(hub, ALL_DOORS[0][1])).status).toBe(200)
  })
})

describe('a process that has more to do than it can', () => {
  test('refuses early, with the time to wait, and still answers probes', async () => {
    await using hub = await guarded({ heapPercent: 1 / 1_000 })
    const status = async () => (await send(hub, ALL_DOORS[0][1])).status
    await expect.poll(status, { timeout: 10_000 }).toBe(503)
    for (const [, asking] of ALL_DOORS) {
      const response = await send(hub, asking)
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10'])
      expect((await errorOf(response)).extensions.code).toBe('TOO_COMPLEX')
    }
    expect((await send(hub, { method: 'GET', url: '/health/ready' })).status).toBe(200)
  })
})

describe('a server does not start', () => {
  test('with a route that does not say which door it is', async () => {
    const forgotten = serving({
      hub: shared.hub,
      routes: (server) => void server.get('/forgotten', async () => 'open'),
    })
    await expect(forgotten).rejects.toThrow('The route GET /forgotten does not say which door it is')
  })

  test('nor with one that a plugin adds', async () => {
    await using hub = await serving({
      hub: shared.hub,
      routes: (server) =>
        void server.register(async (scope) => void scope.get('/forgotten', async () => 'open')),
    })
    await expect(hub.server.ready()).rejects.toThrow('The route GET /forgotten does not say which door it is')
  })

  test('nor when something takes WebSockets beside the guard', async () => {
    await using hub = await serving({
      hub: shared.hub,
      routes: ({ server }) => void server.on('upgrade', () => {}),
    })
    await expect(hub.server.ready()).rejects.toThrow('takes WebSocket upgrades beside the guard')
  })
})

test('refusals are counted by kind, and by nothing that tells who was refused', async () => {
  await using hub = await guarded({ anonymousRequestsPerMinute: 3, bodyBytes: 1_024 })
  await send(hub, ALL_DOORS[0][1], { token: 'a.b.c' })
  await send(hub, { ...ALL_DOORS[0][1], body: 'x'.repeat(2_000) })
  await send(hub, { ...ALL_DOORS[0][1], type: 'text/plain' })
  await send(hub, ALL_DOORS[0][1])
  const metrics = await (await send(hub, { method: 'GET', url: '/metrics' })).text()
  const counts = metrics.split('\n').filter((line) => line.startsWith('payung_http_refusals_total'))
  expect(counts.sort()).toEqual([
    'payung_http_refusals_total{kind="media_type"} 1',
    'payung_http_refusals_total{kind="rate"} 1',
    'payung_http_refusals_total{kind="size"} 1',
    'payung_http_refusals_total{kind="token"} 1',
  ])
})

interface ShownError {
  readonly message: string
  readonly extensions: Record<string, unknown>
}

async function errorOf(response: Response): Promise<ShownError> {
  const { errors } = (await response.json()) as { errors: readonly ShownError[] }
  return errors[0]!
}

/** A body whose length is not announced. */
function sendInPieces({ address }: Pick<Guarded, 'address'>, url: string, type: string, body: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status?: number; body: string }>()
  const sending = httpRequest(`${address}${url}`, { method: 'POST', headers: { 'content-type': type } })
  sending.on('response', (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    response.on('end', () => resolve({ status: response.statusCode, body: text }))
  })
  sending.on('error', reject)
  for (let start = 0; start < body.length; start += 500) sending.write(body.slice(start, start + 500))
  sending.end()
  return promise
}

/** Whatever bytes, over a socket; the answer as it comes. */
function sendBare(port: number, text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let answer = ''
  const socket = connect(port, '127.0.0.1', () => socket.write(text))
  socket.setEncoding('utf8').setTimeout(500, () => socket.end())
  socket.on('data', (piece) => {
    answer += piece
  })
  socket.on('close', () => resolve(answer)).on('error', reject)
  return promise
}
