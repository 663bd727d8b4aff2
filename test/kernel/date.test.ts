import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ageOn, isDate } from '../../src/kernel/date.ts'

test.each(['2022-02-28', '2024-02-29', '2000-02-29', '2022-12-31'])('%s is a day', (day) => {
  expect(isDate(day)).toBe(true)
})

test.each([
  '2022-02-29',
  '1900-02-29',
  '2022-04-31',
  '2022-00-10',
  '2022-13-01',
  '2022-01-00',
  '2022-1-1',
  ' 2022-01-01',
  '2022-01-01\n',
  '',
])('%j is not a day', (text) => {
  expect(isDate(text)).toBe(false)
})

test('a day exists exactly when the calendar of the computer gives it back', () => {
  const number = (min: number, max: number) => fc.integer({ min, max })
  fc.assert(
    fc.property(number(1900, 2999), number(0, 14), number(0, 33), (year, month, day) => {
      const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
      const back = new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10)
      expect(isDate(text)).toBe(back === text)
    }),
  )
})

test('a person becomes a year older on the birthday and not a day before', () => {
  expect(ageOn('2004-06-15', '2022-06-14')).toBe(17)
  expect(ageOn('2004-06-15', '2022-06-15')).toBe(18)
})

test('someone born on 29 February becomes older on 1 March of a common year', () => {
  expect(ageOn('2004-02-29', '2022-02-28')).toBe(17)
  expect(ageOn('2004-02-29', '2022-03-01')).toBe(18)
  expect(ageOn('2004-02-29', '2024-02-29')).toBe(20)
})

test('before the birth the age is negative', () => {
  expect(ageOn('2030-01-01', '2022-06-15')).toBe(-8)
})
