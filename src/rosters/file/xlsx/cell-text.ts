import { dayOfNumber } from './days.ts'
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

/** What a cell says: a day as `YYYY-MM-DD`, a number in full digits. */
export function cellText({ type, style, value }: StoredCell, meaning: CellMeaning): string {
  if (type === 's') return meaning.sharedStrings.at(Number(value))
  if (type === 'str' || type === 'inlineStr') return unescaped(value)
  if (type === 'd') return value.slice(0, 10)
  if (type !== 'n') return value
  const day = meaning.dayStyles[Number(style)] ? dayOfNumber(Number(value), meaning.from1904) : undefined
  return day ?? inFullDigits(value)
}

/**
 * A NIK that was typed as a number is stored as `3.60301120385001E+15`: its 16th digit is gone, and 0 stands in its
 * place, as the spreadsheet shows it. Digits are handed on as they are, because some numbers of 16 digits are beyond
 * JavaScript's.
 */
function inFullDigits(value: string): string {
  return /^-?\d+$/.test(value) ? value : String(Number(value))
}
