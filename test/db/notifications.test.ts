import { AsyncLocalStorage } from 'node:async_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changesOf } from '../../src/db/changes.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { embeddedNotifications, notify } from '../../src/db/notifications.ts'
import { SettingEntity } from '../../src/db/setting.entity.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'

// Real: PGlite; with TEST_DATABASE_URL a PostgreSQL server, two processes of a hub being two databases opened over it.

/** No table is asked, but a database has to have one. */
const ENTITIES = [SettingEntity]

/** Payloads of a channel in the order in which they were heard, to be waited for one by one. */
async function ears(db: Database, channel: string) {
  const heard: (string | undefined)[] = []
  let wake = () => {}
  const stop = await db.listen(channel, (payload) => {
    heard.push(payload)
    wake()
  })
  return {
    heard,
    stop,
    next: async () => {
      while (heard.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return heard.shift()
    },
  }
}

const send = (db: Database, payload: string, channel = 'roster') => notify(db.query, channel, payload)

/** What holds on either kind of database. `other` is another process on the same one, or the same. */
function notificationsOf(databases: () => { db: Database; other: Database }): void {
  test('what is sent to a channel is heard there, and nowhere else', async () => {
    const { db, other } = databases()
    const rosters = await ears(db, 'roster')
    const overlaps = await ears(db, 'overlap')
    await send(other, '7')
    await send(other, '8', 'overlap')
    expect([await rosters.next(), await overlaps.next()]).toEqual(['7', '8'])
    expect([rosters.heard, overlaps.heard]).toEqual([[], []])
  })

  test('what a transaction sends is heard when it commits, once, and never when it is rolled back', async () => {
    const { db, other } = databases()
    const { next, heard } = await ears(db, 'roster')
    const undone = other.transaction(async (query) => {
      await notify(query, 'roster', 'undone')
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    await other.transaction(async (query) => {
      await notify(query, 'roster', 'done')
      await notify(query, 'roster', 'done')
      expect(heard).toEqual([])
    })
    await send(other, 'last')
    expect([await next(), await next()]).toEqual(['done', 'last'])
  })

  test('who has stopped hears nothing more, and others go on', async () => {
    const { db, other } = databases()
    const [gone, there] = [await ears(db, 'roster'), await ears(db, 'roster')]
    gone.stop()
    gone.stop()
    await send(other, '9')
    expect(await there.next()).toBe('9')
    expect(gone.heard).toEqual([])
  })

  test('a listener runs in its own context, whoever notifies', async () => {
    const { db } = databases()
    const who = new AsyncLocalStorage<string>()
    const told = Promise.withResolvers<string | undefined>()
    const stop = await who.run('listener', () => db.listen('roster', () => told.resolve(who.getStore())))
    await who.run('notifier', () => db.transaction((query) => notify(query, 'roster', '1')))
    expect(await told.promise).toBe('listener')
    stop()
  })

  test('nobody begins to listen within a transaction, or to what is no name', async () => {
    const { db } = databases()
    await expect(db.transaction(() => db.listen('roster', () => {}))).rejects.toThrow('Inside a transaction')
    for (const name of ['', 'Roster', 'a b', 'roster; select 1', 'é', 'a'.repeat(64)]) {
      await expect(db.listen(name, () => {})).rejects.toThrow('cannot be the name of a channel')
    }
  })

  describe('changes of one thing', () => {
    test('are how it is now, and then each notification with its id', async () => {
      const { db, other } = databases()
      const changes = changesOf(db, 'roster', '5')
      expect(await changes.next()).toEqual({ done: false, value: '5' })
      const next = changes.next()
      await send(other, '4')
      await send(other, '5')
      expect(await next).toEqual({ done: false, value: '5' })
      await changes.return!()
    })

    test('that come faster than they are looked at are one', async () => {
      const { db, other } = databases()
      const changes = changesOf(db, 'roster', '5')
      await changes.next()
      const { next } = await ears(db, 'roster')
      for (let n = 0; n < 50; n++) await send(other, '5')
      await send(other, 'end')
      while ((await next()) !== 'end');
      expect(await changes.next()).toEqual({ done: false, value: '5' })
      let isSettled = false
      const waiting = changes.next().finally(() => {
        isSettled = true
      })
      await db.query('select 1')
      expect(isSettled).toBe(false)
      await changes.return!()
      expect(await waiting).toEqual({ done: true, value: undefined })
    })

    test('end at once for who waits for them, and stay ended', async () => {
      const { db } = databases()
      const changes = changesOf(db, 'roster', '5')
      await changes.next()
      const waiting = changes.next()
      expect(await changes.return!()).toEqual({ done: true, value: undefined })
      expect([await waiting, await changes.next()]).toEqual([
        { done: true, value: undefined },
        { done: true, value: undefined },
      ])
    })

    test('end by themselves after what they say is the last', async () => {
      const { db, other } = databases()
      let isOver = false
      const changes = changesOf(db, 'roster', '5', async () => isOver)
      expect(await changes.next()).toEqual({ done: false, value: '5' })
      const next = changes.next()
      isOver = true
      await send(other, '5')
      expect(await next).toEqual({ done: false, value: '5' })
      await send(other, '5')
      expect(await changes.next()).toEqual({ done: true, value: undefined })
    })

    test('can end before anybody has looked', async () => {
      const { db } = databases()
      const changes = changesOf(db, 'roster', '5')
      await changes.return!()
      expect(await changes.next()).toEqual({ done: true, value: undefined })
    })
  })
}

describe('notifications on the embedded database', () => {
  let db: Database
  beforeAll(async () => {
    db = await openDatabase({ dataDir: 'memory' }, ENTITIES)
  })
  afterAll(() => db?.close())

  notificationsOf(() => ({ db, other: db }))

  test('who listens while a transaction runs has to wait for it, and keeps nobody waiting', async () => {
    await ears(db, 'roster')
    const done = Promise.withResolvers<void>()
    const transaction = db.transaction(() => done.promise)
    const listening = ears(db, 'later')
    // A channel that is listened to already needs nothing of the database.
    await ears(db, 'roster')
    done.resolve()
    await transaction
    await send(db, '1', 'later')
    expect(await (await listening).next()).toBe('1')
  })

  test('who comes after one that could not begin to listen can', async () => {
    let tries = 0
    const notifications = embeddedNotifications({
      listen: async (...asked) => {
        if (++tries === 1) throw new Error('not now')
        return db.pglite!.listen(...asked)
      },
    })
    const heard: (string | undefined)[] = []
    const listen = () => notifications.listen('roster', (payload) => heard.push(payload))
    await expect(listen()).rejects.toThrow('not now')
    await listen()
    await listen()
    await send(db, '1')
    // Not the one who was refused.
    await expect.poll(() => heard).toEqual(['1', '1'])
    expect(tries).toBe(2)
  })
})

describeOnServer('notifications on a PostgreSQL server', () => {
  let server: ServerDatabase
  let db: Database
  let other: Database
  beforeAll(async () => {
    server = await withServerDatabase()
    const open = () => openDatabase({ databaseUrl: server.url, poolSize: 2 }, ENTITIES)
    ;[db, other] = await Promise.all([open(), open()])
  })
  afterAll(async () => {
    await db?.close()
    await other?.close()
    await server?.drop()
  })

  const connections = async () =>
    (
      await other.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = 'payung_listen' and datname = current_database()`,
      )
    ).map(({ pid }) => pid)

  notificationsOf(() => ({ db, other }))

  test('all who listen share one connection, which is none of the pool', async () => {
    await Promise.all([ears(db, 'roster'), ears(db, 'overlap'), ears(db, 'roster')])
    expect(await connections()).toHaveLength(1)
  })

  test('a lost connection comes back, and says that something may have been missed', async () => {
    const { next } = await ears(db, 'roster')
    const changes = changesOf(db, 'roster', '5')
    await changes.next()
    const waiting = changes.next()
    const [pid] = await connections()
    await other.query('select pg_terminate_backend($1)', [pid])
    expect(await next()).toBeUndefined()
    expect(await waiting).toEqual({ done: false, value: '5' })
    await send(other, '6')
    expect(await next()).toBe('6')
    expect(await connections()).not.toContain(pid)
    await changes.return!()
  })

  test('a server that is away is waited for', async () => {
    const own = await withServerDatabase()
    const away = await openDatabase({ databaseUrl: own.url, poolSize: 1 }, ENTITIES)
    const { next } = await ears(away, 'roster')
    // Refuses the connections to come, and ends those that are.
    const name = new URL(own.url).pathname.slice(1)
    await other.query(`alter database ${name} allow_connections false`)
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
    const listening = Promise.allSettled([ears(away, 'overlap'), ears(away, 'overlap')])
    await other.query(`alter database ${name} allow_connections true`)
    expect(await next()).toBeUndefined()
    await listening
    const later = await ears(away, 'overlap')
    await send(away, '3', 'overlap')
    expect(await later.next()).toBe('3')
    await away.close()
    await own.drop()
  })

  test('a closed database has no connection left, and refuses who comes then', async () => {
    const own = await openDatabase({ databaseUrl: server.url, poolSize: 1 }, ENTITIES)
    const before = (await connections()).length
    await ears(own, 'roster')
    expect(await connections()).toHaveLength(before + 1)
    await own.close()
    await expect.poll(connections).toHaveLength(before)
    await expect(own.listen('roster', () => {})).rejects.toThrow('closed')
  })
})
