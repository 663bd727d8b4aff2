import { badInput } from '../../../kernel/errors.ts'
import { LONGEST_LINE } from '../cells.ts'

/**
 * The lines of a text, as many at a time as have arrived; they end in CRLF, LF or CR.
 *
 * @throws Fault BAD_USER_INPUT for one of more than {@link LONGEST_LINE} characters.
 */
export async function* textLines(text: AsyncIterable<string>): AsyncGenerator<readonly string[], void> {
  let before = 0
  let begun = ''
  for await (const piece of text) {
    begun += piece
    // The other half of a CRLF may be on its way.
    const end = begun.endsWith('\r') ? begun.length - 1 : begun.length
    const lines = begun.slice(0, end).split(/\r\n|\n|\r/)
    begun = lines.pop()! + begun.slice(end)
    const tooLong = lines.findIndex((line) => line.length > LONGEST_LINE)
    if (tooLong !== -1) throw tooLongLine(before + tooLong + 1)
    before += lines.length
    if (begun.length > LONGEST_LINE) throw tooLongLine(before + 1)
    yield lines
  }
  yield [begun.replace(/\r$/, '')]
}

function tooLongLine(number: number) {
  const message = `Line ${number} of the file has more than ${LONGEST_LINE.toLocaleString('en')} characters.`
  return badInput('file', message, 'Write a line for each person.')
}
