import { sql } from '../planner/sql.ts'
import { AuditEventEntity } from './audit/audit-event.entity.ts'
import { AuditPendingEntity } from './audit/audit-pending.entity.ts'
import { grant, type Policy } from './policy.ts'
import { seesEverywhere } from './viewer.ts'

/** Everybody may ask who he is; the audit trail has a permission of its own. */
export const accessPolicy: Policy = {
  tables: [
    grant(AuditEventEntity, {
      needs: 'audit:read',
      words: 'of people who work for the viewer’s payer; all for a viewer of the whole country',
      rows: (event, viewer) =>
        seesEverywhere(viewer) ||
        (viewer.payer !== undefined && sql`${event.payerId} = ${viewer.payer}::bigint`),
    }),
    grant(AuditPendingEntity, {
      needs: 'audit:read',
      words: 'of all, to say whether an event is sealed',
      rows: () => true,
    }),
  ],
  fields: {
    Query: { anyone: ['viewer'], 'audit:read': ['auditTrail'] },
    Viewer: { anyone: ['subject', 'permissions', 'areas'] },
    AuditEvent: {
      'audit:read': [
        'id',
        'at',
        'actor',
        'action',
        'outcome',
        'purpose',
        'what',
        'workers',
        'subject',
        'people',
        'reason',
        'requestId',
        'sealed',
      ],
    },
  },
  inputs: {
    AuditFilter: {
      worker: 'AuditEvent.workers',
      actor: 'AuditEvent.actor',
      actions: 'AuditEvent.action',
      outcomes: 'AuditEvent.outcome',
      purposes: 'AuditEvent.purpose',
      from: 'AuditEvent.at',
      to: 'AuditEvent.at',
    },
  },
}
