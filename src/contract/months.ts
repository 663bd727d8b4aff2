import { badInput } from '../kernel/errors.ts'
import { firstDay, type Month, monthsBetween } from '../kernel/month.ts'
import { type Column, type Sql, sql } from '../planner/sql.ts'

/** A month in SQL: the date of its first day. */
export function monthDate(month: Month): Sql {
  return sql`${firstDay(month)}::date`
}

/** The first month of a half-open range of whole months. */
export function firstMonth(period: Column): Sql {
  return sql`lower(${period})`
}

/** The last month of a half-open range of whole months (a date within it). */
export function lastMonth(period: Column): Sql {
  return sql`(upper(${period}) - 1)`
}

/** The most months one question may span. */
export const MOST_MONTHS = 60

/** Checks that months run forward, 60 at most; throws BAD_USER_INPUT about the field that names the last one. */
export function checkSpan(from: Month, to: Month, field: string): void {
  const months = monthsBetween(from, to) + 1
  if (months < 1) throw badInput(field, 'The last month lies before the first.', 'Swap the two.')
  if (months > MOST_MONTHS) throw badInput(field, `At most ${MOST_MONTHS} months at once.`, 'Ask for fewer.')
}
