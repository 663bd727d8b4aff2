import { badInput } from '../../kernel/errors.ts'
import type { Cells } from './cells.ts'
import type { Field } from './file-row.ts'
import { plainWord } from './plain-word.ts'

/** Number of each field's column from 0; of one that the file may leave out, perhaps none. */
export type Columns = Readonly<Partial<Record<Field, number>>>

/** How a column may be headed, Indonesian first; {@link plainWord} says what else counts as the same. */
const HEADERS: Readonly<Record<Field, readonly string[]>> = {
  nik: ['nik'],
  name: ['nama', 'name', 'nama_lengkap', 'full_name'],
  birth_date: ['tanggal_lahir', 'birth_date', 'tgl_lahir'],
  sex: ['jenis_kelamin', 'sex', 'jk', 'gender'],
  category: ['kategori', 'category', 'pekerjaan'],
  village_code: ['kode_desa', 'village_code'],
  family_card: ['no_kk', 'family_card'],
  decile: ['desil', 'decile'],
}

const MAY_BE_ABSENT: ReadonlySet<Field> = new Set<Field>(['family_card', 'decile'])

const FIELDS = Object.keys(HEADERS) as Field[]

const FIELD_OF_HEADER: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) => HEADERS[field].map((header) => [plainWord(header), field])),
)

/** Whether every row has to fill this field. */
export function isNeeded(field: Field): boolean {
  return !MAY_BE_ABSENT.has(field)
}

/**
 * Where the fields of a roster stand, by the header of the file. Columns of other headers mean nothing.
 *
 * @throws Fault BAD_USER_INPUT when two columns say the same, or none says what is needed.
 */
export function findColumns(header: Cells): Columns {
  const named = Array.from(header, (title) => FIELD_OF_HEADER.get(plainWord(title ?? '')))
  const [twice] = FIELDS.filter((field) => named.indexOf(field) !== named.lastIndexOf(field))
  if (twice !== undefined) {
    throw badInput('file', `Two columns of the file are ${spelled(twice)}.`, 'Keep one of them.')
  }
  const missing = FIELDS.filter((field) => isNeeded(field) && !named.includes(field))
  if (missing.length > 0) {
    const what = missing.length === FIELDS.length - MAY_BE_ABSENT.size ? 'no header line' : 'too few columns'
    throw badInput(
      'file',
      `The file has ${what}; missing: ${missing.map(spelled).join('; ')}.`,
      'Name the columns in the first line of the file.',
    )
  }
  return Object.fromEntries(
    FIELDS.filter((field) => named.includes(field)).map((field) => [field, named.indexOf(field)]),
  )
}

function spelled(field: Field): string {
  return HEADERS[field].join(' or ')
}
