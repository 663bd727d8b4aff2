import { areBlank, type Cells, LONGEST_LINE } from '../cells.ts'
import { cellsOf, continuation, type Delimiter } from './cells-of.ts'

export interface RecordReader {
  read(line: string): void
  /** After the last line. */
  end(): void
}

/**
 * Makes the lines of a CSV into records in which something is written: a record is a line, or several where a cell in quotes
 * holds line breaks. Where it turns out that such a cell does not end, its quote was a letter, and each line is a record.
 */
export function recordReader(delimiter: Delimiter, take: (record: Cells) => void): RecordReader {
  /** What has been read of a record whose last cell may go on, and lines that would be more of that cell. */
  let open: string | undefined
  let more: string[] = []
  let length = 0

  function takeLine(line: string): void {
    const { cells } = cellsOf(line, delimiter)
    if (!areBlank(cells)) take(cells)
  }

  function begin(line: string): void {
    const { cells, isOpen } = cellsOf(line, delimiter)
    if (isOpen) {
      open = line
      length = line.length
    } else if (!areBlank(cells)) take(cells)
  }

  function end(): void {
    if (open === undefined) return
    takeLine(open)
    for (const line of more) takeLine(line)
    open = undefined
    more = []
  }

  return {
    read(line) {
      if (open === undefined) return begin(line)
      length += line.length + 1
      const found = length > LONGEST_LINE ? 'NONE' : continuation(line, delimiter)
      if (found === 'NONE') {
        end()
        begin(line)
        return
      }
      more.push(line)
      if (found === 'GOES_ON') return
      const record = [open, ...more].join('\n')
      open = undefined
      more = []
      begin(record)
    },
    end,
  }
}
