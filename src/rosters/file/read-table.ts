import type { Readable } from 'node:stream'
import { badInput, tooLarge } from '../../kernel/errors.ts'
import { limitedBody } from './body.ts'
import { areBlank, type Cells } from './cells.ts'
import { csvLines } from './csv/lines.ts'
import { sheetLines } from './xlsx/lines.ts'

export interface TableOptions {
  readonly format: 'csv' | 'xlsx'
  readonly limits: { readonly rows: number; readonly bytes: number }
}

/** What a line of a table says. @param row its number from 1: the header is not counted, empty lines are not rows. */
export type LineReader<Row> = (cells: Cells, row: number) => Row

/**
 * The rows of a file, as they arrive, in batches of about a thousand: a CSV in UTF-8 with commas, semicolons or tabs, or
 * the first sheet of an XLSX workbook. The first line that is not empty names the columns. However long the file, memory
 * holds one batch; of a workbook also its compressed bytes and its shared texts, because a ZIP archive is read from its
 * end.
 *
 * A body that is a `Readable` is never closed by this, and is not read to its end when the file is refused.
 *
 * @param headed tells from the header how lines are read.
 * @returns none for a file that is only a header.
 * @throws Fault BAD_USER_INPUT about `file`, without anything of its cells: as soon as a limit is passed, for what is no
 *   such file; and whatever `headed` throws. Rows before may have been handed on by then.
 */
export async function* readTable<Row>(
  body: AsyncIterable<Uint8Array> | Readable,
  { format, limits }: TableOptions,
  headed: (header: Cells) => LineReader<Row>,
): AsyncGenerator<readonly Row[], void> {
  const bytes = limitedBody(body, limits.bytes)
  let read: LineReader<Row> | undefined
  let count = 0
  for await (const lines of format === 'csv' ? csvLines(bytes) : sheetLines(bytes, limits.bytes)) {
    const rows: Row[] = []
    for (const cells of lines) {
      if (areBlank(cells)) continue
      if (read === undefined) {
        read = headed(cells)
        continue
      }
      count++
      if (count > limits.rows) throw tooManyRows(limits.rows)
      rows.push(read(cells, count))
    }
    if (rows.length > 0) yield rows
  }
  if (read === undefined) {
    throw badInput('file', 'The file is empty.', 'Send a header line, and a line for each person.')
  }
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
