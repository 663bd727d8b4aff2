import { type Facts, unruled } from '../access/policy.ts'
import { type Sql, sql } from '../planner/sql.ts'
import { AgreementEntity } from './agreement.entity.ts'

/** The ids of payers with whom a payer has an agreement today: an SQL array, made once for a statement. */
export function partnersOf(payer: string, { today }: Facts): Sql {
  const agreement = unruled(AgreementEntity)
  return sql`array(select case when ${agreement.first} = ${payer}::bigint then ${agreement.second} else ${agreement.first} end from ${agreement} where ${payer}::bigint in (${agreement.first}, ${agreement.second}) and ${agreement.period} @> ${today}::date)`
}
