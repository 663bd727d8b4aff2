import { defineEntity, p } from '@mikro-orm/core'
import { Purpose } from '../purpose.ts'

/** What is recorded. */
export const AuditAction = {
  IDENTITY_READ: 'IDENTITY_READ',
  IDENTITY_REVEAL: 'IDENTITY_REVEAL',
  COVERAGE_CHECK: 'COVERAGE_CHECK',
  MUTATION: 'MUTATION',
  LOGIN_FAILED: 'LOGIN_FAILED',
} as const
export type AuditAction = keyof typeof AuditAction

/** How it ended: done, refused by a rule, or broken off by an error. */
export const AuditOutcome = { DONE: 'DONE', REFUSED: 'REFUSED', FAILED: 'FAILED' } as const
export type AuditOutcome = keyof typeof AuditOutcome

/**
 * Who did what, when and why: one row of the append-only audit trail. It names workers by id and never by NIK, name
 * or birth date; `what` and `reason` are constants of the code, and checks keep free text out of them; `subject` names what was
 * changed (`Budget:12`).
 *
 * `at` is real time, also within a long transaction. `payerId` and `workers` are no foreign keys: an event must be
 * recorded whatever has become of whom it names, without waiting for anybody who edits them.
 */
export const AuditEventEntity = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_event',
  properties: {
    id: p.bigint('string').primary(),
    at: p.datetime().columnType('timestamptz').defaultRaw('clock_timestamp()'),
    actor: p.text().nullable(),
    payerId: p.bigint('string').nullable(),
    action: p.enum(() => AuditAction),
    outcome: p.enum(() => AuditOutcome),
    purpose: p.enum(() => Purpose).nullable(),
    what: p.text(),
    workers: p.array().columnType('bigint[]').defaultRaw(`'{}'`).$type<string[]>(),
    people: p.integer().default(0),
    reason: p.text().nullable(),
    subject: p.text().nullable(),
    requestId: p.text(),
  },
  indexes: [
    { name: 'audit_event_at_index', properties: ['at', 'id'] },
    { name: 'audit_event_actor_index', properties: ['actor', 'at', 'id'] },
    { name: 'audit_event_workers_index', properties: ['workers'], type: 'gin' },
  ],
  checks: [
    { name: 'audit_event_actor_check', expression: 'length(actor) between 1 and 255' },
    {
      name: 'audit_event_what_check',
      expression: `length(what) <= 100 and what ~ '^[A-Za-z][A-Za-z0-9_.]*$'`,
    },
    { name: 'audit_event_reason_check', expression: `length(reason) <= 60 and reason ~ '^[A-Z][A-Z_]*$'` },
    {
      name: 'audit_event_subject_check',
      expression: `subject ~ '^[A-Z][A-Za-z]{0,39}:[A-Za-z0-9._-]{1,60}$'`,
    },
    { name: 'audit_event_request_id_check', expression: 'length(request_id) between 1 and 64' },
    { name: 'audit_event_workers_check', expression: 'array_position(workers, null) is null' },
    { name: 'audit_event_people_check', expression: 'people >= 0' },
  ],
})
