import type { RejectionReason } from '../../enrollments/life/at-bpjs.ts'
import { badInput } from '../../kernel/errors.ts'
import { areBlank, type Cells, textAt } from '../file/cells.ts'
import { type Headers, namedColumns, spelled } from '../file/named-columns.ts'
import { plainWord } from '../file/plain-word.ts'
import { HEAD, type LineReader, type TableOptions, widthOf } from '../file/read-table.ts'
import type { SpreadsheetDamage } from '../file/spreadsheet-damage.ts'
import { type AnswerProblem, problemOf } from './answer-problem.ts'
import { type NikInAnswer, NO_NIK, readNikInAnswer } from './nik-in-answer.ts'

/** What BPJS says of one person; REFUSED always with a reason, ACCEPTED never. */
export type Verdict =
  | { readonly acceptance: 'ACCEPTED'; readonly reason: null }
  | { readonly acceptance: 'REFUSED'; readonly reason: RejectionReason }

/** A line of BPJS's answer. It names a row of the roster, a NIK or both. */
export interface AnswerLine extends NikInAnswer {
  /** Number of the data row in this file, from 1: the header is not counted. */
  readonly line: number
  /** Number of the row in the roster. */
  readonly row: number | null
  readonly verdict: Verdict
}

type Field = 'row' | 'nik' | 'status' | 'reason'

export const ANSWER_HEADERS: Headers<Field> = {
  row: ['baris', 'row', 'nomor_baris'],
  nik: ['nik'],
  status: ['status', 'status_kepesertaan', 'hasil'],
  reason: ['alasan', 'reason', 'keterangan', 'alasan_penolakan'],
}

const ACCEPTANCE_OF_WORD = byWord({
  ACCEPTED: ['ACCEPTED', 'diterima', 'terima', 'disetujui'],
  REFUSED: ['REFUSED', 'REJECTED', 'ditolak', 'tolak'],
})

const REASON_OF_WORD = byWord({
  AGE_LIMIT: ['AGE_LIMIT', 'batas usia', 'usia', 'umur', 'melebihi batas usia', 'usia melebihi batas'],
  NIK_MISMATCH: ['NIK_MISMATCH', 'NIK tidak sesuai', 'NIK tidak cocok', 'NIK tidak padan', 'NIK tidak valid'],
  ALREADY_ACTIVE: [
    'ALREADY_ACTIVE',
    'sudah aktif',
    'sudah terdaftar',
    'sudah menjadi peserta',
    'peserta aktif',
  ],
  DECEASED: ['DECEASED', 'meninggal', 'meninggal dunia', 'wafat'],
  INCOMPLETE: ['INCOMPLETE', 'tidak lengkap', 'data tidak lengkap', 'berkas tidak lengkap'],
} satisfies Record<RejectionReason, readonly string[]>)

function byWord<Value extends string>(words: Readonly<Record<Value, readonly string[]>>) {
  return new Map(
    (Object.keys(words) as Value[]).flatMap((value) =>
      words[value].map((word) => [plainWord(word), value] as const),
    ),
  )
}

export interface AnswerReading extends Pick<TableOptions, 'format'> {
  /** The business day `YYYY-MM-DD`. */
  readonly today: string
  /** Sees each NIK that stands alone, for a row. */
  readonly damage: Pick<SpreadsheetDamage, 'see'>
}

/**
 * How the lines of an answer are read, by its header: columns in any order, others mean nothing.
 *
 * @returns a reader that never fails: what a line does not say clearly is a problem.
 * @throws Fault BAD_USER_INPUT about `file` without a column that is needed.
 */
export function answerReader(
  header: Cells,
  { format, today, damage }: AnswerReading,
): LineReader<AnswerLine | AnswerProblem> {
  const columns = namedColumns(header, ANSWER_HEADERS)
  const missing = [
    ...(columns.row === undefined && columns.nik === undefined
      ? [`${spelled('row', ANSWER_HEADERS)}, or ${spelled('nik', ANSWER_HEADERS)}`]
      : []),
    ...(columns.status === undefined ? [spelled('status', ANSWER_HEADERS)] : []),
  ]
  if (missing.length > 0) {
    throw badInput(
      'file',
      `The file has too few columns; missing: ${missing.join('; ')}.`,
      `Name the columns in one of the first ${HEAD} lines of the file.`,
    )
  }
  const width = widthOf(header, format)
  return (cells, line) => {
    if (cells.length > width && !areBlank(cells, width)) return problemOf(line, 'SHIFTED')
    const of = (field: Field) => textAt(cells, columns[field])
    const [row, nik] = [of('row'), of('nik')]
    if (row === '') damage.see(nik)
    const who = readWho(row, nik, today)
    const verdict = readVerdict(of('status'), of('reason'))
    if (typeof who === 'string') return problemOf(line, who)
    return typeof verdict === 'string' ? problemOf(line, verdict) : { line, ...who, verdict }
  }
}

function readWho(row: string, nik: string, today: string) {
  if (row === '' && nik === '') return 'NOBODY'
  if (row !== '' && !/^\d{1,9}$/.test(row)) return 'UNREADABLE_ROW'
  const number = row === '' ? null : Number(row)
  const read = nik === '' ? NO_NIK : readNikInAnswer(nik, today)
  if (read === undefined) return 'UNREADABLE_NIK'
  if (read !== 'ROUNDED') return { row: number, ...read }
  // Almost nothing is left of it, as if the line named its row alone.
  return number === null ? 'ROUNDED_NIK' : { row: number, ...NO_NIK }
}

function readVerdict(
  status: string,
  why: string,
): Verdict | 'UNKNOWN_STATUS' | 'NO_REASON' | 'UNKNOWN_REASON' {
  const acceptance = ACCEPTANCE_OF_WORD.get(plainWord(status))
  if (acceptance === undefined) return 'UNKNOWN_STATUS'
  if (acceptance === 'ACCEPTED') return { acceptance, reason: null }
  if (why === '') return 'NO_REASON'
  const reason = REASON_OF_WORD.get(plainWord(why))
  return reason === undefined ? 'UNKNOWN_REASON' : { acceptance, reason }
}
