import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, authorization, type Serving, serving } from './serving.ts'

const NAME = '{ regency(code: "36.03") { name } }'

describe('GraphQL over HTTP', () => {
  let hub: Serving
  beforeAll(async () => {
    hub = await serving()
  })
  afterAll(() => hub[Symbol.asyncDispose]())

  test('a query sent by POST is answered', async () => {
    const response = await ask(hub, NAME)
    expect(response.statusCode).toBe(200)
    expect(response.json().data).toEqual({ regency: { name: 'Kabupaten Tangerang' } })
  })

  test.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    [
      'application/graphql-response+json, application/json;q=0.9',
      'application/graphql-response+json; charset=utf-8',
    ],
    ['*/*', 'application/json; charset=utf-8'],
  ])('a client that accepts %s is answered with %s', async (accept, type) => {
    const response = await ask(hub, NAME, { headers: { accept } })
    expect(response.headers['content-type']).toBe(type)
    expect(response.json().data.regency.name).toBe('Kabupaten Tangerang')
  })

  test('a query sent by GET is answered when a header proves that no foreign page sent it', async () => {
    for (const headers of [
      { 'apollo-require-preflight': 'yes' },
      { 'x-apollo-operation-name': 'Name' },
      { 'content-type': 'application/json' },
    ]) {
      const response = await hub.server.inject({
        method: 'GET',
        url: '/graphql',
        query: { query: NAME },
        headers,
      })
      expect(response.statusCode).toBe(200)
      expect(response.json().data).toEqual({ regency: { name: 'Kabupaten Tangerang' } })
    }
  })

  test('a query sent by GET without such a header is refused', async () => {
    const response = await hub.server.inject({ method: 'GET', url: '/graphql', query: { query: NAME } })
    expect(response.statusCode).toBe(400)
    expect(response.json().errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })

  test('a browser that opens it is shown no page, of ours or of anybody', async () => {
    const response = await hub.server.inject({ url: '/graphql', headers: { accept: 'text/html' } })
    expect(response.statusCode).toBe(400)
    expect(response.headers['content-type']).toContain('json')
    expect(response.body).not.toContain('<')
  })

  test('identity numbers are not asked about by GET, because addresses are written down', async () => {
    const query =
      '{ checkCoverage(input: { purpose: AUDIT, from: "2023-05", people: [{ nik: "3603015506859001" }] }) { known } }'
    const headers = { 'apollo-require-preflight': 'yes', ...(await authorization('coverage:check')) }
    const response = await hub.server.inject({ method: 'GET', url: '/graphql', query: { query }, headers })
    expect(response.json().errors[0].extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      remedy: 'Use POST.',
    })
    expect(response.body).not.toContain('3603015506859001')
    const byPost = await hub.server.inject({ method: 'POST', url: '/graphql', headers, payload: { query } })
    expect(byPost.json().data).toEqual({ checkCoverage: [{ known: false }] })
  })

  test('a list of operations in one request is refused', async () => {
    const response = await hub.server.inject({ method: 'POST', url: '/graphql', payload: [{ query: NAME }] })
    expect(response.statusCode).toBe(400)
  })

  test('a large answer is compressed for a client that asks, a small one is not', async () => {
    const headers = { 'accept-encoding': 'gzip' }
    expect((await ask(hub, NAME, { headers })).headers['content-encoding']).toBeUndefined()
    const large = await ask(hub, '{ __schema { types { name description fields { name description } } } }', {
      headers,
    })
    expect(large.headers['content-encoding']).toBe('gzip')
  })

  test('development shows the statements an operation ran', async () => {
    const { extensions } = (await ask(hub, NAME)).json()
    expect(extensions.sql).toHaveLength(1)
    expect(extensions.sql[0].statement).toContain('from "regency"')
  })

  test('a well-formed request id comes back, any other is replaced', async () => {
    const idOf = async (sent: string) =>
      (await ask(hub, NAME, { headers: { 'x-request-id': sent } })).headers['x-request-id']
    expect(await idOf('gateway-7f.3')).toBe('gateway-7f.3')
    expect(await idOf('no spaces, please')).toMatch(/^[a-z]{8}-[0-9a-z]+$/)
    expect(await idOf('3603015506859001')).toMatch(/^[a-z]{8}-[0-9a-z]+$/)
  })
})

describe('GraphQL over HTTP in production', () => {
  let hub: Serving
  beforeAll(async () => {
    hub = await serving({ production: true })
  })
  afterAll(() => hub[Symbol.asyncDispose]())

  test('answers carry no statements', async () => {
    expect((await ask(hub, NAME)).json()).toEqual({ data: { regency: { name: 'Kabupaten Tangerang' } } })
  })

  test('the schema is not shown, and mistakes are not answered with names of fields', async () => {
    expect((await ask(hub, '{ __schema { queryType { name } } }')).json().errors[0].extensions.code).toBe(
      'BAD_USER_INPUT',
    )
    expect((await ask(hub, '{ regenc(code: "36.03") { name } }')).json().errors[0].message).not.toContain(
      'Did you mean',
    )
  })

  test('there is no GraphiQL, and the front door says where GraphQL is', async () => {
    expect((await hub.server.inject('/graphiql')).statusCode).toBe(404)
    expect((await hub.server.inject('/')).json()).toEqual({ name: 'payung', graphql: '/graphql' })
  })
})
