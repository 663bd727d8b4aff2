import { badInput } from '../../kernel/errors.ts'
import type { Cells } from './cells.ts'
import { plainWord } from './plain-word.ts'

/**
 * How a column may be headed, by field, the best titles first: the two usual ones, Indonesian and English, then others.
 * {@link plainWord} says what else counts as the same, and what stands in parentheses does not count: `NIK (16 digit)`.
 */
export type Headers<Field extends string> = Readonly<Record<Field, readonly string[]>>

const USUAL = 2

/** Number of each field's column from 0. */
export type ColumnsOf<Field extends string> = Readonly<Partial<Record<Field, number>>>

/** A column that may be a field's; of several, it is the one of the lowest rank. */
interface Candidate {
  readonly column: number
  readonly rank: number
}

/**
 * Where fields stand, by the header of a file. Columns of other headers mean nothing, nor does the one of two that is headed
 * less well: `pekerjaan` beside `kategori`.
 *
 * @throws Fault BAD_USER_INPUT about `file` when two columns are headed equally well.
 */
export function namedColumns<Field extends string>(header: Cells, headers: Headers<Field>): ColumnsOf<Field> {
  const columns: Partial<Record<Field, number>> = {}
  for (const [field, candidates] of candidatesOf(header, headers)) {
    const [best, second] = candidates.sort((one, other) => one.rank - other.rank)
    if (best!.rank === second?.rank) {
      throw badInput('file', `Two columns of the file are ${spelled(field, headers)}.`, 'Keep one of them.')
    }
    columns[field] = best!.column
  }
  return columns
}

/** How many fields a line names, if it is a header. */
export function countTitles(line: Cells, headers: Headers<string>): number {
  return candidatesOf(line, headers).size
}

/** How a field's column is usually headed. */
export function spelled<Field extends string>(field: Field, headers: Headers<Field>): string {
  return headers[field].slice(0, USUAL).join(' or ')
}

function candidatesOf<Field extends string>(line: Cells, headers: Headers<Field>): Map<Field, Candidate[]> {
  const fields = Object.keys(headers) as Field[]
  const titles = new Map(
    fields.flatMap((field) =>
      headers[field].map((title, at) => [plainWord(title), { field, rank: Math.max(at, USUAL - 1) }]),
    ),
  )
  const candidates = new Map<Field, Candidate[]>()
  for (const [column, title = ''] of line.entries()) {
    const whole = titles.get(plainWord(title))
    const named = whole ?? titles.get(plainWord(title.replace(/\([^)]*\)/g, '')))
    if (named === undefined) continue
    const rank = whole === undefined ? named.rank + titles.size : named.rank
    candidates.set(named.field, [...(candidates.get(named.field) ?? []), { column, rank }])
  }
  return candidates
}
