import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CsvValue, writeCsv } from '../../../src/rosters/file/write-csv.ts'
import { HEADER, rowsOf, SITI } from './reading.ts'

async function written(header: readonly string[], pages: readonly (readonly (readonly CsvValue[])[])[]) {
  let file = ''
  for await (const piece of writeCsv(header, pages)) file += piece
  return file
}

test('a file has a byte order mark, a header, and a line for each row of each page', async () => {
  const pages = [
    [
      ['1', 2],
      ['a', null],
    ],
    [],
    [['', 16_800n]],
  ]
  expect(await written(['row', 'rupiah'], pages)).toBe('\uFEFFrow,rupiah\r\n1,2\r\na,\r\n,16800\r\n')
})

test('a page is written when it is asked for, not before', async () => {
  const asked: number[] = []
  async function* pages() {
    for (const page of [1, 2]) {
      asked.push(page)
      yield [[page]]
    }
  }
  const file = writeCsv(['page'], pages())
  expect([(await file.next()).value, asked]).toEqual(['\uFEFFpage\r\n', []])
  expect([(await file.next()).value, asked]).toEqual(['1\r\n', [1]])
})

test('what holds a comma, a quote or a line break stands in quotes', async () => {
  expect(await written(['reason'], [[['Umar, "Pak RT"'], ['two\nlines'], ['one\rmore']]])).toBe(
    '\uFEFFreason\r\n"Umar, ""Pak RT"""\r\n"two\nlines"\r\n"one\rmore"\r\n',
  )
})

test.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+62', "'+62"],
  ['-1+1', "'-1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t'=1"],
  ['\r=1', `"'\r'=1"`],
  ['＝1', "'＝1"],
  // Where semicolons divide, this would be two cells.
  ['Umar;=1', "Umar;'=1"],
  ['Umar\n=1', `"Umar\n'=1"`],
  ['Umar\t=1', "Umar\t'=1"],
  // Spaces and quotes before it are left out.
  [' =1', "' =1"],
  ['\u00a0=1', "'\u00a0=1"],
  ['"=1"', `"'""=1"""`],
  ['Umar; =1+1', "Umar;' =1+1"],
  ['Umar;\u00a0\u200b=1', "Umar;'\u00a0\u200b=1"],
  [`A;"=cmd|'/C calc'!A0;B`, `"A;'""=cmd|'/C calc'!A0;B"`],
])('%j is not run by a spreadsheet', async (text, cell) => {
  expect(await written([text], [[[text]]])).toBe(`\uFEFF${cell}\r\n${cell}\r\n`)
})

test('a number is not text: it may be negative', async () => {
  expect(await written(['rupiah'], [[[-5], [-16_800n]]])).toBe('\uFEFFrupiah\r\n-5\r\n-16800\r\n')
})

test('what is written is read back with apostrophes at most, and nothing runs, whatever divides the cells', async () => {
  const cells = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ';', ',', '"', "'", ' ', '\u00a0', 'a'))
      .map((all) => all.join('')),
  )
  const tables = fc
    .integer({ min: 2, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cells, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
    )
  await fc.assert(
    fc.asyncProperty(tables, async ([header, ...rows]) => {
      const text = await written(header!, [rows])
      const read: string[][] = parse(text, { bom: true, record_delimiter: '\r\n' })
      expect(read.map((line) => line.map(withoutApostrophes))).toEqual(
        [header!, ...rows].map((line) => line.map(withoutApostrophes)),
      )
      // With semicolons or tabs, a spreadsheet may take quotes for letters or leave them out.
      const cells = [...read.flat(), ...text.split(/[;\r\n]/), ...text.split(/[\t\r\n]/)]
      expect(cells.filter((cell) => /^["\s]*[=+\-@]/.test(cell))).toEqual([])
    }),
  )
})

test('a roster that is written is read as a roster', async () => {
  const file = await written(HEADER, [[SITI.cells]])
  expect(await rowsOf(file)).toEqual([SITI.row])
})

function withoutApostrophes(cell: string): string {
  return cell.replaceAll("'", '')
}
