import { existsSync } from 'node:fs'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { packageRoot } from '../kernel/package-root.ts'
import { allBehind } from './doors.ts'
import { type HubWithViewers, serveViewers } from './graphiql-viewers.ts'
import type { ContentPolicy } from './security-headers.ts'

/** Nothing leaves the machine: the page, its workers and its queries all stay with this server. */
const PAGE_POLICY: ContentPolicy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  // Monaco writes styles into the page as it draws.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}

const REMEDY = 'GraphiQL is not built yet. Run npm run build, then start the hub again.'

export interface GraphiqlOptions {
  /** Where `vite build` has put the page. */
  readonly bundle?: string
  /** Whose viewers the page offers in a menu; nobody when left out. */
  readonly hub?: HubWithViewers
}

/** The page at `/graphiql`, or the reason why there is none. */
export async function serveGraphiql(
  server: FastifyInstance,
  { bundle = join(packageRoot, 'dist/graphiql'), hub }: GraphiqlOptions = {},
): Promise<void> {
  await server.register(async (page) => {
    allBehind(page, 'page', PAGE_POLICY)
    if (hub) serveViewers(page, hub)
    if (!existsSync(join(bundle, 'index.html'))) {
      for (const url of ['/graphiql', '/graphiql/']) {
        page.get(url, async (_request, reply) => reply.code(503).type('text/plain').send(`${REMEDY}\n`))
      }
      return
    }
    // The names of these files change with their content.
    await page.register(staticFiles, {
      root: join(bundle, 'assets'),
      prefix: '/graphiql/assets/',
      index: false,
      immutable: true,
      maxAge: '365d',
    })
    for (const url of ['/graphiql', '/graphiql/']) {
      page.get(url, async (_request, reply) =>
        reply.header('cache-control', 'no-cache').sendFile('index.html', bundle, { cacheControl: false }),
      )
    }
  })
}
