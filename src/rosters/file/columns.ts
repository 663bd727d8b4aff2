import { badInput } from '../../kernel/errors.ts'
import type { Cells } from './cells.ts'
import type { Field } from './file-row.ts'
import { type ColumnsOf, type Headers, namedColumns, spelled } from './named-columns.ts'

/** Number of each field's column from 0; of one that the file may leave out, perhaps none. */
export type Columns = ColumnsOf<Field>

/** Indonesian first. */
const HEADERS: Headers<Field> = {
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

/** Fields that every row has to fill. */
export const NEEDED = (Object.keys(HEADERS) as Field[]).filter(isNeeded)

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
  const columns = namedColumns(header, HEADERS)
  const missing = NEEDED.filter((field) => columns[field] === undefined)
  if (missing.length === 0) return columns
  const what = missing.length === NEEDED.length ? 'no header line' : 'too few columns'
  throw badInput(
    'file',
    `The file has ${what}; missing: ${missing.map((field) => spelled(field, HEADERS)).join('; ')}.`,
    'Name the columns in the first line of the file.',
  )
}
