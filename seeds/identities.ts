import type { NikKeys } from '../src/access/vault/nik-keys.ts'
import type { Query } from '../src/db/database.ts'
import type { Nik } from '../src/kernel/nik.ts'
import type { Step } from '../src/kernel/progress.ts'
import { insertIdentities } from '../src/workers/identity.ts'
import { admitKeys } from '../src/workers/identity-keys.ts'

/** What the vault holds about a worker, in the clear. */
export interface Identity {
  readonly id: number
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

/** Admits the keys, and writes identities into the vault as a registration does. */
export async function fillVault(
  query: Query,
  people: readonly Identity[],
  keys: NikKeys,
  step?: Step,
): Promise<void> {
  await admitKeys(query, keys)
  const identities = people.map(({ id, ...identity }) => ({ ...identity, worker: String(id) }))
  await insertIdentities(query, identities, keys)
  step?.advance(people.length)
}
