import type { NikKeys } from '../access/vault/nik-keys.ts'
import { keyNamed, openNik } from '../access/vault/vault.ts'
import { idValue } from '../contract/id.ts'
import type { Query } from '../db/database.ts'
import { isOneSlipAway, type Nik } from '../kernel/nik.ts'
import { type Person, SIMILAR_NAME } from '../workers/registration/match-people.ts'

/** Whom a row of a roster names; rows count from 1. */
export interface NamedRow extends Person {
  readonly row: number
}

/**
 * Finds rows that may be about the same person as an earlier row of their roster, by the rule by which people are suspected
 * to be one of those the vault knows (`match-people.ts`): born on the same day, a similar name, a NIK that is one slip of
 * the pen away. In one statement; of those with a similar name the NIKs are decrypted here.
 *
 * @param roster id of the roster; its rows stand in `roster_identity`.
 * @param rows any of them, in any order.
 * @returns the earlier row by row, of several the one with the most similar name, then the first. A row whose NIK stood in
 *   a still earlier one is not among them.
 * @throws Fault INTERNAL when a NIK cannot be opened with these keys.
 */
export async function suspectsInFile(
  query: Query,
  roster: string,
  rows: readonly NamedRow[],
  keys: NikKeys,
): Promise<Map<number, number>> {
  const alike = await query<AlikeRow>(ALIKE, [
    idValue(roster),
    rows.map(({ row }) => row),
    rows.map(({ isOfCrowd = false }) => isOfCrowd),
    SIMILAR_NAME,
  ])
  const niks = new Map<number, Nik>(rows.map(({ row, nik }) => [row, nik]))
  const suspects = new Map<number, number>()
  for (const { row, earlier, key_id, nik_token, nik_cipher } of alike) {
    if (suspects.has(row)) continue
    const nik = openNik(nik_cipher, nik_token, keyNamed(key_id, keys))
    if (isOneSlipAway(niks.get(row)!, nik)) suspects.set(row, earlier)
  }
  return suspects
}

interface AlikeRow {
  readonly row: number
  readonly earlier: number
  readonly key_id: string
  readonly nik_token: Uint8Array
  readonly nik_cipher: Uint8Array
}

const ALIKE = `/* roster.suspects */ with given as materialized (
  select row, is_of_crowd, birth_date, normal_name
  from unnest($2::int[], $3::bool[]) as asked (row, is_of_crowd)
    join roster_identity using (row) where roster_id = $1::bigint
), alike as materialized (
  select given.row, earlier.row as earlier, earlier.key_id, earlier.nik_token, earlier.nik_cipher,
    similarity(given.normal_name, earlier.normal_name) as similarity
  from given
    join roster_identity as earlier
      on earlier.roster_id = $1::bigint and earlier.birth_date = given.birth_date and earlier.row < given.row
  where earlier.nik_token is not null and case when is_of_crowd then given.normal_name = earlier.normal_name
    else similarity(given.normal_name, earlier.normal_name) >= $4::real end
)
select row, earlier, key_id, nik_token, nik_cipher from alike
where earlier = (
  select min(first.row) from roster_identity as first
  where first.roster_id = $1::bigint and first.nik_token = alike.nik_token
)
order by row, similarity desc, earlier`
