import { isDamagedColumn, looksRounded, withoutSeparators } from '../../kernel/nik.ts'

/** Whether a column of NIKs went through a spreadsheet's numbers, told while the column streams by. */
export interface SpreadsheetDamage {
  see(nik: string): void
  /** By what was seen so far; `looksLikeSpreadsheetDamage` of a whole column. */
  readonly isDamaged: boolean
}

export function watchForSpreadsheetDamage(): SpreadsheetDamage {
  let filled = 0
  let rounded = 0
  return {
    see(nik) {
      const digits = withoutSeparators(nik)
      if (digits === '') return
      filled++
      if (looksRounded(digits)) rounded++
    },
    get isDamaged() {
      return isDamagedColumn({ filled, rounded })
    },
  }
}
