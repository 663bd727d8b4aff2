import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Policy } from '../../../src/access/policy.ts'
import type { Hub } from '../../../src/app.ts'
import { notify } from '../../../src/db/notifications.ts'
import { createAdmission } from '../../../src/graph/admission/admission.ts'
import { ADMISSION_LIMITS } from '../../../src/graph/admission/limits.ts'
import { subscribeTo } from '../../../src/graph/subscriptions.ts'
import { someAreas } from '../../harness/areas.ts'
import { aWorker } from '../../harness/builders.ts'
import { ask, authorization, type Serving, serving } from '../serving.ts'
import { listening, named, nextOf, openStreams, openWatchedHub, rename, WATCH, watch } from './watching.ts'

// Real: the server over HTTP, the protocol's own client, the hub on PGlite. Of this suite: two subscriptions that are added to the hub's resolvers and policies.

vi.mock('../../../src/graph/resolvers.ts', async (original) => {
  const { resolvers } = await original<{ resolvers: readonly unknown[] }>()
  const { Watched } = await import('./watched.ts')
  return { resolvers: [...resolvers, Watched] }
})
vi.mock('../../../src/graph/policies.ts', async (original) => {
  const { policies } = await original<{ policies: readonly Policy[] }>()
  const { watchedPolicy } = await import('./watched.ts')
  return { policies: [...policies, watchedPolicy] }
})

let hub: Hub
let running: Serving
let address: string

beforeAll(async () => {
  hub = await openWatchedHub()
  await someAreas(hub)
  running = await serving({ hub, graphiql: false })
  address = await listening(running)
})
beforeEach(() => rename(hub, 'Kabupaten Tangerang'))
afterAll(async () => {
  await running?.[Symbol.asyncDispose]()
  await hub?.close()
})

/** Asks without the protocol's client, which does not show what else there is in a response. */
const post = (payload: unknown, headers: Record<string, string> = {}) =>
  fetch(`${address}/graphql/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(payload),
  })

describe('a subscription', () => {
  test('tells how things are, and again whenever they have changed', async () => {
    const events = watch(address, WATCH)
    expect(await nextOf(events)).toEqual(named('Kabupaten Tangerang'))
    await rename(hub, 'Tangerang Raya')
    expect(await nextOf(events)).toEqual(named('Tangerang Raya'))
    await events.return!()
  })

  test('is answered by the planner as a query is: by response keys, with what lies below', async () => {
    const query = `subscription ($code: AreaCode!, $no: Boolean!) {
      it: watchRegency(code: $code) { ...n kind province { is: name } districts { code @skip(if: $no) } } }
      fragment n on Regency { title: name __typename }`
    const events = watch(address, query, { variables: { code: '36.03', no: true } })
    expect(await nextOf(events)).toEqual({
      data: {
        it: {
          title: 'Kabupaten Tangerang',
          __typename: 'Regency',
          kind: 'KABUPATEN',
          province: { is: 'Banten' },
          districts: [{}, {}],
        },
      },
    })
    await events.return!()
  })

  test('hears nothing of other things, nor of changes that change nothing it asked for', async () => {
    const events = watch(address, WATCH)
    await nextOf(events)
    await notify(hub.db.query, 'regency', '36.71')
    await notify(hub.db.query, 'regency', '36.03')
    await notify(hub.db.query, 'worker', '36.03')
    await rename(hub, 'Tangerang')
    expect(await nextOf(events)).toEqual(named('Tangerang'))
    await events.return!()
  })

  test('is told the last of many changes, however few it is told', async () => {
    const events = watch(address, WATCH)
    await nextOf(events)
    for (let n = 1; n <= 100; n++) await rename(hub, `Tangerang ${n}`)
    const told: unknown[] = []
    while (JSON.stringify(told.at(-1)) !== JSON.stringify(named('Tangerang 100')))
      told.push(await nextOf(events))
    expect(told.length).toBeLessThanOrEqual(100)
    await events.return!()
  })

  test('to what does not exist is null until it does', async () => {
    const events = watch(address, WATCH.replace('36.03', '36.99'))
    expect(await nextOf(events)).toEqual({ data: { watchRegency: null } })
    await events.return!()
  })

  test('tells of an event only what its viewer may see at that moment', async () => {
    const worker = await aWorker().livingIn('36.03.01.2003').in(hub)
    const watching = async (areas: string[]) =>
      watch(address, `subscription { watchWorker(id: "${worker.id}") { regency { code } } }`, {
        headers: await authorization('registry:read', { areas }),
      })
    const move = (regency: string, village: string) =>
      hub.db.transaction(async (query) => {
        await query('/* test.move */ update worker set village_code = $1 where id = $2', [village, worker.id])
        await notify(query, 'worker', worker.id)
        return { data: { watchWorker: { regency: { code: regency } } } }
      })
    const unseen = { data: { watchWorker: null } }
    const [here, there] = [await watching(['36.03']), await watching(['36.71'])]
    expect(await nextOf(here)).toEqual({ data: { watchWorker: { regency: { code: '36.03' } } } })
    expect(await nextOf(there)).toEqual(unseen)
    // Within the regency nothing that either asked for changes: who may not see the worker is not told that it did.
    await move('36.03', '36.03.02.2001')
    const seen = await move('36.71', '36.71.01.1001')
    expect(await nextOf(here)).toEqual(unseen)
    expect(await nextOf(there)).toEqual(seen)
    await Promise.all([here.return!(), there.return!()])
  })

  test('hides what fails inside behind its request id, and goes on', async () => {
    const response = await post({ query: WATCH }, { 'x-request-id': 'failing' })
    const events = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    const until = async (wanted: RegExp) => {
      let text = ''
      while (!wanted.test(text)) text += (await events.read()).value
      return text
    }
    await until(/Kabupaten/)
    await hub.db.query('alter table regency rename to regency_away')
    await notify(hub.db.query, 'regency', '36.03')
    const failed = await until(/errors.*\n\n/)
    expect(failed).toContain('"code":"INTERNAL","requestId":"failing"')
    expect(failed).not.toContain('relation')
    await hub.db.query('alter table regency_away rename to regency')
    await notify(hub.db.query, 'regency', '36.03')
    await until(/Kabupaten/)
    await events.cancel()
    expect(running.log.filter(({ level }) => Number(level) >= 50)).toMatchObject([{ requestId: 'failing' }])
  })
})

describe('what is no subscription for this viewer', () => {
  const refusalOf = async (response: Response) => {
    const { errors } = (await response.json()) as {
      errors: [{ message: string; extensions: { code: string } }]
    }
    return [response.status, errors[0].extensions.code, errors[0].message]
  }
  const WORKER = 'subscription { watchWorker(id: "1") { id } }'

  test.each([
    ['a query', { query: '{ __typename }' }, 400, 'BAD_USER_INPUT', 'at /graphql.'],
    ['a mutation', { query: 'mutation { __typename }' }, 400, 'BAD_USER_INPUT', 'at /graphql.'],
    ['a field that needs a token', { query: WORKER }, 401, 'UNAUTHENTICATED', 'registry:read'],
    [
      'what costs too much',
      {
        query:
          'subscription { watchRegency(code: "36.03") { programs(first: 200) { nodes { payer { programs(first: 200) { nodes { code } } } } } } }',
      },
      400,
      'TOO_COMPLEX',
      'costs',
    ],
    [
      'what is too large',
      {
        query: `subscription { watchRegency(code: "36.03") { ${Array.from({ length: 101 }, (_, n) => `a${n}: name`)} } }`,
      },
      400,
      'TOO_COMPLEX',
      'aliases',
    ],
    ['two fields at once', { query: WATCH.replace('}', '} b: watchRegency(code: "36") { code }') }, 400],
    ['a field that is left out', { query: WATCH.replace('{ name', '@skip(if: true) { name') }, 400],
    ['what is not of the schema', { query: 'subscription { nothing }' }, 400],
    ['the schema', { query: 'subscription { __schema { types { name } } }' }, 400],
    ['what cannot be read', { query: 'subscription {' }, 400],
    ['no text', { variables: {} }, 400],
    ['a list', [{ query: WATCH }], 400],
    ['an unknown document', { documentId: 'sha256:00' }, 400],
    [
      'a wrong variable',
      {
        query: 'subscription ($c: AreaCode!) { watchRegency(code: $c) { name } }',
        variables: { c: '<no code>' },
      },
      400,
    ],
    ['a wrong argument', { query: WATCH.replace('36.03', 'x') }, 400],
  ])(
    'is refused before anything is sent: %s',
    async (_, payload, status, code = 'BAD_USER_INPUT', words = '') => {
      const refusal = await refusalOf(await post(payload))
      expect(refusal).toEqual([status, code, expect.stringContaining(words)])
      expect(await openStreams(running)).toBe(0)
    },
  )

  test('is refused to a token without the permission, and to one that is none', async () => {
    const without = await authorization('coverage:check')
    expect(await refusalOf(await post({ query: WORKER }, without))).toEqual([
      403,
      'FORBIDDEN',
      'Subscription.watchWorker needs the permission registry:read.',
    ])
    const forged = await post({ query: WATCH }, { authorization: 'Bearer forged' })
    expect([forged.status, forged.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="payung", error="invalid_token"',
    ])
  })

  test('is refused to those who cannot read events, or send something else than JSON', async () => {
    expect(await refusalOf(await post({ query: WATCH }, { accept: 'application/json' }))).toEqual([
      406,
      'BAD_USER_INPUT',
      expect.stringContaining('text/event-stream'),
    ])
    expect((await post({ query: WATCH }, { 'content-type': 'text/plain' })).status).toBe(415)
    const byGet = await fetch(`${address}/graphql/stream?query=${encodeURIComponent(WATCH)}`)
    expect(byGet.status).toBe(404)
  })

  test('is refused where only trusted documents are answered, which may be subscriptions', async () => {
    const trusted = {
      byId: (id: string) => (id === 'sha256:01' ? WATCH : undefined),
      has: (text: string) => text === WATCH,
    }
    const { gate, planner } = hub
    const admission = createAdmission({ limits: ADMISSION_LIMITS, trusted, trustedOnly: true })
    const send = (asked: object) =>
      subscribeTo({ admission, gate, schema: planner.model.schema }, asked, () => hub.context({}))
    await expect(send({ query: `${WATCH} ` })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    const results = (await send({ documentId: 'sha256:01' })) as AsyncIterableIterator<unknown>
    expect((await results.next()).value).toEqual(named('Kabupaten Tangerang'))
    await results.return!()
  })

  test('a subscription sent to /graphql is told where to go', async () => {
    const refused = await ask(running, WATCH, { headers: { accept: 'application/graphql-response+json' } })
    const error = { message: 'Subscriptions are answered at /graphql/stream.' }
    expect([refused.statusCode, refused.json().errors]).toMatchObject([
      400,
      [{ ...error, extensions: { code: 'BAD_USER_INPUT' } }],
    ])
    await expect(hub.run({ query: WATCH }, hub.context({}))).rejects.toThrow('/graphql/stream')
  })
})
