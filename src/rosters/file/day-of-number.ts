const DAY = 86_400_000
/** A day before day 1, in the count that takes 1900 for a leap year, from its March on. */
const BEFORE_1900 = Date.UTC(1899, 11, 30)
const BEFORE_1904 = Date.UTC(1904, 0, 1)
/** 9999-12-31 */
const LAST_DAY = 2_958_465

/**
 * The day `YYYY-MM-DD` that a spreadsheet means by a number, or undefined when it means none. The time of day is
 * dropped, and no time zone takes part.
 */
export function dayOfNumber(number: number, from1904: boolean): string | undefined {
  const day = Math.floor(number)
  // In the count from 1900, 60 is the 29 February that year did not have, and the days before it are one off.
  if (!from1904 && day === 60) return undefined
  const start = from1904 ? BEFORE_1904 : BEFORE_1900 + (day < 60 ? DAY : 0)
  if (!(day >= 1 && day <= LAST_DAY)) return undefined
  return new Date(start + day * DAY).toISOString().slice(0, 10)
}
