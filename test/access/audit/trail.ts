import { createHash } from 'node:crypto'
import { type AuditRecord, recordAudit } from '../../../src/access/audit/audit.ts'
import type { Viewer } from '../../../src/access/viewer.ts'
import type { Database, Query } from '../../../src/db/database.ts'

export const CLERK: Viewer = {
  subject: 'clerk-of-tangerang',
  permissions: new Set(['identity:read']),
  areas: ['36.03'],
  payer: '2',
}

/** Records that the clerk read one identity, unless told. */
export function look(query: Query, changes: Partial<AuditRecord> = {}, requestId = 'request-1') {
  return recordAudit(
    query,
    { viewer: CLERK, requestId },
    {
      action: 'IDENTITY_READ',
      outcome: 'DONE',
      purpose: 'CLAIM',
      what: 'Worker.identity',
      workers: ['1'],
      ...changes,
    },
  )
}

interface Link {
  readonly id: string
  readonly previous_hash: Uint8Array
  readonly hash: Uint8Array
  readonly events: string[]
}

export function seals({ query }: Pick<Database, 'query'>): Promise<Link[]> {
  return query<Link>('/* test.seals */ select * from audit_seal order by id')
}

/** The hashes of the seals, computed here from the rows as they are read: nothing is shared with the SQL of the hub. */
export async function hashesComputedHere(db: Pick<Database, 'query'>): Promise<string[]> {
  const events = new Map<string, string>()
  for (const event of await db.query<Record<string, unknown>>(
    '/* test.events */ select * from audit_event',
  )) {
    events.set(event.id as string, sha256(canonical(event)).toString('hex'))
  }
  const hashes: Buffer[] = []
  for (const seal of await seals(db)) {
    const previous = hashes.at(-1) ?? Buffer.alloc(32)
    hashes.push(sha256(previous, ...seal.events.map((id) => Buffer.from(events.get(id)!, 'hex'))))
  }
  return hashes.map((hash) => hash.toString('hex'))
}

/** Timestamps arrive as `2026-11-23 01:02:03.1234+00`, without trailing zeros. */
function canonical(event: Record<string, unknown>): string {
  const [, day, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(event.at as string)!
  const texts = [
    event.id,
    `${day}T${time}.${fraction.padEnd(6, '0')}Z`,
    event.actor,
    event.payer_id,
    event.action,
    event.outcome,
    event.purpose,
    event.what,
    `{${(event.workers as string[]).join(',')}}`,
    String(event.people),
    event.reason,
    event.request_id,
  ]
  return `[${texts.map((text) => JSON.stringify(text)).join(', ')}]`
}

function sha256(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
