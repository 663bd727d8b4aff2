import { isNeeded } from './columns.ts'
import type { Field, RowProblem } from './file-row.ts'

const WORDS: Readonly<Record<Field, { readonly name: string; readonly form: string }>> = {
  nik: { name: 'NIK', form: 'It has 16 digits.' },
  name: { name: 'name', form: 'It has letters, no NIK, no control characters, and at most 200 characters.' },
  birth_date: {
    name: 'birth date',
    form: 'It is a day from 1900 until today, written YYYY-MM-DD or DD/MM/YYYY.',
  },
  sex: { name: 'sex', form: 'It is L (laki-laki) or P (perempuan).' },
  category: { name: 'category', form: 'It is a category of workers, by its code or its Indonesian name.' },
  village_code: { name: 'village code', form: 'It is written 36.03.01.2001.' },
  family_card: { name: 'number of the family card', form: 'It has 16 digits.' },
  decile: { name: 'decile', form: 'It is a whole number from 1 to 10.' },
}

const MISSING = eachField<RowProblem>((field) => ({
  code: 'MISSING',
  field,
  message: `The ${WORDS[field].name} is missing.`,
}))

const UNREADABLE = eachField<RowProblem>((field) => ({
  code: 'UNREADABLE',
  field,
  message: `The ${WORDS[field].name} cannot be read. ${WORDS[field].form}`,
}))

/** Of a birth date that means another day to Americans, whose spreadsheets write it so. */
export const MONTH_FIRST: RowProblem = {
  code: 'UNREADABLE',
  field: 'birth_date',
  message:
    'The birth date cannot be read. It seems to have the month before the day: write YYYY-MM-DD, or the day first.',
}

/** Of a line with more cells than the header: from an unknown column on, each stands under another title. */
export const SHIFTED: readonly RowProblem[] = [
  {
    code: 'UNREADABLE',
    field: 'name',
    message: 'The line has more cells than the header; a cell that holds the delimiter needs quotes.',
  },
]

/** The problem of a field that is left empty; none when it may be. */
export function missing(field: Field): RowProblem | undefined {
  return isNeeded(field) ? MISSING[field] : undefined
}

export function unreadable(field: Field): RowProblem {
  return UNREADABLE[field]
}

function eachField<Value>(of: (field: Field) => Value): Readonly<Record<Field, Value>> {
  const fields = Object.keys(WORDS) as Field[]
  return Object.fromEntries(fields.map((field) => [field, of(field)])) as Record<Field, Value>
}
