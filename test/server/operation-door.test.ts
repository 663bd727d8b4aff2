import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditReader, type RecordedEvent } from '../harness/viewers.ts'
import { authorization, type Serving, serving } from './serving.ts'

// Real: the server, the hub on PGlite. Of this suite: a door for events that executes operations, as subscriptions will.

let hub: Serving
let recorded: () => Promise<RecordedEvent[]>

beforeAll(async () => {
  hub = await serving({
    graphiql: false,
    routes: (server) =>
      server.post('/fixture/operations', { config: { door: 'data' } }, async (request, reply) => {
        const { id: requestId, viewer, gateway, client, body } = request
        const context = hub.hub.context({ requestId, viewer, gateway, client })
        const result = await hub.hub.run(body as object, context)
        return reply.type('text/event-stream').send(`data: ${JSON.stringify(result)}\n\n`)
      }),
  })
  recorded = auditReader(hub.hub)
})
afterAll(() => hub[Symbol.asyncDispose]())

const send = (payload: object, headers: Record<string, string> = {}) =>
  hub.server.inject({ method: 'POST', url: '/fixture/operations', headers, payload })

test('an operation through a door of another kind is answered under the same rules', async () => {
  const answer = await send({ query: '{ regency(code: "36.03") { name } }' })
  expect(answer.body).toBe('data: {"data":{"regency":{"name":"Kabupaten Tangerang"}}}\n\n')
})

test.each([
  [
    'that floods it with aliases',
    {
      query: `{ ${'a'.repeat(1)}: __typename ${Array.from({ length: 101 }, (_, n) => `b${n}: __typename`).join(' ')} }`,
    },
    400,
    'TOO_COMPLEX',
  ],
  [
    'that costs too much',
    { query: '{ regencies(first: 200) { nodes { programs(first: 200) { nodes { code } } } } }' },
    400,
    'TOO_COMPLEX',
  ],
  ['that asks for what needs a token', { query: '{ workers { totalCount } }' }, 401, 'UNAUTHENTICATED'],
  [
    'that asks for entities',
    { query: '{ _entities(representations: []) { __typename } }' },
    401,
    'UNAUTHENTICATED',
  ],
  ['that is none of the schema', { query: '{ nothing }' }, 400, 'BAD_USER_INPUT'],
  ['that cannot be read', { query: '{' }, 400, 'BAD_USER_INPUT'],
  ['that is no text', { query: 1 }, 400, 'BAD_USER_INPUT'],
  ['whose document is unknown', { documentId: 'sha256:00' }, 400, 'BAD_USER_INPUT'],
  [
    'that it does not name',
    { query: 'query a { __typename } query b { __typename }' },
    400,
    'BAD_USER_INPUT',
  ],
])('an operation %s is refused there as anywhere', async (_, payload, status, code) => {
  const answer = await send(payload)
  expect([answer.statusCode, answer.json().errors[0].extensions.code, answer.json().data]).toEqual([
    status,
    code,
    undefined,
  ])
})

test('a field without permission is refused to a token, and recorded with the purpose it gave', async () => {
  const query = '{ worker(id: "1") { identity(purpose: CLAIM) { fullName } } }'
  await recorded()
  const answer = await send({ query }, await authorization('registry:read'))
  expect([answer.statusCode, answer.json().errors[0].message]).toEqual([
    403,
    'Worker.identity needs the permission identity:read.',
  ])
  expect(await recorded()).toMatchObject([
    { action: 'IDENTITY_READ', outcome: 'REFUSED', reason: 'FORBIDDEN', purpose: 'CLAIM' },
  ])
})
