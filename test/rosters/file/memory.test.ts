import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { readRosterFile } from '../../../src/rosters/file/read-roster-file.ts'
import { aWorkbook, sheet } from './a-workbook.ts'
import { aLine, HEADER, today } from './reading.ts'

const ROWS = 200_000
const MB = 1_000_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test('a CSV of 200,000 rows takes no more memory at its end than at its beginning', async () => {
  async function* body() {
    yield Buffer.from(`${HEADER.join(',')}\n`)
    for (let row = 0; row < ROWS; row += 500) {
      const lines = Array.from({ length: 500 }, (_, n) => `${person(row + n).join(',')}\n`)
      yield Buffer.from(lines.join(''))
    }
  }
  expect(await growthWhileReading(body(), 'csv')).toBeLessThan(5 * MB)
})

test('a workbook of 200,000 people takes its archive and its texts, and nothing for the rows', async () => {
  const file = bigWorkbook()
  async function* body() {
    yield file
  }
  expect(await growthWhileReading(body(), 'xlsx')).toBeLessThan(5 * MB)
})

/** Bytes that live after the last batch more than after the first one. */
async function growthWhileReading(body: AsyncIterable<Uint8Array>, format: 'csv' | 'xlsx'): Promise<number> {
  const limits = { rows: ROWS, bytes: 64 * MB }
  let first: number | undefined
  let last = 0
  let rows = 0
  for await (const batch of readRosterFile(body, { format, limits, today })) {
    rows += batch.length
    if (first === undefined) first = livingBytes()
    if (rows === ROWS) last = livingBytes()
  }
  expect(rows).toBe(ROWS)
  return last - first!
}

function livingBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function person(row: number): string[] {
  return aLine({
    nik: String(3603015705000001n + BigInt(row)),
    no_kk: String(3603010101000001n + BigInt(row)),
  })
}

/** A workbook in which each NIK and each family card is a shared text of its own, as spreadsheets write it. */
function bigWorkbook(): Uint8Array {
  const texts: string[] = []
  const shared = (text: string) => texts.push(`<si><t>${text}</t></si>`) - 1
  const line = (columns: readonly number[]) =>
    `<row>${columns.map((text) => `<c t="s"><v>${text}</v></c>`).join('')}</row>`
  const header = line(HEADER.map(shared))
  const same = aLine().map(shared)
  const people = Array.from({ length: ROWS }, (_, row) => {
    const [nik, card] = [person(row)[0]!, person(row)[6]!]
    return line(same.with(0, shared(nik)).with(6, shared(card)))
  })
  const parts = {
    'xl/worksheets/sheet1.xml': sheet(header + people.join('')),
    'xl/sharedStrings.xml': `<sst>${texts.join('')}</sst>`,
  }
  return aWorkbook([], { parts, zip: { level: 1 } })
}
