import { defineEntity, p } from '@mikro-orm/core'
import { BudgetEntity } from './budget.entity.ts'

/** What an entry of the ledger says; its deltas of (ceiling, committed, paid) have the signs that the check below tells. */
export const BudgetEntryKind = {
  ALLOCATE: 'ALLOCATE',
  REVISE: 'REVISE',
  COMMIT: 'COMMIT',
  PAY: 'PAY',
  RELEASE: 'RELEASE',
  REFUND_REQUEST: 'REFUND_REQUEST',
  REFUND: 'REFUND',
} as const
export type BudgetEntryKind = keyof typeof BudgetEntryKind

/** One line of a budget's append-only ledger: three deltas in rupiah, the business date, and what it was for. */
export const BudgetEntryEntity = defineEntity({
  name: 'BudgetEntry',
  tableName: 'budget_entry',
  properties: {
    id: p.bigint('string').primary(),
    budget: () => p.manyToOne(BudgetEntity),
    kind: p.enum(() => BudgetEntryKind),
    ceilingDelta: p.bigint('bigint').default(0),
    committedDelta: p.bigint('bigint').default(0),
    paidDelta: p.bigint('bigint').default(0),
    enteredOn: p.date(),
    recordedAt: p.datetime().columnType('timestamptz').defaultRaw('now()'),
    note: p.text(),
  },
  indexes: [{ name: 'budget_entry_budget_id_index', properties: ['budget', 'id'] }],
  checks: [
    {
      name: 'budget_entry_deltas_check',
      expression: [
        `case kind when 'ALLOCATE' then ceiling_delta > 0 and committed_delta = 0 and paid_delta = 0`,
        `when 'REVISE' then ceiling_delta <> 0 and committed_delta = 0 and paid_delta = 0`,
        `when 'COMMIT' then ceiling_delta = 0 and committed_delta > 0 and paid_delta = 0`,
        `when 'PAY' then ceiling_delta = 0 and committed_delta = 0 and paid_delta > 0`,
        `when 'RELEASE' then ceiling_delta = 0 and committed_delta < 0 and paid_delta = 0`,
        `when 'REFUND_REQUEST' then ceiling_delta = 0 and committed_delta = 0 and paid_delta = 0`,
        `else ceiling_delta = 0 and committed_delta < 0 and paid_delta = committed_delta end`,
      ].join(' '),
    },
  ],
})
