import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isPermission } from '../access/permission.ts'
import { type DevelopmentKey, signDevelopmentToken } from '../access/tokens/development-key.ts'
import type { Hub } from '../app.ts'
import { readSettings, type SeededViewer } from '../db/settings.ts'
import { isLoopback } from '../kernel/config.ts'
import { Fault } from '../kernel/errors.ts'

/** What GraphiQL's menu needs of a hub. */
export type HubWithViewers = Pick<Hub, 'db' | 'developmentKey'>

/** One choice of the menu. */
interface ViewerToChoose {
  readonly name: string
  readonly subject: string
  /** Good for 8 hours; the page asks for new ones whenever it opens. */
  readonly token: string
}

/**
 * `GET /graphiql/viewers`: those whom the scenario brought along, each with a token signed just now. Nobody where
 * this hub signs no tokens itself, as in production. Only for the page of this hub: what it says lets anybody ask.
 */
export function serveViewers(page: FastifyInstance, { db, developmentKey: key }: HubWithViewers): void {
  page.get('/graphiql/viewers', { exposeHeadRoute: false }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    refuseOtherPages(request)
    if (!key) return []
    const { viewers } = await readSettings(db)
    return Promise.all(viewers.map((viewer) => toChoose(viewer, key)))
  })
}

/**
 * Browsers say who makes them ask, where they trust the address (https, localhost). Elsewhere other pages are kept
 * from reading by the absence of CORS.
 */
function refuseOtherPages({ headers, hostname }: FastifyRequest): void {
  const site = headers['sec-fetch-site']
  // A page elsewhere may have its own name lead here; by that name it is of one origin with us.
  const isOurs = isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))
  if (isOurs && (site === undefined || site === 'same-origin')) return
  throw new Fault('FORBIDDEN', 'These tokens are for the page /graphiql of this hub.', {
    remedy: 'Open /graphiql, or sign one: payung token.',
  })
}

async function toChoose(
  { name, permissions, ...viewer }: SeededViewer,
  key: DevelopmentKey,
): Promise<ViewerToChoose> {
  const token = await signDevelopmentToken(key, { ...viewer, permissions: permissions.filter(isPermission) })
  return { name, subject: viewer.subject, token }
}
