import { setTimeout } from 'node:timers/promises'
import type { NikKeys } from '../access/vault/nik-keys.ts'
import { nikToken, sealNik } from '../access/vault/vault.ts'
import type { Database, Query } from '../db/database.ts'
import { Fault, SetupError } from '../kernel/errors.ts'
import type { Nik } from '../kernel/nik.ts'
import type { NikKey, NikTokenKey } from '../kernel/nik-keys.ts'
import { type PartnerKey, partnerKeyId } from '../kernel/partner-keys.ts'
import type { Progress, Step } from '../kernel/progress.ts'
import { openRow, SEALED_WITH_TOKEN, type SealedRow, UNIQUE_VIOLATION } from './identity.ts'
import { admitKeys, leaveInForce, putInForce } from './identity-keys.ts'
import { SEALED_APART, sealApartAnew } from './sealed-apart.ts'

type Vault = Pick<Database, 'query' | 'transaction'>

interface Options {
  readonly progress: Progress
  /** Identities per transaction. Default 1,000. */
  readonly batch?: number
}

export interface Rotation {
  /** The key that now seals everybody, and is alone in force. */
  readonly key: string
  /** Identities that got tokens they lacked, or were sealed anew; former ones among them. */
  readonly identities: number
  /** Tokens of the retired key that were dropped; absent when no key was to be retired. */
  readonly dropped?: number
}

const BATCH = 1_000

/**
 * Brings everybody to the first of the keys: tokens under all of them, sealed with the first. Works beside running
 * hubs, a batch per transaction; interrupted, it goes on where it stopped.
 *
 * Nobody can be registered twice meanwhile, whichever process runs with which keys. At every moment each identity has
 * the token of a key in force, and each writer writes tokens of all keys in force (a trigger refuses others), so the
 * two collide in the index of tokens:
 *
 * 1. All listed keys are put in force: identities from now on have all their tokens.
 * 2. When the writers who knew the former keys only are done, identities that lack a token get it.
 * 3. Now that everybody has the token of the first key, it is left alone in force.
 *
 * @param options retire: the id of a former key whose tokens are dropped afterwards.
 * @throws SetupError when the key to retire still writes; when a key is not the one the vault knows.
 * @throws Fault INTERNAL when an identity is sealed with a key that is not listed; CONFLICT when two workers turn out
 *   to have one NIK.
 */
export async function rotateKeys(
  db: Vault,
  keys: NikKeys,
  { retire, ...options }: Options & { retire?: string },
): Promise<Rotation> {
  const [current] = keys
  await admitKeys(db.query, keys)
  if (retire !== undefined) await refuseToRetire(db.query, retire, current)
  const since = await putInForce(
    db,
    keys.map(({ id }) => id),
  )
  const present = await complete(db, { ...options, keys, tokensOf: keys, sealWith: current })
  // Afterwards, because a correction makes of a present identity a former one, sealed as it was.
  const identities = present + (await sealApartAnew(db, keys, { ...options, batch: options.batch ?? BATCH }))
  await leaveInForce(db, current.id, since)
  if (retire === undefined) return { key: current.id, identities }
  await refuseWhileSealedBy(db.query, retire)
  return { key: current.id, identities, dropped: await dropTokens(db, retire, options) }
}

/**
 * Gives everybody a token of one partner, beside running hubs; interrupted, it goes on where it stopped.
 *
 * @returns how many identities got one.
 */
export async function indexPartner(
  db: Vault,
  keys: NikKeys,
  partner: PartnerKey,
  options: Options,
): Promise<number> {
  await admitKeys(db.query, keys, [partner])
  return complete(db, { ...options, keys, tokensOf: [partner] })
}

/**
 * Drops all tokens of a partner, and forgets his key: the next one may be another.
 *
 * @returns how many tokens there were.
 */
export async function removePartner(db: Vault, partner: string, options: Options): Promise<number> {
  const keyId = partnerKeyId(partner)
  const dropped = await dropTokens(db, keyId, options)
  await db.query('/* identity.keys_forget */ delete from identity_key where key_id = $1', [keyId])
  return dropped
}

interface Completion extends Options {
  /** Open what is sealed. */
  readonly keys: readonly NikKey[]
  readonly tokensOf: readonly NikTokenKey[]
  /** Absent: what is sealed stays as it is. */
  readonly sealWith?: NikKey
}

/** Until nobody is behind. Identities that another rotation works on are passed over, and looked at again. */
async function complete(db: Vault, completion: Completion): Promise<number> {
  const { progress, batch = BATCH } = completion
  const total = await countBehind(db.query, completion)
  const step = progress.step('Making tokens', total)
  let identities = 0
  for (let behind = total; behind > 0; behind = await countBehind(db.query, completion)) {
    const before = identities
    let after: string | undefined = '0'
    while (after !== undefined) {
      const done: Completed = await completeBatch(db, completion, after, batch)
      identities += done.identities
      step.advance(done.identities)
      after = done.last
    }
    if (identities === before) await setTimeout(100)
  }
  step.done(`${identities} identities`)
  return identities
}

/** Wants `$1`, the keys whose tokens everybody should have, and `$2`, the key that should have sealed (or null). */
const BEHIND = `(sealed.key_id <> $2 or exists (
  select from unnest($1::text[]) as wanted(key_id) where not exists (
    select from identity_token as token
    where token.worker_id = sealed.worker_id and token.key_id = wanted.key_id
  )
))`

function behindOf({ tokensOf, sealWith }: Completion): unknown[] {
  return [tokensOf.map(({ id }) => id), sealWith?.id ?? null]
}

async function countBehind(query: Query, completion: Completion): Promise<number> {
  const [row] = await query<{ count: string }>(
    `/* identity.count_behind */ select count(*) from worker_identity as sealed where ${BEHIND}`,
    behindOf(completion),
  )
  return Number(row!.count)
}

interface Completed {
  readonly identities: number
  /** The last worker looked at; none when there is none after the one before. */
  readonly last: string | undefined
}

async function completeBatch(
  db: Vault,
  completion: Completion,
  after: string,
  batch: number,
): Promise<Completed> {
  let tokens: readonly MadeToken[] = []
  try {
    return await db.transaction(async (query) => {
      const locked = await query<{ worker_id: string }>(
        `/* identity.lock_behind */ select worker_id from worker_identity as sealed
          where worker_id > $3::bigint and ${BEHIND} order by worker_id limit $4 for update skip locked`,
        [...behindOf(completion), after, batch],
      )
      const workers = locked.map(({ worker_id }) => worker_id)
      if (workers.length === 0) return { identities: 0, last: undefined }
      const people = await readNiks(query, workers, completion)
      tokens = tokensFor(people, completion.tokensOf)
      await insertTokens(query, tokens)
      if (completion.sealWith) await sealAnew(query, people, completion.sealWith)
      return { identities: people.length, last: workers.at(-1) }
    })
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string }
    if (code === UNIQUE_VIOLATION && constraint === 'identity_token_pkey')
      throw await sameNik(db.query, tokens)
    throw error
  }
}

interface Person {
  readonly worker: string
  readonly nik: Nik
  readonly sealedWith: string
}

/** After the lock, so that nobody changes what is read; without those whom another rotation was through with just before it. */
async function readNiks(query: Query, workers: readonly string[], completion: Completion): Promise<Person[]> {
  const rows = await query<SealedRow>(
    `/* identity.read_sealed */ select sealed.worker_id, sealed.key_id, nik_cipher, nik_token
      from ${SEALED_WITH_TOKEN} where sealed.worker_id = any ($3::bigint[]) and ${BEHIND}`,
    [...behindOf(completion), workers],
  )
  return rows.map((row) => ({
    worker: row.worker_id,
    nik: openRow(row, completion.keys),
    sealedWith: row.key_id,
  }))
}

interface MadeToken {
  readonly worker: string
  readonly keyId: string
  /** Hexadecimal digits. */
  readonly token: string
}

function tokensFor(people: readonly Person[], keys: readonly NikTokenKey[]): MadeToken[] {
  return people.flatMap(({ worker, nik }) =>
    keys.map((key) => ({ worker, keyId: key.id, token: nikToken(nik, key).toString('hex') })),
  )
}

/** In the order of tokens, as writers do: the two never wait for each other. */
async function insertTokens(query: Query, tokens: readonly MadeToken[]): Promise<void> {
  await query(
    `/* identity.fill_tokens */ insert into identity_token (nik_token, key_id, worker_id)
      select decode(token, 'hex'), key_id, worker_id
      from unnest($1::text[], $2::text[], $3::bigint[]) as given(token, key_id, worker_id)
      order by token on conflict (worker_id, key_id) do nothing`,
    [tokens.map(({ token }) => token), tokens.map(({ keyId }) => keyId), tokens.map(({ worker }) => worker)],
  )
}

async function sealAnew(query: Query, people: readonly Person[], key: NikKey): Promise<void> {
  const sealed = people
    .filter(({ sealedWith }) => sealedWith !== key.id)
    .map(({ worker, nik }) => ({ worker, cipher: sealNik(nik, nikToken(nik, key), key).toString('hex') }))
  await query(
    `/* identity.seal_anew */ update worker_identity as sealed
      set key_id = $1, nik_cipher = decode(cipher, 'hex')
      from unnest($2::bigint[], $3::text[]) as given(worker_id, cipher)
      where sealed.worker_id = given.worker_id`,
    [key.id, sealed.map(({ worker }) => worker), sealed.map(({ cipher }) => cipher)],
  )
}

/** Registered under two keys before the vault could tell. Worker ids are no identity: somebody has to look. */
async function sameNik(query: Query, tokens: readonly MadeToken[]): Promise<Fault> {
  const [pair] = await query<{ pair: string }>(
    `/* identity.same_nik */ with given as (
      select decode(token, 'hex') as token, worker_id from unnest($1::text[], $2::bigint[]) as g(token, worker_id)
    ), owners as (
      select token, worker_id from given
      union select token, identity_token.worker_id from given join identity_token on nik_token = token
    )
    select string_agg(distinct worker_id::text, ' and ') as pair from owners
    group by token having count(distinct worker_id) > 1 limit 1`,
    [tokens.map(({ token }) => token), tokens.map(({ worker }) => worker)],
  )
  const who = pair ? `The workers ${pair.pair}` : 'Two workers'
  return new Fault('CONFLICT', `${who} have the same NIK.`, {
    remedy:
      'Settle which of them it belongs to, remove the identity of the other, and run the command again.',
  })
}

async function refuseToRetire(query: Query, retire: string, current: NikKey): Promise<void> {
  if (retire === current.id) {
    throw new SetupError(`The key ${retire} writes. List the key that follows it first in PAYUNG_NIK_KEYS.`)
  }
  const known = await query('/* identity.key_known */ select from identity_key where key_id = $1', [retire])
  if (known.length === 0) throw new SetupError(`This vault knows no key ${retire}.`)
}

async function refuseWhileSealedBy(query: Query, retire: string): Promise<void> {
  const sealed = await query(
    `/* identity.sealed_by */ select from worker_identity where key_id = $1
      ${SEALED_APART.map(({ table }) => `union all select from ${table} where key_id = $1`).join(' ')} limit 1`,
    [retire],
  )
  if (sealed.length === 0) return
  throw new SetupError(
    `A process still seals with ${retire}. Restart every hub with ${retire} listed last or not at all, ` +
      'and run the command again.',
  )
}

/** Except the tokens that something is still sealed with: without them it would never open again. */
async function dropTokens(db: Vault, keyId: string, { progress, batch = BATCH }: Options): Promise<number> {
  const step: Step = progress.step('Dropping tokens')
  let dropped = 0
  let after: string | null = '0'
  while (after !== null) {
    const rows: { last: string | null; dropped: string }[] = await db.query(
      `/* identity.drop_tokens */ with range as (
        select max(worker_id) as last from (
          select worker_id from worker_identity where worker_id > $2::bigint order by worker_id limit $3
        ) as next
      ), gone as (
        delete from identity_token as token using range
        where token.key_id = $1 and token.worker_id > $2::bigint and token.worker_id <= range.last
          and not exists (
            select from worker_identity as sealed
            where sealed.worker_id = token.worker_id and sealed.key_id = token.key_id
          )
        returning 1
      )
      select last, (select count(*) from gone) as dropped from range`,
      [keyId, after, batch],
    )
    const [row] = rows
    dropped += Number(row!.dropped)
    step.advance(Number(row!.dropped))
    after = row!.last
  }
  step.done(`${dropped} tokens`)
  return dropped
}
