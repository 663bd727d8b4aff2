// Real: a PostgreSQL server with two roles, one that owns the tables and one for the application.
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isEmptyHub, loadReferenceData } from '../../seeds/reference-data.ts'
import { seedHub } from '../../seeds/seed-hub.ts'
import { sealWaiting } from '../../src/access/audit/chain.ts'
import { verifyAudit } from '../../src/access/audit/verify.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { MIGRATION_NAMES } from '../../src/db/migrations/names.ts'
import { readConfig } from '../../src/kernel/config.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { look } from '../access/audit/trail.ts'
import { entities } from '../harness/entities.ts'
import { runFast } from '../harness/operations.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'

const NO_RIGHT = { code: '42501' }

describeOnServer('an application with a role of its own', () => {
  const suffix = `${process.pid}_${randomBytes(4).toString('hex')}`
  const roles = { owner: `payung_owner_${suffix}`, application: `payung_app_${suffix}` }
  const password = randomBytes(12).toString('hex')
  let server: ServerDatabase
  let hub: Hub

  beforeAll(async () => {
    server = await withServerDatabase()
    await asSuperuser(`create role ${roles.owner} login password '${password}';
      create role ${roles.application} login password '${password}';
      alter database ${new URL(server.url).pathname.slice(1)} owner to ${roles.owner}`)
    hub = await openHub(configured(server.url))
  })

  afterAll(async () => {
    await hub?.close()
    await server?.drop()
    for (const role of Object.values(roles)) await inMaintenance(`drop role if exists ${role}`)
  })

  function urlOf(role: keyof typeof roles, url = server.url): string {
    return Object.assign(new URL(url), { username: roles[role], password }).href
  }

  /** As `payung serve` reads it. */
  function configured(url: string) {
    return readConfig({
      DATABASE_URL: urlOf('application', url),
      DATABASE_MIGRATION_URL: urlOf('owner', url),
      PAYUNG_DATA: 'memory',
      PAYUNG_TODAY: '2023-05-15',
    })
  }

  async function asSuperuser(statement: string): Promise<void> {
    await runAlone(server.url, statement)
  }

  const open = (options: { databaseUrl: string; migrationUrl?: string }): Promise<Database> =>
    openDatabase(options, entities)

  test('the hub opens on an empty database: the owner migrated it, the application owns nothing', async () => {
    expect(await hub.db.query('select current_user as role')).toEqual([{ role: roles.application }])
    expect(await hub.db.query('select from migration')).toHaveLength(MIGRATION_NAMES.length)
    const owners = await hub.db.query(
      `select distinct tableowner from pg_tables where schemaname = current_schema()`,
    )
    expect(owners).toEqual([{ tableowner: roles.owner }])
  })

  test('the hub is filled and answers', async () => {
    expect(await isEmptyHub(hub.db.query)).toBe(true)
    await loadReferenceData(hub.db, silentProgress)
    await hub.db.asOwner((owner) =>
      seedHub(owner, 'national', { keys: hub.nikKeys, progress: silentProgress, workers: 1000 }),
    )
    await hub.refresh()
    const { data, errors } = await runFast(hub, '{ province(code: "36") { name } }')
    expect(errors).toBeUndefined()
    expect(data).toEqual({ province: { name: 'Banten' } })
  })

  test('the application records, seals and proves the audit trail', async () => {
    await look(hub.db.query)
    await hub.db.transaction(sealWaiting)
    await look(hub.db.query)
    expect(await verifyAudit(hub.db)).toMatchObject({ events: 2, seals: 1, waiting: 1, broken: undefined })
  })

  test('the application writes the ledger and what it explains, and numbers rows', async () => {
    await hub.db.transaction(async (query) => {
      await query(`insert into payer (kind, name, area_code) values ('REGENCY', 'A regency', '36.03')`)
      await query(`insert into budget (payer_id, fiscal_year, funding_source, agency, original_ceiling)
        select id, 2023, 'APBD_REGENCY', 'Disnaker', 5 from payer where name = 'A regency'`)
      await query(`insert into budget_entry (budget_id, kind, ceiling_delta, entered_on, note)
        select id, 'ALLOCATE', 5, '2023-01-02', 'test' from budget where original_ceiling = 5`)
      await query(`update payer set name = 'Another' where name = 'A regency'`)
      await query(`delete from setting where name = 'nothing'`)
    })
    expect(await hub.db.query('select ceiling from budget where original_ceiling = 5')).toEqual([
      { ceiling: '5' },
    ])
  })

  test.each(
    ['audit_event', 'audit_seal', 'budget_entry'].flatMap((table) => [
      `update ${table} set id = id`,
      `delete from ${table}`,
      `truncate ${table}`,
      `alter table ${table} disable trigger ${table}_append_only`,
      `drop trigger ${table}_append_only on ${table}`,
      `drop table ${table}`,
      `create trigger mine after insert on ${table} execute function refuse_rewriting()`,
    ]),
  )('the application may not: %s', async (statement) => {
    await expect(hub.db.query(statement)).rejects.toMatchObject(NO_RIGHT)
  })

  test.each([
    'set session_replication_role = replica',
    `insert into migration (name) values ('Migration99999999999999')`,
    'truncate audit_pending',
    'create or replace function refuse_rewriting() returns trigger language plpgsql as $$begin return null; end$$',
    'create table mine (id int)',
    'alter table worker add column mine int',
  ])('nor: %s', async (statement) => {
    await expect(hub.db.query(statement)).rejects.toMatchObject(NO_RIGHT)
  })

  test('what was granted by mistake is taken back at the next start', async () => {
    await asSuperuser(`grant update, delete on audit_event to ${roles.application}`)
    await expect(hub.db.query('delete from audit_event')).rejects.toThrow('is append-only')
    const again = await open({ databaseUrl: urlOf('application'), migrationUrl: urlOf('owner') })
    expect(await again.migrate()).toEqual([])
    await expect(again.query('delete from audit_event')).rejects.toMatchObject(NO_RIGHT)
    await again.close()
  })

  test('the tables are compared with the entities as their owner', async () => {
    expect(await hub.db.asOwner((owner) => owner.schemaDrift())).toEqual([])
  })

  test('hubs that start together migrate and grant without a quarrel', async () => {
    const empty = await withServerDatabase()
    await runAlone(
      empty.url,
      `alter database ${new URL(empty.url).pathname.slice(1)} owner to ${roles.owner}`,
    )
    const hubs = await Promise.all(
      Array.from({ length: 4 }, () =>
        open({ databaseUrl: urlOf('application', empty.url), migrationUrl: urlOf('owner', empty.url) }),
      ),
    )
    const applied = await Promise.all(hubs.map((db) => db.migrate()))
    expect(applied.flat()).toEqual([...MIGRATION_NAMES])
    for (const db of hubs) await look(db.query)
    await Promise.all(hubs.map((db) => db.close()))
    await empty.drop()
  })

  test.each([
    ['the owner itself', () => urlOf('owner'), 'owns the schema'],
    ['a superuser', () => server.url, 'is a superuser'],
  ])('%s is refused as the application: it could rewrite the trail', async (_who, url, reason) => {
    const db = await open({ databaseUrl: url(), migrationUrl: urlOf('owner') })
    const attempt = db.migrate()
    await expect(attempt).rejects.toThrow(SetupError)
    await expect(attempt).rejects.toThrow(reason)
    await expect(attempt).rejects.not.toThrow(password)
    await db.close()
  })

  test('an application that may write everything by another role is refused, and left as it was', async () => {
    await asSuperuser(`grant pg_write_all_data to ${roles.application}`)
    try {
      const db = await open({ databaseUrl: urlOf('application'), migrationUrl: urlOf('owner') })
      await expect(db.migrate()).rejects.toThrow('may change or empty the table audit_event')
      await db.close()
    } finally {
      await asSuperuser(`revoke pg_write_all_data from ${roles.application}`)
    }
    await look(hub.db.query)
  })

  test('two URLs of two databases are refused', async () => {
    const other = await withServerDatabase()
    const application = await open({
      databaseUrl: urlOf('application', other.url),
      migrationUrl: urlOf('owner'),
    })
    await expect(application.migrate()).rejects.toThrow('name two databases')
    await application.close()
    await other.drop()
  })

  test('an owner that does not answer is explained with its own variable, without the password', async () => {
    const db = await open({
      databaseUrl: urlOf('application'),
      migrationUrl: 'postgres://u:secret@127.0.0.1:1/db',
    })
    const attempt = db.migrate()
    await expect(attempt).rejects.toThrow('correct DATABASE_MIGRATION_URL')
    await expect(attempt).rejects.not.toThrow('secret')
    await db.close()
  })
})

async function inMaintenance(statement: string): Promise<void> {
  await runAlone(
    Object.assign(new URL(process.env.TEST_DATABASE_URL!), { pathname: '/postgres' }).href,
    statement,
  )
}

async function runAlone(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
