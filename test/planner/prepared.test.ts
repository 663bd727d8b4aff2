import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Executor, serverExecutor } from '../../src/planner/executor.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'

// Real: a PostgreSQL server. PGlite prepares nothing by name.

describeOnServer('statements prepared by name', () => {
  let database: ServerDatabase
  let pool: pg.Pool

  beforeAll(async () => {
    database = await withServerDatabase()
  })
  afterEach(() => pool.end())
  afterAll(() => database?.drop())

  /** An executor over connections of its own; on one connection every statement meets those before it. */
  function executor({ connections = 1, perConnection = 20, seen = 100 } = {}): Executor {
    pool = new pg.Pool({ connectionString: database.url, max: connections })
    // A connection that the server ends is reported here, idle or in use, and would otherwise end the process.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    return serverExecutor(pool, { perConnection, seen })
  }

  async function prepared(): Promise<number> {
    const { rows } = await pool.query('select count(*)::int as n from pg_prepared_statements')
    return rows[0].n
  }

  async function connection(): Promise<number> {
    return (await pool.query('select pg_backend_pid() as pid')).rows[0].pid
  }

  const aliased = (alias: string | number, value: unknown = 7) => ({
    text: `select $1::text as a${alias}`,
    values: [value],
  })

  test('a text is prepared at its second sight, and once', async () => {
    const execute = executor()
    const counts: number[] = []
    for (let n = 0; n < 4; n++) {
      expect(await execute(aliased('same', n))).toEqual([[String(n)]])
      counts.push(await prepared())
    }
    expect(counts).toEqual([0, 1, 1, 1])
  })

  test('aliases that come once prepare nothing', async () => {
    const execute = executor()
    for (let n = 0; n < 300; n++) await execute(aliased(n))
    expect(await prepared()).toBe(0)
  })

  test('1,000 aliases, each seen again at once, leave as many prepared statements as a connection keeps', async () => {
    const execute = executor()
    for (let n = 0; n < 1_000; n++) {
      await execute(aliased(n))
      await execute(aliased(n))
    }
    expect(await prepared()).toBe(20)
  })

  test('on every connection of a busy pool the number stays bounded', async () => {
    const execute = executor({ connections: 4, perConnection: 10, seen: 1_000 })
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, n) => execute(aliased(n % 100, n)).then(([row]) => row![0])),
    )
    expect(answers).toEqual(Array.from({ length: 2_000 }, (_, n) => String(n)))
    const counts = await Promise.all(Array.from({ length: 4 }, prepared))
    expect(Math.max(...counts)).toBeLessThanOrEqual(10)
    expect(Math.max(...counts)).toBeGreaterThan(0)
  })

  test('a statement that fell out still answers, and is prepared again', async () => {
    const execute = executor({ perConnection: 2 })
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++)
        expect(await execute(aliased(n, `${round} ${n}`))).toEqual([[`${round} ${n}`]])
    }
    expect(await prepared()).toBe(2)
  })

  test('what was used last stays: the one used longest ago falls out', async () => {
    const execute = executor({ perConnection: 2 })
    for (const alias of ['a', 'a', 'b', 'b', 'a', 'c', 'c']) await execute(aliased(alias))
    const { rows } = await pool.query('select statement from pg_prepared_statements order by 1')
    expect(rows.map(({ statement }) => statement)).toEqual([aliased('a').text, aliased('c').text])
  })

  test('a text that was seen too long ago counts as new', async () => {
    const execute = executor({ seen: 3 })
    for (const alias of ['a', 'b', 'c', 'd', 'a']) await execute(aliased(alias))
    expect(await prepared()).toBe(0)
    await execute(aliased('a'))
    expect(await prepared()).toBe(1)
  })

  test('a statement that fails leaves its connection usable, and does not stand for a prepared one', async () => {
    const execute = executor({ perConnection: 2 })
    const pid = await connection()
    for (let n = 0; n < 6; n++) {
      await expect(execute({ text: 'select 1 / $1::int', values: [0] })).rejects.toMatchObject({
        code: '22012',
      })
      await expect(execute({ text: `select nothing${n % 2}`, values: [] })).rejects.toMatchObject({
        code: '42703',
      })
    }
    for (let n = 0; n < 6; n++) expect(await execute(aliased(n % 3, n))).toEqual([[String(n)]])
    expect(await execute({ text: 'select 1 / $1::int', values: [1] })).toHaveLength(1)
    expect(await connection()).toBe(pid)
    expect(pool.totalCount - pool.idleCount).toBe(0)
  })

  test('a connection that breaks is given up, and the next statement gets another', async () => {
    const execute = executor()
    for (let n = 0; n < 3; n++) await execute(aliased('same', n))
    const pid = await connection()
    const waiting = execute({ text: 'select pg_sleep(30)::text', values: [] })
    const broken = expect(waiting).rejects.toThrow()
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    await other.query('select pg_terminate_backend($1)', [pid])
    await other.end()
    await broken
    expect(await execute(aliased('same', 'again'))).toEqual([['again']])
    expect(await connection()).not.toBe(pid)
  })
})
