import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatRupiah, parseRupiah } from '../../src/kernel/rupiah.ts'

const amounts = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

test('every amount the database can keep is read back as it was written', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      expect(parseRupiah(String(amount))).toBe(amount)
    }),
  )
})

test.each(['', ' 1', '1 ', '+1', '1.000', '1,5', '1e3', '0x10', '007', '-0', '--1', '16800n', '१२', '1\n'])(
  '%j is not an amount',
  (text) => {
    expect(() => parseRupiah(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  },
)

test('an amount of more than 64 bits is refused, and a very long one at once', () => {
  for (const text of [String(2n ** 63n), `-${2n ** 63n + 1n}`, '9'.repeat(1_000_000)]) {
    expect(() => parseRupiah(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  }
})

test.each([
  [0n, 'Rp 0'],
  [999n, 'Rp 999'],
  [16_800n, 'Rp 16.800'],
  [1_234_567n, 'Rp 1.234.567'],
  [-201_600n, '-Rp 201.600'],
])('%s is shown as %s', (amount, text) => {
  expect(formatRupiah(amount)).toBe(text)
})

test('the shown amount has the digits of the amount in groups of three', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      const shown = formatRupiah(amount)
      expect(shown).toMatch(/^-?Rp \d{1,3}(\.\d{3})*$/)
      expect(shown.replace(/Rp |\./g, '')).toBe(String(amount))
    }),
  )
})
