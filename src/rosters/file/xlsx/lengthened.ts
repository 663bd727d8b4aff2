import { badInput } from '../../../kernel/errors.ts'

/** Characters of a cell; no spreadsheet has more. */
const LONGEST_TEXT = 32_767

/** A text of a cell and the next run of it. @throws Fault BAD_USER_INPUT when it is longer than a cell can be. */
export function lengthened(text: string, run: string): string {
  if (text.length + run.length <= LONGEST_TEXT) return text + run
  const message = `A cell of the workbook has more than ${LONGEST_TEXT.toLocaleString('en')} characters.`
  throw badInput('file', message, 'Keep only the sheet of the roster, or send it as "CSV UTF-8".')
}
