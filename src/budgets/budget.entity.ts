import { defineEntity, p } from '@mikro-orm/core'
import { FundingSource, PayerEntity } from '../payers/payer.entity.ts'

/** The budget as adopted before January, or as revised in the middle of the year. */
export const BudgetVersion = { ORIGINAL: 'ORIGINAL', REVISED: 'REVISED' } as const
export type BudgetVersion = keyof typeof BudgetVersion

/**
 * A payer's money for one fiscal year (calendar year) from one funding source; all money in rupiah. Ceiling,
 * committed and paid are the sums of the budget's entries: a trigger on `budget_entry` keeps them, nothing else
 * may, and the check refuses an entry that would spend what is not there.
 */
export const BudgetEntity = defineEntity({
  name: 'Budget',
  tableName: 'budget',
  properties: {
    id: p.bigint('string').primary(),
    payer: () => p.manyToOne(PayerEntity),
    fiscalYear: p.smallint(),
    fundingSource: p.enum(() => FundingSource),
    agency: p.text(),
    accountCode: p.text().nullable(),
    version: p.enum(() => BudgetVersion).default('ORIGINAL'),
    originalCeiling: p.bigint('bigint'),
    ceiling: p.bigint('bigint').default(0),
    committed: p.bigint('bigint').default(0),
    paid: p.bigint('bigint').default(0),
  },
  uniques: [{ name: 'budget_unique', properties: ['payer', 'fiscalYear', 'fundingSource', 'agency'] }],
  indexes: [{ name: 'budget_fiscal_year_index', properties: ['fiscalYear'] }],
  checks: [
    { name: 'budget_balance_check', expression: '0 <= paid and paid <= committed and committed <= ceiling' },
    { name: 'budget_fiscal_year_check', expression: 'fiscal_year between 2000 and 2999' },
    { name: 'budget_account_code_check', expression: `account_code ~ '^\\d(\\.\\d{1,2}){1,5}\\.\\d{4}$'` },
  ],
})
