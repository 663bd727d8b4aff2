const DATE = /^(\d{4})-(\d{2})-(\d{2})$/

/** Days of a month in the Gregorian calendar; month 1 to 12. 0 when there is no such month. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  if (month < 1 || month > 12) return 0
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Whether the text is a day that exists, written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? []
  return Number(day) >= 1 && Number(day) <= daysInMonth(Number(year), Number(month))
}

/**
 * Whole years lived on a day; negative before birth. Both are `YYYY-MM-DD`.
 * Someone born on 29 February completes a year on 1 March of a common year.
 */
export function ageOn(birthDate: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}
