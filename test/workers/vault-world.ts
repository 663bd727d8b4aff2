import { lookupTokens } from '../../src/access/vault/lookup.ts'
import type { NikKeys } from '../../src/access/vault/nik-keys.ts'
import { type Database, openDatabase, type Query } from '../../src/db/database.ts'
import type { Nik } from '../../src/kernel/nik.ts'
import { generateNikKey, type NikKey, type NikTokenKey, parseNikKeys } from '../../src/kernel/nik-keys.ts'
import { type PartnerKey, parsePartnerKeys } from '../../src/kernel/partner-keys.ts'
import { insertIdentities } from '../../src/workers/identity.ts'
import { aWorkerInAProgram } from '../db/rows.ts'
import { entities } from '../harness/entities.ts'
import { withServerDatabase } from '../harness/server-database.ts'

/** A database for a vault, and how to be rid of it when it is closed. */
export interface VaultHouse {
  db: Database
  drop(): Promise<void>
}

export async function onEmbedded(): Promise<VaultHouse> {
  return { db: await openDatabase({}, entities), drop: async () => {} }
}

export async function onServer(): Promise<VaultHouse & { url: string }> {
  const { url, drop } = await withServerDatabase()
  return { db: await openDatabase({ databaseUrl: url }, entities), drop, url }
}

/** A new key of the vault. */
export function aNikKey(id: string): NikKey {
  return parseNikKeys(generateNikKey(id)).keys[0]!
}

export function keysOf(...keys: [NikKey, ...NikKey[]]): NikKeys {
  return keys
}

/** A partner's key of 32 equal bytes. */
export function aPartnerKey(partner: string, byte: number): PartnerKey {
  return parsePartnerKeys(`${partner}:${Buffer.alloc(32, byte).toString('base64')}`).keys[0]!
}

/** The n-th NIK of these tests: well formed, and of nobody. */
export function nikNumber(n: number): Nik {
  return `360301120390${9000 + n}` as Nik
}

/** Empties the vault, and leaves `count` workers with the ids 1 to `count` in it, without identity. */
export async function workersWithoutIdentity(db: Database, count: number): Promise<void> {
  const [area] = await db.query('select from village limit 1')
  if (!area) await aWorkerInAProgram(db.query)
  await db.query(
    `/* test.empty_vault */ truncate worker_identity, identity_token, identity_key, former_identity`,
  )
  await db.query(
    `/* test.workers */ insert into worker (id, category, sex, birth_month, village_code, domicile_since)
      select id, 'FISHER', 'MALE', '1990-03-01', '36.03.01.2001', '2010-01-01' from generate_series(1, $1::int) as id
      on conflict do nothing`,
    [count],
  )
}

/** Registers a worker under a NIK with these keys, as a hub started with them does. */
export function register(
  db: Pick<Database, 'query'>,
  worker: number,
  nik: Nik,
  keys: NikKeys,
  partnerKeys: readonly PartnerKey[] = [],
): Promise<void> {
  const person = { worker: String(worker), nik, fullName: PLANTED_NAME, birthDate: '1990-03-12' }
  return insertIdentities(db.query, [person], keys, partnerKeys)
}

/** Who is found by which NIK, under any of the keys; who is not known is not in it. */
export async function findWorkersByNik(
  query: Query,
  niks: readonly Nik[],
  keys: readonly NikTokenKey[],
): Promise<Map<Nik, string>> {
  const wanted = lookupTokens(niks, keys)
  const rows = await query<{ index: number; worker: string }>(
    `/* test.find */ select index, worker_id as worker from unnest($1::int[], $2::text[]) as wanted(index, token)
      join identity_token on nik_token = decode(token, 'hex')`,
    [wanted.map(({ index }) => index), wanted.map(({ token }) => Buffer.from(token).toString('hex'))],
  )
  return new Map(rows.map(({ index, worker }) => [niks[index]!, worker]))
}

/** A name that may stand nowhere but in the vault. */
export const PLANTED_NAME = 'Siti Rahasia Sekali'

/** Which keys each worker has tokens of, and which sealed him: `old*, new` with a star at the one that sealed. */
export async function keysByWorker(db: Pick<Database, 'query'>): Promise<Record<string, string>> {
  const rows = await db.query<{ worker: string; keys: string }>(
    `/* test.keys */ select token.worker_id as worker,
        string_agg(token.key_id || case when sealed.key_id = token.key_id then '*' else '' end, ' '
          order by token.key_id) as keys
      from identity_token as token join worker_identity as sealed using (worker_id) group by token.worker_id`,
  )
  return Object.fromEntries(rows.map(({ worker, keys }) => [worker, keys]))
}
