import type { FastifyInstance } from 'fastify'
import { type Hub, openHub } from '../../src/app.ts'
import type { LogLevel } from '../../src/kernel/config.ts'
import { createLogger, type Logger } from '../../src/kernel/log.ts'
import { parseTokenKey, type TokenKey } from '../../src/kernel/token-key.ts'
import { createServer, type ServerConfig } from '../../src/server/server.ts'
import { AUDIENCE, aKeyPair, claims, ISSUER, sign } from '../access/tokens/issuer.ts'
import { keep } from '../harness/outputs.ts'

/** Signs for whoever these tests need. */
export const pair = aKeyPair()

export const TOKENS = {
  issuer: ISSUER,
  audience: AUDIENCE,
  publicKey: parseTokenKey(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()) as TokenKey,
}

/** The header of a clerk who may do what the scope says, in Kabupaten Tangerang unless other areas are named. */
export async function authorization(
  scope: string,
  more: { sub?: string; areas?: readonly string[]; payer?: string } = {},
) {
  return { authorization: `Bearer ${await sign(pair, { ...claims(), scope, ...more })}` }
}

export interface Serving extends AsyncDisposable {
  readonly hub: Hub
  readonly server: FastifyInstance
  /** Every line of the log so far, parsed. */
  readonly log: Record<string, unknown>[]
}

export interface ServingOptions extends Partial<ServerConfig> {
  /** A hub that is open already, and stays so. */
  readonly hub?: Hub
  /** Instead of the embedded database. */
  readonly databaseUrl?: string
  /** What the hub has in place of what it opens with. */
  readonly with?: Partial<Hub>
  /** From which level on the log has lines; `info` unless told. */
  readonly level?: LogLevel
  /** Adds routes before the server is ready. */
  readonly routes?: (server: FastifyInstance) => void
}

/** A server of its own over a PGlite in memory with one regency, through the same code as a real one. */
export async function serving({
  production = false,
  hub: opened,
  databaseUrl,
  with: more,
  level = 'info',
  routes,
  ...config
}: ServingOptions = {}): Promise<Serving> {
  const log: Record<string, unknown>[] = []
  const logger = createLogger({
    level,
    destination: {
      write: (line: string) => {
        keep('log', line)
        log.push(JSON.parse(line))
      },
    },
  })
  const hub = opened ?? (await openSmallHub({ databaseUrl, production }, logger))
  const close = async () => {
    if (!opened) await hub.close()
  }
  try {
    const server = await createServer(
      { ...hub, ...more },
      { production, graphiql: !production, ...config },
      logger,
    )
    routes?.(server)
    return {
      hub,
      server,
      log,
      [Symbol.asyncDispose]: async () => {
        await server.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openSmallHub(
  { databaseUrl, production }: { databaseUrl?: string; production: boolean },
  logger: Logger,
): Promise<Hub> {
  const config = { databaseUrl, dataDir: 'memory', poolSize: 1, production, tokens: TOKENS }
  const hub = await openHub({ ...config, exposeSql: !production, today: '2023-05-15' }, logger)
  await hub.db.query(`insert into province (code, name) values ('36', 'Banten')`)
  await hub.db.query(
    `insert into regency (code, province_code, name, kind) values ('36.03', '36', 'Kabupaten Tangerang', 'KABUPATEN')`,
  )
  return hub
}

/** One POST to `/graphql`. */
export function ask(
  { server }: Pick<Serving, 'server'>,
  query: string,
  { variables, headers }: { variables?: Record<string, unknown>; headers?: Record<string, string> } = {},
) {
  return server.inject({ method: 'POST', url: '/graphql', headers, payload: { query, variables } })
}
