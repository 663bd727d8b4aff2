import type { HttpRequest } from './sending.ts'
import type { Target, Who } from './target.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

/** A GraphQL request by POST, as whom. */
export function asking(
  query: unknown,
  { as, ...others }: { as?: Who; variables?: unknown; operationName?: unknown; extensions?: unknown } = {},
): (target: Target) => HttpRequest {
  return posting(JSON.stringify({ query, ...others }), as)
}

/** The same, sent to where events are answered. */
export function atStream(request: (target: Target) => HttpRequest): (target: Target) => HttpRequest {
  return (target) => ({ ...request(target), path: '/graphql/stream' })
}

/** Any text as the body of a POST. */
export function posting(body: string | Buffer, as?: Who): (target: Target) => HttpRequest {
  return (target) => ({ body, headers: { ...JSON_TYPE, ...bearer(target, as) } })
}

export function bearer({ tokens }: Pick<Target, 'tokens'>, as: Who | undefined): { authorization?: string } {
  return as ? { authorization: `Bearer ${tokens[as]}` } : {}
}

/** A GraphQL request by GET. */
export function getting(
  parameters: Record<string, string>,
  { as, headers = { 'apollo-require-preflight': '1' } }: { as?: Who; headers?: Record<string, string> } = {},
): (target: Target) => HttpRequest {
  return (target) => ({
    method: 'GET',
    path: `/graphql?${new URLSearchParams(parameters)}`,
    headers: { ...headers, ...bearer(target, as) },
  })
}

/** The parts of a document, one after the other: `many(2, (n) => `a${n}: name`)`. */
export function many(count: number, part: string | ((n: number) => string)): string {
  return Array.from({ length: count }, (_, n) => (typeof part === 'string' ? part : part(n))).join(' ')
}
