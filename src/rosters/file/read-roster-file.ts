import type { Readable } from 'node:stream'
import { findColumns, HEADERS } from './columns.ts'
import type { FileRow } from './file-row.ts'
import { readRow } from './read-row.ts'
import { readTable, type TableOptions, widthOf } from './read-table.ts'

export interface RosterFileOptions extends TableOptions {
  /** The business day `YYYY-MM-DD`: nobody is born after it. */
  readonly today: string
}

/**
 * The rows of a roster file, as they arrive, in batches of about a thousand; see {@link readTable}.
 *
 * @throws Fault BAD_USER_INPUT about `file`, also for a header that misses something.
 */
export function readRosterFile(
  body: AsyncIterable<Uint8Array> | Readable,
  { today, ...options }: RosterFileOptions,
): AsyncGenerator<readonly FileRow[], void> {
  return readTable(body, options, HEADERS, (header) => {
    const table = { columns: findColumns(header), width: widthOf(header, options.format), today }
    return (cells, row) => readRow(cells, row, table)
  })
}
