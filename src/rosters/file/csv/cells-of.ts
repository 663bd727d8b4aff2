import type { Cells } from '../cells.ts'

export type Delimiter = ',' | ';' | '\t'

/** A line as cells (RFC 4180); `isOpen` when its last cell may go on in the next line. */
export interface ReadLine {
  readonly cells: Cells
  readonly isOpen: boolean
}

/** Where a cell that began in lines before ends in this one: within it, later, or nowhere, as a person stands here. */
export type Continuation = 'ENDS' | 'GOES_ON' | 'NONE'

/**
 * Cells of a line, spaces around them included. A quote that does not open or close a whole cell is a letter, and so is one
 * that is never closed: people type them into names.
 *
 * @param line may hold line breaks within a cell.
 */
export function cellsOf(line: string, delimiter: Delimiter): ReadLine {
  if (!line.includes('"')) return { cells: line.split(delimiter), isOpen: false }
  const cells: string[] = []
  for (let at = 0; ; ) {
    const quote = quoteAt(line, at)
    const closing = quote === -1 ? -1 : closingQuote(line, quote + 1)
    if (closing !== -1 && isEndOfCell(line, closing + 1, delimiter)) {
      cells.push(line.slice(quote + 1, closing).replaceAll('""', '"'))
      if (closing + 1 === line.length) return { cells, isOpen: false }
      at = closing + 2
      continue
    }
    const end = line.indexOf(delimiter, at)
    cells.push(line.slice(at, end === -1 ? undefined : end))
    if (end === -1) return { cells, isOpen: quote !== -1 && closing === -1 }
    at = end + 1
  }
}

/**
 * Whether the last cell of the lines before goes on in this one. It may hold a line break or the delimiter, but not both:
 * of a quote that nobody closed, the people below would be taken for the rest of the name.
 */
export function continuation(line: string, delimiter: Delimiter): Continuation {
  const closing = closingQuote(line, 0)
  if ((closing === -1 ? line : line.slice(0, closing)).includes(delimiter)) return 'NONE'
  if (closing === -1) return 'GOES_ON'
  return isEndOfCell(line, closing + 1, delimiter) ? 'ENDS' : 'NONE'
}

/** Where a cell's opening quote is; it may have spaces before it: `36, "Umar, S.E."`. */
function quoteAt(line: string, start: number): number {
  let at = start
  while (line[at] === ' ') at++
  return line[at] === '"' ? at : -1
}

/** Two quotes are a quote within the cell. */
function closingQuote(line: string, start: number): number {
  let at = line.indexOf('"', start)
  while (at !== -1 && line[at + 1] === '"') at = line.indexOf('"', at + 2)
  return at
}

function isEndOfCell(line: string, at: number, delimiter: Delimiter): boolean {
  return at === line.length || line[at] === delimiter
}
