import type { Cells } from '../cells.ts'
import { countTitles, type Headers } from '../named-columns.ts'
import type { Delimiter } from './cells-of.ts'
import { recordReader } from './records.ts'

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t']

/**
 * What divides the cells of a CSV: that by which one of its first lines names the most columns, or, when none does, by which
 * there are the most cells.
 *
 * @param lines the file's beginning.
 */
export function findDelimiter(lines: readonly string[], headers: Headers<string>): Delimiter {
  const tried = DELIMITERS.map((delimiter) => {
    const named = Math.max(0, ...recordsOf(lines, delimiter).map((cells) => countTitles(cells, headers)))
    const cells = lines.reduce((count, line) => count + line.split(delimiter).length, 0)
    return { delimiter, named, cells }
  })
  return tried.reduce((best, next) => (isBetter(next, best) ? next : best)).delimiter
}

interface Tried {
  readonly named: number
  readonly cells: number
}

function isBetter(one: Tried, other: Tried): boolean {
  return one.named > other.named || (one.named === other.named && one.cells > other.cells)
}

function recordsOf(lines: readonly string[], delimiter: Delimiter): Cells[] {
  const records: Cells[] = []
  const reader = recordReader(delimiter, (record) => records.push(record))
  for (const line of lines) reader.read(line)
  reader.end()
  return records
}
