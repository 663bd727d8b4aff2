import type { Readable } from 'node:stream'
import { badInput } from '../../kernel/errors.ts'
import { limitedBody } from './body.ts'
import { areBlank, type Cells } from './cells.ts'
import { findColumns } from './columns.ts'
import { csvLines } from './csv/lines.ts'
import type { FileRow } from './file-row.ts'
import { readRow, type Table } from './read-row.ts'
import { sheetLines } from './xlsx/lines.ts'

export interface RosterFileOptions {
  readonly format: 'csv' | 'xlsx'
  readonly limits: { readonly rows: number; readonly bytes: number }
  /** The business day `YYYY-MM-DD`: nobody is born after it. */
  readonly today: string
}

/**
 * The rows of a roster file, as they arrive, in batches of about a thousand: a CSV in UTF-8 with commas, semicolons or
 * tabs, or the first sheet of an XLSX workbook. The first line that is not empty names the columns. However long the
 * file, memory holds one batch; of a workbook also its compressed bytes and its shared texts, because a ZIP archive is
 * read from its end.
 *
 * A body that is a `Readable` is never closed by this, and is not read to its end when the file is refused.
 *
 * @returns none for a file that is only a header.
 * @throws Fault BAD_USER_INPUT about `file`, without anything of its cells: as soon as a limit is passed, for a header
 *   that misses something, for what is no such file. Rows before may have been handed on by then.
 */
export async function* readRosterFile(
  body: AsyncIterable<Uint8Array> | Readable,
  { format, limits, today }: RosterFileOptions,
): AsyncGenerator<readonly FileRow[], void> {
  const bytes = limitedBody(body, limits.bytes)
  let table: Table | undefined
  let count = 0
  for await (const lines of format === 'csv' ? csvLines(bytes) : sheetLines(bytes, limits.bytes)) {
    const rows: FileRow[] = []
    for (const cells of lines) {
      if (areBlank(cells)) continue
      if (table === undefined) {
        table = headedBy(cells, { format, today })
        continue
      }
      count++
      if (count > limits.rows) throw tooManyRows(limits.rows)
      rows.push(readRow(cells, count, table))
    }
    if (rows.length > 0) yield rows
  }
  if (table === undefined) {
    throw badInput('file', 'The file is empty.', 'Send a header line, and a line for each person.')
  }
}

function headedBy(header: Cells, { format, today }: Pick<RosterFileOptions, 'format' | 'today'>): Table {
  // Cells of a sheet cannot be shifted by a forgotten quote: what stands right of the table is somebody's note.
  return { columns: findColumns(header), width: format === 'csv' ? header.length : Infinity, today }
}

function tooManyRows(most: number) {
  const message = `The file has more than ${most.toLocaleString('en')} rows.`
  return badInput('file', message, 'Split the roster into several files.')
}
