import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_HTTP_LIMITS, DEFAULT_OPERATION_LIMITS } from '../../src/kernel/config.ts'
import { Fault } from '../../src/kernel/errors.ts'
import { ask, type Serving, type ServingOptions, serving } from './serving.ts'

const NAME = '{ regency(code: "36.03") { name } }'
const MUTATION = 'mutation { __typename }'

// Each suite has a server of its own over one hub.
let shared: Serving
beforeAll(async () => {
  shared = await serving({ graphiql: false })
})
afterAll(() => shared[Symbol.asyncDispose]())

const another = (options: ServingOptions = {}) => serving({ hub: shared.hub, graphiql: false, ...options })

describe('what /graphql takes', () => {
  let hub: Serving
  beforeAll(async () => {
    hub = await another()
  })
  afterAll(() => hub[Symbol.asyncDispose]())

  const post = (type: string, payload: string) =>
    hub.server.inject({ method: 'POST', url: '/graphql', headers: { 'content-type': type }, payload })
  const get = (query: Record<string, string>, headers = { 'apollo-require-preflight': '1' }) =>
    hub.server.inject({ method: 'GET', url: '/graphql', query, headers })

  test.each([
    ['a form', 'application/x-www-form-urlencoded', `query=${encodeURIComponent(NAME)}`],
    ['a form in parts', 'multipart/form-data; boundary=x', '--x--'],
    ['plain text', 'text/plain', JSON.stringify({ query: NAME })],
    ['a bare query', 'application/graphql', NAME],
    ['nearly JSON', 'application/jsonp', JSON.stringify({ query: NAME })],
  ])('%s is refused: foreign pages can send it without asking', async (_what, type, payload) => {
    const response = await post(type, payload)
    expect(response.statusCode).toBe(415)
    expect(response.json().errors[0].extensions.code).toBe('BAD_USER_INPUT')
  })

  test.each([
    ['a list of operations', JSON.stringify([{ query: NAME }, { query: NAME }])],
    ['an empty list', '[]'],
    ['a text', '"query"'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['a prototype', '{"query":"{ __typename }","__proto__":{"admin":true}}'],
    ['a constructor', '{"query":"{ __typename }","variables":{"constructor":{"prototype":{"admin":true}}}}'],
  ])('%s is refused', async (_what, payload) => {
    const response = await post('application/json', payload)
    expect(response.statusCode).toBe(400)
    expect(response.json().errors[0].extensions.code).toBe('BAD_USER_INPUT')
  })

  test('changes are not made by GET', async () => {
    const response = await get({ query: MUTATION })
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST'])
  })

  test('an address that says a thing twice, or no JSON, is refused', async () => {
    const twice = await hub.server.inject({
      url: `/graphql?query=${encodeURIComponent(NAME)}&query=${encodeURIComponent(MUTATION)}`,
      headers: { 'apollo-require-preflight': '1' },
    })
    const wrong = await get({ query: NAME, variables: '{' })
    expect([twice.statusCode, wrong.statusCode]).toEqual([400, 400])
    const list = await get({ query: NAME, variables: '["36"]' })
    expect(list.statusCode).toBe(400)
  })

  test('variables of an address reach the operation', async () => {
    const query = 'query ($code: AreaCode!) { regency(code: $code) { name } }'
    const response = await get({ query, variables: '{"code":"36.03"}' })
    expect(response.json().data).toEqual({ regency: { name: 'Kabupaten Tangerang' } })
  })

  test('no answer is stored by anything in between', async () => {
    for (const response of [await ask(hub, NAME), await get({ query: NAME }), await ask(hub, '{ nosuch }')]) {
      expect(response.headers['cache-control']).toContain('no-store')
    }
  })

  test('a client that expects application/json is answered 200 when its operation could be read', async () => {
    const statusFor = async (accept: string, query: string) =>
      (await ask(hub, query, { headers: { accept } })).statusCode
    expect(await statusFor('application/json', '{ nosuch }')).toBe(200)
    expect(await statusFor('application/json', '')).toBe(400)
    expect(await statusFor('application/graphql-response+json, application/json', '{ nosuch }')).toBe(400)
  })
})

describe('operations known by their hash', () => {
  const hash = '6d44ba1fd9bcf1fa5e3e3b4c2c9b05f7d5b2b6a7d4f3a7c0b0c7a4e9c1b2d3e4'
  const persisted = (sha256Hash: string, query?: string) => ({
    query,
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  })
  const send = ({ server }: Serving, payload: object) =>
    server.inject({ method: 'POST', url: '/graphql', payload })
  const sha256 = async (text: string) => {
    const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
    return Buffer.from(bytes).toString('hex')
  }

  test('are answered once they were sent in full', async () => {
    await using hub = await another()
    const own = await sha256(NAME)
    const unknown = await send(hub, persisted(own))
    expect(unknown.json().errors[0]).toMatchObject({
      message: 'PersistedQueryNotFound',
      extensions: { code: 'BAD_USER_INPUT' },
    })
    await send(hub, persisted(own, NAME))
    expect((await send(hub, persisted(own))).json().data.regency.name).toBe('Kabupaten Tangerang')
    expect(hub.log).toEqual([])
  })

  test('are refused under a hash that is not theirs, as the client’s mistake', async () => {
    await using hub = await another()
    const response = await send(hub, persisted(hash, NAME))
    expect([response.statusCode, response.json().errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT'])
    expect((await send(hub, persisted(hash))).json().data).toBeUndefined()
  })

  test('are not kept by a hub that answers trusted documents only', async () => {
    await using hub = await another({
      operations: { ...DEFAULT_OPERATION_LIMITS, trustedDocumentsOnly: true },
    })
    const own = await sha256(NAME)
    await send(hub, persisted(own, NAME))
    expect((await send(hub, persisted(own))).json().errors[0].message).toBe('PersistedQueryNotSupported')
  })
})

describe('admission', () => {
  test('comes before anything parses the operation, by POST and by GET, and its text is what is run', async () => {
    const admitted: unknown[] = []
    const admission = {
      admit: (request: { query?: unknown; documentId?: unknown }) => {
        admitted.push(request)
        if (request.documentId === undefined) {
          throw new Fault('FORBIDDEN', 'Only trusted documents.', { remedy: 'Send an id.' })
        }
        return { query: NAME }
      },
    }
    await using hub = await another({ with: { admission } })
    const send = (documentId?: string) =>
      hub.server.inject({ method: 'POST', url: '/graphql', payload: { query: '{', documentId } })
    const refused = await send()
    expect([refused.statusCode, refused.json().errors]).toEqual([
      403,
      [{ message: 'Only trusted documents.', extensions: { code: 'FORBIDDEN', remedy: 'Send an id.' } }],
    ])
    expect((await send('name')).json().data).toEqual({ regency: { name: 'Kabupaten Tangerang' } })
    const byGet = await hub.server.inject({
      url: '/graphql?documentId=name&variables=%7B%7D',
      headers: { 'apollo-require-preflight': '1' },
    })
    expect(byGet.json().data).toEqual({ regency: { name: 'Kabupaten Tangerang' } })
    expect(admitted).toEqual([
      { query: '{' },
      { query: '{', documentId: 'name' },
      { documentId: 'name', variables: {} },
    ])
  })
})

test('what the gate refuses before execution is the client’s mistake, not a failure of the server', async () => {
  const refusing = (fault: Fault) => ({ pass: () => Promise.reject(fault), ended: async () => {} })
  for (const [code, status] of [
    ['TOO_COMPLEX', 400],
    ['FORBIDDEN', 403],
    ['UNAUTHENTICATED', 401],
  ] as const) {
    await using hub = await another({ with: { gate: refusing(new Fault(code, 'No.')) } })
    const response = await ask(hub, NAME, { headers: { accept: 'application/json' } })
    expect([response.statusCode, response.json().errors[0].extensions]).toEqual([status, { code }])
    expect(response.headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="payung"' : undefined)
  }
})

describe('pages of other origins', () => {
  const origin = 'https://dashboard.example'
  const http = { ...DEFAULT_HTTP_LIMITS, corsOrigins: [origin], anonymousRequestsPerMinute: 2 }
  const allowed = 'access-control-allow-origin'
  const preflight = (hub: Serving, from: string) =>
    hub.server.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })

  test('may read answers and refusals when they are on the list', async () => {
    await using hub = await another({ http })
    const asked = await preflight(hub, origin)
    expect([asked.statusCode, asked.headers[allowed]]).toEqual([204, origin])
    expect(asked.headers['access-control-allow-headers']).toContain('authorization')
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined()
    const answers = []
    for (const _time of [1, 2, 3]) answers.push(await ask(hub, NAME, { headers: { origin } }))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429])
    for (const { headers } of answers) {
      expect(headers[allowed]).toBe(origin)
      // A page that sends a roster reads where its report is, and what a file is to be called.
      expect(String(headers['access-control-expose-headers']).split(', ')).toEqual(
        expect.arrayContaining(['location', 'content-disposition']),
      )
    }
  })

  test('may not when they are not, and nobody may without a list', async () => {
    await using hub = await another({ http })
    await using closed = await another()
    for (const asked of [await preflight(hub, 'https://evil.example'), await preflight(closed, origin)]) {
      expect(asked.headers[allowed]).toBeUndefined()
    }
    expect(
      (await ask(hub, NAME, { headers: { origin: 'https://evil.example' } })).headers[allowed],
    ).toBeUndefined()
    expect(
      (await hub.server.inject({ url: '/health/live', headers: { origin } })).headers[allowed],
    ).toBeUndefined()
  })
})

test('the schema tells about itself where it may, in production too', async () => {
  await using hub = await another({ production: true, introspection: true })
  expect((await ask(hub, '{ __schema { queryType { name } } }')).json().data.__schema.queryType.name).toBe(
    'Query',
  )
  await using closed = await another({ introspection: false })
  expect((await ask(closed, '{ __schema { queryType { name } } }')).statusCode).toBe(400)
})
