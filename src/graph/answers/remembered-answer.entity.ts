import { defineEntity, p } from '@mikro-orm/core'

/**
 * What a mutation that was sent with an idempotency key answered. Only the hash of the key is kept, and of the input a
 * keyed HMAC: neither says what was asked.
 */
export const RememberedAnswerEntity = defineEntity({
  name: 'RememberedAnswer',
  tableName: 'remembered_answer',
  properties: {
    subject: p.text().primary(),
    keyHash: p.uint8array().primary(),
    mutation: p.text(),
    /** Key of the vault that made the fingerprint. */
    keyId: p.text(),
    fingerprint: p.uint8array(),
    /** Null while its transaction runs, which nobody else sees. */
    answer: p.json<object>().columnType('jsonb').nullable(),
    at: p.datetime().columnType('timestamptz').defaultRaw('now()'),
  },
  indexes: [{ name: 'remembered_answer_at_index', properties: ['at'] }],
  checks: [
    {
      name: 'remembered_answer_hashes_check',
      expression: 'length(key_hash) = 32 and length(fingerprint) = 32',
    },
  ],
})
