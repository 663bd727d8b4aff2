import { inspectNik, type Nik } from '../../kernel/nik.ts'

/** The NIK of a line of an answer. BPJS gets NIKs in a file that spreadsheets open, and its answer may have been through one. */
export interface NikInAnswer {
  /** As it is written; null where nothing is, and for one that cannot be a NIK since its last digit is gone. */
  readonly nik: Nik | null
  /**
   * Other NIKs of which a spreadsheet may have made this one: of its numbers it keeps 15 digits, and a 0 stands in the
   * place of the last (DOMAIN.md §3.1). None, unless it ends in 0.
   */
  readonly roundedFrom: readonly Nik[]
}

export const NO_NIK: NikInAnswer = { nik: null, roundedFrom: [] }

/**
 * Reads a cell that is not empty.
 *
 * @param today the business day `YYYY-MM-DD`.
 * @returns ROUNDED for one in scientific notation, undefined for what cannot have been a NIK.
 */
export function readNikInAnswer(text: string, today: string): NikInAnswer | 'ROUNDED' | undefined {
  const valid = (typed: string) => inspectNik(typed, { today }).nik
  const { nik, findings } = inspectNik(text, { today })
  if (findings.some(({ code }) => code === 'SPREADSHEET')) return 'ROUNDED'
  // Most serials are small: of 0001 rounding makes 0000, which none is.
  const known = nik ?? valid(text.replace(/0(?=\D*$)/, '1'))
  if (known === undefined) return undefined
  if (nik !== undefined && !nik.endsWith('0')) return { nik, roundedFrom: [] }
  const others = Array.from('123456789', (digit) => valid(known.slice(0, 15) + digit))
  return { nik: nik ?? null, roundedFrom: others.filter((other) => other !== undefined) }
}
