import type { NikKeys } from '../access/vault/nik-keys.ts'
import { keyNamed, openNik, vaultNik } from '../access/vault/vault.ts'
import type { Query } from '../db/database.ts'
import { Fault } from '../kernel/errors.ts'
import type { Nik } from '../kernel/nik.ts'
import type { NikKey, NikTokenKey } from '../kernel/nik-keys.ts'

/** Who a worker is. Whoever reads it has recorded why before. */
export interface Identity {
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

export interface NewIdentity extends Identity {
  /** Id of the worker. */
  readonly worker: string
}

/** PostgreSQL's code for a value that is there already. */
export const UNIQUE_VIOLATION = '23505'

/**
 * Opens the identities of workers, in one statement.
 *
 * @returns by worker id; who has no identity is not in it.
 * @throws Fault INTERNAL when one cannot be opened with these keys. The message says nothing about the person.
 */
export async function readIdentities(
  query: Query,
  workerIds: readonly string[],
  keys: readonly NikKey[],
): Promise<Map<string, Identity>> {
  const rows = await query<SealedRow & { full_name: string; birth_date: string }>(
    `/* identity.read */ select sealed.worker_id, sealed.key_id, nik_cipher, nik_token, full_name, birth_date
      from ${SEALED_WITH_TOKEN} where sealed.worker_id = any ($1::bigint[])`,
    [workerIds],
  )
  return new Map(
    rows.map((row) => [
      row.worker_id,
      { nik: openRow(row, keys), fullName: row.full_name, birthDate: row.birth_date },
    ]),
  )
}

/** Identities, as `sealed`, with the `token` that was sealed in with each: the columns of {@link SealedRow}. */
export const SEALED_WITH_TOKEN = `worker_identity as sealed left join identity_token as token
  on token.worker_id = sealed.worker_id and token.key_id = sealed.key_id`

/** What opening a NIK needs of the vault: the ciphertext, and the token that was sealed in with it. */
export interface SealedRow {
  readonly worker_id: string
  readonly key_id: string
  readonly nik_cipher: Uint8Array
  /** Null when the vault lost it. */
  readonly nik_token: Uint8Array | null
}

/** @throws Fault INTERNAL when it cannot be opened with these keys. */
export function openRow({ key_id, nik_cipher, nik_token }: SealedRow, keys: readonly NikKey[]): Nik {
  // Without its token it does not open, and an empty one says so.
  return openNik(nik_cipher, nik_token ?? new Uint8Array(), keyNamed(key_id, keys))
}

/**
 * Writes who workers are, however many, with tokens for all keys. One statement: the caller's transaction, if there is
 * one, has to be of the isolation `read committed` (PostgreSQL's own), or changed keys would be seen too late.
 *
 * @param partnerKeys of the partners who will find these people by their tokens.
 * @throws Fault CONFLICT when a NIK is known already or given twice, or a worker has an identity; then nobody's is written.
 * @throws Fault INTERNAL when this process does not hold the keys in force (`identity-keys.ts`), and for whatever
 *   else the database has against it.
 */
export async function insertIdentities(
  query: Query,
  identities: readonly NewIdentity[],
  keys: NikKeys,
  partnerKeys: readonly NikTokenKey[] = [],
): Promise<void> {
  const sealed = identities.map(({ nik }) => vaultNik(nik, keys, partnerKeys))
  const tokens = sealed.flatMap((vaulted, index) =>
    vaulted.tokens.map(({ keyId, token }) => ({ keyId, token, worker: identities[index]!.worker })),
  )
  try {
    await query(INSERT, [
      tokens.map(({ token }) => token.toString('hex')),
      tokens.map(({ keyId }) => keyId),
      tokens.map(({ worker }) => worker),
      identities.map(({ worker }) => worker),
      sealed.map(({ cipher }) => cipher.toString('hex')),
      identities.map(({ fullName }) => fullName),
      identities.map(({ birthDate }) => birthDate),
      keys[0].id,
    ])
  } catch (error) {
    throw refusal(error)
  }
}

// In the order of tokens: two writers of the same NIKs meet at the first they share, and never wait for each other.
const INSERT = `/* identity.insert */ with tokens as (
  insert into identity_token (nik_token, key_id, worker_id)
  select decode(token, 'hex'), key_id, worker
  from unnest($1::text[], $2::text[], $3::bigint[]) as given(token, key_id, worker)
  order by 1
)
insert into worker_identity (worker_id, key_id, nik_cipher, full_name, birth_date)
select worker, $8, decode(cipher, 'hex'), full_name, birth_date
from unnest($4::bigint[], $5::text[], $6::text[], $7::date[]) as given(worker, cipher, full_name, birth_date)`

/** Without the database's own error: its message may quote a value, and the embedded one attaches all of them. */
function refusal(error: unknown): Fault {
  const { code, constraint } = error as { code?: string; constraint?: string }
  if (constraint === 'worker_identity_has_its_tokens') {
    return new Fault('INTERNAL', 'The keys of the vault have changed since this process was started.')
  }
  if (code !== UNIQUE_VIOLATION) {
    const cause = new Error(
      `The database refused an identity: ${code ?? 'no code'} ${constraint ?? ''}`.trimEnd(),
    )
    return new Fault('INTERNAL', 'An identity cannot be written.', { cause })
  }
  if (constraint === 'identity_token_pkey') {
    return new Fault('CONFLICT', 'A worker with this NIK is registered already.', { field: 'nik' })
  }
  return new Fault('CONFLICT', 'This worker has an identity already.')
}
