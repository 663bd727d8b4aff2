import { strToU8, type ZipOptions, zipSync } from 'fflate'

/** A text, a number as the sheet writes it, or a cell's own attributes and content as XML. */
export type SheetCell = string | number | { readonly xml: string; readonly attributes?: string } | null

export interface WorkbookOptions {
  /** Where texts are: shared in a part of their own, or in the cells. */
  readonly texts?: 'shared' | 'inline'
  /** Content of `styles.xml`; cell attribute `s` refers to it. */
  readonly styles?: string
  /** Content of `<workbookPr>`. */
  readonly bookAttributes?: string
  /** Parts to add, to replace, or with null to leave out. */
  readonly parts?: Readonly<Record<string, string | null>>
  readonly zip?: ZipOptions
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** An XLSX workbook of one sheet, as bytes. */
export function aWorkbook(
  rows: readonly (readonly SheetCell[])[],
  options: WorkbookOptions = {},
): Uint8Array {
  const { texts = 'shared', styles = '', bookAttributes = '', parts = {}, zip } = options
  const shared: string[] = []
  const cell = (value: SheetCell, address: string): string => {
    if (value === null) return ''
    if (typeof value === 'number') return `<c r="${address}"><v>${value}</v></c>`
    if (typeof value !== 'string') return `<c r="${address}" ${value.attributes ?? ''}>${value.xml}</c>`
    const text = `<t xml:space="preserve">${escaped(value)}</t>`
    if (texts === 'inline') return `<c r="${address}" t="inlineStr"><is>${text}</is></c>`
    shared.push(`<si>${text}</si>`)
    return `<c r="${address}" t="s"><v>${shared.length - 1}</v></c>`
  }
  const lines = rows.map((cells, row) => {
    const content = cells.map((value, column) => cell(value, `${columnName(column)}${row + 1}`))
    return `<row r="${row + 1}">${content.join('')}</row>`
  })
  return zipped(
    {
      '_rels/.rels': relations([['rId1', 'officeDocument', 'xl/workbook.xml']]),
      // The sheet stands before its texts, as in files of real spreadsheets.
      'xl/worksheets/sheet1.xml': sheet(lines.join('')),
      'xl/workbook.xml': `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr ${bookAttributes}/><sheets><sheet name="Daftar" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': relations([
        ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
        ['rId2', 'sharedStrings', '/xl/sharedStrings.xml'],
        ['rId3', 'styles', 'styles.xml'],
      ]),
      'xl/styles.xml': `${HEAD}<styleSheet xmlns="${MAIN}">${styles}</styleSheet>`,
      'xl/sharedStrings.xml': `${HEAD}<sst xmlns="${MAIN}">${shared.join('')}</sst>`,
      ...parts,
    },
    zip,
  )
}

/** The part of a sheet. @param data its rows as XML. */
export function sheet(data: string): string {
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${data}</sheetData></worksheet>`
}

/** @param related id, kind and target of each. */
export function relations(related: readonly (readonly [string, string, string])[]): string {
  const each = related.map(
    ([id, kind, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`,
  )
  return `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${each.join('')}</Relationships>`
}

function zipped(parts: Readonly<Record<string, string | null>>, options: ZipOptions = {}): Uint8Array {
  const files = Object.entries(parts).flatMap(([name, content]) =>
    content === null ? [] : [[name, strToU8(content)] as const],
  )
  return zipSync(Object.fromEntries(files), options)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '_x000D_')
}

/** 0 is A, 26 is AA. */
function columnName(column: number): string {
  const last = String.fromCharCode(65 + (column % 26))
  return column < 26 ? last : columnName(Math.floor(column / 26) - 1) + last
}
