import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { getVillages } from 'idn-area-data'
import { beforeAll, expect, test } from 'vitest'
import type { Demo } from '../../seeds/tangerang-2022/demo.ts'
import { generateDemo } from '../../seeds/tangerang-2022/demo.ts'
import { OUTCOMES, type Outcome } from '../../seeds/tangerang-2022/roster/mistakes.ts'
import {
  COLUMNS,
  DAMAGED_FILE,
  ROSTER_FILE,
  rosterText,
} from '../../seeds/tangerang-2022/roster/roster-file.ts'
import { damagedRows } from '../../seeds/tangerang-2022/roster/spreadsheet.ts'
import { generateRoster, type RosterRow } from '../../seeds/tangerang-2022/roster.ts'
import { isDate } from '../../src/kernel/date.ts'
import { inspectNik, isOneSlipAway, looksLikeSpreadsheetDamage, type Nik } from '../../src/kernel/nik.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { WORKER_CATEGORIES } from '../../src/programs/worker-category.ts'

// The list of June 2023 as plain data and as files; no database.

let rows: RosterRow[]
let demo: Demo

beforeAll(async () => {
  rows = await generateRoster()
  demo = await generateDemo()
})

const planted = (...outcomes: Outcome[]) => rows.filter((row) => outcomes.includes(row.planted))
const digitsOf = ({ cells }: RosterRow) => cells.NIK.replaceAll(' ', '')
const dayOf = (written: string) => written.split('/').reverse().join('-')
const readable = () => rows.filter((row) => !['INVALID_NIK', 'INCOMPLETE'].includes(row.planted))

test('the files of the package are what the generator makes, and it makes the same twice', async () => {
  const list = rosterText(rows.map(({ cells }) => cells))
  // As buffers: nobody wants to read where seven million characters differ.
  expect(gunzipSync(readFileSync(ROSTER_FILE)).equals(Buffer.from(list))).toBe(true)
  expect(readFileSync(DAMAGED_FILE).equals(Buffer.from(rosterText(damagedRows(rows))))).toBe(true)
  const again = await generateRoster()
  expect(JSON.stringify(again) === JSON.stringify(rows)).toBe(true)
})

test('a row for every one of 75,000, saved as the spreadsheet of an Indonesian office saves it', () => {
  const text = gunzipSync(readFileSync(ROSTER_FILE)).toString('utf8')
  expect(
    text.startsWith('\uFEFFNIK;NAMA;TANGGAL_LAHIR;JENIS_KELAMIN;KATEGORI;KODE_DESA;NO_KK;DESIL\r\n'),
  ).toBe(true)
  const lines = text.slice(1).split('\r\n')
  expect(lines.at(-1)).toBe('')
  expect(lines).toHaveLength(75_000 + 2)
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n"]/)
  const widths = new Set(lines.slice(0, -1).map((line) => line.split(';').length))
  expect([...widths]).toEqual([COLUMNS.length])
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 75_000 }, (_, at) => at + 1))
})

test('it has as many rows of each outcome as its README tells', () => {
  const readme = readFileSync(join(packageRoot, 'seeds/tangerang-2022/README.md'), 'utf8')
  const told = [...readme.matchAll(/^\| `([A-Z_]+)` +\| +([\d,]+) \|/gm)].map(([, outcome, count]) => {
    return [outcome, Number(count!.replaceAll(',', ''))]
  })
  expect(told).toEqual(OUTCOMES.map((outcome) => [outcome, planted(outcome).length]))
})

test('by reasons it has as many rows as its README tells', () => {
  const first = new Map<string, number>()
  for (const { planted: outcome, reasons } of planted('INCOMPLETE', 'INELIGIBLE', 'REVIEW')) {
    const key = `${outcome} ${reasons[0]}`
    first.set(key, (first.get(key) ?? 0) + 1)
  }
  expect(Object.fromEntries(first)).toEqual({
    'INCOMPLETE NAMA': 50,
    'INCOMPLETE TANGGAL_LAHIR': 60,
    'INCOMPLETE KODE_DESA': 30,
    'INCOMPLETE KATEGORI': 20,
    'INELIGIBLE DECEASED': 264,
    'INELIGIBLE TOO_YOUNG': 10,
    'INELIGIBLE OVER_AGE': 278,
    'INELIGIBLE CIVIL_SERVANT': 147,
    'INELIGIBLE WAGE_EARNER': 633,
    'INELIGIBLE OUT_OF_AREA': 78,
    'INELIGIBLE DECILE': 80,
    'REVIEW UNDER_AGE': 70,
    'REVIEW DECILE_UNKNOWN': 60,
  })
  expect(planted('INELIGIBLE').filter(({ reasons }) => reasons.length > 1)).toHaveLength(14)
})

test('all 50,312 whose enrollment ends in May are on it, and each of the 74,625 people once', () => {
  const ending = demo.enrollments
    .filter(({ programCode }) => programCode.startsWith('KAB-TANGERANG-'))
    .map(({ workerId }) => workerId)
  const once = rows.filter((row) => row.planted !== 'DUPLICATE_IN_FILE')
  const listed = once.flatMap(({ worker }) => worker ?? [])
  expect(once).toHaveLength(74_625)
  expect(new Set(listed).size).toBe(listed.length)
  expect(new Set(ending).difference(new Set(listed)).size).toBe(0)
  expect(listed.length - ending.length).toBe(17_123)
  expect(once.length - listed.length).toBe(7190)
  const renewed = new Set(ending)
  const eligible = planted('ELIGIBLE')
  expect(eligible.filter(({ worker }) => worker !== null && renewed.has(worker))).toHaveLength(47_774)
  expect(eligible.filter(({ worker }) => worker === null)).toHaveLength(6821)
})

test('the money that is left pays all of the eligible but 416', () => {
  const left = 12_550_000_000n - 50_312n * 5n * 16_800n
  const payable = Number(left / (7n * 16_800n))
  expect(payable).toBe(70_780)
  expect(planted('ELIGIBLE').length - payable).toBe(416)
})

test('a NIK is broken where that is planted, and nowhere else', () => {
  for (const row of rows) {
    const { findings } = inspectNik(row.cells.NIK, { today: demo.today })
    const errors = findings.filter(({ level }) => level === 'ERROR').map(({ code }) => code)
    expect(errors).toEqual(row.planted === 'INVALID_NIK' ? row.reasons : [])
  }
  const niks = rows.map(({ cells }) => cells.NIK)
  expect(niks.filter((nik) => nik.includes(' '))).toHaveLength(144)
  expect(niks.filter((nik) => nik.endsWith('0'))).toHaveLength(114)
  expect(looksLikeSpreadsheetDamage(niks)).toBe(false)
})

test('no NIK and no family card is that of a living person: their serials are 9001 and above', () => {
  const serials = rows.flatMap((row) => [
    ...(row.planted === 'INVALID_NIK' ? [] : [digitsOf(row).slice(12)]),
    ...(row.cells.NO_KK === '' ? [] : [row.cells.NO_KK.slice(12)]),
  ])
  expect(serials.filter((serial) => serial < '9001')).toEqual([])
  expect(rows.filter(({ cells }) => cells.NO_KK === '' && cells.NIK !== '')).toHaveLength(2996)
})

test('a cell that cannot be read is where that is planted, and nowhere else', async () => {
  const villages = new Set((await getVillages()).map(({ code }) => code))
  const categories = new Set(
    Object.entries(WORKER_CATEGORIES).flatMap(([id, { indonesian }]) => [id, indonesian.toUpperCase()]),
  )
  for (const { planted: outcome, reasons, cells } of rows) {
    if (outcome === 'INVALID_NIK') continue
    const unreadable = [
      ...(cells.NAMA === '' ? ['NAMA'] : []),
      ...(isDate(dayOf(cells.TANGGAL_LAHIR)) ? [] : ['TANGGAL_LAHIR']),
      ...(categories.has(cells.KATEGORI.toUpperCase()) ? [] : ['KATEGORI']),
      ...(villages.has(cells.KODE_DESA) ? [] : ['KODE_DESA']),
    ]
    expect(unreadable).toEqual(outcome === 'INCOMPLETE' ? reasons : [])
    expect(cells.JENIS_KELAMIN).toMatch(/^[LP]$/)
    expect(cells.DESIL).toMatch(/^([1-9]|10)?$/)
  }
})

test('a NIK stands in two rows where the second is planted as a duplicate, and nowhere else', () => {
  const seen = new Set<string>()
  for (const row of readable()) {
    const nik = digitsOf(row)
    expect(seen.has(nik)).toBe(row.planted === 'DUPLICATE_IN_FILE')
    seen.add(nik)
  }
})

test('whom the hub knows is known by his NIK, but for slips of the pen; nobody else is near anybody', () => {
  const known = new Map(demo.people.map((person) => [String(person.nik), person]))
  const born = Map.groupBy(demo.people, ({ birthDate }) => birthDate)
  for (const row of readable()) {
    const nik = digitsOf(row)
    const person = demo.people[(row.worker ?? 0) - 1]
    if (row.planted === 'SUSPECT_MATCH') {
      expect(known.has(nik)).toBe(false)
      expect(isOneSlipAway(nik as Nik, person!.nik)).toBe(true)
      expect(dayOf(row.cells.TANGGAL_LAHIR)).toBe(person!.birthDate)
    } else {
      expect(known.get(nik)).toBe(person)
    }
    if (row.worker === null) {
      const near = born.get(dayOf(row.cells.TANGGAL_LAHIR)) ?? []
      expect(near.filter((other) => isOneSlipAway(nik as Nik, other.nik))).toEqual([])
    }
  }
})

test('the damaged rows are recognized as such: 60, of which 40 end in 0 and 20 are no digits any more', () => {
  const lines = readFileSync(DAMAGED_FILE, 'utf8').trimEnd().split('\r\n').slice(1)
  const niks = lines.map((line) => line.split(';')[0]!)
  expect(niks).toHaveLength(60)
  expect(niks.filter((nik) => /^\d{15}0$/.test(nik))).toHaveLength(40)
  expect(niks.filter((nik) => /^\d,\d{5}E\+15$/.test(nik))).toHaveLength(20)
  expect(looksLikeSpreadsheetDamage(niks)).toBe(true)
})
