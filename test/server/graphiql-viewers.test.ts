import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_HTTP_LIMITS } from '../../src/kernel/config.ts'
import { hubWithViewers, rememberViewers } from '../harness/hub-with-viewers.ts'
import { ask, type Serving, serving } from './serving.ts'

/** Real: the server over a hub that knows the demo's viewers, asked as a browser asks. */
let world: Awaited<ReturnType<typeof hubWithViewers>>
let running: Serving
const elsewhere = 'https://elsewhere.example'

beforeAll(async () => {
  world = await hubWithViewers()
  running = await serving({
    hub: world.hub,
    http: { ...DEFAULT_HTTP_LIMITS, corsOrigins: [elsewhere] },
  })
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const get = (headers: Record<string, string> = {}, { server } = running) =>
  server.inject({ url: '/graphiql/viewers', headers })

test('the page is given the viewers of the scenario, each with a token that this hub believes', async () => {
  const answer = await get({ 'sec-fetch-site': 'same-origin' })
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['cache-control']).toBe('no-store')
  const asked = answer.json().map(async ({ name, token }: { name: string; token: string }) => {
    const headers = { authorization: `Bearer ${token}` }
    const { data } = (
      await ask(running, '{ viewer { subject permissions areas payer { name } } }', { headers })
    ).json()
    return [name, data.viewer]
  })
  expect(Object.fromEntries(await Promise.all(asked))).toEqual({
    'Petugas Kabupaten Tangerang': {
      subject: 'petugas-kab-tangerang',
      permissions: [
        'coverage:check',
        'enrollment:write',
        'identity:read',
        'registry:read',
        'registry:write',
        'roster:write',
        'statistics:exact',
      ],
      areas: ['36.03'],
      payer: { name: 'Kabupaten Tangerang' },
    },
    'Penyetuju Kabupaten Tangerang': {
      subject: 'penyetuju-kab-tangerang',
      permissions: ['budget:write', 'overlap:settle', 'registry:read', 'roster:approve', 'statistics:exact'],
      areas: ['36.03'],
      payer: { name: 'Kabupaten Tangerang' },
    },
    'Analis Provinsi Banten': {
      subject: 'analis-prov-banten',
      permissions: ['registry:read', 'statistics:exact'],
      areas: ['36'],
      payer: null,
    },
    'Mitra kementerian': {
      subject: 'mitra-kementerian',
      permissions: ['coverage:check', 'coverage:report', 'registry:read'],
      areas: [],
      payer: null,
    },
  })
})

test.each(['cross-site', 'same-site', 'none'])('whom a browser calls %s is given no token', async (site) => {
  const answer = await get({ 'sec-fetch-site': site })
  expect(answer.statusCode).toBe(403)
  expect(answer.json().errors[0].extensions.code).toBe('FORBIDDEN')
  expect(answer.body).not.toContain('token":')
  expect(answer.headers['cache-control']).toBe('no-store')
})

test('a page elsewhere, whose own name leads here, is given no token', async () => {
  const answer = await get({ host: 'payung.example:4000', 'sec-fetch-site': 'same-origin' })
  expect(answer.statusCode).toBe(403)
  for (const host of ['127.0.0.1:4000', '[::1]:4000', 'localhost']) {
    expect((await get({ host })).statusCode).toBe(200)
  }
})

test('no other page can read the answer, not even one that may read data', async () => {
  const { statusCode, headers } = await get({ origin: elsewhere })
  expect(statusCode).toBe(200)
  expect(headers['access-control-allow-origin']).toBeUndefined()
  expect(headers['cross-origin-resource-policy']).toBe('same-origin')
})

test('a hub that believes the tokens of somebody else signs none, and offers nobody', async () => {
  await using believing = await serving()
  await rememberViewers(believing.hub)
  const answer = await get({ 'sec-fetch-site': 'same-origin' }, believing)
  expect([answer.statusCode, answer.json()]).toEqual([200, []])
})

test('a hub without viewers offers nobody', async () => {
  await world.hub.db.query(`/* test.forget */ delete from setting where name = 'viewers'`)
  expect((await get()).json()).toEqual([])
  await rememberViewers(world.hub)
})

test('without GraphiQL there is nothing to ask', async () => {
  await using closed = await serving({ hub: running.hub, graphiql: false })
  expect((await get({}, closed)).statusCode).toBe(404)
})
