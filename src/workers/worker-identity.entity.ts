import { defineEntity, p } from '@mikro-orm/core'
import { WorkerEntity } from './worker.entity.ts'

/**
 * The vault: the only table that knows who a worker is. The NIK is there only as AES-256-GCM ciphertext (nonce,
 * ciphertext, tag) under the key that `keyId` names. It has no GraphQL type, on purpose.
 */
export const WorkerIdentityEntity = defineEntity({
  name: 'WorkerIdentity',
  tableName: 'worker_identity',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    keyId: p.text(),
    nikCipher: p.uint8array(),
    fullName: p.text(),
    /** The name as it is compared; see `normal_name()` in the migrations. */
    normalName: p.text().nullable().generated('(normal_name(full_name)) stored'),
    birthDate: p.date(),
  },
  indexes: [{ name: 'worker_identity_birth_date_index', properties: ['birthDate'] }],
})

/**
 * What the vault said of a worker before it was corrected, sealed as it was, with the token that was sealed in. Nobody is
 * found by it: the NIK may be another person's. It has no GraphQL type, on purpose.
 */
export const FormerIdentityEntity = defineEntity({
  name: 'FormerIdentity',
  tableName: 'former_identity',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    keyId: p.text(),
    nikToken: p.uint8array(),
    nikCipher: p.uint8array(),
    fullName: p.text(),
    birthDate: p.date(),
    replacedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
})

/**
 * What people are found by: the keyed HMAC of a NIK, one for each key of the vault and each partner. All of them
 * are unique in one index, whatever key they come from, so while keys rotate a NIK has the tokens of two keys and
 * is still one person; and without a key nobody can look anybody up. It has no GraphQL type, on purpose.
 */
export const IdentityTokenEntity = defineEntity({
  name: 'IdentityToken',
  tableName: 'identity_token',
  properties: {
    nikToken: p.uint8array().primary(),
    /** A key of the vault, or `partner:<id>`. */
    keyId: p.text(),
    worker: () => p.manyToOne(WorkerEntity),
  },
  uniques: [{ name: 'identity_token_worker_id_key_id_unique', properties: ['worker', 'keyId'] }],
  checks: [{ name: 'identity_token_length_check', expression: 'octet_length(nik_token) = 32' }],
})

/**
 * The keys this vault has seen, never their material. A key in force must be held by whoever writes an identity:
 * the trigger `worker_identity_has_its_tokens` refuses the rest.
 */
export const IdentityKeyEntity = defineEntity({
  name: 'IdentityKey',
  tableName: 'identity_key',
  properties: {
    keyId: p.text().primary(),
    /** What only this key makes of a text everybody knows: tells another key of the same id. */
    checkValue: p.uint8array(),
    inForceSince: p.datetime().nullable(),
  },
})
