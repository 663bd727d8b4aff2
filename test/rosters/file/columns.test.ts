import { expect, test } from 'vitest'
import { aCsv, HEADER, refusalOf, refusedFile, rowsOf, SITI } from './reading.ts'

test.each([
  ['nik,name,birth_date,sex,category,village_code,family_card,decile'],
  ['NIK,Nama Lengkap,Tgl. Lahir,JK,Pekerjaan,KODE DESA,No. KK,Desil'],
  ['Nik,full_name,TANGGAL LAHIR,Gender,Category,kode-desa,No KK *,DECILE'],
])('the columns of %s are found by their titles', async (header) => {
  expect(await rowsOf(`${header}\n${SITI.cells.join(',')}`)).toEqual([SITI.row])
})

test('columns stand in any order, and unknown ones mean nothing', async () => {
  const header = [...HEADER, 'rt_rw'].reverse()
  const line = [...SITI.cells, '001/002'].reverse()
  expect(await rowsOf(aCsv([header, line]))).toEqual([SITI.row])
})

test('the family card and the decile may have no column', async () => {
  const lines = [HEADER.slice(0, 6), SITI.cells.slice(0, 6)]
  expect(await rowsOf(aCsv(lines))).toEqual([{ ...SITI.row, familyCard: null, decile: null }])
})

test('a file that misses columns is told all of them, and how they may be titled', async () => {
  const header = HEADER.filter((title) => title !== 'nik' && title !== 'tanggal_lahir')
  expect(await refusalOf(header.join(','))).toEqual(
    refusedFile('The file has too few columns; missing: nik; tanggal_lahir or birth_date or tgl_lahir.'),
  )
})

test('a file that begins with its first person has no header line, and is refused without naming the person', async () => {
  const refusal = await refusalOf(aCsv([SITI.cells, SITI.cells]))
  expect(refusal).toEqual(refusedFile(/^The file has no header line; missing: nik; nama or name or /))
  expect(SITI.cells.filter((cell) => cell.length > 1 && refusal.message.includes(cell))).toEqual([])
})

test('two columns that say the same are refused', async () => {
  expect(await refusalOf(`${HEADER.join(',')},pekerjaan\n`)).toEqual(
    refusedFile('Two columns of the file are kategori or category or pekerjaan.'),
  )
})

test.each([
  ['nothing', ''],
  ['a byte order mark', '\uFEFF'],
  ['empty lines', '\r\n\r\n'],
  ['lines of empty cells', ';;;\n ; ;;\n'],
])('a file of %s is refused as empty', async (_, file) => {
  expect(await refusalOf(file)).toEqual(refusedFile('The file is empty.'))
})

test('a file that is only a header has no rows', async () => {
  expect(await rowsOf(HEADER.join(';'))).toEqual([])
})
