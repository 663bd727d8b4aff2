import { readName } from '../../workers/registration/inspect-person.ts'
import { readCategory } from './category-names.ts'
import { areBlank, type Cells, textAt } from './cells.ts'
import type { Columns } from './columns.ts'
import type { Field, FileRow, RowProblem } from './file-row.ts'
import { MONTH_FIRST, missing, SHIFTED, unreadable } from './problems.ts'
import { isMonthFirst, readBirthDate } from './read-birth-date.ts'
import { readDecile, readFamilyCard, readNik, readSex, readVillageCode } from './read-cell.ts'

export interface Table {
  readonly columns: Columns
  /** Cells that a line can have before its columns are shifted; infinite where every cell has its own address. */
  readonly width: number
  /** `YYYY-MM-DD` */
  readonly today: string
}

/** Reads one line of a table, without ever failing. @param row its number from 1. */
export function readRow(cells: Cells, row: number, { columns, width, today }: Table): FileRow {
  if (cells.length > width && !areBlank(cells, width)) return shifted(cells, row, columns)
  const problems: RowProblem[] = []
  const read = <Value>(
    field: Field,
    reading: (text: string) => Value | null,
    whyNot: (text: string) => RowProblem = () => unreadable(field),
  ): Value | null => {
    const text = textAt(cells, columns[field])
    const value = text === '' ? null : reading(text)
    const problem = text === '' ? missing(field) : value === null ? whyNot(text) : undefined
    if (problem) problems.push(problem)
    return value
  }
  const nik = read('nik', readNik) ?? ''
  const whose = { nik, today }
  return {
    row,
    nik,
    fullName: read('name', readName),
    birthDate: read(
      'birth_date',
      (text) => readBirthDate(text, whose),
      (text) => (isMonthFirst(text, whose) ? MONTH_FIRST : unreadable('birth_date')),
    ),
    sex: read('sex', readSex),
    category: read('category', readCategory),
    village: read('village_code', readVillageCode),
    familyCard: read('family_card', readFamilyCard),
    decile: read('decile', readDecile),
    problems,
  }
}

/** Nothing of such a line is taken for true, but its NIK is kept: it helps to find the line again. */
function shifted(cells: Cells, row: number, columns: Columns): FileRow {
  return {
    row,
    nik: readNik(textAt(cells, columns.nik)) ?? '',
    fullName: null,
    birthDate: null,
    sex: null,
    category: null,
    village: null,
    familyCard: null,
    decile: null,
    problems: SHIFTED,
  }
}
