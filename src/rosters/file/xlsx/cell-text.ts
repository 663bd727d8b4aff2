import { dayOfNumber } from '../day-of-number.ts'
import { unescaped } from './escapes.ts'
import type { SharedStrings } from './shared-strings.ts'

/** A cell as the sheet stores it; of a formula, its result when the file was saved. */
export interface StoredCell {
  /** `s`, `str`, `inlineStr`, `b`, `e`, `d`, or `n` for a number. */
  readonly type: string
  /** Number of its style, as text. */
  readonly style: string
  readonly value: string
}

export interface CellMeaning {
  readonly sharedStrings: SharedStrings
  readonly dayStyles: readonly boolean[]
  readonly from1904: boolean
}

/** What a cell says: a day as `YYYY-MM-DD`, a number in full digits as far as they are certain. */
export function cellText({ type, style, value }: StoredCell, meaning: CellMeaning): string {
  if (type === 's') return meaning.sharedStrings.at(Number(value))
  if (type === 'str' || type === 'inlineStr') return unescaped(value)
  if (type === 'd') return value.slice(0, 10)
  if (type !== 'n') return value
  const day = meaning.dayStyles[Number(style)] ? dayOfNumber(Number(value), meaning.from1904) : undefined
  return day ?? digitsOf(value)
}

/**
 * A NIK that was typed as a number is stored as `3.60301120385001E+15`: its 16th digit is gone, and in full digits a 0 would
 * stand in its place. So numbers as large are handed on in that form, which no NIK has. Programs that are no spreadsheets
 * store all digits: a 16th that is not 0 has been kept, and is certain up to 2^53.
 */
function digitsOf(value: string): string {
  const number = Number(value)
  if (Math.abs(number) < 1e15) return String(number)
  const isExact = /^\d+[1-9]$/.test(value) && Number.isSafeInteger(number)
  return isExact ? value : number.toExponential().toUpperCase()
}
