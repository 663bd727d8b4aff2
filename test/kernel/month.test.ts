import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Month } from '../../src/kernel/month.ts'
import {
  addMonths,
  compareMonths,
  firstDay,
  isMonth,
  monthOf,
  monthsBetween,
  monthsFrom,
  parseMonth,
  yearOf,
} from '../../src/kernel/month.ts'
import { months } from './arbitraries.ts'

const december = parseMonth('2022-12')

test.each(['1900-01', '2022-12', '2999-12'])('%s is a month', (text) => {
  expect(parseMonth(text)).toBe(text)
})

test.each(['2022-00', '2022-13', '1899-12', '3000-01', '2022-1', '22-01', '2022-01-01', '2022-01\n', ''])(
  '%j is not a month',
  (text) => {
    expect(isMonth(text)).toBe(false)
    expect(() => parseMonth(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  },
)

test('a day lies in its month, and a day that does not exist in none', () => {
  expect(monthOf('2022-12-31')).toBe('2022-12')
  for (const text of ['2022-02-30', '2022-12', '3000-01-01']) {
    expect(() => monthOf(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  }
})

test('the month after December is January of the next year', () => {
  expect(addMonths(december, 1)).toBe('2023-01')
  expect(addMonths(december, -12)).toBe('2021-12')
  expect(monthsBetween(december, parseMonth('2023-05'))).toBe(5)
})

test('adding months agrees with the calendar of the computer', () => {
  fc.assert(
    fc.property(months, fc.integer({ min: -1200, max: 1200 }), (month, n) => {
      const date = new Date(`${month}-01T00:00:00Z`)
      date.setUTCMonth(date.getUTCMonth() + n)
      expect(addMonths(month, n)).toBe(date.toISOString().slice(0, 7))
    }),
  )
})

test('the months between two months lead from the one to the other', () => {
  fc.assert(
    fc.property(months, months, (a, b) => {
      expect(addMonths(a, monthsBetween(a, b))).toBe(b)
      expect(monthsBetween(a, b) + monthsBetween(b, a)).toBe(0)
    }),
  )
})

test('a month outside the years we know, or half a month, is refused', () => {
  const attempts: [string, number][] = [
    ['2999-12', 1],
    ['1900-01', -1],
    ['2022-12', 0.5],
    ['2022-12', Number.NaN],
  ]
  for (const [month, n] of attempts) {
    expect(() => addMonths(parseMonth(month), n)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  }
})

test('a month knows its year and its first day', () => {
  expect(yearOf(december)).toBe(2022)
  expect(firstDay(december)).toBe('2022-12-01')
})

test('months compare by time', () => {
  fc.assert(
    fc.property(months, months, (a, b) => {
      expect(Math.sign(compareMonths(a, b))).toBe(Math.sign(Date.parse(a) - Date.parse(b)))
    }),
  )
})

test('a list of months includes both ends, and is empty when the end comes first', () => {
  expect(monthsFrom(december, parseMonth('2023-02'))).toEqual(['2022-12', '2023-01', '2023-02'])
  expect(monthsFrom(december, december)).toEqual(['2022-12'])
  expect(monthsFrom(december, '2022-11' as Month)).toEqual([])
})
