// Real: a PostgreSQL server, 22 connections, and the sealers of two hubs.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sealWaiting } from '../../../src/access/audit/chain.ts'
import { startSealer } from '../../../src/access/audit/sealer.ts'
import { verifyAudit } from '../../../src/access/audit/verify.ts'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { emptyTables } from '../../harness/empty-tables.ts'
import { entities } from '../../harness/entities.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../../harness/server-database.ts'
import { look, seals } from './trail.ts'

/** Fails a statement that waits for a lock of somebody else. */
const IMPATIENT = `set local lock_timeout = '1s'`

describeOnServer('many who write at once', () => {
  let server: ServerDatabase
  let db: Database
  let other: Database

  beforeAll(async () => {
    server = await withServerDatabase()
    db = await openDatabase({ databaseUrl: server.url, poolSize: 22 }, entities)
    other = await openDatabase({ databaseUrl: server.url, poolSize: 2 }, entities)
    await db.migrate()
  })

  beforeEach(() => emptyTables(db, 'audit_event', 'audit_pending', 'audit_seal'))

  afterAll(async () => {
    await other?.close()
    await db?.close()
    await server?.drop()
  })

  test('every event that was committed is sealed once, none that was rolled back, while two sealers run', async () => {
    const sealers = [startSealer(db, { everyMs: 3 }), startSealer(other, { everyMs: 3 })]
    const committed: string[] = []
    const write = async (writer: number, n: number) => {
      const requestId = `${writer}-${n}`
      const attempt = db.transaction(async (query) => {
        await query(IMPATIENT)
        await look(query, {}, requestId)
        // Some commit long after they took their id, when later ids are sealed already.
        if (n % 10 === 0) await query('select pg_sleep($1)', [0.02 + writer / 200])
        if (n % 7 === 0) throw new Error('changed my mind')
      })
      await attempt.then(
        () => committed.push(requestId),
        (error) => expect(error.message).toBe('changed my mind'),
      )
    }
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let n = 1; n <= 50; n++) await write(writer, n)
      }),
    )
    await Promise.all(sealers.map((sealer) => sealer.stop()))
    const last = startSealer(db, { everyMs: 60_000 })
    await last.sealNow()
    await last.stop()

    const sealed = await db.query<{ request_id: string }>(`
      select request_id from audit_seal cross join unnest(events) as event_id
      join audit_event on audit_event.id = event_id`)
    expect(sealed.map(({ request_id }) => request_id).sort()).toEqual(committed.sort())
    expect(committed).toHaveLength(20 * (50 - 7))
    const links = await seals(db)
    expect(links.length).toBeGreaterThan(5)
    expect(isInOrder(links.flatMap(({ events }) => events))).toBe(false)
    expect(await verifyAudit(db)).toMatchObject({ events: committed.length, waiting: 0, broken: undefined })
  })

  test('an event that commits after later ones were sealed is in a later seal', async () => {
    const letGo = Promise.withResolvers<void>()
    const late = db.transaction(async (query) => {
      await look(query, {}, 'late')
      await letGo.promise
    })
    await waitUntil(async () => {
      const [busy] = await db.query<{ n: string }>(
        `select count(*) as n from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
      )
      return busy!.n === '1'
    })
    await look(db.query, {}, 'early')
    await db.transaction(sealWaiting)
    letGo.resolve()
    await late
    await db.transaction(sealWaiting)
    const order = await db.query(`select request_id from audit_seal cross join unnest(events) as event_id
      join audit_event on audit_event.id = event_id order by audit_seal.id`)
    expect(order).toEqual([{ request_id: 'early' }, { request_id: 'late' }])
    expect(await verifyAudit(db)).toMatchObject({ seals: 2, waiting: 0, broken: undefined })
  })

  test('nobody waits for a sealer in the middle of a seal: no writer, no other sealer, no proof', async () => {
    await look(db.query)
    await db.transaction(async (sealing) => {
      await sealWaiting(sealing)
      const beside = await other.transaction(async (query) => {
        await query(IMPATIENT)
        await look(query)
        return sealWaiting(query)
      })
      expect(beside).toBeUndefined()
      expect(await verifyAudit(other)).toMatchObject({ events: 2, seals: 0, waiting: 2, broken: undefined })
    })
    expect(await verifyAudit(db)).toMatchObject({ events: 2, seals: 1, waiting: 1, broken: undefined })
  })

  test('a sealer does not wait for a writer, nor a writer for another', async () => {
    await look(db.query)
    await db.transaction(async (writing) => {
      await look(writing)
      await other.transaction(async (query) => {
        await query(IMPATIENT)
        await look(query)
        expect(await sealWaiting(query)).toMatchObject({ events: 2 })
      })
    })
    expect(await verifyAudit(db)).toMatchObject({ events: 3, seals: 1, waiting: 1, broken: undefined })
  })

  test('a proof reads one moment, whatever is written and sealed meanwhile', async () => {
    const sealer = startSealer(other, { everyMs: 1 })
    const writing = (async () => {
      for (let n = 0; n < 200; n++) await look(db.query)
    })()
    let isWriting = true
    writing.finally(() => {
      isWriting = false
    })
    while (isWriting) expect((await verifyAudit(db)).broken).toBeUndefined()
    await writing
    await sealer.stop()
  })
})

function isInOrder(ids: readonly string[]): boolean {
  return ids.every((id, i) => i === 0 || BigInt(ids[i - 1]!) < BigInt(id))
}

async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 10_000
  while (!(await condition())) {
    if (performance.now() > until) throw new Error('nothing happened in ten seconds')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
