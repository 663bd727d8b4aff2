import type { Database, Query } from '../../db/database.ts'
import { BEGINNING, eventHash, sealHash } from './chain.ts'

/** What {@link verifyAudit} found. */
export interface AuditVerification {
  readonly events: number
  readonly seals: number
  /** Events that no seal holds yet. */
  readonly waiting: number
  /**
   * The end of the chain. Whoever keeps it elsewhere can tell later that the trail goes on from there: nothing in a
   * database shows that its latest seals were removed together with their events.
   */
  readonly last?: { readonly seal: string; readonly hash: string } | undefined
  /** The first thing that does not hold; absent when everything does. */
  readonly broken?: Broken | undefined
}

export interface Broken {
  /** In plain words, with the seal and the ids of events it is about. */
  readonly problem: string
  readonly seal?: string | undefined
  readonly events: readonly string[]
}

/**
 * Proves the audit trail: every seal follows the one before it, fits its events as they are now, and every event is
 * in exactly one seal or waits for one. Reads one snapshot, so that events and seals may be written meanwhile;
 * hashes are computed where the events are, a few seals at a time.
 */
export async function verifyAudit(db: Pick<Database, 'transaction'>): Promise<AuditVerification> {
  return db.transaction(async (query) => {
    await query(`/* audit.verify_snapshot */ set transaction isolation level repeatable read, read only;
      set local statement_timeout = 0`)
    const broken = (await brokenLink(query)) ?? (await misplacedEvent(query))
    return { ...(await sizeOf(query)), last: await lastSeal(query), broken }
  })
}

interface Link {
  readonly id: string
  readonly linked: boolean
  readonly fits: boolean
  readonly gone: string[] | null
  readonly events: string[] | null
}

async function brokenLink(query: Query): Promise<Broken | undefined> {
  let previous: string | undefined
  for (;;) {
    const links = await query<Link>(LINKS, [previous ?? null])
    for (const link of links) {
      const broken = brokenIn(link, previous)
      if (broken) return broken
      previous = link.id
    }
    if (links.length === 0) return undefined
  }
}

function brokenIn(
  { id, linked, fits, gone, events }: Link,
  previous: string | undefined,
): Broken | undefined {
  if (!linked) {
    const before = previous === undefined ? 'no seal comes before it' : `the seal before it is ${previous}`
    const problem = `Seal ${id} does not follow: ${before}, and its previous hash is another. A seal was changed, removed or put in.`
    return { problem, seal: id, events: [] }
  }
  if (gone) {
    return { problem: `Seal ${id} holds events that are gone: ${listed(gone)}.`, seal: id, events: gone }
  }
  if (fits) return undefined
  const problem = `Seal ${id} does not fit its events: one of them, or the seal, was changed. It holds ${listed(events!)}.`
  return { problem, seal: id, events: events! }
}

/** Seals whose events are hashed at once: with 1,000 events each, a fraction of a second. */
const LINKS_AT_ONCE = 50

const LINKS = `/* audit.verify_seals */
select seal.id, computed.gone,
  seal.previous_hash is not distinct from coalesce(
    lag(seal.hash) over (order by seal.id),
    (select hash from audit_seal where id = $1::bigint),
    ${BEGINNING}
  ) as linked,
  seal.hash is not distinct from computed.hash as fits,
  case when seal.hash is distinct from computed.hash then seal.events end as events
from (
  select * from audit_seal where $1::bigint is null or id > $1::bigint order by id limit ${LINKS_AT_ONCE}
) as seal
cross join lateral (
  select ${sealHash('seal.previous_hash', `string_agg(${eventHash('event')}, ''::bytea order by place)`)} as hash,
    array_agg(listed.id) filter (where event.id is null) as gone
  from unnest(seal.events) with ordinality as listed (id, place)
  left join audit_event as event on event.id = listed.id
) as computed
order by seal.id`

interface Misplaced {
  readonly event: string
  readonly exists: boolean
  readonly seals: string[] | null
}

async function misplacedEvent(query: Query): Promise<Broken | undefined> {
  const [found] = await query<Misplaced>(MISPLACED)
  if (!found) return undefined
  const { event, exists, seals } = found
  return { problem: `Event ${event} ${whereItIs(exists, seals ?? [])}.`, seal: seals?.[0], events: [event] }
}

function whereItIs(exists: boolean, seals: readonly string[]): string {
  if (!exists) return 'waits for a seal but is gone'
  if (seals.length === 0)
    return 'is in no seal and does not wait for one: its seal was removed, or it was put in'
  if (seals.length === 1) return `is in seal ${seals[0]} and waits for another`
  return `is in more than one place of the chain: seals ${listed(seals)}`
}

// PostgreSQL sorts on disk what does not fit its memory.
const MISPLACED = `/* audit.verify_places */
with place as (
  select unnest(events) as event_id, id as seal from audit_seal
  union all
  select event_id, null from audit_pending
)
select coalesce(event.id, place.event_id) as event, count(event.id) > 0 as exists,
  array_agg(place.seal order by place.seal) filter (where place.seal is not null) as seals
from audit_event as event full join place on place.event_id = event.id
group by 1
having count(place.event_id) <> 1 or count(event.id) = 0
order by 1
limit 1`

async function sizeOf(query: Query) {
  const [size] = await query<{ events: string; seals: string; waiting: string }>(
    `/* audit.verify_size */ select (select count(*) from audit_event) as events,
      (select count(*) from audit_seal) as seals, (select count(*) from audit_pending) as waiting`,
  )
  const { events, seals, waiting } = size!
  return { events: Number(events), seals: Number(seals), waiting: Number(waiting) }
}

async function lastSeal(query: Query) {
  const [last] = await query<{ id: string; hash: Uint8Array }>(
    '/* audit.verify_last */ select id, hash from audit_seal order by id desc limit 1',
  )
  return last && { seal: last.id, hash: Buffer.from(last.hash).toString('base64url') }
}

const MOST_LISTED = 20

function listed(ids: readonly string[]): string {
  const rest = ids.length - MOST_LISTED
  return rest > 0 ? `${ids.slice(0, MOST_LISTED).join(', ')} and ${rest} more` : ids.join(', ')
}
