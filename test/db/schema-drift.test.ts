// Real: the entities of all rooms and the migrated embedded database; with TEST_DATABASE_URL also a server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { entities } from '../harness/entities.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'

describe('on the embedded database', () => {
  driftIsReported(async () => ({ db: await openDatabase({}, entities), drop: async () => {} }))
})

describeOnServer('on a server', () => {
  driftIsReported(async () => {
    const server: ServerDatabase = await withServerDatabase()
    return { db: await openDatabase({ databaseUrl: server.url }, entities), drop: server.drop }
  })
})

function driftIsReported(open: () => Promise<{ db: Database; drop: () => Promise<void> }>): void {
  let db: Database
  let drop: () => Promise<void>

  beforeAll(async () => {
    ;({ db, drop } = await open())
    await db.migrate()
  })

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  test('the migrated tables are what the entities describe', async () => {
    expect(await db.schemaDrift()).toEqual([])
  })

  test.each([
    ['a missing column', 'alter table payer drop column name', 'add "name" text not null'],
    ['an extra column', 'alter table payer add column fax text', 'drop column "fax"'],
    [
      'another type',
      'alter table budget alter column account_code type varchar(9)',
      '"account_code" type text',
    ],
    ['a column that may be null', 'alter table payer alter column name drop not null', '"name" set not null'],
    ['a missing check', 'alter table budget drop constraint budget_balance_check', 'budget_balance_check'],
    [
      'a looser check',
      `alter table budget drop constraint budget_fiscal_year_check,
        add constraint budget_fiscal_year_check check (fiscal_year between 1900 and 2999)`,
      'budget_fiscal_year_check',
    ],
    ['a missing index', 'drop index payer_area_code_index', 'payer_area_code_index'],
    ['an extra index', 'create index payer_name_index on payer (name)', 'drop index "payer_name_index"'],
    [
      'a missing foreign key',
      'alter table worker drop constraint worker_village_code_foreign',
      'worker_village_code_foreign',
    ],
    [
      'a missing unique',
      'alter table payer drop constraint payer_kind_name_unique',
      'payer_kind_name_unique',
    ],
    ['an extra table', 'create table surprise (id int primary key)', 'drop table if exists "surprise"'],
    [
      'a missing exclusion constraint',
      'alter table coverage_line drop constraint coverage_line_no_second_payer',
      'constraint coverage_line_no_second_payer is missing',
    ],
    [
      'a disabled trigger',
      'alter table budget_entry disable trigger budget_entry_append_only',
      'trigger budget_entry_append_only is missing or disabled',
    ],
  ])('%s is reported', async (_what, change, report) => {
    await db.query(change)
    try {
      expect((await db.schemaDrift()).join('\n')).toContain(report)
    } finally {
      await buildAnew(db)
    }
  })
}

async function buildAnew(db: Database): Promise<void> {
  await db.query('drop schema public cascade; create schema public')
  await db.migrate()
}
