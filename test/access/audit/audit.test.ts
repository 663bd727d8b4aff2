// Real: the migrated embedded database; with TEST_DATABASE_URL also a server. Tampering is that of a superuser.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AuditRecord, recordAudit, recordRefusal } from '../../../src/access/audit/audit.ts'
import { AuditAction, AuditOutcome } from '../../../src/access/audit/audit-event.entity.ts'
import { sealWaiting } from '../../../src/access/audit/chain.ts'
import { startSealer } from '../../../src/access/audit/sealer.ts'
import { verifyAudit } from '../../../src/access/audit/verify.ts'
import { Purpose } from '../../../src/access/purpose.ts'
import { ANONYMOUS } from '../../../src/access/viewer.ts'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { createLogger } from '../../../src/kernel/log.ts'
import { emptyTables } from '../../harness/empty-tables.ts'
import { entities } from '../../harness/entities.ts'
import { describeOnServer, withServerDatabase } from '../../harness/server-database.ts'
import { CLERK, hashesComputedHere, hex, look, seals } from './trail.ts'

describe('on the embedded database', () => {
  keepsATrail(async () => ({ db: await openDatabase({}, entities), drop: async () => {} }))
})

describeOnServer('on a server', () => {
  keepsATrail(async () => {
    const server = await withServerDatabase()
    return { db: await openDatabase({ databaseUrl: server.url, poolSize: 3 }, entities), drop: server.drop }
  })
})

function keepsATrail(open: () => Promise<{ db: Database; drop: () => Promise<void> }>): void {
  let db: Database
  let drop: () => Promise<void>

  beforeAll(async () => {
    ;({ db, drop } = await open())
    await db.migrate()
  })

  beforeEach(() => emptyTables(db, 'audit_event', 'audit_pending', 'audit_seal'))

  afterAll(async () => {
    await db?.close()
    await drop?.()
  })

  /** As somebody who may switch off triggers. */
  async function tamper(statement: string): Promise<void> {
    await db.transaction((query) => query(`set local session_replication_role = replica; ${statement}`))
  }

  const seal = () => db.transaction(sealWaiting)

  /** Three seals of two events each: 1 and 2, 3 and 4, 5 and 6. */
  async function aSealedTrail(): Promise<void> {
    for (const worker of ['11', '12', '13', '14', '15', '16']) {
      await look(db.query, { workers: [worker] })
      if (Number(worker) % 2 === 0) await seal()
    }
  }

  describe('an event', () => {
    test('says who did what, why, to whom and in which request', async () => {
      await look(db.query, { workers: ['7', '8'], people: 3 }, 'request-9')
      expect(await db.query('select * from audit_event')).toEqual([
        {
          id: '1',
          at: expect.stringMatching(/^20\d\d-/),
          actor: 'clerk-of-tangerang',
          payer_id: '2',
          action: 'IDENTITY_READ',
          outcome: 'DONE',
          purpose: 'CLAIM',
          what: 'Worker.identity',
          workers: ['7', '8'],
          people: 3,
          reason: null,
          request_id: 'request-9',
          subject: null,
        },
      ])
    })

    test('of somebody without a token has no actor', async () => {
      const refusal = { action: 'LOGIN_FAILED', what: 'token', reason: 'UNAUTHENTICATED' } as const
      await recordRefusal(db, { viewer: ANONYMOUS, requestId: 'r' }, refusal)
      expect(await db.query('select actor, payer_id, outcome, reason, people from audit_event')).toEqual([
        { actor: null, payer_id: null, outcome: 'REFUSED', reason: 'UNAUTHENTICATED', people: 0 },
      ])
    })

    test('is recorded whatever ids the caller and the token made up', async () => {
      const viewer = { ...CLERK, payer: 'the regency' }
      const event = { action: 'MUTATION', outcome: 'FAILED', what: 'settleOverlap' } as const
      await recordAudit(
        db.query,
        { viewer, requestId: 'r' },
        { ...event, workers: ['x', '99999999999999999999', '5'] },
      )
      expect(await db.query('select workers, payer_id, people from audit_event')).toEqual([
        { workers: ['5'], payer_id: null, people: 3 },
      ])
    })

    test('about 1,500 people names 1,000 of them and counts all', async () => {
      await look(db.query, { workers: Array.from({ length: 1_500 }, (_, n) => String(n + 1)) })
      expect(await db.query('select cardinality(workers) as named, people from audit_event')).toEqual([
        { named: 1_000, people: 1_500 },
      ])
    })

    test('goes with the transaction it was recorded in', async () => {
      const attempt = db.transaction(async (query) => {
        await look(query)
        throw new Error('the vault cannot be opened')
      })
      await expect(attempt).rejects.toThrow('the vault')
      expect(await db.query('select from audit_event')).toEqual([])
      expect(await db.query('select from audit_pending')).toEqual([])
    })

    test('has the time at which it happened, also late in a long transaction', async () => {
      await db.transaction(async (query) => {
        await look(query)
        await query('select pg_sleep(0.05)')
        await look(query)
      })
      expect(
        await db.query(`select max(at) - min(at) >= interval '50 ms' as apart from audit_event`),
      ).toEqual([{ apart: true }])
    })

    test.each([
      ['a NIK', { what: '3603010101800001' }],
      ['a sentence', { what: 'Worker of Balaraja' }],
      ['a reason that is no code', { reason: 'Siti is unknown' }],
      ['a number as its reason', { reason: '3603010101800001' }],
      ['a very long what', { what: 'x'.repeat(101) }],
    ])('with %s is refused by the database', async (_what, changes) => {
      await expect(look(db.query, changes as Partial<AuditRecord>)).rejects.toMatchObject({ code: '23514' })
    })
  })

  test.each([
    `update audit_event set purpose = 'AUDIT'`,
    'delete from audit_event',
    'truncate audit_event',
    `update audit_seal set sealed_at = now()`,
    'delete from audit_seal',
    'truncate audit_seal',
  ])('the trail is append-only: %s is refused', async (statement) => {
    await aSealedTrail()
    await expect(db.query(statement)).rejects.toThrow('is append-only')
  })

  describe('the chain', () => {
    test('takes every committed event once, in batches, and proves itself', async () => {
      await aSealedTrail()
      await look(db.query)
      expect((await seals(db)).map(({ events }) => events)).toEqual([
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ])
      const last = (await seals(db)).at(-1)!
      expect(await verifyAudit(db)).toEqual({
        events: 7,
        seals: 3,
        waiting: 1,
        last: { seal: '3', hash: Buffer.from(last.hash).toString('base64url') },
        broken: undefined,
      })
    })

    test('of an empty trail holds', async () => {
      expect(await seal()).toBeUndefined()
      expect(await verifyAudit(db)).toMatchObject({ events: 0, seals: 0, waiting: 0, broken: undefined })
    })

    test('is what anybody computes from the rows, whatever was recorded and in whatever batches', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(anEvent, { maxLength: 4 }), { maxLength: 4 }), async (batches) => {
          for (const batch of batches) {
            for (const { viewer, requestId, record } of batch) {
              await recordAudit(db.query, { viewer, requestId }, record)
            }
            await seal()
          }
          expect((await seals(db)).map(({ hash }) => hex(hash))).toEqual(await hashesComputedHere(db))
          expect((await verifyAudit(db)).broken).toBeUndefined()
        }),
        { numRuns: 40 },
      )
    })

    test('does not depend on the settings of the session that seals or proves', async () => {
      await look(db.query)
      await db.transaction(async (query) => {
        await query(`set local TimeZone = 'Asia/Jakarta'; set local DateStyle = 'German';
          set local bytea_output = 'escape'; set local extra_float_digits = 0`)
        await sealWaiting(query)
      })
      expect((await seals(db)).map(({ hash }) => hex(hash))).toEqual(await hashesComputedHere(db))
      expect((await verifyAudit(db)).broken).toBeUndefined()
    })
  })

  describe('tampering is found:', () => {
    test.each([
      [
        'another actor',
        `update audit_event set actor = 'somebody else' where id = 3`,
        /^Seal 2 does not fit its events.*It holds 3, 4\.$/,
      ],
      ['another purpose', `update audit_event set purpose = 'AUDIT' where id = 6`, /^Seal 3 does not fit/],
      ['another worker', `update audit_event set workers = '{99}' where id = 1`, /^Seal 1 does not fit/],
      [
        'an earlier time, by a microsecond',
        `update audit_event set at = at - interval '1 microsecond' where id = 2`,
        /^Seal 1 does not fit/,
      ],
      [
        'nothing where there was an empty value',
        `update audit_event set payer_id = null where id = 2`,
        /^Seal 1 does not fit/,
      ],
      ['a deleted event', 'delete from audit_event where id = 4', /^Seal 2 holds events that are gone: 4\.$/],
      [
        'a deleted event that still waits',
        'delete from audit_event where id = 7',
        /^Event 7 waits for a seal but is gone\.$/,
      ],
      [
        'an event put in past the trail',
        `insert into audit_event (id, action, outcome, what, request_id)
          values (100, 'MUTATION', 'DONE', 'enrollWorker', 'r')`,
        /^Event 100 is in no seal/,
      ],
      [
        'an event put into a seal',
        `insert into audit_event (id, action, outcome, what, request_id)
          values (100, 'MUTATION', 'DONE', 'enrollWorker', 'r');
          update audit_seal set events = events || 100::bigint where id = 3`,
        /^Seal 3 does not fit/,
      ],
      [
        'two events that changed places',
        `update audit_event set id = case id when 1 then -3 else -1 end where id in (1, 3);
          update audit_event set id = -id where id < 0`,
        /^Seal 1 does not fit/,
      ],
      [
        'two events that changed places within their seal',
        `update audit_seal set events = '{2,1}' where id = 1`,
        /^Seal 1 does not fit/,
      ],
      [
        'another hash',
        `update audit_seal set hash = sha256('x') where id = 2`,
        /^Seal 2 does not fit its events/,
      ],
      [
        'another previous hash',
        `update audit_seal set previous_hash = sha256('x') where id = 1`,
        /^Seal 1 does not follow: no seal comes before it/,
      ],
      [
        'a seal computed anew after its event was changed',
        `update audit_event set actor = 'somebody else' where id = 3;
          update audit_seal set hash = sha256('computed anew') where id = 2`,
        /^Seal 2 does not fit/,
      ],
      [
        'a removed seal',
        'delete from audit_seal where id = 2',
        /^Seal 3 does not follow: the seal before it is 1/,
      ],
      ['a removed first seal', 'delete from audit_seal where id = 1', /^Seal 2 does not follow: no seal/],
      ['a removed last seal', 'delete from audit_seal where id = 3', /^Event 5 is in no seal/],
      [
        'a removed seal with its events',
        'delete from audit_event where id in (3, 4); delete from audit_seal where id = 2',
        /^Seal 3 does not follow/,
      ],
      [
        'two seals that changed places',
        `update audit_seal set id = case id when 1 then 20 else 10 end where id in (1, 2);
          update audit_seal set id = id / 10 where id >= 10`,
        /^Seal 1 does not follow/,
      ],
      [
        'a seal in front of the first',
        `insert into audit_seal (id, previous_hash, hash, events) values (-5, sha256('a'), sha256('b'), '{7}')`,
        /^Seal -5 does not follow: no seal comes before it/,
      ],
      [
        'a sealed event that waits again',
        'insert into audit_pending values (2)',
        /^Event 2 is in seal 1 and waits for another\.$/,
      ],
      [
        'an event taken out of the queue',
        'delete from audit_pending where event_id = 7',
        /^Event 7 is in no seal/,
      ],
    ])('%s', async (_what, statement, problem) => {
      await aSealedTrail()
      await look(db.query)
      expect((await verifyAudit(db)).broken).toBeUndefined()
      await tamper(statement)
      expect((await verifyAudit(db)).broken?.problem).toMatch(problem)
    })

    test('an event in two seals', async () => {
      await aSealedTrail()
      await tamper('insert into audit_pending values (2)')
      await seal()
      expect((await verifyAudit(db)).broken).toEqual({
        problem: 'Event 2 is in more than one place of the chain: seals 1, 4.',
        seal: '1',
        events: ['2'],
      })
    })

    test('a change in the middle of a long chain', async () => {
      for (let n = 0; n < 120; n++) {
        await look(db.query)
        await seal()
      }
      expect(await verifyAudit(db)).toMatchObject({ seals: 120, broken: undefined })
      await tamper('update audit_event set people = 2 where id = 101')
      expect((await verifyAudit(db)).broken).toMatchObject({ seal: '101', events: ['101'] })
    })

    test('a deleted event is not taken out of the queue by the next seal', async () => {
      await look(db.query)
      await look(db.query)
      await tamper('delete from audit_event where id = 1')
      await seal()
      expect((await verifyAudit(db)).broken?.problem).toBe('Event 1 waits for a seal but is gone.')
    })
  })

  describe('the sealer', () => {
    test('seals in rounds of its own until it is stopped', async () => {
      const sealer = startSealer(db, { everyMs: 5 })
      try {
        await look(db.query)
        await waitFor(async () => (await seals(db)).length === 1)
        await look(db.query)
        await waitFor(async () => (await seals(db)).length === 2)
      } finally {
        await sealer.stop()
      }
      await look(db.query)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await verifyAudit(db)).toMatchObject({ seals: 2, waiting: 1, broken: undefined })
    })

    test('catches up in batches of a thousand', async () => {
      await db.query(`insert into audit_event (action, outcome, what, request_id)
        select 'MUTATION', 'DONE', 'enrollWorker', 'r' from generate_series(1, 2345)`)
      const sealer = startSealer(db, { everyMs: 60_000 })
      expect(await sealer.sealNow()).toBe(2345)
      await sealer.stop()
      expect((await seals(db)).map(({ events }) => events.length)).toEqual([1000, 1000, 345])
      expect(await verifyAudit(db)).toMatchObject({ events: 2345, waiting: 0, broken: undefined })
    })

    test('goes on after the database failed, and says so once', async () => {
      const lines: Record<string, unknown>[] = []
      const logger = createLogger({
        level: 'info',
        destination: { write: (line) => lines.push(JSON.parse(line)) },
      })
      await db.query('alter table audit_pending rename to audit_gone')
      const sealer = startSealer(db, { everyMs: 5, logger })
      try {
        await expect(sealer.sealNow()).rejects.toThrow('audit_pending')
        await new Promise((resolve) => setTimeout(resolve, 100))
        await db.query('alter table audit_gone rename to audit_pending')
        await look(db.query)
        await waitFor(async () => (await seals(db)).length === 1)
      } finally {
        await db.query('alter table if exists audit_gone rename to audit_pending')
        await sealer.stop()
      }
      const messages = lines.map(({ msg, component }) => [component, msg])
      expect(messages).toEqual([
        ['audit', 'the audit trail cannot be sealed'],
        ['audit', 'sealed the audit trail'],
      ])
      const [seal] = await seals(db)
      expect(lines[1]).toMatchObject({ seal: '1', hash: Buffer.from(seal!.hash).toString('base64url') })
    })
  })
}

const text = (maxLength: number) =>
  fc
    .string({ minLength: 1, maxLength, unit: 'grapheme' })
    // No text of PostgreSQL holds a zero byte.
    .filter((value) => !value.includes('\0') && [...value].length <= maxLength)

const anEvent = fc.record({
  viewer: fc.record({
    subject: fc.option(text(50), { nil: undefined }),
    payer: fc.option(fc.bigInt(1n, 2n ** 63n - 1n).map(String), { nil: undefined }),
    permissions: fc.constant(new Set<never>()),
    areas: fc.constant([]),
  }),
  requestId: text(60),
  record: fc.record({
    action: fc.constantFrom(...Object.values(AuditAction)),
    outcome: fc.constantFrom(...Object.values(AuditOutcome)),
    purpose: fc.option(fc.constantFrom(...Object.values(Purpose)), { nil: undefined }),
    what: fc.constantFrom('Worker.identity', 'revealIdentity', 'checkCoverage'),
    workers: fc.array(fc.bigInt(1n, 2n ** 63n - 1n).map(String), { maxLength: 5 }),
    people: fc.nat(1000),
    reason: fc.option(fc.constantFrom('FORBIDDEN', 'INTERNAL'), { nil: undefined }),
  }),
})

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 10_000
  while (!(await condition())) {
    if (performance.now() > until) throw new Error('nothing happened in ten seconds')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
