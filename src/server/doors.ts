import type { FastifyInstance, RouteOptions } from 'fastify'
import { SetupError } from '../kernel/errors.ts'
import type { ContentPolicy } from './security-headers.ts'

/**
 * What lies behind a route, which decides what {@link guard} asks of those who come:
 *
 * - `data`: the hub's data, in or out. Tokens are checked; clients are limited one by one.
 * - `page`: files for a browser, the same for everybody. Addresses are limited.
 * - `probe`: how the process is doing, for those who run it. Never refused, least of all under pressure.
 */
export type Door = 'data' | 'page' | 'probe'

declare module 'fastify' {
  interface FastifyContextConfig {
    door?: Door
    /** What a page may load; nothing unless it says so. */
    contentPolicy?: ContentPolicy
  }
  interface FastifyInstance {
    /** The door of those routes of this scope that do not name one. */
    door?: Door
    contentPolicy?: ContentPolicy
  }
}

/** Says for a whole scope, plugins of others included, which door its routes are. */
export function allBehind(scope: FastifyInstance, door: Door, contentPolicy?: ContentPolicy): void {
  scope.decorate('door', door)
  if (contentPolicy) scope.decorate('contentPolicy', contentPolicy)
}

/**
 * The door a route says it is, or its scope.
 *
 * @throws SetupError when neither does: a route that nobody thought about must not open.
 */
export function doorOf(scope: FastifyInstance, { method, url, config }: RouteOptions): Door {
  const door = config?.door ?? scope.door
  if (door !== undefined) return door
  throw new SetupError(
    `The route ${method} ${url} does not say which door it is. Give it config: { door: 'data' }, 'page' or 'probe'.`,
  )
}
