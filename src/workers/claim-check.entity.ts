import { defineEntity, p } from '@mikro-orm/core'
import { WorkerEntity } from './worker.entity.ts'

/** What may be claimed for. */
export const ClaimEvent = { DEATH: 'DEATH' } as const
export type ClaimEvent = keyof typeof ClaimEvent

/** Somebody covered in the month of an event: his heirs may have a claim, and somebody should see that they make it. */
export const ClaimCheckEntity = defineEntity({
  name: 'ClaimCheck',
  tableName: 'claim_check',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary(),
    id: p.bigint('string').primary().autoincrement(),
    event: p.enum(() => ClaimEvent),
    month: p.date(),
    openedOn: p.date(),
  },
  uniques: [{ name: 'claim_check_unique', properties: ['worker', 'event', 'month'] }],
  indexes: [{ name: 'claim_check_id_index', properties: ['id'] }],
  checks: [{ name: 'claim_check_month_check', expression: 'extract(day from month) = 1' }],
})
