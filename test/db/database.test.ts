// Real: the embedded database; with TEST_DATABASE_URL also a PostgreSQL server.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { MIGRATION_NAMES } from '../../src/db/migrations/names.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { PayerEntity } from '../../src/payers/payer.entity.ts'
import { entities } from '../harness/entities.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'

describe('the embedded database', () => {
  behavesLikeADatabase(async () => ({ db: await openDatabase({}, entities), drop: async () => {} }))
})

describeOnServer('a server', () => {
  behavesLikeADatabase(async () => {
    const server = await withServerDatabase()
    return { db: await openDatabase({ databaseUrl: server.url, poolSize: 3 }, entities), drop: server.drop }
  })

  let server: ServerDatabase
  beforeAll(async () => {
    server = await withServerDatabase()
  })
  afterAll(() => server?.drop())

  test('servers that start together on an empty database migrate it once', async () => {
    const hubs = await Promise.all(
      Array.from({ length: 6 }, () => openDatabase({ databaseUrl: server.url, poolSize: 1 }, entities)),
    )
    const applied = await Promise.all(hubs.map((hub) => hub.migrate()))
    expect(applied.flat()).toEqual([...MIGRATION_NAMES])
    expect(await hubs[0]!.query('select name from migration')).toHaveLength(MIGRATION_NAMES.length)
    await Promise.all(hubs.map((hub) => hub.close()))
  })

  test('a database that does not exist is explained without the password', async () => {
    const url = new URL(server.url)
    url.username = 'postgres'
    url.password = 'secret'
    url.pathname = '/payung_nowhere'
    const attempt = openDatabase({ databaseUrl: url.href }, entities)
    await expect(attempt).rejects.toThrow(SetupError)
    await expect(attempt).rejects.toThrow('payung_nowhere')
    await expect(attempt).rejects.not.toThrow('secret')
  })

  test('settings in the URL are kept beside ours', async () => {
    const hub = await openDatabase({ databaseUrl: `${server.url}?options=-c%20work_mem%3D5MB` }, entities)
    expect(await hub.query('show work_mem')).toEqual([{ work_mem: '5MB' }])
    expect(await hub.query('show jit')).toEqual([{ jit: 'off' }])
    await hub.close()
  })
})

test('a server that does not answer is explained', async () => {
  await expect(openDatabase({ databaseUrl: 'postgres://u:secret@127.0.0.1:1/db' }, [])).rejects.toThrow(
    /^The database server 127\.0\.0\.1:1\/db cannot be used: .*ECONNREFUSED/,
  )
})

function behavesLikeADatabase(open: () => Promise<{ db: Database; drop: () => Promise<void> }>): void {
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

  test('values arrive without loss and without a time zone', async () => {
    const [row] = await db.query(
      `select $1::bigint as big, $2::date as day, $3::daterange as months, $4::numeric as money,
        timestamptz '2022-06-15 07:00+07' as at, array['2022-06-01'::date] as days,
        array[9007199254740993] as bigs, $5::text[] as names, '{"a":[1]}'::jsonb as json, 5::int as small,
        true as yes, null as nothing, '\\x00ff'::bytea as bytes`,
      [9007199254740993n, '1980-05-01', '[2022-01-01,2023-01-01)', '12.50', ['Ra"as', 'Lubuk I,II', null]],
    )
    const { bytes, ...values } = row as { bytes: Uint8Array }
    expect(values).toEqual({
      big: '9007199254740993',
      day: '1980-05-01',
      months: '[2022-01-01,2023-01-01)',
      money: '12.50',
      at: '2022-06-15 00:00:00+00',
      days: ['2022-06-01'],
      bigs: ['9007199254740993'],
      names: ['Ra"as', 'Lubuk I,II', null],
      json: { a: [1] },
      small: 5,
      yes: true,
      nothing: null,
    })
    expect([...bytes]).toEqual([0, 255])
  })

  test('every session writes ISO dates in UTC and compiles nothing', async () => {
    const [row] = await db.query(
      `select current_setting('DateStyle') as style, current_setting('TimeZone') as zone,
        current_setting('jit') as jit, current_setting('application_name') as name`,
    )
    expect(row).toMatchObject({
      style: expect.stringMatching(/^ISO/),
      zone: 'UTC',
      jit: 'off',
      name: 'payung',
    })
  })

  test('a second migration finds nothing to do', async () => {
    expect(await db.migrate()).toEqual([])
  })

  test('a transaction that fails leaves nothing behind', async () => {
    const attempt = db.transaction(async (query) => {
      await query("insert into setting values ('lost', '1')")
      throw new Error('changed my mind')
    })
    await expect(attempt).rejects.toThrow('changed my mind')
    expect(await db.query("select from setting where name = 'lost'")).toEqual([])
  })

  test('a query that forgets the transaction around it is refused, not lost', async () => {
    const attempt = db.transaction(async () => db.query('select 1'))
    await expect(attempt).rejects.toThrow('use the query that the transaction hands out')
  })

  test('MikroORM writes to the same rows that plain SQL reads', async () => {
    const em = db.orm.em.fork()
    const payer = em.create(PayerEntity, { kind: 'PROVINCE', name: 'Banten', areaCode: '36' })
    await em.flush()
    expect(typeof payer.id).toBe('string')
    expect(await db.query('select name from payer where id = $1', [payer.id])).toEqual([{ name: 'Banten' }])
  })

  test('transactions of MikroORM do not see each other, nor does a query beside them', async () => {
    const rename = (name: string, fail: boolean) =>
      db.orm.em.fork().transactional(async (em) => {
        await em.execute(`insert into setting values ('${name}', '1')`)
        await em.transactional((inner) => inner.execute(`insert into setting values ('inner${name}', '1')`))
        if (fail) throw new Error('fails')
      })
    const outcomes = await Promise.allSettled([
      rename('first', false),
      rename('second', true),
      db.query("insert into setting values ('beside', '1')"),
      rename('third', false),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    const rows = await db.query<{ name: string }>('select name from setting order by name')
    expect(rows.map(({ name }) => name)).toEqual(['beside', 'first', 'innerfirst', 'innerthird', 'third'])
  })

  test('nothing in the schema deletes or changes a row by a cascade', async () => {
    const rows = await db.query(
      "select conname from pg_constraint where contype = 'f' and (confdeltype <> 'a' or confupdtype <> 'a')",
    )
    expect(rows).toEqual([])
    expect(await db.orm.schema.getCreateSchemaSQL()).not.toMatch(/cascade|set null/)
  })

  test('closing twice is the same as closing once', async () => {
    await db.close()
    await db.close()
  })
}
