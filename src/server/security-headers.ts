import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'
import type { Door } from './doors.ts'

/** A Content-Security-Policy: directives and what they allow. */
export type ContentPolicy = Readonly<Record<string, readonly string[]>>

export const NOTHING_TO_LOAD: ContentPolicy = {
  'default-src': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/**
 * What helmet would add to an answer. Its values never change while a server runs, so they are asked for once:
 * running helmet for each request costs a fifth of a small query.
 */
export function securityHeaders(
  door: Door,
  contentPolicy: ContentPolicy = NOTHING_TO_LOAD,
): Record<string, string> {
  const all = helmetsHeaders(contentPolicy)
  if (door !== 'data') return all
  const forData = Object.fromEntries(Object.entries(all).filter(([name]) => MATTER_FOR_DATA.has(name)))
  return { ...forData, 'cache-control': 'no-store' }
}

/** The others are about windows, frames and links, of which data has none. */
const MATTER_FOR_DATA: ReadonlySet<string> = new Set([
  'content-security-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
])

function helmetsHeaders(contentPolicy: ContentPolicy): Record<string, string> {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  helmet({ contentSecurityPolicy: { useDefaults: false, directives: { ...contentPolicy } } })(
    request,
    response,
    (error) => {
      if (error) throw error
    },
  )
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  )
}
