import { badInput } from '../../../kernel/errors.ts'
import { type Cells, LONGEST_LINE } from '../cells.ts'
import { type CellMeaning, cellText } from './cell-text.ts'
import { lengthened } from './lengthened.ts'
import { unreadableWorkbook } from './unreadable.ts'
import { xmlReader } from './xml.ts'

const BATCH = 1000
/** XFD1048576 is the last cell that a sheet has. */
const MOST_COLUMNS = 16_384
const MOST_ROWS = 1_048_576

/**
 * The rows of a sheet in which something is written, in batches. Cells in which nothing is are undefined.
 *
 * @throws Fault BAD_USER_INPUT for what no sheet has, and a row of more than {@link LONGEST_LINE} characters.
 */
export async function* sheetRows(
  part: AsyncIterable<Uint8Array>,
  meaning: CellMeaning,
): AsyncGenerator<readonly Cells[], void> {
  let rows: Cells[] = []
  let cells: (string | undefined)[] = []
  let [column, length, count] = [-1, 0, 0]
  let [type, style, value] = ['n', '0', '']
  let [isData, isValue, isPhonetic] = [false, false, false]
  const reader = xmlReader({
    open(name, attributes) {
      if (name === 'sheetData') isData = true
      if (!isData) return
      if (name === 'row') {
        cells = []
        column = -1
        length = 0
        if (++count > MOST_ROWS) throw unreadableWorkbook()
      } else if (name === 'c') {
        column = attributes.r === undefined ? column + 1 : columnOf(attributes.r)
        if (column >= MOST_COLUMNS) throw unreadableWorkbook()
        type = attributes.t ?? 'n'
        style = attributes.s ?? '0'
        value = ''
      } else if (name === 'rPh') isPhonetic = true
      else if (name === 'v') isValue = true
      else if (name === 't') isValue = type === 'inlineStr' && !isPhonetic
    },
    text(text) {
      if (isValue) value = lengthened(value, text)
    },
    close(name) {
      if (name === 'sheetData') isData = false
      if (!isData) return
      if (name === 'v' || name === 't') isValue = false
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'row' && cells.length > 0) rows.push(cells)
      else if (name === 'c' && value !== '') {
        const text = cellText({ type, style, value }, meaning)
        length += text.length
        // A text is kept once, and a row may name it in each of its cells.
        if (length > LONGEST_LINE) throw tooLongRow()
        if (text.trim() !== '') cells[column] = text
      }
    },
  })
  for await (const piece of part) {
    reader.write(piece)
    if (rows.length < BATCH) continue
    yield rows
    rows = []
  }
  reader.end()
  yield rows
}

/** `AB12` is column 27, counted from 0. */
function columnOf(address: string): number {
  let column = 0
  for (let at = 0; at < address.length; at++) {
    const letter = address.charCodeAt(at) - 64
    if (letter < 1 || letter > 26) break
    column = column * 26 + letter
  }
  return column - 1
}

function tooLongRow() {
  const message = `A row of the workbook has more than ${LONGEST_LINE.toLocaleString('en')} characters.`
  return badInput('file', message, 'Keep only the columns of the roster.')
}
