import { join, type Sql, sql } from '../planner/sql.ts'
import type { Answer, Needed } from './policy.ts'
import type { Viewer } from './viewer.ts'

/** Whether a viewer has the permission that something needs. */
export function mayRead({ permissions }: Viewer, needed: Needed): boolean {
  return needed === 'anyone' || permissions.has(needed)
}

/** Whether any of the answers holds. */
export function anyOf(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true
  const conditions = answers.filter((answer) => answer !== false) as Sql[]
  if (conditions.length === 0) return false
  if (conditions.length === 1) return conditions[0]!
  return sql`(${join(conditions, ' or ')})`
}

/** Whether all of the answers hold. */
export function everyOf(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false
  const conditions = answers.filter((answer) => answer !== true) as Sql[]
  if (conditions.length === 0) return true
  return conditions.length === 1 ? conditions[0]! : sql`(${join(conditions, ' and ')})`
}
