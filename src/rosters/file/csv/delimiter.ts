const DELIMITERS = [',', ';', '\t'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** No header is longer; of a file without line ends, no more is looked at. */
const LONGEST_HEADER = 10_000

/**
 * What divides the cells of a CSV: whatever stands most often in its first line that is not empty, outside quotes.
 *
 * @param text the file's beginning, or all of it.
 * @returns undefined when the line does not end in it yet.
 */
export function findDelimiter(text: string, isAll: boolean): Delimiter | undefined {
  const end = headerEnd(text)
  if (end === undefined && !isAll && text.length < LONGEST_HEADER) return undefined
  const header = withoutQuoted(text.slice(0, end ?? LONGEST_HEADER))
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: header.split(delimiter).length }))
  return counted.reduce((most, next) => (next.count > most.count ? next : most)).delimiter
}

/** Where the first line that is not empty ends; a line end within quotes ends none. */
function headerEnd(text: string): number | undefined {
  const start = text.search(/[^\r\n]/)
  let isQuoted = false
  for (let at = start; at !== -1 && at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted
    else if (!isQuoted && (text[at] === '\n' || text[at] === '\r')) return at
  }
  return undefined
}

function withoutQuoted(text: string): string {
  return text.replace(/"[^"]*"/g, '')
}
