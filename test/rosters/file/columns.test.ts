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
    refusedFile(
      'The file has too few columns; missing: nik or nomor_induk_kependudukan; tanggal_lahir or birth_date.',
    ),
  )
})

test('a file that begins with its first person has no header line, and is refused without naming the person', async () => {
  const refusal = await refusalOf(aCsv([SITI.cells, SITI.cells]))
  expect(refusal).toEqual(
    refusedFile(/^The file has no header line; missing: nik or nomor_induk_kependudukan; nama or name; /),
  )
  expect(SITI.cells.filter((cell) => cell.length > 1 && refusal.message.includes(cell))).toEqual([])
})

test.each(['nama', 'NAMA.', 'Name'])(
  'two columns of one usual title are refused: nama and %s',
  async (title) => {
    expect(await refusalOf(`${HEADER.join(',')},${title}\n`)).toEqual(
      refusedFile('Two columns of the file are nama or name.'),
    )
  },
)

test.each(['pekerjaan', 'Nama Lengkap', 'Nama (Ibu)', 'NIK (suami)', 'kode wilayah'])(
  'beside the usual titles, %s is a column of something else',
  async (title) => {
    const header = [title, ...HEADER]
    expect(await rowsOf(aCsv([header, ['lain', ...SITI.cells]]))).toEqual([SITI.row])
  },
)

test.each([
  ['nik', ['No KTP', 'Nomor Induk Kependudukan', 'NIK (16 digit)', 'No. NIK', 'NIK\u00a0']],
  ['nama', ['Nama Peserta', 'Nama Lengkap', 'NAMA LENGKAP (sesuai KTP)']],
  ['tanggal_lahir', ['Tgl Lahir', 'Tgl. Lahir', 'Tanggal Lahir (DD/MM/YYYY)']],
  ['jenis_kelamin', ['L/P', 'Kelamin', 'Jenis Kelamin (L/P)', 'Jns Kelamin', 'JK (L/P)']],
  ['kategori', ['Jenis Pekerjaan', 'Pekerjaan']],
  ['kode_desa', ['Kode Kelurahan', 'Kode Desa/Kelurahan', 'Kode Wilayah', 'Kode Kel./Desa']],
  ['no_kk', ['Nomor KK', 'No. Kartu Keluarga']],
])('%s is also called %j', async (usual, titles) => {
  for (const title of titles) {
    const header = HEADER.map((each) => (each === usual ? title : each))
    expect(await rowsOf(aCsv([header, SITI.cells]))).toEqual([SITI.row])
  }
})

test.each([
  ['a hint for Excel', 'sep=;\r\n'],
  ['titles', 'DAFTAR PENERIMA, KECAMATAN TIGARAKSA, TAHUN 2023\nNama desa: Cisereh\n\n'],
  ['titles as wide as the table', 'DAFTAR PENERIMA;;;;;;;\n;;;;;;;\nKecamatan;Tigaraksa;;;;;;\n'],
  ['nineteen lines', 'DAFTAR\n'.repeat(19)],
])('%s may stand above the header, and rows are counted from it on', async (_, above) => {
  const table = aCsv([HEADER, SITI.cells, SITI.cells], { delimiter: ';' })
  expect(await rowsOf(above + table)).toEqual([SITI.row, { ...SITI.row, row: 2 }])
})

test('a header below twenty lines is not found', async () => {
  expect(await refusalOf('DAFTAR\n'.repeat(20) + aCsv([HEADER, SITI.cells]))).toMatchObject({
    ...refusedFile(/^The file has no header line/),
    remedy: 'Name the columns in one of the first 20 lines of the file.',
  })
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
