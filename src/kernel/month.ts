import { isDate } from './date.ts'
import { badInput } from './errors.ts'

declare const monthBrand: unique symbol

/** A calendar month `YYYY-MM`, 1900-01 to 2999-12. As text it sorts in time order. */
export type Month = string & { readonly [monthBrand]: true }

const FIRST_YEAR = 1900
const MONTH = /^(19|2\d)\d{2}-(0[1-9]|1[0-2])$/

export function isMonth(text: string): text is Month {
  return MONTH.test(text)
}

/** @throws Fault BAD_USER_INPUT when the text is not a month `YYYY-MM` from 1900-01 to 2999-12. */
export function parseMonth(text: string): Month {
  if (isMonth(text)) return text
  throw badInput('month', 'This is not a month.', 'Write a month from 1900-01 to 2999-12 as 2022-12.')
}

/**
 * The month a day `YYYY-MM-DD` lies in.
 *
 * @throws Fault BAD_USER_INPUT when there is no such day, or its year is outside 1900 to 2999.
 */
export function monthOf(date: string): Month {
  if (!isDate(date)) throw badInput('date', 'There is no such day.', 'Write a day as 2022-12-31.')
  return parseMonth(date.slice(0, 7))
}

/** @throws Fault BAD_USER_INPUT when the result lies outside 1900-01 to 2999-12, or `n` is not whole. */
export function addMonths(month: Month, n: number): Month {
  return fromIndex(toIndex(month) + n)
}

/** How many months from `a` to `b`: 0 for the same month, negative when `b` is earlier. */
export function monthsBetween(a: Month, b: Month): number {
  return toIndex(b) - toIndex(a)
}

/** `2022-12` -> `2022-12-01`. */
export function firstDay(month: Month): string {
  return `${month}-01`
}

export function yearOf(month: Month): number {
  return Number(month.slice(0, 4))
}

/** For `sort`: negative when `a` is earlier, 0 when equal, positive when later. */
export function compareMonths(a: Month, b: Month): number {
  return toIndex(a) - toIndex(b)
}

/** Every month from `from` to `toInclusive`, in order; none when `toInclusive` is earlier. */
export function monthsFrom(from: Month, toInclusive: Month): Month[] {
  const length = Math.max(0, monthsBetween(from, toInclusive) + 1)
  return Array.from({ length }, (_, offset) => addMonths(from, offset))
}

function toIndex(month: Month): number {
  return (yearOf(month) - FIRST_YEAR) * 12 + Number(month.slice(5)) - 1
}

function fromIndex(index: number): Month {
  const year = FIRST_YEAR + Math.floor(index / 12)
  const month = index - (year - FIRST_YEAR) * 12 + 1
  return parseMonth(`${year}-${String(month).padStart(2, '0')}`)
}
