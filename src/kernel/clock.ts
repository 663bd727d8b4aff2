import { isDate } from './date.ts'
import { SetupError } from './errors.ts'
import type { Month } from './month.ts'
import { monthOf } from './month.ts'

/** Business dates follow `today`; tokens, audit and logs follow `now`. */
export interface Clock {
  /** The business day `YYYY-MM-DD`. */
  today(): string
  /** Real time, whatever `today` says. */
  now(): Date
}

/** Asia/Jakarta has been UTC+7 without daylight saving since 1964. */
const JAKARTA = 7 * 3_600_000

/** The day `YYYY-MM-DD` in Jakarta at an instant after 1964. */
export function dateInJakarta(instant: Date): string {
  return new Date(instant.getTime() + JAKARTA).toISOString().slice(0, 10)
}

/**
 * @param todayOverride a day `YYYY-MM-DD` to stay on: a demo scenario keeps making sense years later.
 * @throws SetupError when the override is not a day.
 */
export function systemClock(todayOverride?: string): Clock {
  if (todayOverride !== undefined && !isDate(todayOverride)) {
    throw new SetupError('The business day must be a day that exists, written as 2022-06-15.')
  }
  const now = () => new Date()
  return { now, today: () => todayOverride ?? dateInJakarta(now()) }
}

/** The month the business day lies in. */
export function currentMonth(clock: Clock): Month {
  return monthOf(clock.today())
}
