import type { NikKeys } from '../access/vault/nik-keys.ts'
import { vaultNik } from '../access/vault/vault.ts'
import type { Database, Query } from '../db/database.ts'
import type { Progress } from '../kernel/progress.ts'
import { openRow, type SealedRow } from './identity.ts'

/**
 * Identities that nobody is found by: those that were corrected, and those of rosters, the waiting room of the vault. They
 * are sealed with one key and have its token, and a key that is retired leaves none of them behind.
 */
export const SEALED_APART = [
  { table: 'former_identity', key: ['worker_id', 'id'] },
  { table: 'roster_identity', key: ['roster_id', 'row'] },
] as const

type Apart = (typeof SEALED_APART)[number]

interface Options {
  readonly progress: Progress
  /** Identities per transaction. */
  readonly batch: number
}

/**
 * Brings them to the first of the keys: sealed with it, and with its token.
 *
 * @returns how many there were.
 */
export async function sealApartAnew(
  db: Pick<Database, 'transaction'>,
  keys: NikKeys,
  { progress, batch }: Options,
): Promise<number> {
  const step = progress.step('Sealing former identities and those of rosters')
  let identities = 0
  for (const apart of SEALED_APART) {
    let rows: number
    do {
      rows = await db.transaction((query) => sealNext(query, apart, keys, batch))
      identities += rows
      step.advance(rows)
    } while (rows === batch)
  }
  step.done(`${identities} identities`)
  return identities
}

async function sealNext(query: Query, { table, key: [one, other] }: Apart, keys: NikKeys, batch: number) {
  const rows = await query<SealedRow & { one: string; other: string }>(
    `/* identity.lock_apart */ select ${one} as one, ${other} as other, key_id, nik_cipher, nik_token
      from ${table} where key_id <> $1 order by ${one}, ${other} limit $2 for update`,
    [keys[0].id, batch],
  )
  if (rows.length === 0) return 0
  const sealed = rows.map((row) => vaultNik(openRow(row, keys), [keys[0]]))
  await query(
    `/* identity.seal_apart */ update ${table} as apart
      set key_id = $1, nik_token = decode(token, 'hex'), nik_cipher = decode(cipher, 'hex')
      from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[]) as given(one, other, token, cipher)
      where apart.${one} = given.one and apart.${other} = given.other`,
    [
      keys[0].id,
      rows.map((row) => row.one),
      rows.map((row) => row.other),
      sealed.map(({ tokens }) => tokens[0]!.token.toString('hex')),
      sealed.map(({ cipher }) => cipher.toString('hex')),
    ],
  )
  return rows.length
}
