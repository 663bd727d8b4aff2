import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadRates, readRates } from '../../seeds/load-rates.ts'
import type { Database } from '../../src/db/database.ts'
import { openDatabase } from '../../src/db/database.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { entities } from '../harness/entities.ts'

// Real: the data file, and PGlite in memory for what is loaded.

let db: Database

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
})
afterAll(() => db.close())

/** A rates file for one test; paths are given from the package's folder. */
function aFile(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'payung-rates-')), 'rates.yaml')
  writeFileSync(file, content)
  return relative(packageRoot, file)
}

const aRow = (change = '') => `
- { segment: BPU, benefit: JKM, variant: FLAT, amount: 6800, from: 2015-07, legalBasis: PP, standing: VERIFIED }
- { segment: BPU, benefit: JKK, variant: BAND, from: 2015-07, legalBasis: PP, standing: VERIFIED, ${change} }
`

test('the lowest band of JKK and JKM together is Rp 16,800 a month, and half of it in the relief of 2026', () => {
  const price = (payer: string, sector: string) =>
    readRates()
      .filter((rate) => rate.segment === 'BPU' && (rate.benefit === 'JKK' || rate.benefit === 'JKM'))
      .filter((rate) => rate.payer === payer && rate.sector === sector)
      .reduce((sum, { amount = 0n }) => sum + amount, 0n)
  expect(price('ANY', 'ANY')).toBe(16_800n)
  expect(price('OTHER', 'TRANSPORT')).toBe(8_400n)
  expect(price('OTHER', 'OTHER')).toBe(8_400n)
})

test('the relief of 2026 runs longer for transport, and never for a government', () => {
  const relief = readRates().filter(({ legalBasis }) => legalBasis.startsWith('PP 50/2025'))
  expect(relief.map(({ sector, from, to }) => `${sector} ${from}..${to}`)).toEqual([
    ...Array(3).fill('TRANSPORT 2026-01..2027-03'),
    ...Array(3).fill('OTHER 2026-04..2026-12'),
  ])
  expect(new Set(relief.map(({ payer }) => payer))).toEqual(new Set(['OTHER']))
})

test('what a wage earner and the employer give adds up to the whole in every year', () => {
  const rates = readRates().filter(({ segment }) => segment === 'PU')
  for (const whole of rates.filter((rate) => rate.variant === 'TOTAL' && rate.benefit !== 'JKP')) {
    const shares = rates.filter(
      ({ benefit, from, variant }) =>
        benefit === whole.benefit && from === whole.from && variant.endsWith('_SHARE'),
    )
    expect(shares.reduce((sum, { basisPoints = 0 }) => sum + basisPoints, 0)).toBe(whole.basisPoints)
    expect(shares.reduce((sum, { maximum = 0n }) => sum + maximum, 0n)).toBe(whole.maximum ?? 0n)
  }
})

test.each([
  ['a rate of nothing', '', 'row 2 (BPU JKK BAND from 2015-07): has either an amount or basisPoints'],
  ['two kinds of rate', 'amount: 1, basisPoints: 1', 'has either an amount or basisPoints'],
  ['a word that is no standing', 'amount: 1, standing: SURE', 'row 2 (BPU JKK BAND from 2015-07), standing'],
  ['a field nobody knows', 'amount: 1, percent: 3', 'percent'],
  ['an end before the start', 'amount: 1, to: 2015-06', 'ends before it starts'],
  ['half a rupiah', 'amount: 0.5', 'row 2 (BPU JKK BAND from 2015-07), amount'],
  ['a month that is none', 'amount: 1, to: 2015-13', 'must be a month such as 2022-12'],
])('a rates file with %s is refused by the name of the row', (_, change, message) => {
  const content = aRow(change).replace('standing: VERIFIED, amount: 1, standing', 'amount: 1, standing')
  expect(() => readRates(aFile(content))).toThrow(message)
})

test('two rows for the same thing in the same month are refused, one after the other is not', () => {
  const second = (from: string) => `${aRow('amount: 1, to: 2019-12')}
- { segment: BPU, benefit: JKK, variant: BAND, from: ${from}, legalBasis: PP, standing: VERIFIED, amount: 2 }`
  expect(readRates(aFile(second('2020-01')))).toHaveLength(3)
  expect(() => readRates(aFile(second('2019-12')))).toThrow(
    'row 3 (BPU JKK BAND from 2019-12): is in force together with BPU JKK BAND ANY ANY from 2015-07'.replace(
      ' ANY ANY',
      '',
    ),
  )
})

test('a row without an end is in force until the next of the same thing begins', async () => {
  const second = `${aRow('amount: 1')}
- { segment: BPU, benefit: JKK, variant: BAND, from: 2020-01, legalBasis: PP, standing: VERIFIED, amount: 2 }`
  const rates = readRates(aFile(second))
  expect(rates).toHaveLength(3)
  await db.transaction((query) => loadRates(query, rates))
  const rows = await db.query(
    `/* test.rates */ select amount, effective_to from contribution_rate where benefit = 'JKK' order by effective_from`,
  )
  expect(rows).toEqual([
    { amount: '1', effective_to: '2019-12-01' },
    { amount: '2', effective_to: null },
  ])
  await db.query('truncate contribution_rate')
  // Whatever the order of the rows; but two do not begin in the same month.
  expect(readRates(aFile(second.replace('from: 2020-01', 'from: 2010-01')))).toHaveLength(3)
  expect(() => readRates(aFile(second.replace('from: 2020-01', 'from: 2015-07')))).toThrow(
    'is in force together with',
  )
})

test('rates are loaded once, however often', async () => {
  const count = await db.transaction((query) => loadRates(query))
  await db.transaction((query) => loadRates(query))
  const rows = await db.query(`/* test.rates */ select benefit, amount, effective_to from contribution_rate`)
  expect(rows).toHaveLength(count)
  expect(rows).toContainEqual({ benefit: 'JKM', amount: '3400', effective_to: '2027-03-01' })
})
