import { defineEntity, p } from '@mikro-orm/core'
import { PayerEntity } from '../payers/payer.entity.ts'
import { WorkerEntity } from './worker.entity.ts'

/** What can happen to a worker or to one of his enrollments. */
export const WorkerEventKind = {
  REGISTERED: 'REGISTERED',
  IDENTITY_CORRECTED: 'IDENTITY_CORRECTED',
  MERGED: 'MERGED',
  MERGE_UNDONE: 'MERGE_UNDONE',
  DIED: 'DIED',
  MOVED: 'MOVED',
  CIVIL_SERVICE_CHANGED: 'CIVIL_SERVICE_CHANGED',
  WAGE_EMPLOYED: 'WAGE_EMPLOYED',
  DISPUTED: 'DISPUTED',
  DISPUTE_DECIDED: 'DISPUTE_DECIDED',
  CLAIM_CHECK_OPENED: 'CLAIM_CHECK_OPENED',
  ENROLLED: 'ENROLLED',
  ENDED: 'ENDED',
  SUSPENDED: 'SUSPENDED',
  RESUMED: 'RESUMED',
  SUBSTITUTED: 'SUBSTITUTED',
  TOOK_OVER: 'TOOK_OVER',
  TRANSFERRED: 'TRANSFERRED',
  ACCEPTED: 'ACCEPTED',
  REJECTED: 'REJECTED',
  PAID: 'PAID',
  REFUND_REQUESTED: 'REFUND_REQUESTED',
  REFUND_GRANTED: 'REFUND_GRANTED',
  REFUND_REFUSED: 'REFUND_REFUSED',
  REFUND_WITHDRAWN: 'REFUND_WITHDRAWN',
} as const
export type WorkerEventKind = keyof typeof WorkerEventKind

/**
 * The append-only history of a person: what happened, from which month, when, by whom and why. An event of an
 * enrollment has `enrollmentId` and the enrollment's payer; one of the person himself has neither. `period` are the
 * months it is about, `amount` rupiah, `fact` what became of it in codes, where the kind does not say it all: the villages
 * of a move (`36.03.01.2001 36.01.01.2002`, from and to), BECAME or CEASED of a civil servant, and why the months of a
 * refused refund do not come back. It names nobody: a reason is in the words of who acted, and is refused where it
 * holds a NIK.
 */
export const WorkerEventEntity = defineEntity({
  name: 'WorkerEvent',
  tableName: 'worker_event',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    kind: p.enum(() => WorkerEventKind),
    at: p.datetime().columnType('timestamptz').defaultRaw('clock_timestamp()'),
    enteredOn: p.date(),
    enrollmentId: p.bigint('string').nullable(),
    payer: () => p.manyToOne(PayerEntity).nullable().createForeignKeyConstraint(false),
    period: p.string().columnType('daterange').nullable(),
    amount: p.bigint('bigint').nullable(),
    reason: p.text().nullable(),
    fact: p.text().nullable(),
    actor: p.text().nullable(),
    actorPayer: () => p.manyToOne(PayerEntity).nullable().createForeignKeyConstraint(false),
  },
  indexes: [
    {
      name: 'worker_event_enrollment_index',
      expression:
        'create index "worker_event_enrollment_index" on "worker_event" ("enrollment_id", "id") where enrollment_id is not null',
    },
  ],
  checks: [{ name: 'worker_event_reason_check', expression: 'length(reason) between 1 and 500' }],
})
