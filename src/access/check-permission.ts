import { Fault } from '../kernel/errors.ts'
import type { Permission } from './permission.ts'
import type { Viewer } from './viewer.ts'

/**
 * Lets nobody on without a permission, where no GraphQL field stands at the door.
 *
 * @param what he wants to do, as the beginning of a sentence: `Sending a roster in`.
 * @throws Fault UNAUTHENTICATED without a token, FORBIDDEN with one.
 */
export function checkPermission({ subject, permissions }: Viewer, needed: Permission, what: string): void {
  if (subject !== undefined && permissions.has(needed)) return
  const message = `${what} needs the permission ${needed}.`
  throw subject === undefined
    ? new Fault('UNAUTHENTICATED', message, { remedy: 'Send a token that has it: Authorization: Bearer …' })
    : new Fault('FORBIDDEN', message, { remedy: 'Ask for a token that has it.' })
}
