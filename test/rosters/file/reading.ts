import { expect } from 'vitest'
import { Fault } from '../../../src/kernel/errors.ts'
import type { Cells } from '../../../src/rosters/file/cells.ts'
import type { FileRow } from '../../../src/rosters/file/file-row.ts'
import { type RosterFileOptions, readRosterFile } from '../../../src/rosters/file/read-roster-file.ts'
import { PLANTED_NAME } from '../../harness/planted-name.ts'

export const today = '2026-11-22'

export const HEADER = [
  'nik',
  'nama',
  'tanggal_lahir',
  'jenis_kelamin',
  'kategori',
  'kode_desa',
  'no_kk',
  'desil',
] as const

/** A line of the file in the order of {@link HEADER}, and what is read from it as row 1. */
export const SITI = {
  cells: [
    '3603015705909001',
    PLANTED_NAME,
    '1990-05-17',
    'P',
    'buruh tani',
    '36.03.01.2001',
    '3603010101209001',
    '2',
  ],
  row: {
    row: 1,
    nik: '3603015705909001',
    fullName: PLANTED_NAME,
    birthDate: '1990-05-17',
    sex: 'FEMALE',
    category: 'FARM_LABOURER',
    village: '36.03.01.2001',
    familyCard: '3603010101209001',
    decile: 2,
    problems: [],
  } satisfies FileRow,
}

/** Siti's line with some cells written otherwise. */
export function aLine(cells: Partial<Record<(typeof HEADER)[number], string>> = {}): string[] {
  return HEADER.map((title, column) => cells[title] ?? SITI.cells[column]!)
}

/** A CSV with nothing quoted. */
export function aCsv(lines: readonly Cells[], { delimiter = ',', newline = '\n' } = {}): string {
  return lines.map((cells) => cells.join(delimiter)).join(newline)
}

type Reading = Partial<Omit<RosterFileOptions, 'limits'>> & {
  readonly limits?: Partial<RosterFileOptions['limits']>
  /** Sizes of the pieces in which the bytes arrive, over and over. */
  readonly pieces?: readonly number[]
}

/** The rows of a file: of a CSV as text or bytes, or of a workbook. */
export async function rowsOf(file: string | Uint8Array, reading: Reading = {}): Promise<FileRow[]> {
  const { pieces = [65_536], limits, ...options } = reading
  const rows: FileRow[] = []
  const batches = readRosterFile(inPieces(Buffer.from(file), pieces), {
    format: 'csv',
    limits: { rows: 1000, bytes: 1_000_000, ...limits },
    today,
    ...options,
  })
  for await (const batch of batches) rows.push(...batch)
  return rows
}

/** What is read from Siti's line with some cells written otherwise. */
export async function readSiti(cells: Partial<Record<(typeof HEADER)[number], string>>): Promise<FileRow> {
  const quoted = aLine(cells).map((cell) => `"${cell.replaceAll('"', '""')}"`)
  const [row] = await rowsOf(aCsv([HEADER, quoted]))
  return row!
}

/** The refusal of a file, whole. */
export async function refusalOf(file: string | Uint8Array, reading: Reading = {}) {
  const error = await rowsOf(file, reading).then(
    () => undefined,
    (error) => error,
  )
  if (!(error instanceof Fault)) throw new Error('The file was not refused.', { cause: error })
  const { code, field, message, remedy } = error
  return { code, field, message, remedy }
}

export function refusedFile(message: string | RegExp) {
  return {
    code: 'BAD_USER_INPUT',
    field: 'file',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
    remedy: expect.stringMatching(/\.$/),
  }
}

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!
    yield bytes.subarray(at, at + size)
    at += size
  }
}
