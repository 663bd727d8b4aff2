import { badInput, Fault } from '../../../kernel/errors.ts'

/** The refusal of a file that no workbook can be read from. Why exactly might quote the file, so it does not say. */
export function unreadableWorkbook(): Fault {
  return badInput(
    'file',
    'The file cannot be read as an XLSX workbook.',
    'Open it in a spreadsheet and save it again as .xlsx, or as "CSV UTF-8".',
  )
}

/** What to throw for something that went wrong while reading a workbook. */
export function asUnreadable(error: unknown): Fault {
  return error instanceof Fault ? error : unreadableWorkbook()
}
