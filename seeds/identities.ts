import { nikToken, sealNik } from '../src/access/vault/vault.ts'
import type { Query } from '../src/db/database.ts'
import type { Nik } from '../src/kernel/nik.ts'
import type { NikKey } from '../src/kernel/nikKeys.ts'
import type { Step } from '../src/kernel/progress.ts'
import { insertRows } from './insert-rows.ts'

/** What the vault holds about a worker, in the clear. */
export interface Identity {
  readonly id: number
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

/** Seals identities with the current key and writes them into the vault. */
export async function insertIdentities(
  query: Query,
  people: readonly Identity[],
  key: NikKey,
  step?: Step,
): Promise<void> {
  const sealed = people.map((person) => {
    const token = nikToken(person.nik, key)
    return { person, token: token.toString('hex'), cipher: sealNik(person.nik, token, key).toString('hex') }
  })
  await insertRows(query, {
    name: 'seed.worker_identities',
    table: 'worker_identity',
    rows: sealed,
    step,
    columns: {
      nik_token: ['bytea', ({ token }) => token],
      key_id: ['text', () => key.id],
      worker_id: ['bigint', ({ person }) => person.id],
      nik_cipher: ['bytea', ({ cipher }) => cipher],
      full_name: ['text', ({ person }) => person.fullName],
      birth_date: ['date', ({ person }) => person.birthDate],
    },
  })
}
