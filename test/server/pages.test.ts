import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogger } from '../../src/kernel/log.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { serveGraphiql } from '../../src/server/graphiql.ts'
import { createHealth } from '../../src/server/health.ts'
import { ask, type Serving, serving } from './serving.ts'

const POLICY =
  "default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;font-src 'self';" +
  "connect-src 'self';worker-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'"

describe('the pages beside GraphQL', () => {
  let hub: Serving
  beforeAll(async () => {
    hub = await serving()
  })
  afterAll(() => hub[Symbol.asyncDispose]())

  test('a hub that runs is live, and ready when its database answers', async () => {
    expect((await hub.server.inject('/health/live')).statusCode).toBe(200)
    const ready = await hub.server.inject('/health/ready')
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ready' }])
  })

  test('a database that is busy beyond patience makes the hub unready', async () => {
    const health = createHealth(hub.hub.db, createLogger({ level: 'silent' }), 50)
    const done = Promise.withResolvers<void>()
    const holding = hub.hub.db.transaction(() => done.promise)
    expect(await health.unready()).toBe('the database does not answer')
    done.resolve()
    await holding
    expect(await health.unready()).toBeUndefined()
  })

  test('a server that stops is not ready, and says why', async () => {
    const health = createHealth(hub.hub.db, createLogger({ level: 'silent' }))
    health.stopping()
    expect(await health.unready()).toBe('the server is stopping')
  })

  test('metrics count operations by kind, way and outcome, without their names or arguments', async () => {
    await ask(hub, 'query Secret { regency(code: "36.03") { name } }')
    await ask(hub, '{ nosuch }')
    await ask(hub, '{ __schema { queryType { name } } }')
    const { body, headers } = await hub.server.inject('/metrics')
    expect(headers['content-type']).toContain('text/plain')
    expect(body).toContain('payung_graphql_operations_total{type="query",path="fast",outcome="answered"} 1')
    expect(body).toContain('payung_graphql_operations_total{type="unknown",path="plain",outcome="refused"} 1')
    expect(body).toContain('payung_graphql_operations_total{type="query",path="plain",outcome="answered"} 1')
    expect(body).toContain('payung_graphql_operation_seconds_count{type="query",path="fast"} 1')
    expect(body).toContain('process_cpu_seconds_total')
    expect(body).not.toContain('Secret')
    expect(body).not.toContain('36.03')
  })

  test('the front door leads to GraphiQL', async () => {
    const { statusCode, headers } = await hub.server.inject('/')
    expect([statusCode, headers.location]).toEqual([302, '/graphiql'])
  })

  test.runIf(existsSync(join(packageRoot, 'dist/graphiql/index.html')))(
    'GraphiQL opens with and without a slash, checked anew each time, its files kept for ever',
    async () => {
      for (const url of ['/graphiql', '/graphiql/']) {
        const page = await hub.server.inject(url)
        expect(page.statusCode).toBe(200)
        expect(page.headers['content-security-policy']).toBe(POLICY)
        expect(page.headers['cache-control']).toBe('no-cache')
        const [script] = /\/graphiql\/assets\/[^"]+\.js/.exec(page.body)!
        const asset = await hub.server.inject(script)
        expect(asset.statusCode).toBe(200)
        expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
        expect(asset.headers['content-security-policy']).toBe(POLICY)
      }
      expect((await hub.server.inject('/graphiql/assets/nosuch.js')).statusCode).toBe(404)
    },
  )

  test('a hub without the built page says how to build it', async () => {
    await using server = fastify()
    await serveGraphiql(server, { bundle: '/nowhere' })
    const { statusCode, body } = await server.inject('/graphiql')
    expect([statusCode, body]).toEqual([
      503,
      'GraphiQL is not built yet. Run npm run build, then start the hub again.\n',
    ])
  })
})

test('a hub whose database is gone is live and not ready', async () => {
  const hub = await serving()
  await hub.hub.close()
  expect((await hub.server.inject('/health/live')).statusCode).toBe(200)
  const ready = await hub.server.inject('/health/ready')
  expect([ready.statusCode, ready.json()]).toEqual([
    503,
    { status: 'unready', reason: 'the database does not answer' },
  ])
  await hub.server.close()
})
