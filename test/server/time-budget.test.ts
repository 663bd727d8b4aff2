import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_HTTP_LIMITS } from '../../src/kernel/config.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { ask, type Serving, serving } from './serving.ts'

const NAME = '{ regency(code: "36.03") { name } }'

/** Makes every read of regencies wait. */
const slowRegency = (seconds: number) => `
  alter table regency rename to regency_itself;
  create view regency as select r.* from regency_itself r, lateral (select pg_sleep(${seconds} + 0 * length(r.code))) wait`

describeOnServer('time for a statement', () => {
  let database: ServerDatabase
  let hub: Serving
  beforeAll(async () => {
    database = await withServerDatabase()
    hub = await serving({ databaseUrl: database.url, graphiql: false, statementTimeoutMs: 300 })
  })
  afterAll(async () => {
    await hub[Symbol.asyncDispose]()
    await database.drop()
  })

  test('a statement beyond it is given up, and the client is told to ask for less', async () => {
    await hub.hub.db.query(slowRegency(5))
    const started = performance.now()
    const response = await ask(hub, NAME)
    expect(performance.now() - started).toBeLessThan(3_000)
    expect(response.json()).toMatchObject({
      data: { regency: null },
      errors: [{ extensions: { code: 'TOO_COMPLEX', remedy: expect.stringContaining('Ask for fewer') } }],
    })
    expect(response.body).not.toContain('statement timeout')
    expect(hub.log.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })

  test('connections from before and after the start of the server have it', async () => {
    const { pool } = hub.hub.db
    const timeouts = async () => (await pool!.query('show statement_timeout')).rows[0].statement_timeout
    expect(await timeouts()).toBe('300ms')
    const client = await pool!.connect()
    client.release(true)
    expect(await timeouts()).toBe('300ms')
  })
})

describeOnServer('migrations and scenarios', () => {
  test('may take their time: the limit begins with the server', async () => {
    const database = await withServerDatabase()
    const hub = await serving({ databaseUrl: database.url, graphiql: false })
    const { pool } = hub.hub.db
    expect((await pool!.query('show statement_timeout')).rows[0].statement_timeout).toBe('0')
    await hub[Symbol.asyncDispose]()
    await database.drop()
  })
})

test('an operation beyond the time for a request is given up with 503, and logged', async () => {
  const http = { ...DEFAULT_HTTP_LIMITS, requestMs: 200 }
  await using hub = await serving({ graphiql: false, http })
  const done = Promise.withResolvers<void>()
  const holding = hub.hub.db.transaction(() => done.promise)
  const response = await ask(hub, NAME, { headers: { 'x-request-id': 'late' } })
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5'])
  expect(response.json().errors[0].extensions.code).toBe('TOO_COMPLEX')
  expect(hub.log).toMatchObject([{ requestId: 'late', route: '/graphql', level: 40 }])
  done.resolve()
  await holding
  // What was given up comes to its end without disturbing the next.
  expect((await ask(hub, NAME)).json().data).toEqual({ regency: { name: 'Kabupaten Tangerang' } })
})
