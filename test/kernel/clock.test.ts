import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currentMonth, dateInJakarta, systemClock } from '../../src/kernel/clock.ts'

test('the day begins in Jakarta seven hours before it begins in Greenwich', () => {
  expect(dateInJakarta(new Date('2022-12-31T16:59:59Z'))).toBe('2022-12-31')
  expect(dateInJakarta(new Date('2022-12-31T17:00:00Z'))).toBe('2023-01-01')
})

test('the day in Jakarta agrees with the time zone database', () => {
  const zone = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Jakarta', dateStyle: 'short' })
  const instants = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(instants, (instant) => {
      expect(dateInJakarta(instant)).toBe(zone.format(instant))
    }),
  )
})

test('a demo hub stays on its day while logs and tokens follow real time', () => {
  const clock = systemClock('2022-06-15')
  expect(clock.today()).toBe('2022-06-15')
  expect(currentMonth(clock)).toBe('2022-06')
  expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(5000)
})

test('without an override the business day is the day in Jakarta', () => {
  const clock = systemClock()
  const before = dateInJakarta(new Date())
  const today = clock.today()
  expect([before, dateInJakarta(new Date())]).toContain(today)
})

test('a business day that does not exist is refused', () => {
  expect(() => systemClock('2022-02-30')).toThrow('a day that exists')
})
