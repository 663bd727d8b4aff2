import { unreadableWorkbook } from './unreadable.ts'
import { readXml } from './xml.ts'

/** Formats that have a number instead of a code, and a day in them (ECMA-376, 18.8.30). */
const BUILT_IN: ReadonlySet<number> = new Set([
  ...[14, 15, 16, 17, 22],
  ...[27, 28, 29, 30, 31, 34, 35, 36],
  ...[50, 51, 52, 53, 54, 57, 58],
])

/** A workbook has no more styles of cells, nor formats, and a format no more characters (Excel, "specifications and limits"). */
const MOST_STYLES = 65_490
const LONGEST_FORMAT = 255

/**
 * Which styles of cells show a number as a day, by the style's number.
 *
 * @throws Fault BAD_USER_INPUT for more styles than a workbook has.
 */
export async function readDayStyles(
  part: AsyncIterable<Uint8Array> | undefined,
): Promise<readonly boolean[]> {
  const showingDays = new Map<number, boolean>()
  const styles: boolean[] = []
  let isInCells = false
  if (part === undefined) return styles
  await readXml(part, {
    open(name, { numFmtId = '', formatCode = '' }) {
      const format = Number(numFmtId)
      if (name === 'cellXfs') isInCells = true
      else if (name === 'numFmt') showingDays.set(format, showsDay(formatCode))
      else if (name === 'xf' && isInCells) styles.push(showingDays.get(format) ?? BUILT_IN.has(format))
      if (styles.length > MOST_STYLES || showingDays.size > MOST_STYLES) throw unreadableWorkbook()
    },
    close(name) {
      if (name === 'cellXfs') isInCells = false
    },
  })
  return styles
}

/** Whether a format such as `[$-421]dd\ mmmm\ yyyy;@` shows days or years, once words, colors and locales are taken out. */
function showsDay(format: string): boolean {
  if (format.length > LONGEST_FORMAT) throw unreadableWorkbook()
  return /[dy]/i.test(format.replace(/"[^"]*"|\[[^\]]*\]|[\\_*]./g, ''))
}
