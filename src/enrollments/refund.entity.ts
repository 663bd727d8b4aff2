import { defineEntity, p } from '@mikro-orm/core'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { wholeMonths } from '../programs/program.entity.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { EnrollmentEntity } from './enrollment.entity.ts'

/** What has become of a request. WITHDRAWN: a substitute has taken over the months that were paid. */
export const RefundStatus = {
  REQUESTED: 'REQUESTED',
  GRANTED: 'GRANTED',
  REFUSED: 'REFUSED',
  WITHDRAWN: 'WITHDRAWN',
} as const
export type RefundStatus = keyof typeof RefundStatus

/**
 * Months that one budget paid and nobody is covered in: BPJS is asked to give the money back (rupiah). The charge keeps
 * these months until it is granted; then the ledger says REFUND and the charge loses them. Where it is refused, the person
 * is covered in them again, if nothing speaks against that (`life/months-back.ts`).
 */
export const RefundEntity = defineEntity({
  name: 'Refund',
  tableName: 'refund',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary().createForeignKeyConstraint(false),
    id: p.bigint('string').primary().autoincrement(),
    enrollment: () =>
      p
        .manyToOne(EnrollmentEntity)
        .joinColumns('worker_id', 'enrollment_id')
        .referencedColumnNames('worker_id', 'id')
        .ownColumns('enrollment_id'),
    budget: () => p.manyToOne(BudgetEntity).index(),
    period: p.string().columnType('daterange'),
    amount: p.bigint('bigint'),
    status: p.enum(() => RefundStatus).default('REQUESTED'),
    requestedOn: p.date(),
    settledOn: p.date().nullable(),
  },
  indexes: [
    { name: 'refund_id_index', properties: ['id'] },
    { name: 'refund_enrollment_index', properties: ['enrollment'] },
  ],
  checks: [
    { name: 'refund_period_check', expression: wholeMonths('period') },
    { name: 'refund_amount_check', expression: 'amount >= 0' },
    { name: 'refund_settled_check', expression: `(status = 'REQUESTED') = (settled_on is null)` },
  ],
})
