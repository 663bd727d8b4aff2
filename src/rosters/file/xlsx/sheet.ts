import type { Cells } from '../cells.ts'
import { type CellMeaning, cellText } from './cell-text.ts'
import { unreadableWorkbook } from './unreadable.ts'
import { xmlReader } from './xml.ts'

const BATCH = 1000
/** XFD, the last column a sheet has. */
const MOST_COLUMNS = 16_384

/** The rows of a sheet, in batches. Cells that the file leaves out are undefined. */
export async function* sheetRows(
  part: AsyncIterable<Uint8Array>,
  meaning: CellMeaning,
): AsyncGenerator<readonly Cells[], void> {
  let rows: Cells[] = []
  let cells: (string | undefined)[] = []
  let column = -1
  let [type, style, value] = ['n', '0', '']
  let [isData, isValue, isPhonetic] = [false, false, false]
  const reader = xmlReader({
    open(name, attributes) {
      if (name === 'sheetData') isData = true
      if (!isData) return
      if (name === 'row') {
        cells = []
        column = -1
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
      if (isValue) value += text
    },
    close(name) {
      if (name === 'sheetData') isData = false
      if (!isData) return
      if (name === 'v' || name === 't') isValue = false
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'c' && value !== '') cells[column] = cellText({ type, style, value }, meaning)
      else if (name === 'row') rows.push(cells)
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
