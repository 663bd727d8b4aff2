import { badInput } from '../../../kernel/errors.ts'
import type { Cells } from '../cells.ts'
import { openArchive } from './archive.ts'
import { readDayStyles } from './days.ts'
import { readSharedStrings } from './shared-strings.ts'
import { sheetRows } from './sheet.ts'
import { findWorkbook } from './workbook.ts'

/** Sheets are seldom compressed to less than a tenth, and none as large as the limit may be larger than ten times. */
const UNPACKED = 10
/** How a workbook under a password, or one from before 2007, begins. */
const COMPOUND_FILE = Buffer.from('D0CF11E0A1B11AE1', 'hex')

/**
 * The rows of a workbook's first sheet in which something is written, the header among them, in batches. The archive is kept in memory, not in a
 * file: nobody's data lies on a disk.
 *
 * @param most bytes that the archive may have; ten times as many unpacked.
 * @throws Fault BAD_USER_INPUT for what cannot be read, or unpacks to more.
 */
export async function* sheetLines(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<readonly Cells[], void> {
  const archive = await openArchive(await collected(bytes), UNPACKED * most)
  const { sheet, sharedStrings, styles, from1904 } = await findWorkbook(archive)
  const optional = (part: string | undefined) => (part === undefined ? undefined : archive.open(part))
  yield* sheetRows(archive.open(sheet), {
    dayStyles: await readDayStyles(optional(styles)),
    sharedStrings: await readSharedStrings(optional(sharedStrings), most),
    from1904,
  })
}

async function collected(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  const file = Buffer.concat(pieces)
  if (!file.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE)) return file
  throw badInput(
    'file',
    'The workbook is protected by a password, or of a format older than XLSX.',
    'Save it without a password as .xlsx, or as "CSV UTF-8".',
  )
}
