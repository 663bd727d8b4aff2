import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composeNik } from '../../../src/kernel/nik.ts'
import { WorkerCategory } from '../../../src/programs/worker-category.ts'
import { categoryNames } from '../../../src/rosters/file/category-names.ts'
import { plainWord } from '../../../src/rosters/file/plain-word.ts'
import { birthDates } from '../../kernel/arbitraries.ts'
import { aCsv, aLine, HEADER, readSiti, rowsOf, SITI, today } from './reading.ts'

const unreadable = (field: string) => [
  { code: 'UNREADABLE', field, message: expect.stringMatching(/^The .* cannot be read\. It /) },
]

describe('a birth date', () => {
  const unread = { ...SITI.row, birthDate: null, problems: unreadable('birth_date') }

  test.each([
    ...['1990-05-17', '1990/05/17', '1990.05.17', '1990-5-17'],
    ...['17/05/1990', '17-05-1990', '17.05.1990', ' 17/5/1990 '],
    ...['17 Mei 1990', '17-Mei-1990', '17 MAY 1990', '17May1990', '17. Mei, 1990'],
    ...['1990-05-17 00:00:00', '1990-05-17T00:00:00.000Z', '17/05/1990 00.00', '33010', '33010.5'],
  ])('may be written %j', async (written) => {
    expect(await readSiti({ tanggal_lahir: written })).toEqual(SITI.row)
  })

  test.each([
    ['jan januari january', '01'],
    ['feb peb februari pebruari february', '02'],
    ['mar maret march', '03'],
    ['apr april', '04'],
    ['mei may', '05'],
    ['jun juni june', '06'],
    ['jul juli july', '07'],
    ['agt agu ags aug agustus august', '08'],
    ['sep sept september', '09'],
    ['okt oct oktober october', '10'],
    ['nov nop november nopember', '11'],
    ['des dec desember december', '12'],
  ])('has its month in words: %s', async (words, month) => {
    for (const word of words.split(' ')) {
      const { birthDate } = await readSiti({
        tanggal_lahir: `5-${word[0]!.toUpperCase()}${word.slice(1)}-1985`,
      })
      expect(birthDate, word).toBe(`1985-${month}-05`)
    }
  })

  test.each([
    ['1990-02-29', 'does not exist'],
    ['31/04/1990', 'does not exist'],
    ['17/05/90', 'has two digits of its year'],
    ['17-Mei-90', 'has two digits of its year'],
    ['17/05-1990', 'is written in no known way'],
    ['17 Foo 1990', 'has a month that is none'],
    ['1899-12-31', 'is too long ago'],
    ['2026-11-23', 'is tomorrow'],
    ['33011', 'is a number of another day than that of the NIK'],
    ['3301', 'is a number'],
  ])('%s cannot be read: it %s', async (written) => {
    expect(await readSiti({ tanggal_lahir: written })).toEqual(unread)
  })

  describe('with digits that mean another day in America', () => {
    const born = (birthDate: string) =>
      composeNik({ district: '36.03.01', birthDate, sex: 'FEMALE', serial: 9001 })
    const monthFirst = [
      { code: 'UNREADABLE', field: 'birth_date', message: expect.stringMatching(/month before the day/) },
    ]
    const readBorn = (nikDate: string, written: string) =>
      readSiti({ nik: born(nikDate), tanggal_lahir: written })

    test('is read with the day first, also if the NIK has yet another day', async () => {
      expect(await readBorn('1990-05-04', '04/05/1990')).toMatchObject({
        birthDate: '1990-05-04',
        problems: [],
      })
      expect(await readBorn('1990-05-06', '04/05/1990')).toMatchObject({
        birthDate: '1990-05-04',
        problems: [],
      })
      expect(await readBorn('1990-04-04', '04/04/1990')).toMatchObject({
        birthDate: '1990-04-04',
        problems: [],
      })
      expect(await readSiti({ nik: '', tanggal_lahir: '04/05/1990' })).toMatchObject({
        birthDate: '1990-05-04',
      })
    })

    test.each([
      ['04/05/1990', '1990-04-05', 'the NIK has the American one'],
      ['04-05-1990 00:00', '1990-04-05', 'the NIK has the American one'],
      ['05/17/1990', '1990-05-17', 'there is no month 17'],
      ['05/17/1990', '1990-05-18', 'there is no month 17'],
    ])('is not read as %s of a NIK of %s: %s', async (written, nikDate) => {
      expect(await readBorn(nikDate, written)).toMatchObject({ birthDate: null, problems: monthFirst })
    })

    test('is read once it is written with the year first or the month in words, whatever the NIK says', async () => {
      for (const written of ['1990-05-04', '1990/5/4', '4 Mei 1990'])
        expect(await readBorn('1990-04-05', written)).toMatchObject({ birthDate: '1990-05-04', problems: [] })
    })

    test('is not half misread in an American file: each row is right or answered', async () => {
      const days = fc.array(birthDates, { minLength: 1, maxLength: 20 })
      await fc.assert(
        fc.asyncProperty(days, async (people) => {
          const lines = people.map((day) => {
            const [year, month, date] = day.split('-')
            return aLine({ nik: born(day), tanggal_lahir: `${month}/${date}/${year}` })
          })
          for (const [n, { birthDate, problems }] of (await rowsOf(aCsv([HEADER, ...lines]))).entries()) {
            if (birthDate === null) expect(problems).toEqual(monthFirst)
            else expect(birthDate).toBe(people[n])
          }
        }),
      )
    })
  })

  test('may be the business day', async () => {
    expect(await readSiti({ tanggal_lahir: today })).toMatchObject({ birthDate: today, problems: [] })
  })
})

describe('a sex', () => {
  test.each(['L', 'l', 'Laki-Laki', 'LAKI LAKI', 'm', 'Male', 'PRIA'])('%s is male', async (written) => {
    expect(await readSiti({ jenis_kelamin: written })).toEqual({ ...SITI.row, sex: 'MALE' })
  })

  test.each(['P', 'perempuan', 'F', 'female', 'Wanita'])('%s is female', async (written) => {
    expect(await readSiti({ jenis_kelamin: written })).toEqual(SITI.row)
  })

  test('nothing else can be read', async () => {
    expect(await readSiti({ jenis_kelamin: 'X' })).toEqual({
      ...SITI.row,
      sex: null,
      problems: unreadable('sex'),
    })
  })
})

describe('a category', () => {
  test.each([
    ['petani', 'FARMER'],
    ['Buruh Tani', 'FARM_LABOURER'],
    ['NELAYAN', 'FISHER'],
    ['pemulung', 'SCAVENGER'],
    ['ojek', 'MOTORCYCLE_TAXI'],
    ['Ketua RT/RW', 'NEIGHBOURHOOD_HEAD'],
    ['non asn', 'NON_ASN'],
    ['motorcycle_taxi', 'MOTORCYCLE_TAXI'],
  ])('%s is %s', async (written, category) => {
    expect(await readSiti({ kategori: written })).toEqual({ ...SITI.row, category })
  })

  test('is known by its id and its Indonesian names, and no name means two', () => {
    const names = Object.values(WorkerCategory).flatMap((category) => [
      ...new Set(categoryNames(category).map(plainWord)),
    ])
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  test.each(['astronot', 'toString', '-'])('%s is none', async (written) => {
    expect(await readSiti({ kategori: written })).toEqual({
      ...SITI.row,
      category: null,
      problems: unreadable('category'),
    })
  })
})

describe('a village code', () => {
  test('may be written without its dots', async () => {
    expect(await readSiti({ kode_desa: '3603012001' })).toEqual(SITI.row)
  })

  test.each(['36.03.01', '36.03.012001', '36-03-01-2001', '36.03.01.20011'])('is not %s', async (written) => {
    expect(await readSiti({ kode_desa: written })).toEqual({
      ...SITI.row,
      village: null,
      problems: unreadable('village_code'),
    })
  })
})

describe('a family card', () => {
  test.each([
    ['360301 010120 9001', '3603010101209001', []],
    ['', null, []],
    ['360301010120900', null, unreadable('family_card')],
    ['3.60301E+15', null, unreadable('family_card')],
    ["'3603010101209001", '3603010101209001', []],
    ['="3603010101209001"', '3603010101209001', []],
  ])('written %j is %j', async (written, familyCard, problems) => {
    expect(await readSiti({ no_kk: written })).toEqual({ ...SITI.row, familyCard, problems })
  })
})

describe('a decile', () => {
  test.each([
    ['1', 1, []],
    ['10', 10, []],
    ['', null, []],
    ['0', null, unreadable('decile')],
    ['11', null, unreadable('decile')],
    ['2.5', null, unreadable('decile')],
  ])('written %j is %j', async (written, decile, problems) => {
    expect(await readSiti({ desil: written })).toEqual({ ...SITI.row, decile, problems })
  })
})

describe('a name', () => {
  test('has single spaces, whatever stood between its words', async () => {
    const written = SITI.row.fullName.replace(' ', '\u00a0 \n\t')
    expect(await readSiti({ nama: `  ${written}\r\n` })).toEqual(SITI.row)
  })

  test.each([
    ['no letter', '12345'],
    ['201 letters', 'a'.repeat(201)],
    ['a zero byte', `${SITI.row.fullName}\0`],
    ['a NIK', `${SITI.row.fullName} 3603011705909002 Umar`],
    ['a NIK in groups', `${SITI.row.fullName}, 360301-170590-9002`],
    ['an escape sequence', `${SITI.row.fullName}\x1b[2J`],
  ])('of %s cannot be read', async (_, written) => {
    expect(await readSiti({ nama: written })).toEqual({
      ...SITI.row,
      fullName: null,
      problems: unreadable('name'),
    })
  })
})

describe('a NIK', () => {
  test.each(['360301 570590 9001', '3,60302E+15', 'tidak ada', "'3603015705909001"])(
    '%j is handed on as it was typed',
    async (written) => {
      expect(await readSiti({ nik: ` ${written} ` })).toEqual({ ...SITI.row, nik: written })
    },
  )

  test.each([
    ['a zero byte', '3603015705909001\0'],
    ['more than anybody types', '3'.repeat(65)],
  ])('with %s is not handed on', async (_, written) => {
    expect(await readSiti({ nik: written })).toEqual({ ...SITI.row, nik: '', problems: unreadable('nik') })
  })
})

test('every cell that is needed and empty is named, and the others are read', async () => {
  const { problems, ...row } = await readSiti({ nik: ' ', nama: '', kategori: '', kode_desa: '\u00a0' })
  expect(row).toMatchObject({
    nik: '',
    fullName: null,
    birthDate: '1990-05-17',
    category: null,
    village: null,
  })
  expect(problems.map(({ code, field, message }) => `${code} ${field}: ${message}`)).toEqual([
    'MISSING nik: The NIK is missing.',
    'MISSING name: The name is missing.',
    'MISSING category: The category is missing.',
    'MISSING village_code: The village code is missing.',
  ])
})

test('no problem repeats what is in the cell', async () => {
  const line = ['rahasia\0', '###', 'rahasia', 'rahasia', 'rahasia', 'rahasia', 'rahasia', 'rahasia']
  const [row] = await rowsOf(`nik,nama,tgl_lahir,jk,pekerjaan,kode_desa,no_kk,desil\n${line.join(',')}`)
  expect(row!.problems).toHaveLength(8)
  expect(JSON.stringify(row)).not.toMatch(/rahasia|#/)
})
