import fc from 'fast-check'
import { expect, test } from 'vitest'
import { looksLikeSpreadsheetDamage } from '../../../src/kernel/nik.ts'
import { watchForSpreadsheetDamage } from '../../../src/rosters/file/spreadsheet-damage.ts'
import { niks } from '../../kernel/arbitraries.ts'
import { aWorkbook } from './a-workbook.ts'
import { aLine, HEADER, rowsOf } from './reading.ts'

function isDamaged(column: readonly string[]): boolean {
  const damage = watchForSpreadsheetDamage()
  for (const nik of column) damage.see(nik)
  return damage.isDamaged
}

test('a column that streams by is judged as a whole column is', () => {
  const cells = fc.oneof(
    { weight: 6, arbitrary: niks },
    { weight: 3, arbitrary: niks.map((nik) => `${nik.slice(0, 15)}0`) },
    { weight: 1, arbitrary: fc.constantFrom('', ' ', '-', '3.60301E+15', '360301 570590 9000') },
  )
  fc.assert(
    fc.property(fc.array(cells, { minLength: 40, maxLength: 90, size: 'max' }), (column) => {
      expect(isDamaged(column)).toBe(looksLikeSpreadsheetDamage(column))
    }),
  )
})

test('damage is told from the fiftieth row on', () => {
  const rounded = Array<string>(50).fill('3603015705909000')
  expect(isDamaged(rounded.slice(1))).toBe(false)
  expect(isDamaged(rounded)).toBe(true)
})

test('a workbook whose NIKs were typed as numbers is damaged, whose NIKs are texts is not', async () => {
  const niks = Array.from({ length: 60 }, (_, row) => String(3603015705909001n + BigInt(row)))
  const columnOf = async (cells: readonly (string | { xml: string })[]) => {
    const lines = cells.map((cell) => [cell, ...aLine().slice(1)])
    const rows = await rowsOf(aWorkbook([HEADER, ...lines]), { format: 'xlsx' })
    return rows.map(({ nik }) => nik)
  }
  // As a spreadsheet stores them: 15 significant digits.
  const numbers = niks.map((nik) => ({ xml: `<v>${Number(nik).toExponential(14)}</v>` }))
  expect(isDamaged(await columnOf(numbers))).toBe(true)
  expect(isDamaged(await columnOf(niks))).toBe(false)
})
