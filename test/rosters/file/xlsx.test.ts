import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inspectNik } from '../../../src/kernel/nik.ts'
import { aWorkbook, relations, type SheetCell, sheet, type WorkbookOptions } from './a-workbook.ts'
import { linesAndRows } from './arbitraries.ts'
import { aLine, HEADER, refusalOf, refusedFile, rowsOf, SITI, today } from './reading.ts'

const format = 'xlsx'

/** What is read from Siti's line with some cells stored otherwise. */
async function readSiti(
  cells: Partial<Record<(typeof HEADER)[number], SheetCell>>,
  options: WorkbookOptions = {},
) {
  const line = HEADER.map((title, column) => cells[title] ?? SITI.cells[column]!)
  const [row] = await rowsOf(aWorkbook([HEADER, line], options), { format })
  return row
}

const read = (rows: readonly (readonly SheetCell[])[], options: WorkbookOptions = {}) =>
  rowsOf(aWorkbook(rows, options), { format })

const refusal = (options: WorkbookOptions, limits: { rows?: number; bytes?: number } = {}) =>
  refusalOf(aWorkbook([HEADER, SITI.cells], options), { format, limits })

const unreadable = refusedFile('The file cannot be read as an XLSX workbook.')

/** A sheet whose texts are in its cells. */
const inlineSheet = (lines: readonly (readonly string[])[]) => {
  const row = (cells: readonly string[]) => cells.map((text) => `<c t="str"><v>${text}</v></c>`).join('')
  return sheet(lines.map((cells) => `<row>${row(cells)}</row>`).join(''))
}

/** Style 1 has the built-in format `mm-dd-yy`; 2 to 5 have formats of their own. */
const STYLES = `<numFmts count="4">
  <numFmt numFmtId="164" formatCode="[$-421]dd\\ mmmm\\ yyyy;@"/>
  <numFmt numFmtId="165" formatCode="&quot;day&quot;\\d0"/>
  <numFmt numFmtId="166" formatCode="[Red]0"/>
  <numFmt numFmtId="167" formatCode="General"/>
</numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/></cellXfs>`

const styled = (value: number | string, style: number): SheetCell => ({
  attributes: `s="${style}"`,
  xml: `<v>${value}</v>`,
})

describe('a text', () => {
  test.each(['shared', 'inline'] as const)('may be %s', async (texts) => {
    expect(await read([HEADER, SITI.cells], { texts })).toEqual([SITI.row])
  })

  test('may be in several runs; how it is read aloud is not part of it', async () => {
    const { fullName } = SITI.row
    const runs = `<r><t>${fullName.slice(0, 3)}</t></r><rPh sb="0" eb="1"><t>si</t></rPh><r><rPr><b/></rPr><t>${fullName.slice(3)}</t></r>`
    const inline = { attributes: 't="inlineStr"', xml: `<is>${runs}</is>` }
    expect(await readSiti({ nama: inline })).toEqual(SITI.row)
    const parts = { 'xl/sharedStrings.xml': `<sst><si><t>unused</t></si><si>${runs}</si></sst>` }
    const shared = { attributes: 't="s"', xml: '<v>1</v>' }
    const line = SITI.cells.map((text) => ({ attributes: 't="str"', xml: `<v>${text}</v>` }))
    const titles = HEADER.map((text) => ({ attributes: 't="str"', xml: `<v>${text}</v>` }))
    expect(await read([titles, line.with(1, shared)], { parts })).toEqual([SITI.row])
  })

  test('has what XML cannot hold in escapes', async () => {
    expect(await readSiti({ nama: `${SITI.row.fullName}_x000D_\n_x0041_li_x` })).toEqual({
      ...SITI.row,
      fullName: `${SITI.row.fullName} Ali_x`,
    })
    expect(await readSiti({ nama: 'Umar_x0000_', nik: '36_xD800_' })).toMatchObject({
      nik: '',
      fullName: null,
      problems: [{ field: 'nik' }, { field: 'name' }],
    })
  })
})

describe('a number', () => {
  const findingsOf = async (stored: string) => {
    const row = await readSiti({ nik: { xml: `<v>${stored}</v>` } })
    return inspectNik(row!.nik, { today }).findings.map(({ code, level }) => `${level} ${code}`)
  }

  test.each([
    '3.60301570590900E+15',
    '3.603015705909E15',
    '3603015705909000',
    '3603015705900010',
    '3.60301570590901E+15',
    '9.10101570590900E+15',
    '9101015705909001',
    '9101015705909002',
  ])('stored as %s may have lost a digit, and is no NIK, in however few rows', async (stored) => {
    expect(await findingsOf(stored)).toEqual(['ERROR SPREADSHEET'])
  })

  test.each(['3603015705909001', '8203015705909009'])(
    'stored as %s by a program that is no spreadsheet has lost nothing',
    async (nik) => {
      expect(await readSiti({ nik: { xml: `<v>${nik}</v>` } })).toEqual({ ...SITI.row, nik })
      expect(await findingsOf(nik)).toEqual([])
    },
  )

  test('is a village code and a decile as it stands', async () => {
    expect(await readSiti({ kode_desa: 3603012001, desil: { xml: '<v>2.0</v>' } })).toEqual(SITI.row)
  })
})

describe('a day', () => {
  test.each([
    ['a built-in format', styled(33010, 1)],
    ['a format of its own', styled(33010, 2)],
    ['a time of day', styled('33010.99999', 1)],
    ['ISO 8601', { attributes: 't="d"', xml: '<v>1990-05-17T00:00:00</v>' }],
    ['text', '17/05/1990'],
    ['no format, but the NIK says the same', 33010],
  ])('stored with %s is that day', async (_, cell) => {
    expect(await readSiti({ tanggal_lahir: cell }, { styles: STYLES })).toEqual(SITI.row)
  })

  test.each([
    [1, '1900-01-01'],
    [59, '1900-02-28'],
    [61, '1900-03-01'],
    [44620, '2022-02-28'],
    [44621, '2022-03-01'],
  ])('%i is %s', async (number, birthDate) => {
    expect(await readSiti({ tanggal_lahir: styled(number, 1) }, { styles: STYLES })).toEqual({
      ...SITI.row,
      birthDate,
    })
  })

  test.each(['1', 'true'])('is counted from 1904 in a workbook that says so', async (date1904) => {
    const options = { styles: STYLES, bookAttributes: `date1904="${date1904}"` }
    expect(await readSiti({ tanggal_lahir: styled(31548, 1) }, options)).toEqual(SITI.row)
  })

  test.each([
    ['60, the 29 February that 1900 did not have', styled(60, 1)],
    ['0, a time of day', styled('0.5', 1)],
    ['beyond the year 9999', styled(2958466, 1)],
    ['negative', styled(-1, 1)],
    ['shown as a number', styled(33011, 0)],
    ['shown as a number after a word', styled(33011, 3)],
    ['shown as a red number', styled(33011, 4)],
    ['shown as any number', styled(33011, 5)],
    ['of an unknown style', styled(33011, 99)],
    ['without a style', 33011],
  ])('is none that is %s', async (_, cell) => {
    expect(await readSiti({ tanggal_lahir: cell }, { styles: STYLES })).toMatchObject({
      birthDate: null,
      problems: [{ code: 'UNREADABLE', field: 'birth_date' }],
    })
  })
})

describe('other cells', () => {
  test('a formula is what it gave when the file was saved', async () => {
    const decile = { xml: '<f>1+1</f><v>2</v>' }
    const sex = { attributes: 't="str"', xml: '<f>LEFT("PEREMPUAN";1)</f><v>P</v>' }
    expect(await readSiti({ desil: decile, jenis_kelamin: sex })).toEqual(SITI.row)
  })

  test.each([
    ['an error', 'e', '#N/A'],
    ['a truth', 'b', '1'],
  ])('%s says nothing known', async (_, type, stored) => {
    const cell = { attributes: `t="${type}"`, xml: `<v>${stored}</v>` }
    expect(await readSiti({ jenis_kelamin: cell })).toMatchObject({ sex: null, problems: [{ field: 'sex' }] })
  })

  test('cells may be left out, be empty, and have no address', async () => {
    const data = [HEADER, aLine({ no_kk: '' })].map((cells) => {
      const each = cells.map((text) => (text === '' ? '<c s="1"/>' : `<c t="str"><v>${text}</v></c>`))
      return `<row>${each.join('')}</row>`
    })
    const parts = { 'xl/worksheets/sheet1.xml': sheet(data.join('')) }
    expect(await read([], { parts })).toEqual([{ ...SITI.row, familyCard: null }])
    expect(await read([HEADER, [...SITI.cells.slice(0, 6), null, '2']])).toEqual([
      { ...SITI.row, familyCard: null },
    ])
  })

  test('a note right of the table is no part of it', async () => {
    expect(await read([HEADER, [...SITI.cells, null, 'periksa lagi']])).toEqual([SITI.row])
  })

  test('titles may stand above the header', async () => {
    expect(await read([['DAFTAR PENERIMA'], [null, 'Kecamatan', 'Tigaraksa'], HEADER, SITI.cells])).toEqual([
      SITI.row,
    ])
  })

  test('empty rows before the header and between people are none', async () => {
    const rows = await read([[], [' ', null], HEADER, SITI.cells, ['', ''], SITI.cells, []])
    expect(rows).toEqual([SITI.row, { ...SITI.row, row: 2 }])
  })
})

describe('a workbook', () => {
  test('is read from its first tab with cells, wherever the parts are', async () => {
    const parts = {
      'xl/workbook.xml': `<workbook xmlns:rel="r"><sheets><sheet name="Grafik" rel:id="c"/><sheet name="Daftar" rel:id="b"/><sheet name="Lain" rel:id="a"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': relations([
        ['a', 'worksheet', 'worksheets/sheet1.xml'],
        ['b', 'worksheet', '../data/Daftar.XML'],
        ['c', 'chartsheet', 'chartsheets/sheet1.xml'],
      ]),
      'data/daftar.xml': inlineSheet([HEADER, SITI.cells]),
      'xl/styles.xml': null,
      'xl/sharedStrings.xml': null,
    }
    expect(await read([['another sheet']], { parts })).toEqual([SITI.row])
  })

  test('is read from its first tab that people see', async () => {
    const parts = {
      'xl/workbook.xml': `<workbook xmlns:r="r"><sheets><sheet name="Kode" state="hidden" r:id="a"/><sheet name="Sandi" state="veryHidden" r:id="a"/><sheet name="Daftar" state="visible" r:id="b"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': relations([
        ['a', 'worksheet', 'worksheets/sheet1.xml'],
        ['b', 'worksheet', 'worksheets/sheet2.xml'],
      ]),
      'xl/worksheets/sheet2.xml': inlineSheet([HEADER, SITI.cells]),
    }
    expect(await read([['another sheet']], { parts })).toEqual([SITI.row])
  })

  test('may write its elements with a prefix, as of the strict edition', async () => {
    const cells = (values: readonly string[]) =>
      values.map((text) => `<x:c t="inlineStr"><x:is><x:t>${text}</x:t></x:is></x:c>`).join('')
    const data = `<x:row>${cells(HEADER)}</x:row><x:row>${cells(SITI.cells)}</x:row>`
    const part = `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>${data}</x:sheetData></x:worksheet>`
    expect(await read([], { parts: { 'xl/worksheets/sheet1.xml': part } })).toEqual([SITI.row])
  })

  test('may be stored without compression', async () => {
    expect(await read([HEADER, SITI.cells], { zip: { level: 0 } })).toEqual([SITI.row])
  })

  test.each([
    ['spaces', ' '.repeat(100), [SITI.row]],
    ['notes', 'periksa', [SITI.row, { row: 2 }]],
  ])('may have %s far right of the table, and below it, at no cost', async (_, text, people) => {
    const far = `<c r="XFD9" t="str"><v>${text}</v></c>`
    const table = inlineSheet([HEADER, SITI.cells]).replaceAll('</row>', `${far}</row>`)
    const data = table.replace('</sheetData>', `${`<row>${far}</row>`.repeat(20_000)}</sheetData>`)
    const start = performance.now()
    const rows = await rowsOf(aWorkbook([], { parts: { 'xl/worksheets/sheet1.xml': data } }), {
      format,
      limits: { rows: 20_001 },
    })
    expect(rows.slice(0, 2)).toMatchObject(people)
    expect(performance.now() - start).toBeLessThan(3000)
  })

  test('has the row limit of any file', async () => {
    expect(await refusal({}, { rows: 0 })).toEqual(refusedFile('The file has more than 0 rows.'))
  })

  test('without anything in its sheet is empty', async () => {
    expect(await refusalOf(aWorkbook([]), { format })).toEqual(refusedFile('The file is empty.'))
  })
})

describe('what is no workbook is refused:', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from(SITI.cells.join(','))],
    ['half a workbook', aWorkbook([HEADER, SITI.cells]).subarray(0, 900)],
  ])('%s', async (_, file) => {
    expect(await refusalOf(file, { format })).toEqual(unreadable)
  })

  test('one that is protected by a password', async () => {
    const file = Buffer.from('D0CF11E0A1B11AE1000000000000', 'hex')
    expect(await refusalOf(file, { format })).toEqual(refusedFile(/^The workbook is protected by a password/))
  })

  test.each<[string, Record<string, string | null>]>([
    ['an archive of something else', { '_rels/.rels': null }],
    ['a document', { '_rels/.rels': relations([['rId1', 'thumbnail', 'image.png']]) }],
    ['one without a sheet', { 'xl/worksheets/sheet1.xml': null }],
    ['one without tabs', { 'xl/workbook.xml': '<workbook/>' }],
    ['one that names texts it does not have', { 'xl/sharedStrings.xml': '<sst/>' }],
    ['one whose sheet is no XML', { 'xl/worksheets/sheet1.xml': sheet('<row><c></row>') }],
    ['one whose sheet is cut off', { 'xl/worksheets/sheet1.xml': sheet('').slice(0, -5) }],
  ])('%s', async (_, parts) => {
    expect(await refusal({ parts })).toEqual(unreadable)
  })

  test('whichever bytes of one are damaged, it is read or refused', async () => {
    const file = aWorkbook([HEADER, SITI.cells, SITI.cells], { styles: STYLES })
    const damage = fc.array(fc.tuple(fc.nat({ max: file.length - 1 }), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(damage, fc.nat({ max: file.length }), async (flips, length) => {
        const damaged = Uint8Array.from(file)
        for (const [at, bits] of flips) damaged[at]! ^= bits
        for (const bytes of [damaged, file.subarray(0, length)]) {
          await rowsOf(bytes, { format }).catch(() => refusalOf(bytes, { format }))
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('a workbook that would take the memory is refused:', () => {
  const tooLarge = refusedFile('The workbook unpacks to more than 1,000,000 bytes.')
  const limits = { bytes: 100_000 }
  const inSheet = (data: string) => refusal({ parts: { 'xl/worksheets/sheet1.xml': sheet(data) } }, limits)

  test('one that unpacks to more than ten times the limit', async () => {
    expect(await inSheet('<row/>'.repeat(200_000))).toEqual(tooLarge)
    expect(await refusal({ styles: '<xf/>'.repeat(400_000) }, limits)).toEqual(tooLarge)
  })

  test('one whose texts do', async () => {
    const parts = { 'xl/sharedStrings.xml': `<sst>${'<si><t>0123456789</t></si>'.repeat(8000)}</sst>` }
    expect(await refusal({ parts }, limits)).toEqual(
      refusedFile('The texts of the workbook take more than 100,000 bytes.'),
    )
  })

  test('one whose cell is longer than cells are, in however many runs', async () => {
    const tooLong = refusedFile('A cell of the workbook has more than 32,767 characters.')
    const runs = (count: number) => `<r><t>${'a'.repeat(100)}</t></r>`.repeat(count)
    const parts = { 'xl/sharedStrings.xml': `<sst><si>${runs(328)}</si></sst>` }
    expect(await refusal({ parts })).toEqual(tooLong)
    expect(await inSheet(`<row><c t="inlineStr"><is>${runs(328)}</is></c></row>`)).toEqual(tooLong)
    expect(await inSheet(`<row><c>${`<v>${'1'.repeat(100)}</v>`.repeat(328)}</c></row>`)).toEqual(tooLong)
    const note = { attributes: 't="inlineStr"', xml: `<is>${runs(327)}</is>` }
    expect(await read([HEADER, [...SITI.cells, note]])).toEqual([SITI.row])
  })

  test('one whose rows name a long text over and over', async () => {
    const parts = {
      'xl/sharedStrings.xml': `<sst><si><t>${'a'.repeat(30_000)}</t></si></sst>`,
      'xl/worksheets/sheet1.xml': sheet(`<row>${'<c t="s"><v>0</v></c>'.repeat(4)}</row>`),
    }
    expect(await refusal({ parts })).toEqual(
      refusedFile('A row of the workbook has more than 100,000 characters.'),
    )
  })

  test.each([
    ['styles', `<cellXfs>${'<xf numFmtId="14"/>'.repeat(65_491)}</cellXfs>`],
    ['formats', Array.from({ length: 65_491 }, (_, n) => `<numFmt numFmtId="${n}"/>`).join('')],
    ['letters in a format', `<numFmt numFmtId="164" formatCode="${'['.repeat(256)}"/>`],
  ])('one with more %s than workbooks have', async (_, styles) => {
    expect(await refusal({ styles }, { bytes: 10_000_000 })).toEqual(unreadable)
  })

  test.each([
    ['a text', `<row><c t="inlineStr"><is><t>${'a'.repeat(1_100_000)}</t></is></c></row>`],
    ['a comment', `<!--${'<'.repeat(1_100_000)}-->`],
    ['a tag', `<row a="${'a'.repeat(1_100_000)}"/>`],
  ])('one with %s of a million letters', async (_, data) => {
    const parts = { 'xl/worksheets/sheet1.xml': sheet(data) }
    expect(await refusal({ parts })).toEqual(unreadable)
  })

  test('one with elements in each other without end', async () => {
    expect(await inSheet('<a>'.repeat(1000) + '</a>'.repeat(1000))).toEqual(unreadable)
  })

  test('one with more columns than sheets have', async () => {
    expect(await inSheet('<row><c r="XFE1"><v>1</v></c></row>')).toEqual(unreadable)
    expect(await inSheet(`<row>${'<c/>'.repeat(16_385)}</row>`)).toEqual(unreadable)
  })

  test('one with more rows than sheets have, even if nothing is written in them', async () => {
    expect(
      await refusal({ parts: { 'xl/worksheets/sheet1.xml': sheet('<row/>'.repeat(1_048_577)) } }),
    ).toEqual(unreadable)
  })

  test('one with entities that name each other', async () => {
    const bomb = `<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>`
    expect(await refusal({ parts: { 'xl/sharedStrings.xml': bomb } })).toEqual(unreadable)
  })

  test.each([1001, 20_000])('one of %i sheets', async (count) => {
    const parts = {
      'xl/workbook.xml': `<workbook xmlns:r="r"><sheets>${'<sheet r:id="x"/>'.repeat(count)}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': relations(
        Array.from({ length: count }, (_, n) => [`r${n}`, 'worksheet', 'worksheets/sheet1.xml']),
      ),
    }
    expect(await refusal({ parts }, { bytes: 10_000_000 })).toEqual(
      refusedFile('The workbook has more than 1,000 sheets.'),
    )
  })

  test('one of very many parts', async () => {
    const parts = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`p${n}`, '']))
    expect(await refusal({ parts, zip: { level: 0 } }, { bytes: 10_000_000 })).toEqual(unreadable)
  })
})

test('a roster is the same in a workbook as in a CSV', async () => {
  await fc.assert(
    fc.asyncProperty(
      linesAndRows,
      fc.constantFrom<'shared' | 'inline'>('shared', 'inline'),
      fc.integer({ min: 1, max: 500 }),
      async ({ lines, rows }, texts, piece) => {
        expect(await rowsOf(aWorkbook(lines, { texts }), { format, pieces: [piece] })).toEqual(rows)
      },
    ),
  )
})
