// Real: the embedded database, migrated; with TEST_DATABASE_URL also a PostgreSQL server and 20 connections.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { entities } from '../harness/entities.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { anEmptyBudget, aWorkerInAProgram, balance, enter } from './rows.ts'

const OVERSPENT = { code: '23514', constraint: 'budget_balance_check' }

let db: Database

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
  await aWorkerInAProgram(db.query)
})

afterAll(() => db?.close())

/** Runs the work on a fresh budget and leaves nothing behind. */
async function withABudget(work: (query: Database['query']) => Promise<void>): Promise<void> {
  const undo = new Error('undo')
  await db
    .transaction(async (query) => {
      await anEmptyBudget(query)
      await work(query)
      throw undo
    })
    .catch((error) => {
      if (error !== undo) throw error
    })
}

test('the balance of a budget is the sum of its entries', () =>
  withABudget(async (query) => {
    await enter(query, 'ALLOCATE', 1000, 0, 0)
    await enter(query, 'COMMIT', 0, 600, 0)
    await enter(query, 'PAY', 0, 0, 200)
    await enter(query, 'RELEASE', 0, -100, 0)
    await enter(query, 'REFUND_REQUEST', 0, 0, 0)
    await enter(query, 'REFUND', 0, -50, -50)
    expect(await balance(query)).toEqual({
      ceiling: '1000',
      committed: '450',
      paid: '150',
      version: 'ORIGINAL',
    })
  }))

test('entries of one statement are summed together', () =>
  withABudget(async (query) => {
    await query(`insert into budget_entry (budget_id, kind, ceiling_delta, committed_delta, entered_on, note)
      values (1, 'COMMIT', 0, 400, '2022-01-10', ''), (1, 'ALLOCATE', 1000, 0, '2022-01-10', '')`)
    expect(await balance(query)).toMatchObject({ ceiling: '1000', committed: '400' })
  }))

test('a revision in the middle of the year makes the budget a revised one', () =>
  withABudget(async (query) => {
    await enter(query, 'ALLOCATE', 1000, 0, 0)
    await enter(query, 'REVISE', -300, 0, 0)
    expect(await balance(query)).toMatchObject({ ceiling: '700', version: 'REVISED' })
  }))

test.each([
  ['committing more than the ceiling', 'COMMIT', [0, 1001, 0]],
  ['paying more than is committed', 'PAY', [0, 0, 501]],
  ['releasing what is paid', 'RELEASE', [0, -401, 0]],
  ['revising the ceiling below what is committed', 'REVISE', [-501, 0, 0]],
] as const)('%s is refused', async (_what, kind, deltas) => {
  const attempt = withABudget(async (query) => {
    await enter(query, 'ALLOCATE', 1000, 0, 0)
    await enter(query, 'COMMIT', 0, 500, 0)
    await enter(query, 'PAY', 0, 0, 100)
    await enter(query, kind, ...(deltas as unknown as [number, number, number]))
  })
  await expect(attempt).rejects.toMatchObject(OVERSPENT)
})

test('an entry whose deltas do not fit its kind is refused', async () => {
  await expect(withABudget((query) => enter(query, 'PAY', 100, 0, 0))).rejects.toMatchObject({
    constraint: 'budget_entry_deltas_check',
  })
})

test.each([
  "update budget_entry set note = 'other'",
  'delete from budget_entry',
  'truncate budget_entry',
  'truncate budget cascade',
])('the ledger is append-only: %s is refused', async (statement) => {
  await expect(
    withABudget(async (query) => {
      await enter(query, 'ALLOCATE', 1000, 0, 0)
      await query(statement)
    }),
  ).rejects.toThrow('budget_entry is append-only')
})

test.each(['ceiling = 5', 'committed = 5', 'paid = 5'])(
  'a balance changed by hand is refused: %s',
  async (change) => {
    await expect(
      withABudget(async (query) => void (await query(`update budget set ${change}`))),
    ).rejects.toThrow('changes through budget_entry only')
  },
)

test('a budget that starts with money nobody allocated is refused', async () => {
  await expect(
    db.query(`insert into budget (payer_id, fiscal_year, funding_source, agency, original_ceiling, ceiling)
      values (1, 2023, 'APBD_PROVINCE', 'Disnakertrans', 1000, 1000)`),
  ).rejects.toThrow('changes through budget_entry only')
})

test('other facts of a budget may be corrected', () =>
  withABudget(async (query) => {
    await query("update budget set agency = 'Dinsos', ceiling = ceiling where id = 1")
  }))

describeOnServer('many who commit at once, on a server', () => {
  let server: ServerDatabase
  let hub: Database

  beforeAll(async () => {
    server = await withServerDatabase()
    hub = await openDatabase({ databaseUrl: server.url, poolSize: 20 }, entities)
    await hub.migrate()
    await aWorkerInAProgram(hub.query)
    await anEmptyBudget(hub.query)
    await enter(hub.query, 'ALLOCATE', 1000, 0, 0)
  })

  afterAll(async () => {
    await hub?.close()
    await server?.drop()
  })

  test('of 20 commitments at once, as many succeed as the ceiling can pay', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => hub.transaction((query) => enter(query, 'COMMIT', 0, 150, 0))),
    )
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refusals).toHaveLength(20 - 6)
    for (const { reason } of refusals) expect(reason).toMatchObject(OVERSPENT)
    expect(await balance(hub.query)).toMatchObject({ ceiling: '1000', committed: '900' })
  })

  test('statements over the same budgets in another order do not deadlock', async () => {
    await hub.query(`insert into budget (id, payer_id, fiscal_year, funding_source, agency, original_ceiling)
      values (2, 1, 2023, 'APBD_PROVINCE', 'Disnakertrans', 1000)`)
    const allocate = (ids: string) =>
      hub.query(`insert into budget_entry (budget_id, kind, ceiling_delta, entered_on, note)
        select id, 'ALLOCATE', 1, '2022-01-10', '' from unnest('${ids}'::bigint[]) as id`)
    await Promise.all(Array.from({ length: 100 }, (_, i) => allocate(i % 2 ? '{1,2}' : '{2,1}')))
    const rows = await hub.query('select ceiling from budget order by id')
    expect(rows).toEqual([{ ceiling: '1100' }, { ceiling: '100' }])
  })
})
