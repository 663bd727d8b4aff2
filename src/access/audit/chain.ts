import type { Query } from '../../db/database.ts'

/** What the first seal follows: 32 zero bytes. */
export const BEGINNING = `decode(repeat('00', 32), 'hex')`

/**
 * SQL for the hash of an event (32 bytes): SHA-256 of the UTF-8 text of a JSON array of the columns below, each a
 * string or null, separated by a comma and a space. Everything in it is independent of the session's settings: a
 * time zone or date style of another session must not make the trail look forged. Built from functions of PostgreSQL
 * itself and none of ours, which whoever changes events could change as well.
 *
 * The list is part of every hash that was ever sealed. A column that comes later may only be added for the events
 * that have it.
 */
export function eventHash(event: string): string {
  const columns = [
    `${event}.id::text`,
    `to_char(${event}.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    `${event}.actor`,
    `${event}.payer_id::text`,
    `${event}.action`,
    `${event}.outcome`,
    `${event}.purpose`,
    `${event}.what`,
    `${event}.workers::text`,
    `${event}.people::text`,
    `${event}.reason`,
    `${event}.request_id`,
  ]
  // The subject came later: an event without one has the hash that it always had.
  const later = `case when ${event}.subject is null then '' else json_build_array(${event}.subject)::text end`
  return `sha256(convert_to(json_build_array(${columns.join(', ')})::text || ${later}, 'UTF8'))`
}

/** SQL for the hash of a seal: of the seal before it, then of the batch's event hashes in the order of the batch. */
export function sealHash(previous: string, eventHashes: string): string {
  return `sha256(${previous} || ${eventHashes})`
}

/** The most events of one seal. */
export const MOST_SEALED = 1_000

/** A seal, as its writer knows it. */
export interface Sealed {
  readonly seal: string
  /** In base64url, as it is shown everywhere. */
  readonly hash: string
  readonly events: number
}

/** A number of our own among PostgreSQL's advisory locks: the letters "seals". */
const LOCK = '495622122611'

/**
 * Seals the committed events that wait, the oldest {@link MOST_SEALED} of them at most, in the caller's transaction.
 * Undefined when nothing waits, or another server seals at this moment.
 *
 * Events come through a queue that their own transactions fill, and not by "all ids above the last sealed one": ids
 * are given when an event is inserted and seen when its transaction commits, so a later id may be seen first, and a
 * mark on it would pass over the earlier one for ever. To know that no earlier one is still to come, the sealer
 * would have to wait for the writers or they for it. The queue needs neither: a seal takes what is committed, and an
 * event that commits late is in a later seal. Writers lock nothing but the rows they insert.
 */
export async function sealWaiting(query: Query): Promise<Sealed | undefined> {
  const [lock] = await query<{ mine: boolean }>(
    `/* audit.seal_lock */ select pg_try_advisory_xact_lock(${LOCK}) as mine`,
  )
  if (!lock!.mine) return undefined
  const [sealed] = await query<Sealed>(SEAL, [MOST_SEALED])
  return sealed && { ...sealed, hash: Buffer.from(sealed.hash, 'base64').toString('base64url') }
}

// What waits without being there is left in the queue: taking it away would hide that an event was deleted.
const SEAL = `/* audit.seal */
with batch as (
  delete from audit_pending
  where event_id in (
    select event_id from audit_pending where exists (select from audit_event where id = event_id)
    order by event_id limit $1
  )
  returning event_id
), hashed as (
  select event.id, ${eventHash('event')} as hash
  from batch join audit_event as event on event.id = batch.event_id
), last as (
  select id, hash from audit_seal order by id desc limit 1
), beginning as (
  select coalesce((select id from last), 0) as id, coalesce((select hash from last), ${BEGINNING}) as hash
)
insert into audit_seal (id, previous_hash, hash, events)
select beginning.id + 1, beginning.hash,
  ${sealHash('beginning.hash', `string_agg(hashed.hash, ''::bytea order by hashed.id)`)},
  array_agg(hashed.id order by hashed.id)
from hashed cross join beginning
group by beginning.id, beginning.hash
returning id as seal, encode(hash, 'base64') as hash, cardinality(events) as events`
