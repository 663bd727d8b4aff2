import { lookupTokens } from '../../access/vault/lookup.ts'
import type { NikKeys } from '../../access/vault/nik-keys.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { isOneSlipAway, type Nik } from '../../kernel/nik.ts'
import { openRow, type SealedRow } from '../identity.ts'

/** Similarity of normalized names (`pg_trgm`) from which two people with one NIK are one person (DOMAIN.md §3.3). */
export const SAME_NAME = 0.85

/**
 * Similarity from which names are alike enough to suspect a typing error in the NIK. A proposal: half of the trigrams
 * shared lets a nickname, a second name left out or two wrong letters pass, and keeps most of those who merely were born
 * on the same day from being decrypted.
 */
export const SIMILAR_NAME = 0.5

/** Somebody to be found among those whom the vault knows. */
export interface Person {
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
  /**
   * Whether so many of those asked about were born on that day that somebody must have typed it for want of a better: it
   * tells nobody apart then, and only those under the very same name are suspected. Comparing thousands of names with
   * thousands would keep everybody else waiting.
   */
  readonly isOfCrowd?: boolean
}

/**
 * What the vault knows of a person.
 *
 * - EXACT: the NIK, under the same name. CONFLICT: the NIK, under another name.
 * - SUSPECT: born on the same day, under a similar name, with a NIK that is one slip of the pen away.
 * - NEW: none of these.
 *
 * `worker` is the id of the worker found, and where his row was merged into another, of that other.
 */
export type Match =
  | { readonly kind: 'NEW' }
  | { readonly kind: 'EXACT' | 'CONFLICT' | 'SUSPECT'; readonly worker: string }

/**
 * Finds people in the vault, in one statement for all of them. Of those with a similar name the NIKs are decrypted here:
 * they are compared, and go nowhere.
 *
 * @param except id of a worker who is not found: whose own identity it is.
 * @returns a match for each person, in their order; of several suspects the one with the most similar name.
 * @throws Fault INTERNAL when somebody's identity cannot be opened with these keys.
 */
export async function matchPeople(
  query: Query,
  people: readonly Person[],
  keys: NikKeys,
  except?: string,
): Promise<Match[]> {
  const wanted = lookupTokens(
    people.map(({ nik }) => nik),
    keys,
  )
  const found = await query<FoundRow>(MATCH, [
    people.map(({ fullName }) => fullName),
    people.map(({ birthDate }) => birthDate),
    wanted.map(({ index }) => index),
    wanted.map(({ keyId }) => keyId),
    wanted.map(({ token }) => Buffer.from(token).toString('hex')),
    except ?? null,
    SIMILAR_NAME,
    people.map(({ isOfCrowd = false }) => isOfCrowd),
  ])
  const matches = people.map((): Match => ({ kind: 'NEW' }))
  for (const row of found) {
    if (matches[row.index]!.kind !== 'NEW') continue
    const { nik } = people[row.index]!
    if (row.same_name !== null) {
      matches[row.index] = { kind: row.same_name ? 'EXACT' : 'CONFLICT', worker: row.worker }
    } else if (isOneSlipAway(nik, openRow(row as SealedRow, keys))) {
      matches[row.index] = { kind: 'SUSPECT', worker: row.worker }
    }
  }
  return matches
}

/**
 * A number of our own among PostgreSQL's advisory locks: the letters "people". Whoever writes who somebody is has it until
 * his transaction ends: shared who writes one person, alone who writes a file of them.
 */
const REGISTRATION_LOCK = '123580963646565'

/**
 * Finds a person who is about to be written. Whoever writes somebody born on the same day waits for the other to end:
 * two clerks who type one person in the same moment, one of them with a slip in the NIK, would else not find each other.
 *
 * @param except id of a worker who is not found: whose own identity it is.
 */
export async function matchBeforeWriting(
  query: Query,
  person: Person,
  keys: NikKeys,
  except?: string,
): Promise<Match> {
  // A statement of its own: what was written while it waits is seen by the next one only.
  await query(
    `/* identity.queue */ select pg_advisory_xact_lock_shared(${REGISTRATION_LOCK}),
      pg_advisory_xact_lock(hashtext('born ' || $1))`,
    [person.birthDate],
  )
  const [match] = await matchPeople(query, [person], keys, except)
  return match!
}

/**
 * Waits, before many people are matched and written, until nobody else writes who somebody is, and lets nobody else until
 * the transaction ends. One lock for all of them: one for each of thousands of birth dates would fill the server's table.
 */
export async function queueForRegistering(query: Query): Promise<void> {
  await query(`/* identity.queue_all */ select pg_advisory_xact_lock(${REGISTRATION_LOCK})`)
}

interface FoundRow extends Omit<SealedRow, 'key_id' | 'nik_cipher'> {
  /** Position of the person, from 0. */
  readonly index: number
  /** To whom the row belongs. */
  readonly worker: string
  /** Of somebody found by NIK; null for somebody like him, whose NIK is then to be compared. */
  readonly same_name: boolean | null
  readonly key_id: string | null
  readonly nik_cipher: Uint8Array | null
}

/** SQL: whether two people with one NIK are one person by their names, normalized; who has only titles is like nobody. */
export function areSameName(one: string, other: string): string {
  return `(${one} = ${other} and ${one} <> '' or similarity(${one}, ${other}) >= ${SAME_NAME}::real)`
}

/**
 * SQL: whom the vault knows by a token, if anybody: `worker`, as of a {@link Match}, `worker_id`, whose the token is, and
 * `same_name`.
 *
 * @param name the name that he is given, normalized.
 */
export function knownByToken({
  token,
  key,
  name,
}: {
  readonly token: string
  readonly key: string
  readonly name: string
}): string {
  return `select coalesce(worker.merged_into_id, worker.id) as worker, worker.id as worker_id,
    ${areSameName(name, 'person.normal_name')} as same_name
  from identity_token as known
    join worker on worker.id = known.worker_id
    join worker_identity as person on person.worker_id = known.worker_id
  where known.nik_token = ${token} and known.key_id = ${key}`
}

// Looked up further are only those with a similar name, few of the many who were born on these days.
const MATCH = prepared(`/* identity.match */ with given as materialized (
  select (place - 1)::int as index, normal_name(name) as name, birth_date, is_of_crowd
  from unnest($1::text[], $2::date[], $8::bool[]) with ordinality as given(name, birth_date, is_of_crowd, place)
), known as materialized (
  select distinct given.index, found.*
  from unnest($3::int[], $4::text[], $5::text[]) as wanted(index, key_id, token)
    join given using (index)
    cross join lateral (
      ${knownByToken({ token: `decode(wanted.token, 'hex')`, key: 'wanted.key_id', name: 'given.name' })}
    ) as found
  where found.worker_id is distinct from $6::bigint
), alike as materialized (
  select given.index, born.worker_id, born.key_id, born.nik_cipher,
    similarity(given.name, born.normal_name) as similarity
  from given join worker_identity as born using (birth_date)
  where given.index not in (select index from known)
    and case when is_of_crowd then given.name = born.normal_name
      else similarity(given.name, born.normal_name) >= $7::real end
)
select index, worker, worker_id, same_name, null as key_id, null::bytea as nik_cipher, null::bytea as nik_token,
  null::real as similarity
from known
union all
select alike.index, coalesce(worker.merged_into_id, worker.id), alike.worker_id,
  null, alike.key_id, alike.nik_cipher, token.nik_token, alike.similarity
from alike
join worker on worker.id = alike.worker_id
left join identity_token as token on token.worker_id = alike.worker_id and token.key_id = alike.key_id
where coalesce(worker.merged_into_id, worker.id) is distinct from $6::bigint
order by index, similarity desc, worker_id`)
