import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareMonths, parseMonth } from '../../src/kernel/month.ts'
import {
  byYear,
  contains,
  formatPeriod,
  fromDaterange,
  intersection,
  monthCount,
  monthsIn,
  overlaps,
  parsePeriod,
  period,
  toDaterange,
} from '../../src/kernel/period.ts'
import { months, periods } from './arbitraries.ts'

const winter = parsePeriod('2022-12..2023-05')

test('people write the last month of a period, and it belongs to it', () => {
  expect(winter).toEqual({ from: '2022-12', until: '2023-06' })
  expect(monthCount(winter)).toBe(6)
  expect(monthsIn(winter)).toEqual(['2022-12', '2023-01', '2023-02', '2023-03', '2023-04', '2023-05'])
  expect(monthCount(parsePeriod('2022-12..2022-12'))).toBe(1)
})

test.each([
  '',
  '2022-12',
  '2022-12..',
  '..2022-12',
  '2022-12...2023-01',
  '2022-12..2023-01..2023-02',
  '2022-12 .. 2023-01',
  '2022-12..2022-11',
  '2022-12..2999-12',
])('%j is not a period', (text) => {
  expect(() => parsePeriod(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
})

test('a period without a month is refused', () => {
  const month = parseMonth('2022-12')
  expect(() => period(month, month)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  expect(() => period(month, parseMonth('2022-11'))).toThrow('at least one month')
})

test('a period is read back as it was written, in words and in SQL', () => {
  expect(toDaterange(winter)).toBe('[2022-12-01,2023-06-01)')
  fc.assert(
    fc.property(periods, (p) => {
      expect(parsePeriod(formatPeriod(p))).toEqual(p)
      expect(fromDaterange(toDaterange(p))).toEqual(p)
    }),
  )
})

test.each([
  'empty',
  '[2022-12-01,)',
  '(,2022-12-01)',
  '[2022-12-02,2023-06-01)',
  '[2022-12-01,2023-05-31]',
  '[2022-13-01,2023-06-01)',
  '[2022-12-01,2022-12-01)',
])('the stored range %s is a mistake of ours, not of the client', (text) => {
  expect(() => fromDaterange(text)).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
})

test('a period has exactly the months it contains', () => {
  fc.assert(
    fc.property(periods, months, (p, month) => {
      expect(contains(p, month)).toBe(monthsIn(p).includes(month))
      expect(monthsIn(p)).toHaveLength(monthCount(p))
      expect([...monthsIn(p)].sort(compareMonths)).toEqual(monthsIn(p))
    }),
  )
})

test('a period contains its first month and not the month after its last', () => {
  expect(contains(winter, winter.from)).toBe(true)
  expect(contains(winter, winter.until)).toBe(false)
})

test('periods that follow each other do not overlap', () => {
  const summer = parsePeriod('2023-06..2023-12')
  expect([overlaps(winter, summer), overlaps(summer, winter)]).toEqual([false, false])
  expect(overlaps(winter, parsePeriod('2023-05..2023-12'))).toBe(true)
})

test('two periods overlap in exactly the months both have', () => {
  fc.assert(
    fc.property(periods, periods, (a, b) => {
      const common = monthsIn(a).filter((month) => monthsIn(b).includes(month))
      const both = intersection(a, b)
      expect(both ? monthsIn(both) : []).toEqual(common)
      expect(overlaps(a, b)).toBe(common.length > 0)
      expect(intersection(b, a)).toEqual(both)
    }),
  )
})

test('an enrollment over New Year is charged to two budgets', () => {
  expect(byYear(winter)).toEqual([
    { year: 2022, period: { from: '2022-12', until: '2023-01' } },
    { year: 2023, period: { from: '2023-01', until: '2023-06' } },
  ])
})

test('the years of a period hold all its months once, each year its own', () => {
  fc.assert(
    fc.property(periods, (p) => {
      const parts = byYear(p)
      expect(parts.flatMap((part) => monthsIn(part.period))).toEqual(monthsIn(p))
      for (const part of parts) {
        for (const month of monthsIn(part.period)) expect(month.slice(0, 4)).toBe(String(part.year))
      }
      expect(new Set(parts.map((part) => part.year)).size).toBe(parts.length)
    }),
  )
})
