import { auditServer, serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Serving, serving } from './serving.ts'

// The public audits of the specification, against a server that listens.
let hub: Serving
let url: string
beforeAll(async () => {
  hub = await serving({ graphiql: false })
  url = `${await hub.server.listen({ port: 0, host: '127.0.0.1' })}/graphql`
})
afterAll(() => hub[Symbol.asyncDispose]())

/** As a client of ours would ask: a header proves that no foreign page does. */
const fetchFn = (address: string, { headers, ...init }: RequestInit = {}) =>
  fetch(address, { ...init, headers: { ...headers, 'apollo-require-preflight': '1' } })

test('every audit of GraphQL over HTTP passes', async () => {
  const results = await auditServer({ url, fetchFn })
  expect(results.filter(({ status }) => status !== 'ok').map(({ id, name }) => `${id} ${name}`)).toEqual([])
  expect(results).toHaveLength(serverAudits({ url, fetchFn }).length)
  // As many as the package has today: an update that drops audits is to be seen.
  expect(results).toHaveLength(61)
})

test('without the header an address cannot be asked: the page that asks may be anybody’s', async () => {
  const results = await auditServer({ url })
  const failed = results.filter(({ status }) => status !== 'ok').map(({ id }) => id)
  expect(failed.sort()).toEqual(['5A70', '6A70', 'D6D5'])
})
