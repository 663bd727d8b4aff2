import fc from 'fast-check'
import type { Month } from '../../src/kernel/month.ts'
import { addMonths, parseMonth } from '../../src/kernel/month.ts'
import type { Nik, Sex } from '../../src/kernel/nik.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import type { Period } from '../../src/kernel/period.ts'
import { period } from '../../src/kernel/period.ts'

/** Months of a few decades, so that generated periods meet often. */
export const months: fc.Arbitrary<Month> = fc
  .integer({ min: 0, max: 30 * 12 })
  .map((n) => addMonths(parseMonth('2005-01'), n))

export const periods: fc.Arbitrary<Period> = fc
  .tuple(months, fc.integer({ min: 1, max: 60 }))
  .map(([from, length]) => period(from, addMonths(from, length)))

/** Birth dates of people who are 15 or older and younger than 100 on 2026-11-01. */
export const birthDates: fc.Arbitrary<string> = fc
  .date({ min: new Date('1926-11-02'), max: new Date('2011-11-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))

export const nikParts = fc.record({
  district: fc.constantFrom('36.03.01', '36.71.13', '11.10.02', '91.01.07', '96.71.01', '54.01.01'),
  birthDate: birthDates,
  sex: fc.constantFrom<Sex>('FEMALE', 'MALE'),
  serial: fc.integer({ min: 1, max: 9999 }),
})

export const niks: fc.Arbitrary<Nik> = nikParts.map(composeNik)
