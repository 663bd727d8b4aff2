import type { NikKeys } from '../src/access/vault/nik-keys.ts'
import { vaultNik } from '../src/access/vault/vault.ts'
import type { Query } from '../src/db/database.ts'
import type { Nik } from '../src/kernel/nik.ts'
import type { Step } from '../src/kernel/progress.ts'
import { admitKeys } from '../src/workers/identity-keys.ts'
import { insertRows } from './insert-rows.ts'

/** What the vault holds about a worker, in the clear. */
export interface Identity {
  readonly id: number
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

/** Seals identities with the current key and writes them into the vault, with tokens for all keys. */
export async function insertIdentities(
  query: Query,
  people: readonly Identity[],
  keys: NikKeys,
  step?: Step,
): Promise<void> {
  await admitKeys(query, keys)
  const sealed = people.map((person) => ({ person, ...vaultNik(person.nik, keys) }))
  await insertRows(query, {
    name: 'seed.identity_tokens',
    table: 'identity_token',
    rows: sealed.flatMap(({ person, tokens }) => tokens.map((token) => ({ worker: person.id, ...token }))),
    columns: {
      nik_token: ['bytea', ({ token }) => token.toString('hex')],
      key_id: ['text', ({ keyId }) => keyId],
      worker_id: ['bigint', ({ worker }) => worker],
    },
  })
  // After their tokens, without which the vault refuses them.
  await insertRows(query, {
    name: 'seed.worker_identities',
    table: 'worker_identity',
    rows: sealed,
    step,
    columns: {
      worker_id: ['bigint', ({ person }) => person.id],
      key_id: ['text', ({ keyId }) => keyId],
      nik_cipher: ['bytea', ({ cipher }) => cipher.toString('hex')],
      full_name: ['text', ({ person }) => person.fullName],
      birth_date: ['date', ({ person }) => person.birthDate],
    },
  })
}
