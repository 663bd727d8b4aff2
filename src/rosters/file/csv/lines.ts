import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { badInput, type Fault } from '../../../kernel/errors.ts'
import { areBlank, type Cells, LONGEST_LINE } from '../cells.ts'
import { type Delimiter, findDelimiter } from './delimiter.ts'
import { utf8Text } from './utf8-text.ts'

const BATCH = 1000

/**
 * The lines of a CSV file in which something is written, the header among them, in batches.
 *
 * @throws Fault BAD_USER_INPUT for what is not in UTF-8, and for a quote that is never closed.
 */
export async function* csvLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Cells[], void> {
  const text = utf8Text(bytes)
  const { head, delimiter } = await readHead(text)
  const parser = parse({
    delimiter,
    // Named, because a file may mix them, and only the first would be looked for.
    record_delimiter: ['\r\n', '\n', '\r'],
    // What a line with too many or too few cells means is for the reader of the row to say.
    relax_column_count: true,
    // Within a cell without quotes around it, a quote is a quote.
    relax_quotes: true,
    // After a space a quote is one too: `36, "Umar, S.E."`. With rtrim as well, `"Umar" S.E.` would end the reading.
    ltrim: true,
    skip_empty_lines: true,
    // A quote that nobody closed would make one cell of the rest of the file.
    max_record_size: LONGEST_LINE,
  })
  // Its reader hears of failures; this callback only keeps them from being nobody's.
  pipeline(Readable.from(from(head, text)), parser, () => {})
  try {
    yield* inBatches(parser)
  } catch (error) {
    throw error instanceof CsvError ? neverClosed(error) : error
  }
}

/** Reads as far as the delimiter can be told. */
async function readHead(text: AsyncGenerator<string, void>): Promise<{ head: string; delimiter: Delimiter }> {
  let head = ''
  for (;;) {
    const { value, done } = await text.next()
    head += value ?? ''
    const delimiter = findDelimiter(head, done === true)
    if (delimiter !== undefined) return { head, delimiter }
  }
}

async function* from(head: string, rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  yield head
  yield* rest
}

async function* inBatches(lines: AsyncIterable<Cells>): AsyncGenerator<readonly Cells[], void> {
  let batch: Cells[] = []
  for await (const line of lines) {
    if (!areBlank(line)) batch.push(line)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function neverClosed({ records }: CsvError): Fault {
  const line = records === 0 ? 'The header' : `Row ${records}`
  const message = `${line} of the file has a quote that is not closed, or more than ${LONGEST_LINE} characters.`
  return badInput('file', message, 'Write a quote within a quoted cell twice.')
}
