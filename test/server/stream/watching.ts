import { type Client, createClient } from 'graphql-sse'
import { type Hub, type HubConfig, openHub } from '../../../src/app.ts'
import { notify } from '../../../src/db/notifications.ts'
import { TODAY } from '../../harness/hub.ts'
import { type Serving, TOKENS } from '../serving.ts'

/** A hub that takes the tokens of `serving.ts`, on PGlite in memory unless a server is named. It has no areas yet. */
export function openWatchedHub(more: Partial<HubConfig> = {}): Promise<Hub> {
  const config = { dataDir: 'memory', poolSize: 2, production: false, tokens: TOKENS, exposeSql: false }
  return openHub({ ...config, today: TODAY, ...more })
}

/** Renames Kabupaten Tangerang, and says so as whoever changes something does: in the same transaction. */
export async function rename({ db }: Pick<Hub, 'db'>, name: string): Promise<void> {
  await db.transaction(async (query) => {
    await query(`/* test.rename */ update regency set name = $1 where code = '36.03'`, [name])
    await notify(query, 'regency', '36.03')
  })
}

export const WATCH = 'subscription { watchRegency(code: "36.03") { name } }'
export const named = (name: string) => ({ data: { watchRegency: { name } } })

/** The events of a subscription, through the protocol's own client, which does not come back here when it is cut off. */
export function watch(
  address: string,
  query: string,
  { headers = {}, variables }: { headers?: Record<string, string>; variables?: Record<string, unknown> } = {},
): ReturnType<Client['iterate']> {
  const client = createClient({ url: `${address}/graphql/stream`, headers, retryAttempts: 0 })
  return client.iterate({ query, variables })
}

/** A value of the events that is waited for: `undefined` when they have ended. */
export async function nextOf(events: ReturnType<typeof watch>): Promise<unknown> {
  return (await events.next()).value
}

/** How many streams a server has open, as it says itself. */
export async function openStreams({ server }: Pick<Serving, 'server'>): Promise<number> {
  const { body } = await server.inject('/metrics')
  return Number(/^payung_graphql_streams (\d+)$/m.exec(body)![1])
}

/** Lets a server listen, and gives its address. */
export function listening({ server }: Pick<Serving, 'server'>): Promise<string> {
  return server.listen({ port: 0, host: '127.0.0.1' })
}
