import type { FastifyInstance } from 'fastify'
import { type Hub, openHub } from '../../src/app.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { createServer } from '../../src/server/server.ts'

export interface Serving extends AsyncDisposable {
  readonly hub: Hub
  readonly server: FastifyInstance
  /** Every line of the log so far, parsed. */
  readonly log: Record<string, unknown>[]
}

/** A server of its own over a PGlite in memory with one regency, through the same code as a real one. */
export async function serving({ production = false } = {}): Promise<Serving> {
  const log: Record<string, unknown>[] = []
  const logger = createLogger({
    level: 'info',
    destination: { write: (line: string) => log.push(JSON.parse(line)) },
  })
  const hub = await openHub(
    { dataDir: 'memory', poolSize: 1, production, exposeSql: !production, today: '2023-05-15' },
    logger,
  )
  await hub.db.query(`insert into province (code, name) values ('36', 'Banten')`)
  await hub.db.query(
    `insert into regency (code, province_code, name, kind) values ('36.03', '36', 'Kabupaten Tangerang', 'KABUPATEN')`,
  )
  const server = await createServer(hub, { production, graphiql: !production }, logger)
  return {
    hub,
    server,
    log,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await hub.close()
    },
  }
}

/** One POST to `/graphql`. */
export function ask(
  { server }: Pick<Serving, 'server'>,
  query: string,
  { variables, headers }: { variables?: Record<string, unknown>; headers?: Record<string, string> } = {},
) {
  return server.inject({ method: 'POST', url: '/graphql', headers, payload: { query, variables } })
}
