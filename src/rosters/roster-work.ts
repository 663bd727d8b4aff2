import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { Viewer } from '../access/viewer.ts'
import type { Context } from '../contract/context.ts'
import type { Database, Query } from '../db/database.ts'
import { notify } from '../db/notifications.ts'
import { enrollChunk } from './enrolling/enroll-chunk.ts'
import { type LookAhead, type LookedUp, lookAhead, numbersAfter } from './screening/look-ahead.ts'
import { matchRows } from './screening/match-rows.ts'
import { screenRows } from './screening/screen-rows.ts'
import { type HeldRoster, holdRoster, ROSTER_CHANNEL, takeStep } from './steps.ts'

/** What the work on rosters needs of a hub. */
export interface RosterHub {
  readonly db: Database
  context(request: { readonly requestId?: string; readonly viewer?: Viewer }): Context
}

export interface RosterWorkOptions {
  /** Rows in one transaction. By default what readers do not wait long for: fewer where they wait for everything. */
  readonly chunk?: number
  /** Whether to stop before the next transaction. */
  readonly isStopped?: () => boolean
  /** Told after each transaction, with the rows done of the step at hand and the rows of the roster. */
  readonly onChunk?: (progress: RosterProgress) => void
}

export interface RosterProgress {
  readonly roster: string
  readonly state: 'SCREENING' | 'ENROLLING'
  readonly done: number
  readonly rows: number
}

/**
 * Screens and enrolls whatever rosters wait for it, until none does: a transaction at a time, each roster in its turn. How far
 * each has come is in the database, written together with what was done, so that any process may stop anywhere, and any
 * other goes on from there. Several may work at once: a roster that one of them holds is passed over by the others. One that
 * fails keeps no other waiting.
 *
 * @throws Error of the first roster that failed, once all others are done; what was not committed is as it was.
 */
export async function workOnRosters(hub: RosterHub, options: RosterWorkOptions = {}): Promise<void> {
  const most = options.chunk ?? (hub.db.kind === 'server' ? 2_500 : 1_000)
  const ahead = lookAhead(hub.db, hub.context({}).nikKeys, most)
  const failed = new Map<string, unknown>()
  try {
    for (let isWorking = true; isWorking; ) {
      isWorking = false
      for (const roster of await waitingRosters(hub.db.query)) {
        if (options.isStopped?.()) return
        if (failed.has(roster)) continue
        try {
          const progress = await workOn(hub, roster, most, ahead)
          if (progress) options.onChunk?.(progress)
          if (progress) isWorking = true
        } catch (error) {
          failed.set(roster, error)
        }
        // Requests come first.
        await setImmediate()
      }
    }
  } finally {
    await ahead.end()
  }
  for (const error of failed.values()) throw error
}

/** Rosters that wait for work, in the order in which they came. */
export async function waitingRosters(query: Query): Promise<string[]> {
  const rows = await query<{ id: string }>(
    `/* roster.waiting */ select id from roster where state in ('SCREENING', 'APPROVED', 'ENROLLING') order by id`,
  )
  return rows.map(({ id }) => id)
}

/** @returns how far the roster has come; nothing when there was nothing to do, or somebody else does it. */
async function workOn(
  hub: RosterHub,
  id: string,
  most: number,
  ahead: LookAhead,
): Promise<RosterProgress | undefined> {
  const found = await ahead.take(id)
  // While these are written.
  if (found && found.rows.length === most) ahead.begin(id, found.after + most)
  const progress = await hub.db.transaction(
    async (queryAtOnce): Promise<RosterProgress | undefined> => {
      const query = hub.db.kind === 'server' ? queryAtOnce : takingTurns(queryAtOnce)
      const roster = await holdRoster(query, id, { skipsHeld: true })
      if (roster?.state === 'SCREENING') return screenNext(query, hub, roster, most, found)
      if (roster?.state === 'ENROLLING') return enrollNext(query, hub, roster, most)
      if (roster?.state === 'APPROVED') {
        await takeStep(query, id, 'ENROLLING', {})
        const settled = roster.rows - (await countEligible(query, id))
        await advance(query, id, settled)
        return { roster: id, state: 'ENROLLING', done: settled, rows: roster.rows }
      }
    },
    { keepsPlans: true },
  )
  // At the beginning, and when another process has gone on meanwhile.
  const isInStep = found !== undefined && found.after + most === progress?.done
  if (progress?.state === 'SCREENING' && progress.done < progress.rows && !isInStep)
    ahead.begin(id, progress.done)
  return progress
}

/** The embedded database answers within one turn of the process: others have one after each statement. */
function takingTurns(query: Query): Query {
  return async <Row>(text: string, values?: readonly unknown[]) => {
    const rows = await query<Row>(text, values)
    await setImmediate()
    return rows
  }
}

async function screenNext(
  query: Query,
  hub: RosterHub,
  roster: HeldRoster,
  most: number,
  found: LookedUp | undefined,
): Promise<RosterProgress> {
  const { id, rows, done } = roster
  const until = Math.min(rows, done + most)
  const context = hub.context({})
  // Another process may have gone on in the meantime.
  const matched =
    found?.after === done ? found.rows : await matchRows(query, id, numbersAfter(done, most), context.nikKeys)
  await screenRows(query, context, id, matched)
  await advance(query, id, until)
  if (until === rows) await takeStep(query, id, 'SCREENED', {})
  return { roster: id, state: 'SCREENING', done: until, rows }
}

async function enrollNext(
  query: Query,
  hub: RosterHub,
  roster: HeldRoster,
  most: number,
): Promise<RosterProgress> {
  const { id, rows, done } = roster
  const viewer = await approverOf(query, roster)
  // A context of its own, for its dates stand on its prototype.
  const seen = await enrollChunk(query, roster, most, hub.context({ viewer, requestId: randomUUID() }))
  const until = Math.min(rows, done + seen)
  await advance(query, id, until)
  if (seen < most && (await countEligible(query, id)) === 0) await takeStep(query, id, 'ENROLLED', {})
  return { roster: id, state: 'ENROLLING', done: until, rows }
}

async function countEligible(query: Query, id: string): Promise<number> {
  const [count] = await query<{ eligible: number }>(
    `/* roster.eligible */ select count(*)::int as eligible from roster_row where roster_id = $1 and outcome = 'ELIGIBLE'`,
    [id],
  )
  return count!.eligible
}

async function advance(query: Query, id: string, done: number): Promise<void> {
  await query('/* roster.advance */ update roster set done = $2 where id = $1', [id, done])
  await notify(query, ROSTER_CHANNEL, id)
}

/** Who enrolls: whoever approved it, and nothing else than what he approved. */
async function approverOf(query: Query, { id, areas }: HeldRoster): Promise<Viewer> {
  const [step] = await query<{ actor: string | null; payer: string | null }>(
    `/* roster.approver */ select actor, actor_payer_id as payer from roster_step
      where roster_id = $1 and state = 'APPROVED' order by id desc limit 1`,
    [id],
  )
  return {
    permissions: new Set(),
    areas,
    ...(step?.actor != null && { subject: step.actor }),
    ...(step?.payer != null && { payer: step.payer }),
  }
}
