import { beforeEach, expect, test } from 'vitest'
import { readRates } from '../../seeds/load-rates.ts'
import { INSERT_WORKERS } from '../../seeds/national/sql.ts'
import { isEmptyHub, loadReferenceData } from '../../seeds/reference-data.ts'
import { seedHub } from '../../seeds/seed-hub.ts'
import { temporaryNikKeys } from '../../src/access/vault/nik-keys.ts'
import type { Database } from '../../src/db/database.ts'
import { openDatabase } from '../../src/db/database.ts'
import { readSettings } from '../../src/db/settings.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { emptyTables } from '../harness/empty-tables.ts'
import { entities } from '../harness/entities.ts'

// A small national scenario on PGlite in memory. One hub for the file, emptied before each test.

const db = await openDatabase({}, entities)
await db.migrate()
const options = { keys: temporaryNikKeys(), progress: silentProgress, workers: 1000 }

beforeEach(async () => {
  await emptyTables(db, 'worker', 'payer')
  await db.query(`delete from setting where name <> 'areas'`)
})

test('an empty hub is filled, remembers with what, and is left alone the next time', async () => {
  expect(await seedHub(db, 'national', options)).toEqual({ scenario: 'national', outcome: 'FILLED' })
  expect(await readSettings(db)).toMatchObject({ scenario: 'national', today: '2023-05-15' })
  expect(await seedHub(db, 'national', options)).toEqual({ scenario: 'national', outcome: 'PRESENT' })
})

test('a hub without a scenario has the areas and the rates all the same, however often they are brought', async () => {
  await db.query('truncate contribution_rate')
  for (let start = 0; start < 2; start++) {
    await loadReferenceData(db, silentProgress)
    const [counts] = await db.query(
      'select (select count(*) from regency) as regencies, (select count(*) from contribution_rate) as rates',
    )
    expect(counts).toEqual({ regencies: '514', rates: String(readRates().length) })
  }
  expect(await isEmptyHub(db.query)).toBe(true)
})

test('a hub with data of its own is refused in plain words and stays as it is', async () => {
  await seedHub(db, 'national', options)
  await db.query(`delete from setting where name like 'scenario%'`)
  await expect(seedHub(db, 'tangerang-2022', { ...options, workers: undefined })).rejects.toThrow(
    'This hub already has data of its own',
  )
  await expect(seedHub(db, 'national', options)).rejects.toThrow('another folder in PAYUNG_DATA')
})

test('a hub filled with another scenario, or with another number of workers, is refused', async () => {
  await seedHub(db, 'national', options)
  await expect(seedHub(db, 'tangerang-2022', { ...options, workers: undefined })).rejects.toThrow(
    'This hub is filled with national with 1000 workers. For tangerang-2022 use an empty hub',
  )
  await expect(seedHub(db, 'national', { ...options, workers: 2000 })).rejects.toThrow('with 2000 workers')
})

test('an interrupted run leaves an empty hub with all its rules, and the next run fills it', async () => {
  const interrupted: Database = {
    ...db,
    transaction: (work) =>
      db.transaction((query) =>
        work((text, values) => {
          if (text.includes('seed.national_reported_lines')) throw new Error('the power went out')
          return query(text, values)
        }),
      ),
  }
  await expect(seedHub(interrupted, 'national', options)).rejects.toThrow('the power went out')
  const [left] = await db.query('select count(*) from worker')
  expect(left).toEqual({ count: '0' })
  expect(await db.schemaDrift()).toEqual([])
  expect((await seedHub(db, 'national', options)).outcome).toBe('FILLED')
})

test('the same size gives the same workers twice', async () => {
  const workers = async () => {
    await emptyTables(db, 'worker')
    await db.query(INSERT_WORKERS, [1000])
    return db.query('select * from worker order by id')
  }
  await seedHub(db, 'national', options)
  expect(await workers()).toEqual(await workers())
})

test('a scenario nobody knows, a silly size and a size for the demo are refused', async () => {
  await expect(seedHub(db, 'atlantis', options)).rejects.toThrow('There is no scenario atlantis')
  await expect(seedHub(db, 'national', { ...options, workers: 1.5 })).rejects.toThrow(
    'a whole number from 1000',
  )
  await expect(seedHub(db, 'tangerang-2022', options)).rejects.toThrow('has its own number of workers')
})

test('without identities the vault stays empty', async () => {
  await seedHub(db, 'national', { ...options, identities: false })
  expect(await db.query('select count(*) from worker_identity')).toEqual([{ count: '0' }])
})
