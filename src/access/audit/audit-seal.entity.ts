import { defineEntity, p } from '@mikro-orm/core'

/** One link of the chain over the audit trail: a batch of events and the hash of all that came before. See `chain.ts`. */
export const AuditSealEntity = defineEntity({
  name: 'AuditSeal',
  tableName: 'audit_seal',
  properties: {
    id: p.bigint('string').autoincrement(false).primary(),
    previousHash: p.blob().unique('audit_seal_previous_hash_unique'),
    hash: p.blob(),
    events: p.array().columnType('bigint[]').$type<string[]>(),
    sealedAt: p.datetime().columnType('timestamptz').defaultRaw('clock_timestamp()'),
  },
  checks: [
    { name: 'audit_seal_hashes_check', expression: 'length(previous_hash) = 32 and length(hash) = 32' },
    { name: 'audit_seal_events_check', expression: 'cardinality(events) > 0' },
  ],
})
