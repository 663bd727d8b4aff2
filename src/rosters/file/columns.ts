import { badInput } from '../../kernel/errors.ts'
import type { Cells } from './cells.ts'
import type { Field } from './file-row.ts'
import { type ColumnsOf, type Headers, namedColumns, spelled } from './named-columns.ts'
import { HEAD } from './read-table.ts'

/** Number of each field's column from 0; of one that the file may leave out, perhaps none. */
export type Columns = ColumnsOf<Field>

/** Titles that lists of regencies and villages have. */
export const HEADERS: Headers<Field> = {
  nik: ['nik', 'nomor_induk_kependudukan', 'no_nik', 'nomor_nik', 'no_ktp', 'nomor_ktp'],
  name: ['nama', 'name', 'nama_lengkap', 'full_name', 'nama_peserta', 'nama_pekerja'],
  birth_date: ['tanggal_lahir', 'birth_date', 'tgl_lahir', 'date_of_birth'],
  sex: ['jenis_kelamin', 'sex', 'jns_kelamin', 'kelamin', 'jk', 'l/p', 'gender'],
  category: ['kategori', 'category', 'kategori_pekerja', 'pekerjaan', 'jenis_pekerjaan'],
  village_code: [
    ...['kode_desa', 'village_code', 'kode_kelurahan', 'kode_desa_kelurahan', 'kode_kelurahan_desa'],
    ...['kode_desa_kel', 'kode_kel_desa', 'kode_wilayah'],
  ],
  family_card: ['no_kk', 'family_card', 'nomor_kk', 'no_kartu_keluarga', 'nomor_kartu_keluarga'],
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
 * Where the fields of a roster stand, by the header of the file; see {@link namedColumns}.
 *
 * @throws Fault BAD_USER_INPUT when two columns are headed equally well, or none says what is needed.
 */
export function findColumns(header: Cells): Columns {
  const columns = namedColumns(header, HEADERS)
  const missing = NEEDED.filter((field) => columns[field] === undefined)
  if (missing.length === 0) return columns
  const what = missing.length === NEEDED.length ? 'no header line' : 'too few columns'
  throw badInput(
    'file',
    `The file has ${what}; missing: ${missing.map((field) => spelled(field, HEADERS)).join('; ')}.`,
    `Name the columns in one of the first ${HEAD} lines of the file.`,
  )
}
