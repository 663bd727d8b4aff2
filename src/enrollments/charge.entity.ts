import { defineEntity, p } from '@mikro-orm/core'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { wholeMonths } from '../programs/program.entity.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { EnrollmentEntity } from './enrollment.entity.ts'

/**
 * The months of an enrollment that one budget pays, at one monthly contribution in rupiah. `paidThrough` is the
 * first day of the last month paid, null while none is. A period never crosses New Year: every month is charged
 * to the budget of its own fiscal year; an enrollment has several charges of one year where its rate changes within it or
 * it was suspended. Nobody's budget pays for who pays himself: `budget` is null.
 */
export const ChargeEntity = defineEntity({
  name: 'Charge',
  tableName: 'charge',
  properties: {
    worker: () => p.manyToOne(WorkerEntity).primary().createForeignKeyConstraint(false),
    enrollment: () =>
      p
        .manyToOne(EnrollmentEntity)
        .primary()
        .joinColumns('worker_id', 'enrollment_id')
        .referencedColumnNames('worker_id', 'id')
        .ownColumns('enrollment_id'),
    firstMonth: p.date().primary().generated('(lower(period)) stored'),
    budget: () => p.manyToOne(BudgetEntity).nullable(),
    period: p.string().columnType('daterange'),
    monthly: p.bigint('bigint'),
    paidThrough: p.date().nullable(),
  },
  indexes: [{ name: 'charge_budget_index', properties: ['budget'] }],
  checks: [
    { name: 'charge_period_check', expression: wholeMonths('period') },
    {
      name: 'charge_one_year_check',
      expression: 'extract(year from lower(period)) = extract(year from upper(period) - 1)',
    },
    { name: 'charge_monthly_check', expression: 'monthly >= 0' },
    {
      name: 'charge_paid_through_check',
      expression: 'extract(day from paid_through) = 1 and paid_through <@ period',
    },
  ],
})
