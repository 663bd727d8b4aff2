import { defineEntity, p } from '@mikro-orm/core'
import { WorkerEntity } from './worker.entity.ts'

/** What a person or a village says is wrong in a record (UU 27/2022: right to correction). */
export const DisputeSubject = {
  LIFE_STATUS: 'LIFE_STATUS',
  DOMICILE: 'DOMICILE',
  OCCUPATION: 'OCCUPATION',
  IDENTITY: 'IDENTITY',
  COVERAGE: 'COVERAGE',
} as const
export type DisputeSubject = keyof typeof DisputeSubject

export const DisputeDecision = { UPHELD: 'UPHELD', DISMISSED: 'DISMISSED' } as const
export type DisputeDecision = keyof typeof DisputeDecision

/** A dispute of a person's record: what it keeps from being done while it is open depends on its subject. */
export const DisputeEntity = defineEntity({
  name: 'Dispute',
  tableName: 'dispute',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    subject: p.enum(() => DisputeSubject),
    reason: p.text(),
    openedOn: p.date(),
    decision: p.enum(() => DisputeDecision).nullable(),
    decidedOn: p.date().nullable(),
    decisionReason: p.text().nullable(),
  },
  indexes: [{ name: 'dispute_id_index', properties: ['id'] }],
  checks: [
    {
      name: 'dispute_decided_check',
      expression:
        '(decision is null) = (decided_on is null) and (decision is null) = (decision_reason is null)',
    },
    { name: 'dispute_reason_check', expression: 'length(reason) between 1 and 500' },
  ],
})
