import { badInput, Fault } from './errors.ts'
import type { Month } from './month.ts'
import {
  addMonths,
  compareMonths,
  firstDay,
  isMonth,
  monthsBetween,
  monthsFrom,
  parseMonth,
  yearOf,
} from './month.ts'

/**
 * Whole months, half open: `from` belongs to it, `until` no longer does. Never empty.
 * Half open because periods that follow each other then share a bound, as a `daterange` in SQL does.
 */
export interface Period {
  readonly from: Month
  /** The first month after the period. */
  readonly until: Month
}

/** @throws Fault BAD_USER_INPUT when no month lies in it. */
export function period(from: Month, until: Month): Period {
  if (from < until) return { from, until }
  throw badInput('period', 'A period has at least one month.', 'Let the last month not be before the first.')
}

/**
 * Reads a period as people write it, with the last month INCLUDED: `2022-12..2023-05` has six months.
 *
 * @throws Fault BAD_USER_INPUT when it is not two months, or the last is before the first, or the last is
 *   2999-12, after which there is no month to end at.
 */
export function parsePeriod(text: string): Period {
  const [first, last, ...rest] = text.split('..')
  if (first === undefined || last === undefined || rest.length > 0 || !isMonth(first) || !isMonth(last)) {
    throw badInput('period', 'This is not a period.', 'Write the first and the last month: 2022-12..2023-05.')
  }
  return period(first, addMonths(last, 1))
}

/** The inverse of {@link parsePeriod}: the last month is included. */
export function formatPeriod({ from, until }: Period): string {
  return `${from}..${addMonths(until, -1)}`
}

/** At least 1. */
export function monthCount({ from, until }: Period): number {
  return monthsBetween(from, until)
}

export function monthsIn({ from, until }: Period): Month[] {
  return monthsFrom(from, addMonths(until, -1))
}

export function overlaps(a: Period, b: Period): boolean {
  return a.from < b.until && b.from < a.until
}

/** The months both have; undefined when there are none. */
export function intersection(a: Period, b: Period): Period | undefined {
  if (!overlaps(a, b)) return undefined
  const until = compareMonths(a.until, b.until) < 0 ? a.until : b.until
  return { from: contains(b, a.from) ? a.from : b.from, until }
}

export function contains({ from, until }: Period, month: Month): boolean {
  return from <= month && month < until
}

/**
 * The period split at each New Year, in order: a budget lasts one calendar year, so every part is charged
 * to another budget.
 */
export function byYear({ from, until }: Period): { year: number; period: Period }[] {
  const parts: { year: number; period: Period }[] = []
  for (let start = from; start < until; ) {
    const year = yearOf(start)
    const rest = monthsBetween(start, until)
    const end = addMonths(start, Math.min(rest, 13 - Number(start.slice(5))))
    parts.push({ year, period: { from: start, until: end } })
    start = end
  }
  return parts
}

/** As a PostgreSQL `daterange` literal: `[2022-12-01,2023-06-01)`. */
export function toDaterange({ from, until }: Period): string {
  return `[${firstDay(from)},${firstDay(until)})`
}

/**
 * Reads the canonical text of a PostgreSQL `daterange`.
 *
 * @throws Fault INTERNAL when it is empty, unbounded or not made of whole months: the database keeps such
 *   ranges out, so this is our mistake and not the client's.
 */
export function fromDaterange(text: string): Period {
  const [, from, until] = /^\[(\d{4}-\d{2})-01,(\d{4}-\d{2})-01\)$/.exec(text) ?? []
  try {
    return period(parseMonth(from ?? ''), parseMonth(until ?? ''))
  } catch (cause) {
    throw new Fault('INTERNAL', 'A stored range is not a period of whole months.', { cause })
  }
}
