import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedHub } from '../../seeds/seed-hub.ts'
import { temporaryNikKeys } from '../../src/access/vault/nik-keys.ts'
import { openNik } from '../../src/access/vault/vault.ts'
import type { Database } from '../../src/db/database.ts'
import { openDatabase } from '../../src/db/database.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { inspectNik } from '../../src/kernel/nik.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { entities } from '../harness/entities.ts'

// 20,000 workers of the whole country on PGlite in memory, filled once.

const WORKERS = 20_000
const keys = temporaryNikKeys()
let db: Database

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
  await seedHub(db, 'national', { keys, progress: silentProgress, workers: WORKERS })
}, 240_000)
afterAll(() => db.close())

async function numbers(text: string): Promise<Record<string, number>> {
  const [row] = await db.query(`/* test.numbers */ ${text}`)
  return Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, Number(value)]))
}

test('there are exactly as many workers as asked for, in all regencies', async () => {
  const found = await numbers(
    'select count(*) as workers, count(distinct regency_code) as regencies from worker',
  )
  expect(found).toEqual({ workers: WORKERS, regencies: 514 })
})

test('about 70 % of the workers are covered, by two or three lines each, and 2 to 4 % of those twice', async () => {
  const found = await numbers(`select count(*) as covered, avg(lines) as lines, avg(twice::int) as twice
    from (select count(*) as lines, count(*) > count(distinct benefit) as twice
      from coverage_line group by worker_id) as workers`)
  expect(found.covered! / WORKERS).toBeCloseTo(0.7, 1)
  expect(found.lines).toBeGreaterThan(2)
  expect(found.lines).toBeLessThan(3)
  expect(found.twice).toBeGreaterThan(0.02)
  expect(found.twice).toBeLessThan(0.04)
})

test('every budget has committed what its charges cost, and paid what is paid of them', async () => {
  const wrong = await db.query(`/* test.ledger */ select budget.id
    from budget left join (
      select budget_id, sum(monthly) as charged, sum(monthly) filter (where month <= paid_through) as settled
      from charge cross join generate_series(lower(period), upper(period) - 1, interval '1 month') as month
      group by budget_id
    ) as charges on budget_id = budget.id
    where committed <> coalesce(charged, 0) or paid <> coalesce(settled, 0) or ceiling <> original_ceiling`)
  expect(wrong).toEqual([])
  expect(
    await numbers('select count(*) as budgets, sum((committed > paid)::int) as unpaid from budget'),
  ).toEqual({
    budgets: 2 * (38 + 514),
    unpaid: expect.any(Number),
  })
})

test('every enrollment is charged for each of its months once', async () => {
  const wrong = await db.query(`/* test.charged */ select id from enrollment
    where period <> (select range_merge(range_agg(charge.period)::datemultirange) from charge
      where (charge.worker_id, enrollment_id) = (enrollment.worker_id, enrollment.id))`)
  expect(wrong).toEqual([])
})

test('entries, balances, charges and lines agree by every rule of the ledger', async () => {
  expect((await verifyLedger(db)).broken).toEqual([])
})

test('the vault holds everybody, with NIKs that could be real and belong to nobody', async () => {
  const rows = await db.query<{
    nik_token: Uint8Array
    nik_cipher: Uint8Array
    birth_date: string
    sex: 'MALE'
  }>(
    `/* test.vault */ select nik_token, nik_cipher, birth_date, sex
      from worker_identity join identity_token using (worker_id, key_id) join worker on worker.id = worker_id
      where extract(day from birth_month) = 1`,
  )
  expect(rows).toHaveLength(WORKERS)
  for (const { nik_token, nik_cipher, birth_date, sex } of rows) {
    const { findings, serial } = inspectNik(openNik(nik_cipher, nik_token, keys[0]), {
      today: '2023-05-15',
      declaredBirthDate: birth_date,
      declaredSex: sex,
    })
    expect(findings).toEqual([])
    expect(Number(serial)).toBeGreaterThan(9000)
  }
})

test('the rules that were away while the country was loaded are back', async () => {
  expect(await db.schemaDrift()).toEqual([])
})
