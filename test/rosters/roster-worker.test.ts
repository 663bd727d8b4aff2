import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import type { Database } from '../../src/db/database.ts'
import { notify } from '../../src/db/notifications.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import type { RosterState } from '../../src/rosters/roster.entity.ts'
import { type RosterWorker, startRosterWork } from '../../src/rosters/roster-worker.ts'
import { ROSTER_CHANNEL } from '../../src/rosters/steps.ts'
import { openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram, type InsertedProgram } from '../harness/builders.ts'
import { keep } from '../harness/outputs.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { aRoster } from './world.ts'

// Real: the hub on PGlite in memory, its notifications, the work itself.

const NEVER = 3_600_000

let hub: Hub
let program: InsertedProgram
let worker: RosterWorker | undefined
/** Messages of the log, of warnings and errors. */
let log: string[]
beforeAll(async () => {
  hub = await openRatedHub()
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  program = await aProgram(regency).in(hub)
  await aBudget(regency, 2023, 1_000_000_000n).in(hub)
})
afterEach(async () => {
  await worker?.stop()
  worker = undefined
})
afterAll(() => hub?.close())

function start({ looksAgainAfterMs = NEVER, listen = hub.db.listen } = {}): RosterWorker {
  log = []
  const write = (line: string) => {
    keep('log', line)
    log.push(JSON.parse(line).msg)
  }
  const logger = createLogger({ level: 'warn', destination: { write } })
  worker = startRosterWork(
    { ...hub, db: { ...hub.db, listen } },
    { logger, looksAgainAfterMs, identityDays: 90 },
  )
  return worker
}

/** A roster that waits for work, of which nobody has been told. */
async function waiting(): Promise<string> {
  return (await aRoster(program).inState('APPROVED').in(hub)).id
}

async function stateOf(id: string): Promise<string> {
  const [roster] = await hub.db.query<{ state: string }>(
    '/* test.state */ select state from roster where id = $1',
    [id],
  )
  return roster!.state
}
const becomesEnrolled = (id: string) => expect.poll(() => stateOf(id), { timeout: 5_000 }).toBe('ENROLLED')

const tell = (id: string) => notify(hub.db.query, ROSTER_CHANNEL, id)
/** Until all that can be done at once is done. */
async function settled() {
  const id = await waiting()
  await tell(id)
  await becomesEnrolled(id)
}

test('work begins with what an earlier process left', async () => {
  const left = [await waiting(), await waiting()]
  start()
  for (const id of left) await becomesEnrolled(id)
})

test('work goes on when somebody tells of a roster', async () => {
  start()
  await settled()
  const later = await waiting()
  expect(await stateOf(later)).toBe('APPROVED')
  await tell(later)
  await becomesEnrolled(later)
})

test('a roster of which nobody was told is found after a while', async () => {
  start({ looksAgainAfterMs: 50 })
  await settled()
  await becomesEnrolled(await waiting())
})

test('work does not wait until the database can tell of it, nor does its end', async () => {
  const left = await waiting()
  const { stop } = start({ listen: () => new Promise<never>(() => {}) })
  await becomesEnrolled(left)
  await stop()
  expect(log).toEqual([])
})

test('what came before the database could tell of it is looked for when it can', async () => {
  const listening = Promise.withResolvers<void>()
  const listen: Database['listen'] = async (channel, heard) => {
    await listening.promise
    return hub.db.listen(channel, heard)
  }
  const left = await waiting()
  start({ listen })
  await becomesEnrolled(left)
  const early = await waiting()
  listening.resolve()
  await becomesEnrolled(early)
})

test('a database that cannot tell is looked at from time to time, and the log says so', async () => {
  start({ looksAgainAfterMs: 50, listen: () => Promise.reject(new Error('no more connections')) })
  await becomesEnrolled(await waiting())
  expect(log).toEqual(['rosters are looked for from time to time only'])
})

test('work that failed is tried again', async () => {
  await hub.db.query('/* test.mislay */ alter table roster_step rename to mislaid')
  try {
    start({ looksAgainAfterMs: 50 })
    await expect.poll(() => log.length).toBeGreaterThan(1)
  } finally {
    await hub.db.query('/* test.find */ alter table mislaid rename to roster_step')
  }
  expect(new Set(log)).toEqual(new Set(['work on rosters failed, and is tried again']))
  await becomesEnrolled(await waiting())
})

test('who the rows of a roster are is forgotten 90 days after its end, and what came of them is kept', async () => {
  const nik = composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial: 9_001 })
  const person = { nik, fullName: PLANTED_NAME, birthDate: '1983-05-01' }
  const ended = async (state: RosterState, days: number) => {
    const { id } = await aRoster(program).inState(state).withRow({ outcome: 'REVIEW' }, person).in(hub)
    await hub.db.query(
      '/* test.ended */ update roster_step set at = now() - make_interval(days => $2) where roster_id = $1',
      [id, days],
    )
    // Without a digest it would be a draft that nobody has received.
    await hub.db.query(
      `/* test.received */ update roster set key_id = 'test', digest = int8send(id) where id = $1`,
      [id],
    )
    return id
  }
  const old = [await ended('ENROLLED', 91), await ended('REJECTED', 91), await ended('WITHDRAWN', 91)]
  const kept = [await ended('ENROLLED', 89), await ended('SCREENED', 91), await ended('SUBMITTED', 91)]
  start()
  await settled()
  const rows = await hub.db.query<{ id: string; named: boolean; outcome: string }>(
    `/* test.named */ select roster.id, identity.row is not null as named, outcome
      from roster join roster_row as line on line.roster_id = roster.id
        left join roster_identity as identity on (identity.roster_id, identity.row) = (line.roster_id, line.row)
      where roster.id = any($1::bigint[]) order by roster.id`,
    [[...old, ...kept]],
  )
  expect(rows).toEqual([
    ...old.map((id) => ({ id, named: false, outcome: 'REVIEW' })),
    ...kept.map((id) => ({ id, named: true, outcome: 'REVIEW' })),
  ])
})

test('work that is stopped ends, and does nothing more', async () => {
  const { stop } = start({ looksAgainAfterMs: 20 })
  await settled()
  await stop()
  const later = await waiting()
  await tell(later)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await stateOf(later)).toBe('APPROVED')
})
