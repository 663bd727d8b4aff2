import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../../src/kernel/errors.ts'
import { ask, authorization, type Serving, serving } from './serving.ts'

describe('errors', () => {
  let hub: Serving
  beforeAll(async () => {
    hub = await serving()
  })
  afterAll(() => hub[Symbol.asyncDispose]())

  test('what fails inside is hidden behind the request id, and logged once under it with its cause', async () => {
    await hub.hub.db.query('alter table regency rename to mislaid')
    const headers = { 'x-request-id': 'find-me' }
    const response = await ask(hub, '{ regency(code: "36.03") { name } }', { headers })
    await hub.hub.db.query('alter table mislaid rename to regency')

    const { errors, data } = response.json()
    expect(data).toEqual({ regency: null })
    expect(errors).toHaveLength(1)
    expect(errors[0].message).toBe('Something went wrong here. Give the request id to whoever runs this hub.')
    expect(errors[0].extensions).toEqual({ code: 'INTERNAL', requestId: 'find-me' })
    expect(response.headers['x-request-id']).toBe('find-me')
    expect(response.body).not.toContain('relation')

    const lines = hub.log.filter(({ requestId }) => requestId === 'find-me')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ level: 50, field: 'regency', err: { code: '42P01' } })
  })

  test('a fault says what is wrong, where, and what helps', async () => {
    const { errors } = (await ask(hub, '{ regencies(after: "no-cursor") { nodes { name } } }')).json()
    expect(errors[0].extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' })
    expect(errors[0].extensions.remedy).toMatch(/^Pass /)
  })

  test.each([
    ['a syntax error', '{ regency(', undefined],
    ['an unknown field', '{ regency(code: "36.03") { nosuch } }', undefined],
    ['a malformed literal', '{ regency(code: "3603") { name } }', undefined],
    ['a malformed variable', 'query ($code: AreaCode!) { regency(code: $code) { name } }', { code: '3603' }],
    ['a missing variable', 'query ($code: AreaCode!) { regency(code: $code) { name } }', undefined],
    ['an ambiguous operation', 'query A { __typename } query B { __typename }', undefined],
    ['an empty operation', '', undefined],
  ])('%s is the caller’s to correct: BAD_USER_INPUT and status 400', async (_mistake, query, variables) => {
    const response = await ask(hub, query, { variables })
    expect(response.statusCode).toBe(400)
    const { errors } = response.json()
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT')
    expect(errors[0].message).not.toBe('')
    expect(errors[0].extensions).not.toHaveProperty('stacktrace')
  })

  test('a wrong value is not repeated in the message: it may be a NIK or a name', async () => {
    const query = 'query ($first: Int) { workers(first: $first) { totalCount } }'
    for (const first of ['3603015506859001', 'Siti Aminah; "at" ']) {
      const headers = await authorization('registry:read')
      const { errors } = (await ask(hub, query, { variables: { first }, headers })).json()
      expect(errors[0].message).toBe(
        'Variable "$first" got invalid value; Int cannot represent non-integer value',
      )
    }
  })

  test('nor is a wrong literal', async () => {
    const wrong = {
      '{ checkCoverage(input: "Siti Aminah") { index } }':
        'Expected value of type "CheckCoverageInput!", found',
      '{ checkCoverage(input: { people: [{ nik: SITI }], from: "2023-01", purpose: AUDIT }) { index } }':
        'String cannot represent a non string value',
    }
    for (const [query, message] of Object.entries(wrong)) {
      const { errors } = (await ask(hub, query)).json()
      expect(errors[0].message).toBe(message)
    }
  })

  test('requests that are no GraphQL are answered in the same form', async () => {
    const post = (type: string, payload: string) =>
      hub.server.inject({ method: 'POST', url: '/graphql', headers: { 'content-type': type }, payload })
    const answers = [
      await post('application/json', '{"query":'),
      await post('application/x-www-form-urlencoded', 'query=1'),
      await post('text/plain', '{"query":"{ __typename }"}'),
      await hub.server.inject('/nowhere'),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 415, 415, 404])
    for (const answer of answers) expect(ERROR_CODES).toContain(answer.json().errors[0].extensions.code)
  })

  test('mistakes of callers are not logged', async () => {
    const before = hub.log.length
    await ask(hub, '{ nosuch }')
    expect(hub.log).toHaveLength(before)
  })
})
