import { defineEntity, p } from '@mikro-orm/core'

/** A committed event that no seal holds yet: a trigger on `audit_event` puts it here, the sealer takes it away. */
export const AuditPendingEntity = defineEntity({
  name: 'AuditPending',
  tableName: 'audit_pending',
  properties: { eventId: p.bigint('string').autoincrement(false).primary() },
})
