import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NikContext } from '../../src/kernel/nik.ts'
import {
  composeNik,
  holdsNik,
  inspectNik,
  looksLikeSpreadsheetDamage,
  maskNik,
  saysBirthDate,
} from '../../src/kernel/nik.ts'
import { birthDates, nikParts, niks } from './arbitraries.ts'

const today = '2026-11-01'
const siti = { district: '36.03.01', birthDate: '1990-05-17', sex: 'FEMALE', serial: 9001 } as const

function findingsOf(input: string, against: Omit<NikContext, 'today'> = {}) {
  return inspectNik(input, { today, ...against }).findings.map(({ code, level }) => `${level} ${code}`)
}

test('the NIK of a woman has 40 added to the day', () => {
  expect(composeNik(siti)).toBe('3603015705909001')
  expect(composeNik({ ...siti, sex: 'MALE' })).toBe('3603011705909001')
})

test('what a NIK was composed of is read back, for every working person', () => {
  fc.assert(
    fc.property(nikParts, (parts) => {
      const nik = composeNik(parts)
      expect(inspectNik(nik, { today })).toEqual({
        nik,
        prefix: parts.district,
        birthDate: parts.birthDate,
        sex: parts.sex,
        serial: String(parts.serial).padStart(4, '0'),
        findings: [],
      })
    }),
    { examples: [[{ ...siti, birthDate: '2000-02-29' }], [{ ...siti, birthDate: '2011-11-01' }]] },
  )
})

test('spaces, dots and dashes between the groups do not matter', () => {
  for (const typed of ['360301 570590 9001', ' 36.03.01-570590-9001 ', '360301\u00a0570590\u20139001']) {
    expect(inspectNik(typed, { today }).nik).toBe('3603015705909001')
  }
})

test.each([
  "'3603015705909001",
  "'3603015705909001'",
  '`3603015705909001',
  '’3603015705909001',
  '="3603015705909001"',
  ' ="3603015705909001" ',
  '\u200b3603015705909001\u200e',
  "\ufeff'36030157\u200b05909001\u00a0",
  '3603015705909001.0',
  "'360301 570590 9001",
])('%j is a NIK that a spreadsheet or a program has wrapped up', (typed) => {
  expect(inspectNik(typed, { today })).toMatchObject({ nik: '3603015705909001', findings: [] })
})

test('a NIK that was a floating-point number is exact up to 2^53, in the provinces below 91', () => {
  expect(inspectNik('8203015705909001.00', { today }).nik).toBe('8203015705909001')
  expect(findingsOf('9101015705909002.0')).toEqual(['ERROR SPREADSHEET'])
  expect(inspectNik('9101015705909002', { today }).nik).toBe('9101015705909002')
})

test.each(['', '360301570590900', '36030157059090011', '36030157O5909001', '٣٦٠٣٠١٥٧٠٥٩٠٩٠٠١'])(
  '%j does not have the length of a NIK',
  (text) => {
    expect(inspectNik(text, { today })).toMatchObject({ prefix: '', findings: [{ code: 'LENGTH' }] })
    expect(inspectNik(text, { today }).nik).toBeUndefined()
  },
)

test.each(['3.60302E+15', '3,60302E+15', '3.603015705909e15'])('%s went through a spreadsheet', (text) => {
  expect(findingsOf(text)).toEqual(['ERROR SPREADSHEET'])
})

test.each([
  ['day 0', '3603010005909001'],
  ['day 32', '3603013205909001'],
  ['day 40', '3603014005909001'],
  ['day 72, a woman on day 32', '3603017205909001'],
  ['month 0', '3603011700909001'],
  ['month 13', '3603011713909001'],
  ['31 April', '3603013104909001'],
  ['29 February of a common year', '3603012902909001'],
])('%s is not a birth date', (_, nik) => {
  expect(findingsOf(nik)).toEqual(['ERROR DATE'])
  const inspection = inspectNik(nik, { today })
  expect(inspection.nik ?? inspection.birthDate ?? inspection.sex).toBeUndefined()
})

test('someone born on 29 February has a valid NIK', () => {
  expect(inspectNik('3603012902929001', { today }).birthDate).toBe('1992-02-29')
})

test('29 February of year 00 can only be 2000', () => {
  expect(inspectNik('3603012902009001', { today: '2014-06-01' }).birthDate).toBe('2000-02-29')
})

test('whoever would be younger than 15 was born in the last century', () => {
  const nik = composeNik({ ...siti, birthDate: '2011-11-01' })
  expect(inspectNik(nik, { today: '2026-10-31' }).birthDate).toBe('1911-11-01')
  expect(inspectNik(nik, { today: '2026-11-01' }).birthDate).toBe('2011-11-01')
})

test('a declared birth date with the digits of the NIK settles the century', () => {
  const nik = composeNik({ ...siti, birthDate: '2013-05-17' })
  const child = inspectNik(nik, { today, declaredBirthDate: '2013-05-17' })
  expect(child).toMatchObject({ birthDate: '2013-05-17', findings: [] })
  const unborn = inspectNik(composeNik({ ...siti, birthDate: '2050-05-17' }), {
    today,
    declaredBirthDate: '2050-05-17',
  })
  expect(unborn).toMatchObject({ birthDate: '1950-05-17', findings: [{ code: 'DOB' }] })
})

test('a NIK says a birth date of a woman or a man in any century, and no other', () => {
  for (const sex of ['FEMALE', 'MALE'] as const) {
    const nik = composeNik({ ...siti, birthDate: '1985-10-05', sex })
    expect(saysBirthDate(nik, '1985-10-05')).toBe(true)
    expect(saysBirthDate(`'${nik.slice(0, 6)} ${nik.slice(6, 12)} ${nik.slice(12)}`, '2085-10-05')).toBe(true)
    expect(saysBirthDate(nik, '1985-05-10')).toBe(false)
  }
  expect(saysBirthDate('', '1985-10-05')).toBe(false)
})

test('serial 0000 was never given out', () => {
  expect(findingsOf('3603015705900000')).toEqual(['ERROR SERIAL'])
})

test('a province that never existed is refused, a retired or a newly added one is not', () => {
  expect(findingsOf('9903015705909001')).toEqual(['ERROR PROVINCE'])
  expect(findingsOf('2003015705909001')).toEqual(['ERROR PROVINCE'])
  expect(findingsOf('5401015705909001', { knownProvince: () => false })).toEqual([])
  expect(findingsOf('9701015705909001', { knownProvince: (code) => code === '97' })).toEqual([])
})

test('all 38 provinces of today and one retired are accepted', () => {
  const codes = Array.from({ length: 100 }, (_, code) => String(code).padStart(2, '0'))
  const accepted = codes.filter((code) => inspectNik(`${code}03015705909001`, { today }).nik)
  expect(accepted).toHaveLength(39)
  expect(accepted).toEqual(expect.arrayContaining(['11', '36', '54', '91', '96']))
})

test('an unknown district is a warning, because districts are split and NIKs stay', () => {
  const knownDistrict = (code: string) => code === '36.03.01'
  expect(findingsOf('3603015705909001', { knownDistrict })).toEqual([])
  expect(findingsOf('3603215705909001', { knownDistrict })).toEqual(['WARN PREFIX'])
  expect(inspectNik('3603215705909001', { today, knownDistrict }).nik).toBeDefined()
})

test('someone who moved to another regency keeps the NIK', () => {
  expect(findingsOf('3603015705909001', { domicileRegency: '36.71' })).toEqual(['INFO MOVED'])
  expect(findingsOf('3603015705909001', { domicileRegency: '36.03' })).toEqual([])
})

test('a corrected birth date and another sex are warnings', () => {
  const nik = composeNik(siti)
  expect(findingsOf(nik, { declaredBirthDate: '1990-05-18' })).toEqual(['WARN DOB'])
  expect(findingsOf(nik, { declaredSex: 'MALE' })).toEqual(['WARN SEX'])
  expect(findingsOf(nik, { declaredBirthDate: '1990-05-17', declaredSex: 'FEMALE' })).toEqual([])
})

test('a program for people of 18 to 64 warns on either side of these ages', () => {
  const ageLimits = { minAge: 18, maxAge: 64, at: '2022-06' }
  const born = (birthDate: string) => findingsOf(composeNik({ ...siti, birthDate }), { ageLimits })
  expect(born('2004-06-01')).toEqual([])
  expect(born('2004-06-02')).toEqual(['WARN AGE'])
  expect(born('1957-06-02')).toEqual([])
  expect(born('1957-06-01')).toEqual(['WARN AGE'])
})

test('the age follows the corrected birth date and the day that was asked for', () => {
  const ageLimits = { minAge: 18, maxAge: 64, at: '2022-06-20' }
  const nik = composeNik({ ...siti, birthDate: '2004-06-21' })
  expect(findingsOf(nik, { ageLimits })).toEqual(['WARN AGE'])
  expect(findingsOf(nik, { ageLimits, declaredBirthDate: '2004-06-20' })).toEqual(['WARN DOB'])
})

test('no finding repeats the NIK or a birth date', () => {
  const anything = fc.oneof(niks, fc.stringMatching(/^[0-9]{15,17}$/), fc.stringMatching(/^36[0-9]{10}0000$/))
  fc.assert(
    fc.property(anything, birthDates, (input, declaredBirthDate) => {
      const { findings } = inspectNik(input, {
        today,
        declaredBirthDate,
        declaredSex: 'MALE',
        domicileRegency: '36.99',
        knownDistrict: () => false,
        ageLimits: { minAge: 200, maxAge: 300, at: today },
      })
      expect(findings.length).toBeGreaterThan(0)
      for (const { message } of findings) {
        expect(message.replace('200 to 300', '').match(/\d{5,}|\d[-./]\d/)).toBeNull()
        expect(message).not.toContain(declaredBirthDate.slice(0, 4))
      }
    }),
  )
})

test('a NIK is accepted exactly when no finding is an error', () => {
  fc.assert(
    fc.property(fc.oneof(niks, fc.stringMatching(/^[0-9]{16}$/)), (input) => {
      const { nik, findings } = inspectNik(input, { today })
      expect(nik === undefined).toBe(findings.some(({ level }) => level === 'ERROR'))
    }),
  )
})

const column = (rows: number, damaged: number) =>
  Array.from({ length: rows }, (_, row) => `360301570590900${row < damaged ? 0 : 1}`)

test('a column where over 30 % of the NIKs end in 0 went through a spreadsheet', () => {
  expect(looksLikeSpreadsheetDamage(column(50, 16))).toBe(true)
  expect(looksLikeSpreadsheetDamage(column(50, 15))).toBe(false)
  expect(looksLikeSpreadsheetDamage(Array(50).fill('3.60302E+15'))).toBe(true)
})

test('a short column proves nothing, and empty cells do not count', () => {
  expect(looksLikeSpreadsheetDamage(column(49, 49))).toBe(false)
  expect(looksLikeSpreadsheetDamage([...column(49, 49), ' '])).toBe(false)
  expect(looksLikeSpreadsheetDamage([...column(50, 16), ...Array(50).fill('')])).toBe(true)
})

test('the 0 behind the point of a floating-point number is none of a NIK', () => {
  const floats = (damaged: number) => column(60, damaged).map((nik) => `${nik}.0`)
  expect(looksLikeSpreadsheetDamage(floats(0))).toBe(false)
  expect(looksLikeSpreadsheetDamage(floats(30))).toBe(true)
})

test.each([
  '3603015705909001',
  'siti 3603015705909001',
  'p_3603015705909001_x',
  '36.03.01-570590-9001',
  '360301\u00a0570590\u20139001',
  '1 3603015705909001',
  '3603015705909001-1',
  'Siti 360301\u200b5705909001',
  '9903015705909001 and 3603015705909001',
])('%j holds a NIK', (text) => {
  expect(holdsNik(text)).toBe(true)
})

test.each([
  ['15 digits', '360301570590900'],
  ['17 digits', '36030157059090011'],
  ['no birth date', '3603013205909001'],
  ['no province', 'account 9903015705909001'],
  ['letters between', '360301a570590b9001'],
  ['nothing', ''],
])('a text with %s holds no NIK', (_, text) => {
  expect(holdsNik(text)).toBe(false)
})

test('a shown NIK keeps four digits at each end, and what is no NIK shows nothing', () => {
  expect(maskNik('3603015705900001')).toBe('3603********0001')
  expect(maskNik('36030157059')).toBe('****************')
})

test.each([
  [{ district: '360301' }, 'district'],
  [{ birthDate: '1990-02-30' }, 'birthDate'],
  [{ birthDate: '1890-02-28' }, 'birthDate'],
  [{ serial: 0 }, 'serial'],
  [{ serial: 10_000 }, 'serial'],
  [{ serial: 1.5 }, 'serial'],
])('no NIK is composed from %j', (wrong, field) => {
  expect(() => composeNik({ ...siti, ...wrong })).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT', field }),
  )
})
