import { type Answer, type Facts, unruled } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { type Column, type Sql, sql } from '../planner/sql.ts'
import { AgreementEntity } from './agreement.entity.ts'

/**
 * Whether a viewer may know of a payer for whom it pays: of his own, of those with whom his own has an agreement today,
 * and of all when he sees the whole country.
 */
export function isKnownPayer(payer: Column | Sql, viewer: Viewer, facts: Facts): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  return sql`(${payer} = ${viewer.payer}::bigint or ${payer} = any(${partnersOf(viewer.payer, facts)}))`
}

/** Whether all of the payers of an SQL array are known to a viewer. */
export function areKnownPayers(payers: Sql, viewer: Viewer, facts: Facts): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  return sql`${payers} <@ array_append(${partnersOf(viewer.payer, facts)}, ${viewer.payer}::bigint)`
}

/** The ids of payers with whom a payer has an agreement today: an SQL array, made once for a statement. */
export function partnersOf(payer: string, { today }: Facts): Sql {
  const agreement = unruled(AgreementEntity)
  return sql`array(select case when ${agreement.first} = ${payer}::bigint then ${agreement.second} else ${agreement.first} end from ${agreement} where ${payer}::bigint in (${agreement.first}, ${agreement.second}) and ${agreement.period} @> ${today}::date)`
}
