import { join } from 'node:path'
import { packageRoot } from '../../../src/kernel/package-root.ts'

/** The columns of the list, as a regency's office calls them. */
export const COLUMNS = [
  'NIK',
  'NAMA',
  'TANGGAL_LAHIR',
  'JENIS_KELAMIN',
  'KATEGORI',
  'KODE_DESA',
  'NO_KK',
  'DESIL',
] as const
export type Column = (typeof COLUMNS)[number]

/** What a row says, as text. */
export type Cells = Readonly<Record<Column, string>>

const folder = join(packageRoot, 'seeds/tangerang-2022')

/** The list, packed with gzip. */
export const ROSTER_FILE = join(folder, 'roster-2023-06.csv.gz')
/** Rows of it that went through a spreadsheet. */
export const DAMAGED_FILE = join(folder, 'roster-damaged.csv')

/**
 * Rows as the spreadsheet of an Indonesian office saves them: semicolons, because the comma is for decimals; Windows line
 * ends; a byte order mark. No cell needs quotes.
 */
export function rosterText(rows: Iterable<Cells>): string {
  const lines = [COLUMNS.join(';')]
  for (const cells of rows) lines.push(COLUMNS.map((column) => cells[column]).join(';'))
  return `\uFEFF${lines.join('\r\n')}\r\n`
}
