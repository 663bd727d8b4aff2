import { lookupTokens } from '../access/vault/lookup.ts'
import type { NikKeys } from '../access/vault/nik-keys.ts'
import type { Query } from '../db/database.ts'
import type { Nik } from '../kernel/nik.ts'

/**
 * Finds workers by their NIKs, in one statement, by the tokens of all keys. Whoever asks has recorded why.
 *
 * @returns ids of workers by NIK, of a row that was merged the one it was merged into; whom nobody knows is not in it.
 */
export async function findByNik(
  query: Query,
  niks: readonly Nik[],
  keys: NikKeys,
): Promise<ReadonlyMap<Nik, string>> {
  if (niks.length === 0) return new Map()
  const wanted = lookupTokens(niks, keys)
  const rows = await query<{ index: number; worker: string }>(
    `/* identity.find */ select distinct asked.index, coalesce(merged_into_id, worker.id) as worker
      from unnest($1::int[], $2::text[], $3::text[]) as asked (index, key_id, token)
        join identity_token as known on known.nik_token = decode(token, 'hex') and known.key_id = asked.key_id
        join worker on worker.id = known.worker_id`,
    [
      wanted.map(({ index }) => index),
      wanted.map(({ keyId }) => keyId),
      wanted.map(({ token }) => Buffer.from(token).toString('hex')),
    ],
  )
  return new Map(rows.map(({ index, worker }) => [niks[index]!, worker]))
}
