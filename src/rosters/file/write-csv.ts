/** A value of a cell; null leaves it empty. */
export type CsvValue = string | number | bigint | null

/** Spreadsheets take a file without it for one in the computer's own encoding. */
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * What makes a spreadsheet run a cell (OWASP, "CSV injection"), at the start of the cell; also at the start of what a
 * spreadsheet takes for a cell when it divides by semicolons, as it does in Indonesia, or by tabs, whatever the quotes.
 * Spaces and quotes before it do not keep it from being run. Full-width forms are read as the plain ones.
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=[\t\r]|(?:"|[^\S\t\r\n]|[\u200b-\u200f\u2060])*[=+\-@＝＋－＠])/g

/**
 * A CSV file (RFC 4180) that spreadsheets open as it is meant: UTF-8 with a byte order mark, commas, CRLF, and an
 * apostrophe before what would be run as a formula. Numbers stay as they are, also negative ones.
 *
 * @param pages rows in the header's order, as many at a time as suits their source.
 * @returns text, one piece for the header and one for each page.
 */
export async function* writeCsv(
  header: readonly string[],
  pages: AsyncIterable<readonly (readonly CsvValue[])[]> | Iterable<readonly (readonly CsvValue[])[]>,
): AsyncGenerator<string, void> {
  yield BYTE_ORDER_MARK + line(header)
  for await (const rows of pages) yield rows.map(line).join('')
}

function line(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

function cell(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const text = value.replace(FORMULA, "'")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
