import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server'
import type { Context } from '../contract/context.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { STATUS_OF } from './refusals.ts'

/**
 * The statuses that GraphQL-over-HTTP asks for where Apollo answers others:
 *
 * - an operation that is refused before it is executed is the client's mistake (4xx), whoever refuses it: Apollo
 *   answers 500 when a plugin does;
 * - a client that asks for `application/json` is answered 200 when it sent an operation that could be read: such
 *   clients take other statuses for those of something in between (section 6.4.1).
 */
export const honestStatuses: ApolloServerPlugin<Context> = { requestDidStart: async () => LISTENER }

const LISTENER: GraphQLRequestListener<Context> = {
  async willSendResponse({ request, source, response: { http, body } }) {
    if (http.status === undefined || http.status === 200 || body?.kind !== 'single') return
    const code = body.singleResult.errors?.[0]?.extensions?.code as ErrorCode | undefined
    if (http.status === 500 && code !== undefined) http.status = STATUS_OF[code]
    if (http.status === 401) http.headers.set('www-authenticate', 'Bearer realm="payung"')
    const readable = source !== undefined && http.status === 400 && code === 'BAD_USER_INPUT'
    if (readable && expectsJson(request.http?.headers.get('accept'))) http.status = 200
  },
}

function expectsJson(accept = ''): boolean {
  return accept.includes('application/json') && !accept.includes('application/graphql-response+json')
}
