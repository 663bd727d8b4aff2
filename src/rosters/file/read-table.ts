import type { Readable } from 'node:stream'
import { badInput, tooLarge } from '../../kernel/errors.ts'
import { limitedBody } from './body.ts'
import type { Cells } from './cells.ts'
import { csvLines } from './csv/lines.ts'
import { countTitles, type Headers } from './named-columns.ts'
import { sheetLines } from './xlsx/lines.ts'

export interface TableOptions {
  readonly format: 'csv' | 'xlsx'
  readonly limits: { readonly rows: number; readonly bytes: number }
}

/** Lines among which the header is looked for: lists have their title above it, their district, their date. */
export const HEAD = 20

/** What a line of a table says. @param row its number from 1: the header is not counted, empty lines are not rows. */
export type LineReader<Row> = (cells: Cells, row: number) => Row

/**
 * The rows of a file, as they arrive, in batches of about a thousand: a CSV in UTF-8 with commas, semicolons or tabs, or
 * the first sheet of an XLSX workbook. The header is the line that names the most columns, of the first twenty that are not
 * empty; what stands above it is no row. However long the file, memory holds one batch; of a workbook also its compressed
 * bytes and its shared texts, because a ZIP archive is read from its end.
 *
 * A body that is a `Readable` is never closed by this, and is not read to its end when the file is refused.
 *
 * @param headers how the columns may be headed.
 * @param headed tells from the header how lines are read.
 * @returns none for a file that is only a header.
 * @throws Fault BAD_USER_INPUT about `file`, without anything of its cells: as soon as a limit is passed, for what is no
 *   such file; and whatever `headed` throws. Rows before may have been handed on by then.
 */
export async function* readTable<Row>(
  body: AsyncIterable<Uint8Array> | Readable,
  { format, limits }: TableOptions,
  headers: Headers<string>,
  headed: (header: Cells) => LineReader<Row>,
): AsyncGenerator<readonly Row[], void> {
  const bytes = limitedBody(body, limits.bytes)
  let read: LineReader<Row> | undefined
  let count = 0
  for await (const lines of format === 'csv' ? csvLines(bytes, headers) : sheetLines(bytes, limits.bytes)) {
    let people = lines
    if (read === undefined) {
      const header = findHeader(lines, headers)
      if (header === -1) continue
      read = headed(lines[header]!)
      people = lines.slice(header + 1)
    }
    if (count + people.length > limits.rows) throw tooManyRows(limits.rows)
    const rows: Row[] = []
    for (const cells of people) rows.push(read(cells, ++count))
    if (rows.length > 0) yield rows
  }
  if (read === undefined) {
    throw badInput('file', 'The file is empty.', 'Send a header line, and a line for each person.')
  }
}

/** Which of a file's first lines names the most columns, the first of several; -1 when there is no line. */
function findHeader(lines: readonly Cells[], headers: Headers<string>): number {
  const named = lines.slice(0, HEAD).map((cells) => countTitles(cells, headers))
  return named.indexOf(Math.max(...named))
}

/**
 * Cells that a line can have before its columns are shifted by a delimiter that nobody quoted. Those of a sheet cannot be:
 * what stands right of the table is somebody's note.
 */
export function widthOf(header: Cells, format: TableOptions['format']): number {
  return format === 'csv' ? header.length : Infinity
}

function tooManyRows(most: number) {
  const message = `The file has more than ${most.toLocaleString('en')} rows.`
  return tooLarge('file', message, 'Split the roster into several files.')
}
