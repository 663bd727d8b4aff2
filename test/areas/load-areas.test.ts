// Real: the published area data and the embedded database.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadAreas } from '../../src/areas/load-areas.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { entities } from '../harness/entities.ts'

let db: Database
const EDITION_2025 = { provinces: 38, regencies: 514, districts: 7285, villages: 83_762 }

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
  expect(await loadAreas(db, silentProgress)).toEqual(EDITION_2025)
})

afterAll(() => db?.close())

test('every area of the edition of 2025 is there', async () => {
  const [row] = await db.query(
    `select (select count(*)::int from province) as provinces, (select count(*)::int from regency) as regencies,
      (select count(*)::int from district) as districts, (select count(*)::int from village) as villages`,
  )
  expect(row).toEqual(EDITION_2025)
})

test('the kinds of regencies and villages follow from their codes', async () => {
  const rows = await db.query<{ kind: string; count: number }>(
    `select kind, count(*)::int from regency group by kind union all
    select kind, count(*)::int from village group by kind`,
  )
  expect(Object.fromEntries(rows.map(({ kind, count }) => [kind, count]))).toEqual({
    KABUPATEN: 416,
    KOTA: 98,
    KELURAHAN: 8496,
    DESA: 75_252,
    DESA_ADAT: 14,
  })
})

test('names are kept as they are written, with Kabupaten or Kota before a regency', async () => {
  const rows = await db.query(
    `select name, kind from regency where code in ('36.03', '36.71') union all
    select name, null from village where code = '12.07.28.1007' order by name`,
  )
  expect(rows).toEqual([
    { name: 'Kabupaten Tangerang', kind: 'KABUPATEN' },
    { name: 'Kota Tangerang', kind: 'KOTA' },
    { name: 'Lubuk Pakam I,II', kind: null },
  ])
  const odd = await db.query(
    "select from regency where name not like case kind when 'KOTA' then 'Kota %' else 'Kabupaten %' end",
  )
  // Jakarta's six are written with their own words.
  expect(odd.length).toBeLessThanOrEqual(6)
})

test('a second load reads one row and writes nothing', async () => {
  const steps: string[] = []
  const progress = {
    step: (label: string) => {
      steps.push(label)
      return { advance() {}, done() {} }
    },
  }
  expect(await loadAreas(db, progress)).toEqual(EDITION_2025)
  expect(steps).toEqual([])
})

test('another edition renames areas and keeps retired codes', async () => {
  await db.query(`update setting set value = '{"edition":"2018"}' where name = 'areas'`)
  await db.query("update regency set name = 'Kabupaten Lama' where code = '36.03'")
  await db.query("insert into province values ('94', 'Papua lama') on conflict do nothing")
  await loadAreas(db, silentProgress)
  expect(await db.query("select name from regency where code = '36.03'")).toEqual([
    { name: 'Kabupaten Tangerang' },
  ])
  expect(await db.query("select code from province where code = '94'")).toHaveLength(1)
})
