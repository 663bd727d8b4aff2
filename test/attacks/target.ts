import type { KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK } from 'jose'
import { expect } from 'vitest'
import { PERMISSIONS, ROLES } from '../../src/access/permission.ts'
import { GATEWAY_SCOPE } from '../../src/access/tokens/gateway-scope.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from '../../src/kernel/config.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { AUDIENCE, aKeyPair, claims, ISSUER, type KeyPair, sign } from '../access/tokens/issuer.ts'
import { TODAY } from '../harness/hub.ts'
import { smallWorld } from '../harness/small-world.ts'
import { serving } from '../server/serving.ts'
import { send } from './sending.ts'

/** Who asks: nobody, or a token of the hub's issuer with these claims. */
const VIEWERS = {
  /** Of Kabupaten Tangerang. */
  clerk: { scope: ROLES.clerk.join(' '), areas: ['36.03'] },
  /** Sees no identities. */
  analyst: { scope: ROLES.analyst.join(' '), areas: ['36'] },
  /** Of a district where nobody lives. */
  stranger: { scope: ROLES.clerk.join(' '), areas: ['36.03.02'] },
  admin: { scope: Object.keys(PERMISSIONS).join(' '), areas: ['*'] },
  gateway: { scope: GATEWAY_SCOPE, areas: [] },
} as const

export type Who = keyof typeof VIEWERS

/** What is attacked: a hub full of people, behind a server that listens. */
export interface Target extends AsyncDisposable {
  readonly production: boolean
  readonly hub: Hub
  readonly port: number
  /** The issuer's keys, of which the hub knows the public half. */
  readonly issuer: KeyPair
  /** The key id that the issuer publishes. */
  readonly kid: string
  /** Signed by the issuer. */
  readonly tokens: Readonly<Record<Who, string>>
  /** An address of the attacker's, and how often somebody asked it. */
  readonly elsewhere: { readonly url: string; readonly asked: () => number }
  /** NIKs and names of people in the hub. */
  readonly planted: readonly string[]
  /** Ids of people who live in Kabupaten Tangerang. */
  readonly people: readonly string[]
  /** Lines of the log so far. */
  readonly log: readonly Record<string, unknown>[]
}

const KID = 'issuer-2023'
const UNLIMITED = { requestsPerMinute: 0, anonymousRequestsPerMinute: 0 }

/** A hub configured as in production (or not), its issuer and its people. */
export async function openTarget({ production }: { readonly production: boolean }): Promise<Target> {
  const log: Record<string, unknown>[] = []
  const logger = createLogger({
    level: 'info',
    destination: { write: (line: string) => log.push(JSON.parse(line)) },
  })
  const issuer = aKeyPair()
  const keys = await listening(JSON.stringify({ keys: [await published(issuer.publicKey)] }))
  const attacker = aKeyPair()
  const elsewhere = await listening(JSON.stringify({ keys: [await published(attacker.publicKey)] }))
  const hub = await openHub(
    {
      dataDir: 'memory',
      poolSize: 1,
      production,
      today: TODAY,
      exposeSql: !production,
      federation: production ? 'gateway' : 'any-token',
      tokens: { issuer: ISSUER, audience: AUDIENCE, jwksUrl: keys.url },
      nikKeys: undefined,
    },
    logger,
  )
  const { niks } = await smallWorld(hub)
  const people = await hub.db.query<{ id: string }>(
    `/* test.people */ select w.id from worker w where w.village_code like '36.03.%'
      and exists (select from worker_identity i where i.worker_id = w.id) order by w.id`,
  )
  const { port, log: told, close } = await listeningOver(hub, { production })
  const signed = Object.entries(VIEWERS).map(
    async ([sub, more]) => [sub, await sign(issuer, { ...claims(), sub, ...more }, { kid: KID })] as const,
  )
  return {
    production,
    hub,
    port,
    issuer,
    kid: KID,
    tokens: Object.fromEntries(await Promise.all(signed)) as Record<Who, string>,
    elsewhere,
    planted: [...niks, ...people.map(({ id }) => `Person ${id}`)],
    people: people.map(({ id }) => String(id)),
    get log() {
      return [...log, ...told]
    },
    [Symbol.asyncDispose]: async () => {
      await close()
      await hub.close()
      for (const { server } of [keys, elsewhere]) server.close()
    },
  }
}

/** A server over the hub. Rates are not limited unless they are said. */
export async function listeningOver(
  hub: Hub,
  { production = true, ...http }: Partial<HttpLimits> & { readonly production?: boolean } = {},
) {
  const { server, log, ...served } = await serving({
    hub,
    production,
    introspection: !production,
    graphiql: !production,
    http: { ...DEFAULT_HTTP_LIMITS, ...UNLIMITED, ...http },
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  return { port, log, close: () => served[Symbol.asyncDispose]() }
}

async function published(publicKey: KeyObject) {
  return { ...(await exportJWK(publicKey)), kid: KID, alg: 'EdDSA', use: 'sig' }
}

interface Listening {
  readonly server: Server
  readonly url: string
  readonly asked: () => number
}

async function listening(json: string): Promise<Listening> {
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    response.setHeader('content-type', 'application/json').end(json)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${port}/keys`, asked: () => asked }
}

/** The server is as well as before: ready, not polluted, and an ordinary question is answered rightly. */
export async function expectWell({ port, tokens, people }: Target): Promise<void> {
  expect((await send(port, { method: 'GET', path: '/health/ready' })).status).toBe(200)
  const { status, body } = await send(port, {
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.clerk}` },
    body: JSON.stringify({
      query: 'query ($id: ID!) { regency(code: "36.03") { name } worker(id: $id) { id category } }',
      variables: { id: people[0] },
    }),
  })
  expect([status, JSON.parse(body)]).toMatchObject([
    200,
    { data: { regency: { name: 'Kabupaten Tangerang' }, worker: { id: people[0], category: 'FARMER' } } },
  ])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
}

/** Rows of every table but the audit trail's, which an attack that is recorded makes longer. */
export async function rowCounts({ hub: { db } }: Pick<Target, 'hub'>): Promise<Record<string, number>> {
  const tables = await db.query<{ name: string }>(
    `/* test.tables */ select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'audit%' order by 1`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await db.query<{ rows: number }>(
      `/* test.rows */ select count(*)::int as rows from "${name}"`,
    )
    counts[name] = row!.rows
  }
  return counts
}
