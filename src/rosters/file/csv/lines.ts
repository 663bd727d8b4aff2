import type { Cells } from '../cells.ts'
import type { Headers } from '../named-columns.ts'
import { findDelimiter } from './delimiter.ts'
import { type RecordReader, recordReader } from './records.ts'
import { textLines } from './text-lines.ts'
import { utf8Text } from './utf8-text.ts'

const BATCH = 1000
/** Lines by which the delimiter is found: the header is among them, also one with line breaks in its titles. */
const HEAD = 50

/**
 * The lines of a CSV file in which something is written, the header among them, in batches of a thousand but for the last.
 *
 * @throws Fault BAD_USER_INPUT for what is not in UTF-8, and for a line that no person has.
 */
export async function* csvLines(
  bytes: AsyncIterable<Uint8Array>,
  headers: Headers<string>,
): AsyncGenerator<readonly Cells[], void> {
  let batch: Cells[] = []
  let reader: RecordReader | undefined
  for await (const lines of withHead(textLines(utf8Text(bytes)))) {
    reader ??= recordReader(findDelimiter(lines.slice(0, HEAD), headers), (record) => batch.push(record))
    for (const line of lines) {
      reader.read(line)
      if (batch.length < BATCH) continue
      yield batch
      batch = []
    }
  }
  reader?.end()
  yield batch
}

/** Lines that are not empty, {@link HEAD} of them or more to begin with. */
async function* withHead(lots: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[], void> {
  let head: string[] | undefined = []
  for await (const lot of lots) {
    const lines = lot.filter((line) => line !== '')
    if (head === undefined) yield lines
    else if (head.push(...lines) >= HEAD) {
      yield head
      head = undefined
    }
  }
  if (head !== undefined) yield head
}
