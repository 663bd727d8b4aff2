import { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FileRow } from '../../../src/rosters/file/file-row.ts'
import { readRosterFile } from '../../../src/rosters/file/read-roster-file.ts'
import { linesAndRows } from './arbitraries.ts'
import { aCsv, aLine, HEADER, refusalOf, refusedFile, rowsOf, SITI, today } from './reading.ts'

describe('the form of a CSV', () => {
  test.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
  ])('cells may be divided by %s', async (_, delimiter) => {
    expect(await rowsOf(aCsv([HEADER, SITI.cells], { delimiter }))).toEqual([SITI.row])
  })

  test('what divides cells is told by the header alone, outside its quotes', async () => {
    const header = [...HEADER, '"RT, RW, dusun, nomor, blok, gang, jalan, kota, provinsi, negara"']
    expect(await rowsOf(aCsv([header, [...SITI.cells, ',,,,,,,,,,']], { delimiter: ';' }))).toEqual([
      SITI.row,
    ])
  })

  test('a header may have line breaks within quotes, and empty lines before it', async () => {
    const header = ['nik', '"nama\nlengkap"', '"tanggal\r\nlahir"', ...HEADER.slice(3)]
    expect(await rowsOf(`\r\n\n${aCsv([header, SITI.cells])}`)).toEqual([SITI.row])
  })

  test('lines may end in CRLF, LF, CR, or a mixture', async () => {
    const lines = [HEADER, SITI.cells, SITI.cells, SITI.cells].map((cells) => cells.join(','))
    const [header, ...people] = lines
    const rows = await rowsOf(`${header}\r\n${people[0]}\n${people[1]}\r${people[2]}`)
    expect(rows).toEqual([1, 2, 3].map((row) => ({ ...SITI.row, row })))
  })

  test('a byte order mark is none of the first title', async () => {
    expect(await rowsOf(`\uFEFF${aCsv([HEADER, SITI.cells])}`)).toEqual([SITI.row])
  })

  test.each([
    ['"H. Umar, ""Pak RT"", S.E."', 'H. Umar, "Pak RT", S.E.'],
    ['"H. Umar\r\n""Pak RT""\nS.E.\n"', 'H. Umar "Pak RT" S.E.'],
    ['"Umar\n\n"', 'Umar'],
  ])('a cell in quotes holds quotes, and delimiters or line breaks: %j', async (written, fullName) => {
    const rows = await rowsOf(aCsv([HEADER, aLine({ nama: written, no_kk: '"\n"' }), SITI.cells]))
    expect(rows).toEqual([
      { ...SITI.row, fullName, familyCard: null },
      { ...SITI.row, row: 2 },
    ])
  })

  test('spaces before a quote are none of the cell', async () => {
    const line = aLine({ nama: ' "Umar, S.E."' })
    expect(await rowsOf(aCsv([HEADER, line]))).toEqual([{ ...SITI.row, fullName: 'Umar, S.E.' }])
  })

  test.each([
    ['inside a cell without quotes', 'Umar "Pak RT"', 'Umar "Pak RT"'],
    ['closed before the cell ends', '"Umar" S.E.', '"Umar" S.E.'],
    ['closed before a space', '"Umar" ', '"Umar"'],
  ])('a quote %s is a letter of it', async (_, written, fullName) => {
    expect(await rowsOf(aCsv([HEADER, aLine({ nama: written })]))).toEqual([{ ...SITI.row, fullName }])
  })

  test('empty lines, and lines of empty cells, are no rows and have no number', async () => {
    const person = SITI.cells.join(',')
    const rows = await rowsOf(`${HEADER.join(',')}\n\n${person}\n,,,,,,,\n  \n${person}\n\n`)
    expect(rows).toEqual([SITI.row, { ...SITI.row, row: 2 }])
  })
})

describe('a line with another number of cells than the header', () => {
  const read = async (line: readonly string[]) => {
    const rows = await rowsOf(aCsv([HEADER, line, SITI.cells]))
    expect(rows[1], 'the rows after it').toEqual({ ...SITI.row, row: 2 })
    return rows[0]!
  }

  test('may leave out the empty ones at its end', async () => {
    expect(await read(SITI.cells.slice(0, 6))).toEqual({ ...SITI.row, familyCard: null, decile: null })
  })

  test('may have more empty ones at its end', async () => {
    expect(await read([...SITI.cells, '', ' '])).toEqual(SITI.row)
  })

  test('misses what it leaves out', async () => {
    const { problems } = await read(SITI.cells.slice(0, 4))
    expect(problems.map(({ code, field }) => `${code} ${field}`)).toEqual([
      'MISSING category',
      'MISSING village_code',
    ])
  })

  test('is believed in nothing when it has more, because a name with a comma moves the rest', async () => {
    expect(await read(aLine({ nama: 'Umar, S.E.' }))).toEqual({
      row: 1,
      nik: SITI.row.nik,
      fullName: null,
      birthDate: null,
      sex: null,
      category: null,
      village: null,
      familyCard: null,
      decile: null,
      problems: [
        {
          code: 'UNREADABLE',
          field: 'name',
          message: 'The line has more cells than the header; a cell that holds the delimiter needs quotes.',
        },
      ],
    })
  })
})

describe('a file that is not as it says', () => {
  const inLatin1 = Buffer.from(aCsv([HEADER, aLine({ nama: 'André' })]), 'latin1')
  test.each([
    ['Latin-1', inLatin1],
    ['UTF-16', Buffer.from(`\uFEFF${aCsv([HEADER, SITI.cells])}`, 'utf16le')],
    [
      'UTF-8 that ends within a character',
      Buffer.from(aCsv([HEADER, aLine({ desil: 'é' })])).subarray(0, -1),
    ],
  ])('is refused in %s', async (_, bytes) => {
    expect(await refusalOf(bytes)).toEqual({
      ...refusedFile('The file is not in UTF-8.'),
      remedy: 'Save it as "CSV UTF-8" in the spreadsheet.',
    })
  })

  test.each([9_000_000, 150_000])('is refused when it is one line of %i letters', async (letters) => {
    const limits = { bytes: 10_000_000 }
    const refusal = refusedFile('Line 1 of the file has more than 100,000 characters.')
    expect(await refusalOf('a'.repeat(letters), { limits })).toEqual(refusal)
    expect(await refusalOf(`${'a'.repeat(letters)}\n`, { limits, pieces: [1_000_000] })).toEqual(refusal)
  })
})

describe('a quote that nobody closed takes no other person along:', () => {
  const UMAR = { nik: '3603011705909002', nama: 'Umar' }

  test.each([
    ['one', '"Siti', 'Umar'],
    ['two in a row', '"Siti', '"Umar'],
    ['one before a name in quotes', '"Siti', '"Umar"'],
    ['one that is closed in the next line', '"Siti', 'Umar"'],
    ['one at the end of a name', 'Siti"', '"Umar'],
  ])('%s', async (_, first, second) => {
    const lines = [SITI.cells, aLine({ nama: first }), aLine({ ...UMAR, nama: second }), SITI.cells]
    expect(await rowsOf(aCsv([HEADER, ...lines]))).toEqual([
      SITI.row,
      { ...SITI.row, row: 2, fullName: first },
      { ...SITI.row, row: 3, nik: UMAR.nik, fullName: second === '"Umar"' ? 'Umar' : second },
      { ...SITI.row, row: 4 },
    ])
  })

  test('one in the last cell of a line', async () => {
    const header = [...HEADER, 'catatan']
    for (const next of [SITI.cells, ['"3603015705909001"', ...SITI.cells.slice(1)]]) {
      const rows = await rowsOf(aCsv([header, [...SITI.cells, '"pindah'], [...next, '"'], SITI.cells, ['']]))
      expect(rows).toEqual([1, 2, 3].map((row) => ({ ...SITI.row, row })))
    }
  })

  test('one in the header, or in the title above it', async () => {
    const header = HEADER.map((title) => (title === 'desil' ? '"desil' : title))
    expect(await rowsOf(aCsv([['"DAFTAR PESERTA'], header, SITI.cells]))).toEqual([SITI.row])
  })

  test('a cell that holds the delimiter and a line break is two lines, of which neither says what it should', async () => {
    const broken = aLine({ nama: '"Umar, S.E.,\nHaji"' })
    const rows = await rowsOf(aCsv([HEADER, broken, SITI.cells]))
    expect(rows.map(({ problems }) => problems.length > 0)).toEqual([true, true, false])
    expect(rows[2]).toEqual({ ...SITI.row, row: 3 })
  })

  test('lines that would go on for ever are lines again', async () => {
    const lines = aCsv([HEADER, aLine({ desil: '"' }), ...Array(60_000).fill(['a']), SITI.cells])
    const rows = await rowsOf(lines, { limits: { rows: 70_000 } })
    expect(rows).toHaveLength(60_002)
    expect(rows.at(-1)).toEqual({ ...SITI.row, row: 60_002 })
  })

  test('however quotes, delimiters and line breaks are strewn, every line of a person is a row', async () => {
    const strewn = fc.array(fc.constantFrom('"', '""', ',', 'a', ' '), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(strewn, { minLength: 1, maxLength: 8 }), async (names) => {
        const lines = names.map((name, n) =>
          aLine({ nik: String(3603015705909001n + BigInt(n)), nama: name.join('') }),
        )
        const rows = await rowsOf(aCsv([HEADER, ...lines]))
        expect(rows.map(({ nik }) => nik)).toEqual(lines.map(([nik]) => nik))
        for (const { fullName } of rows) expect(fullName ?? '').not.toMatch(/\d/)
      }),
    )
  })
})

describe('the limits', () => {
  /** A body that never ends, and how much of it was asked for. */
  function anEndlessFile() {
    const asked = { bytes: 0 }
    const line = Buffer.from(`${SITI.cells.join(',')}\n`)
    async function* body() {
      yield Buffer.from(`${HEADER.join(',')}\n`)
      for (;;) {
        asked.bytes += line.length
        yield line
      }
    }
    return { asked, line, body }
  }

  const drain = async (
    body: Readable | AsyncIterable<Uint8Array>,
    limits: { rows: number; bytes: number },
  ) => {
    const rows: FileRow[] = []
    for await (const batch of readRosterFile(body, { format: 'csv', limits, today })) rows.push(...batch)
    return rows
  }

  test('a file of as many rows and bytes as are allowed is read', async () => {
    const file = aCsv([HEADER, SITI.cells, SITI.cells])
    expect(await rowsOf(file, { limits: { rows: 2, bytes: file.length } })).toHaveLength(2)
  })

  test('the first row beyond is refused as soon as it is met', async () => {
    const { asked, line, body } = anEndlessFile()
    await expect(drain(body(), { rows: 20_000, bytes: 1e9 })).rejects.toMatchObject(
      refusedFile('The file has more than 20,000 rows.'),
    )
    // One batch more, and what is on its way in buffers.
    expect(asked.bytes).toBeLessThan(22_000 * line.length)
  })

  test('the first byte beyond is refused as soon as it is met', async () => {
    const { asked, body } = anEndlessFile()
    await expect(drain(body(), { rows: 1e9, bytes: 1_000_000 })).rejects.toMatchObject(
      refusedFile('The file is larger than 1,000,000 bytes.'),
    )
    expect(asked.bytes).toBeLessThan(1_001_000)
  })

  test.each([
    ['rows', { rows: 10, bytes: 1e9 }],
    ['bytes', { rows: 1e9, bytes: 100_000 }],
  ])('a stream of too many %s stays open: a server has yet to answer on it', async (_, limits) => {
    const stream = Readable.from(anEndlessFile().body())
    await expect(drain(stream, limits)).rejects.toMatchObject(refusedFile(/more than 10 rows|larger than/))
    // Streams are destroyed a little later than what reads them.
    await setTimeout(10)
    expect(stream.destroyed).toBe(false)
    stream.destroy()
  })

  test('a stream that breaks off breaks the reading off', async () => {
    const lost = new Error('connection lost')
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from(aCsv([HEADER, SITI.cells]))
        throw lost
      })(),
    )
    await expect(drain(stream, { rows: 10, bytes: 1e9 })).rejects.toBe(lost)
  })

  test('who stops early gets no more, and everything ends', async () => {
    const { asked, body } = anEndlessFile()
    for await (const batch of readRosterFile(body(), {
      format: 'csv',
      limits: { rows: 1e9, bytes: 1e9 },
      today,
    })) {
      expect(batch[0]).toEqual(SITI.row)
      break
    }
    const before = asked.bytes
    await setTimeout(10)
    expect(asked.bytes).toBe(before)
  })
})

test('rows are the same whatever divides them, quotes them, ends them and cuts the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      linesAndRows,
      fc.record({
        delimiter: fc.constantFrom(',', ';', '\t'),
        newline: fc.constantFrom('\n', '\r\n'),
        bom: fc.boolean(),
        endsInNewline: fc.boolean(),
        quoteAll: fc.boolean(),
        pieces: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      }),
      async ({ lines, rows }, { delimiter, newline, bom, endsInNewline, quoteAll, pieces }) => {
        const quoted = (cell: string) =>
          quoteAll || /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
        const text = aCsv(
          lines.map((cells) => cells.map(quoted)),
          { delimiter, newline },
        )
        const file = `${bom ? '\uFEFF' : ''}${text}${endsInNewline ? newline : ''}`
        expect(await rowsOf(file, { pieces })).toEqual(rows)
      },
    ),
  )
})

test('no bytes whatever make reading fail otherwise than by a refusal', async () => {
  const noise = fc.array(fc.oneof(fc.constantFrom('"', ',', ';', '\n', '\r', '\0', '36', 'é'), fc.string()))
  await fc.assert(
    fc.asyncProperty(noise, fc.boolean(), async (parts, hasHeader) => {
      const file = Buffer.from(`${hasHeader ? `${HEADER.join(';')}\n` : ''}${parts.join('')}`)
      const rows = await rowsOf(file, { pieces: [7] }).catch(() => refusalOf(file, { pieces: [7] }))
      expect(JSON.stringify(rows)).not.toMatch(/\\u00[01]/)
    }),
  )
})
