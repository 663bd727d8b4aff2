import type { FastifyInstance } from 'fastify'
import type { Config } from '../kernel/config.ts'

/** `/` leads a person to GraphiQL, and tells a program where GraphQL is when there is no GraphiQL. */
export function serveStart(server: FastifyInstance, { graphiql }: Pick<Config, 'graphiql'>): void {
  server.get('/', { config: { door: 'page' } }, async (_request, reply) => {
    if (graphiql) return reply.redirect('/graphiql')
    return { name: 'payung', graphql: '/graphql' }
  })
}
