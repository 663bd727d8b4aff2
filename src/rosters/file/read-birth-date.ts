import { saysBirthDate } from '../../kernel/nik.ts'
import { isBirthDate } from '../../workers/registration/inspect-person.ts'
import { dayOfNumber } from './day-of-number.ts'

/** What is known beside the cell. */
export interface WhoseBirthDate {
  /** As it was typed: it holds the birth date once more. */
  readonly nik: string
  /** `YYYY-MM-DD` */
  readonly today: string
}

/** A day `YYYY-MM-DD`, whether or not there is one; of digits alone with the year at their end also the day that an American means. */
interface WrittenDay {
  readonly day: string
  readonly monthFirst?: string
}

const YEAR_FIRST = /^(?<year>\d{4})(?<mark>[-/.])(?<month>\d{1,2})\k<mark>(?<day>\d{1,2})$/
const YEAR_LAST = /^(?<day>\d{1,2})(?<mark>[-/.])(?<month>\d{1,2})\k<mark>(?<year>\d{4})$/
const IN_WORDS = /^(?<day>\d{1,2})[-/. ]*(?<month>\p{L}+)[-/., ]*(?<year>\d{4})$/u
const TIME = /[ T]\d{1,2}[:.]\d{2}([:.]\d{2}(\.\d+)?)?Z?$/
/** From 1927 on a day's number in a spreadsheet has five digits. */
const DAY_NUMBER = /^\d{5}(\.\d+)?$/

/** January to December, in Indonesian and English, and how they are cut short. */
const MONTHS = [
  ['januari', 'january', 'jan'],
  ['februari', 'pebruari', 'february', 'feb', 'peb'],
  ['maret', 'march', 'mar', 'mrt'],
  ['april', 'apr'],
  ['mei', 'may'],
  ['juni', 'june', 'jun'],
  ['juli', 'july', 'jul'],
  ['agustus', 'august', 'agt', 'agu', 'ags', 'agst', 'agus', 'aug'],
  ['september', 'sept', 'sep'],
  ['oktober', 'october', 'okt', 'oct'],
  ['november', 'nopember', 'nov', 'nop'],
  ['desember', 'december', 'des', 'dec'],
]
const MONTH_OF_WORD: ReadonlyMap<string, string> = new Map(
  MONTHS.flatMap((words, month) => words.map((word) => [word, String(month + 1)])),
)

/**
 * `YYYY-MM-DD` of a birth date that is written with the year first or last, in digits or with the month as a word; a time of
 * day is left out. Of two digits the first is the day, as everywhere but in America, unless the NIK says that it is the
 * month ({@link isMonthFirst}). A spreadsheet's number of a day is one only if the NIK says the same: it could be anything.
 *
 * @returns null when it cannot be told, also for a year of two digits.
 */
export function readBirthDate(text: string, whose: WhoseBirthDate): string | null {
  const day = DAY_NUMBER.test(text) ? confirmedDay(text, whose.nik) : writtenDay(text)?.day
  if (day === undefined || !isBirthDate(day, whose.today)) return null
  return isMonthFirst(text, whose) ? null : day
}

/**
 * Whether a birth date was written as Americans do: with the day first it is no day, or the NIK has that of the other order.
 * A file comes as a stream, so its other rows cannot be asked; and nothing is turned around in silence, because the NIK may
 * be the one that is wrong.
 */
export function isMonthFirst(text: string, { nik, today }: WhoseBirthDate): boolean {
  const { day, monthFirst } = writtenDay(text) ?? {}
  if (day === undefined || monthFirst === undefined || !isBirthDate(monthFirst, today)) return false
  return !isBirthDate(day, today) || (saysBirthDate(nik, monthFirst) && !saysBirthDate(nik, day))
}

function confirmedDay(number: string, nik: string): string | undefined {
  const day = dayOfNumber(Number(number), false)
  return day !== undefined && saysBirthDate(nik, day) ? day : undefined
}

function writtenDay(text: string): WrittenDay | undefined {
  const written = text.replace(TIME, '')
  const yearFirst = partsOf(YEAR_FIRST, written)
  if (yearFirst) return { day: dayOf(yearFirst) }
  const yearLast = partsOf(YEAR_LAST, written)
  if (yearLast) {
    const { year, month, day } = yearLast
    return { day: dayOf(yearLast), monthFirst: dayOf({ year, month: day, day: month }) }
  }
  const inWords = partsOf(IN_WORDS, written)
  const month = inWords && MONTH_OF_WORD.get(inWords.month.toLowerCase())
  return month === undefined ? undefined : { day: dayOf({ ...inWords!, month }) }
}

interface Parts {
  readonly year: string
  readonly month: string
  readonly day: string
}

function partsOf(form: RegExp, written: string): Parts | undefined {
  return form.exec(written)?.groups as Parts | undefined
}

function dayOf({ year, month, day }: Parts): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}
