import { checkValue } from '../access/vault/check-value.ts'
import type { NikKeys } from '../access/vault/nik-keys.ts'
import type { Database, Query } from '../db/database.ts'
import { SetupError } from '../kernel/errors.ts'
import type { NikKey } from '../kernel/nik-keys.ts'
import { PARTNER_KEY_PREFIX, type PartnerKey } from '../kernel/partner-keys.ts'

/**
 * A number of our own among PostgreSQL's advisory locks: the letters "vault". The trigger `join_identity_writers` has
 * it too.
 */
const WRITERS_LOCK = '508441226356'

/**
 * Makes the keys of this process known to the vault, before it reads or writes anybody. The first process of an
 * empty vault puts its current key in force. Repeatable; a start that brings nothing new reads and writes nothing.
 *
 * @throws SetupError when a key is not the one this vault knows under its id, or a key in force is missing. Then
 *   people would not be found, or could be registered a second time.
 */
export async function admitKeys(
  query: Query,
  nikKeys: NikKeys,
  partnerKeys: readonly PartnerKey[] = [],
): Promise<void> {
  const keys = [...nikKeys, ...partnerKeys]
  let known = await knownKeys(query)
  if (
    !known.some(({ inForce }) => inForce) ||
    keys.some(({ id }) => !known.some(({ keyId }) => keyId === id))
  ) {
    await register(query, keys)
    await putFirstInForce(query, nikKeys[0].id)
    known = await knownKeys(query)
  }
  refuseOtherKeys(known, keys)
  refuseMissingKeys(known, nikKeys)
}

/**
 * Puts keys in force: from now on nobody writes an identity without tokens of all of them.
 *
 * @returns since when the first of them is in force, for {@link leaveInForce}.
 */
export async function putInForce(
  db: Pick<Database, 'query' | 'transaction'>,
  keyIds: readonly string[],
): Promise<string> {
  const rows = await db.query<{ key_id: string; in_force_since: string }>(
    `/* identity.keys_put_in_force */ update identity_key
      set in_force_since = coalesce(in_force_since, clock_timestamp())
      where key_id = any ($1::text[]) returning key_id, in_force_since`,
    [keyIds],
  )
  // Writers hold this lock shared until they commit: who wrote without the new keys is done when we get it.
  await db.transaction((query) =>
    query(`/* identity.wait_for_writers */ select pg_advisory_xact_lock(${WRITERS_LOCK})`),
  )
  return rows.find(({ key_id }) => key_id === keyIds[0])!.in_force_since
}

/**
 * Leaves one key in force, whose tokens everybody has.
 *
 * @param since what {@link putInForce} said, before it was seen that everybody has them.
 * @throws SetupError when the key was not in force all the time since: then somebody may lack its token.
 */
export async function leaveInForce(
  db: Pick<Database, 'transaction'>,
  keyId: string,
  since: string,
): Promise<void> {
  const left = await db.transaction(async (query) => {
    await query('/* identity.keys_lock */ lock table identity_key in share row exclusive mode')
    await query(
      `/* identity.keys_leave_in_force */ update identity_key set in_force_since = null
        where key_id <> $1 and in_force_since is not null and exists (
          select from identity_key where key_id = $1 and in_force_since = $2::timestamptz
        )`,
      [keyId, since],
    )
    return query<{ key_id: string }>(
      '/* identity.keys_in_force */ select key_id from identity_key where in_force_since is not null',
    )
  })
  if (left.length === 1 && left[0]!.key_id === keyId) return
  throw new SetupError('Somebody else changes the keys of this vault at the same time. Try again afterwards.')
}

interface KnownKey {
  readonly keyId: string
  readonly checkValue: Uint8Array
  readonly inForce: boolean
}

function knownKeys(query: Query): Promise<KnownKey[]> {
  return query<KnownKey>(
    `/* identity.keys */ select key_id as "keyId", check_value as "checkValue",
      in_force_since is not null as "inForce" from identity_key`,
  )
}

async function register(query: Query, keys: readonly (NikKey | PartnerKey)[]): Promise<void> {
  await query(
    `/* identity.keys_register */ insert into identity_key (key_id, check_value)
      select key_id, decode(check_value, 'hex') from unnest($1::text[], $2::text[]) as given(key_id, check_value)
      order by key_id on conflict (key_id) do nothing`,
    [keys.map(({ id }) => id), keys.map((key) => checkValue(key).toString('hex'))],
  )
}

/** A vault from before keys were registered has tokens already: their keys are the ones in force, all or none. */
async function putFirstInForce(query: Query, keyId: string): Promise<void> {
  await query(
    `/* identity.keys_first */ with used as (
      select distinct key_id from identity_token where not starts_with(key_id, $2)
    )
    update identity_key set in_force_since = clock_timestamp()
    where not exists (select from identity_key where in_force_since is not null)
      and case when exists (select from used) then key_id in (select key_id from used) else key_id = $1 end
      and not exists (select from used where key_id not in (select key_id from identity_key))`,
    [keyId, PARTNER_KEY_PREFIX],
  )
}

function refuseOtherKeys(known: readonly KnownKey[], keys: readonly (NikKey | PartnerKey)[]): void {
  const others = keys.filter((key) =>
    known.some(({ keyId, checkValue: value }) => keyId === key.id && !checkValue(key).equals(value)),
  )
  if (others.length === 0) return
  throw new SetupError(
    'These keys have other bytes than the keys this hub knows under their ids. With them nobody would be found:',
    others.map(({ id }) => `${id}: restore the key from its backup, or give a new key a new id`),
  )
}

function refuseMissingKeys(known: readonly KnownKey[], keys: NikKeys): void {
  // None in force: the vault is from before keys were registered, and was written with other keys.
  const missing = known.filter(({ keyId, inForce }) => inForce && !keys.some(({ id }) => id === keyId))
  if (missing.length === 0 && known.some(({ inForce }) => inForce)) return
  throw new SetupError(
    'The people of this hub are known by keys that this process was not given. List them in PAYUNG_NIK_KEYS:',
    missing.map(({ keyId }) => keyId),
  )
}
