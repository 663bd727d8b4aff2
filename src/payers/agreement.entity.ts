import { defineEntity, p } from '@mikro-orm/core'
import { PayerEntity } from './payer.entity.ts'

/**
 * A dated agreement between two payers (PKS) to know of each other whom they pay for. `first` has the lower id, so
 * that a pair has one order; `period` is a half-open range of days, without an end while nobody has ended it.
 */
export const AgreementEntity = defineEntity({
  name: 'Agreement',
  tableName: 'agreement',
  properties: {
    id: p.bigint('string').primary(),
    first: () => p.manyToOne(PayerEntity),
    second: () => p.manyToOne(PayerEntity).index(),
    period: p.string().columnType('daterange'),
    reference: p.text(),
  },
  indexes: [{ name: 'agreement_first_second_index', properties: ['first', 'second'] }],
  checks: [
    { name: 'agreement_order_check', expression: 'first_id < second_id' },
    { name: 'agreement_period_check', expression: 'not isempty(period) and lower(period) is not null' },
    { name: 'agreement_reference_check', expression: 'length(reference) between 1 and 200' },
  ],
})
