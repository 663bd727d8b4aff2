// Real: the embedded database, migrated; with TEST_DATABASE_URL also a PostgreSQL server and two connections.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { entities } from '../harness/entities.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { addLine, aWorkerInAProgram } from './rows.ts'

const SECOND_PAYER = { code: '23P01', constraint: 'coverage_line_no_second_payer' }

let db: Database

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
  await aWorkerInAProgram(db.query)
})

afterAll(() => db?.close())

test('a worker paid by the province is refused to the regency for the same benefit and month', async () => {
  await addLine(db.query, { period: '[2022-01-01,2022-07-01)' })
  await expect(addLine(db.query, { payer: 2, period: '[2022-06-01,2022-09-01)' })).rejects.toMatchObject(
    SECOND_PAYER,
  )
})

test('the regency may pay from the month after the province stops', async () => {
  await addLine(db.query, { payer: 2, period: '[2022-07-01,2022-12-01)' })
})

test('a line that another system reported may share a month with a subsidized one', async () => {
  await db.query(`/* test.reported_line */ insert into coverage_line (worker_id, payer_id, funding_source, segment,
      benefit, period, origin, reported_by, reported_on)
    values (1, 2, 'APBD_REGENCY', 'BPU', 'JKK', '[2022-01-01,2023-01-01)', 'REPORTED', 'test', '2022-02-01')`)
})

test('a subsidized line of the hub cannot slip past the rule by leaving its group out or naming another', async () => {
  for (const group of [null, 'JKM', 'other']) {
    await expect(addLine(db.query, { group, period: '[2025-01-01,2025-02-01)' })).rejects.toMatchObject({
      constraint: 'coverage_line_exclusive_check',
    })
  }
})

test('a period that does not consist of whole months is refused', async () => {
  await expect(addLine(db.query, { period: '[2022-12-15,2023-01-01)' })).rejects.toMatchObject({
    constraint: 'coverage_line_period_check',
  })
})

describeOnServer('two payers at the same moment, on a server', () => {
  let server: ServerDatabase
  let hub: Database

  beforeAll(async () => {
    server = await withServerDatabase()
    hub = await openDatabase({ databaseUrl: server.url }, entities)
    await hub.migrate()
    await aWorkerInAProgram(hub.query)
  })

  afterAll(async () => {
    await hub?.close()
    await server?.drop()
  })

  test('exactly one of two payers gets the month, in each of 100 races', async () => {
    for (let race = 0; race < 100; race += 1) {
      const outcomes = await Promise.allSettled([
        hub.transaction((query) => addLine(query, { payer: 1 })),
        hub.transaction((query) => addLine(query, { payer: 2 })),
      ])
      const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
      expect(refusals.map(({ reason }) => reason)).toMatchObject([SECOND_PAYER])
      expect(await hub.query('delete from coverage_line returning payer_id')).toHaveLength(1)
    }
  })
})
