import type { Sex } from '../../kernel/nik.ts'
import type { WorkerCategory } from '../../programs/worker-category.ts'

/** A row of a roster file, as far as it can be read. No text of it holds control characters. */
export interface FileRow {
  /** Number of the data row from 1: the header is not counted, empty lines are not rows. */
  readonly row: number
  /** As typed, with single spaces (may be anything of up to 64 characters); empty when it cannot be read. */
  readonly nik: string
  readonly fullName: string | null
  /** `YYYY-MM-DD`, from 1900 until today. */
  readonly birthDate: string | null
  readonly sex: Sex | null
  readonly category: WorkerCategory | null
  /** `36.03.01.2001`: of the right form, which says nothing of whether there is such a village. */
  readonly village: string | null
  /** 16 digits. */
  readonly familyCard: string | null
  /** 1 (poorest) to 10. */
  readonly decile: number | null
  /** What could not be read: a cell left empty that is needed, or one that says nothing known. */
  readonly problems: readonly RowProblem[]
}

export type Field =
  | 'nik'
  | 'name'
  | 'birth_date'
  | 'sex'
  | 'category'
  | 'village_code'
  | 'family_card'
  | 'decile'

export interface RowProblem {
  readonly code: 'MISSING' | 'UNREADABLE'
  readonly field: Field
  /** A sentence without anything of the cell: safe to show and to log. */
  readonly message: string
}
