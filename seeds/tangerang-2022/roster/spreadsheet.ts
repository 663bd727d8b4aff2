import type { RosterRow } from '../roster.ts'
import type { Cells } from './roster-file.ts'

const ROWS = 60

/** The first faultless rows of the list, as they look when somebody has opened the file in a spreadsheet and saved it. */
export function damagedRows(rows: readonly RosterRow[]): Cells[] {
  return rows
    .filter(({ planted }) => planted === 'ELIGIBLE')
    .slice(0, ROWS)
    .map(({ cells }, at) => ({ ...cells, NIK: damaged(cells.NIK.replaceAll(' ', ''), at) }))
}

/** A spreadsheet keeps 15 digits of a number; where the column is too narrow it shows six of them, with a comma. */
function damaged(nik: string, at: number): string {
  if (at % 3 < 2) return `${nik.slice(0, 15)}0`
  return `${(Number(nik) / 1e15).toFixed(5).replace('.', ',')}E+15`
}
