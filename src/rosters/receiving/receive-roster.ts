import { setImmediate as turnOfOthers } from 'node:timers/promises'
import { recordAudit, recordFailure } from '../../access/audit/audit.ts'
import { checkPermission } from '../../access/check-permission.ts'
import type { Context } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import type { RosterLimits } from '../../kernel/config.ts'
import { badInput, Fault } from '../../kernel/errors.ts'
import { oneAhead } from '../../kernel/one-ahead.ts'
import { toDaterange } from '../../kernel/period.ts'
import { readRosterFile } from '../file/read-roster-file.ts'
import { watchForSpreadsheetDamage } from '../file/spreadsheet-damage.ts'
import type { RosterState } from '../roster.entity.ts'
import { takeStep } from '../steps.ts'
import { deleteRows, discardDraft, openDraft } from './draft.ts'
import { digestWhilePassing, type FileDigest } from './file-digest.ts'
import { retire } from './retire.ts'
import { type CheckedFacts, checkedFacts, holdReplaced, type RosterFacts } from './roster-facts.ts'
import { sealRows, writeRows } from './write-rows.ts'

export type { RosterFacts } from './roster-facts.ts'

export interface ReceivedRoster {
  readonly id: string
  /** Whether this file made it; false when the same file was sent before. */
  readonly isNew: boolean
  readonly state: RosterState
}

const EVENT = { action: 'MUTATION', what: 'Roster.receive', purpose: 'ROSTER_PREP' } as const

/**
 * Takes a file in, row by row, and leaves it to be screened; one that went through a spreadsheet's numbers ends as
 * DAMAGED, without its rows. Each batch of rows is a transaction of its own, so that on the embedded database readers are
 * answered between two of them. A file that is refused, or breaks off, leaves nothing behind.
 *
 * @param body closed when the file is refused, if it is a `Readable`.
 * @param onRows hears how many rows have been written so far.
 * @returns the roster; the same file for the same program and months is the same roster, unless it is sent to correct it:
 *   whom the first one left out may find money now.
 * @throws Fault BAD_USER_INPUT about a fact or `file`; UNAUTHENTICATED or FORBIDDEN without the permission roster:write, or
 *   for another payer's program; and whatever the body throws.
 */
export async function receiveRoster(
  context: Context,
  facts: RosterFacts,
  body: AsyncIterable<Uint8Array>,
  limits: RosterLimits,
  onRows: (rows: number) => void = () => {},
): Promise<ReceivedRoster> {
  try {
    checkPermission(context.viewer, 'roster:write', 'Sending a roster in')
    const checked = await checkedFacts(context.db.query, facts, context.viewer)
    const id = await context.db.transaction((query) => openDraft(query, checked, context.viewer))
    try {
      const file = await readInto(id, facts, body, { context, limits, onRows })
      const received = await end(id, checked, file, context)
      if (!received.isNew) await discard(id, context)
      return received
    } catch (error) {
      await discard(id, context)
      throw error
    }
  } catch (error) {
    await recordFailure(context, EVENT, error)
    throw error
  }
}

/** A draft that cannot be deleted now is deleted with those that are abandoned: what is told is what went wrong before. */
async function discard(draft: string, { db }: Context): Promise<void> {
  await discardDraft(db, draft).catch(() => {})
}

/** A file of which all rows are written. */
interface ReadFile {
  readonly rows: number
  readonly isDamaged: boolean
  /** Under all keys, the current one first. */
  readonly digests: readonly FileDigest[]
}

interface Reading {
  readonly context: Context
  readonly limits: RosterLimits
  readonly onRows: (rows: number) => void
}

async function readInto(
  roster: string,
  { format }: RosterFacts,
  body: AsyncIterable<Uint8Array>,
  { context: { db, today, nikKeys }, limits, onRows }: Reading,
): Promise<ReadFile> {
  const { bytes, digests } = digestWhilePassing(body, nikKeys)
  const damage = watchForSpreadsheetDamage()
  const sealing = { today, nikKeys, districts: await knownDistricts(db.query) }
  const sealed = async function* () {
    for await (const batch of readRosterFile(bytes, { format, limits, today })) {
      for (const { nik } of batch) damage.see(nik)
      yield sealRows(batch, sealing)
    }
  }
  let rows = 0
  for await (const batch of oneAhead(sealed())) {
    await db.transaction((query) => writeRows(query, roster, batch), { keepsPlans: true })
    rows += batch.count
    onRows(rows)
    // The embedded database answers within one turn: without this, nobody else would have any until the end.
    await turnOfOthers()
  }
  if (rows === 0)
    throw badInput('file', 'The file has a header and nobody in it.', 'Send a line for each person.')
  return { rows, isDamaged: damage.isDamaged, digests: digests() }
}

async function knownDistricts(query: Query): Promise<ReadonlySet<string>> {
  const districts = await query<{ code: string }>('/* roster.districts */ select code from district')
  return new Set(districts.map(({ code }) => code))
}

/** Makes a roster of the draft, unless there is one of this file. */
async function end(
  id: string,
  facts: CheckedFacts,
  file: ReadFile,
  context: Context,
): Promise<ReceivedRoster> {
  if (file.isDamaged) await deleteRows(context.db.query, id)
  return context.db.transaction(async (query) => {
    const before = await sameFile(query, facts, file)
    const received = before ?? (await keep(query, id, facts, file, context))
    const event = { ...EVENT, subject: `Roster:${received.id}`, people: file.rows }
    await recordAudit(query, context, { ...event, outcome: 'DONE' })
    return received
  })
}

/** The roster of the same file. Of two that end at once, the second waits for the first, and finds it. */
async function sameFile(
  query: Query,
  { program, period, replaces }: CheckedFacts,
  { digests }: ReadFile,
): Promise<ReceivedRoster | undefined> {
  await query('/* roster.end */ select from coverage_program where code = $1 for no key update', [program])
  const [before] = await query<{ id: string; state: RosterState }>(
    `/* roster.same_file */ select id, state from roster
      where program_code = $1 and period = $2::daterange and state <> 'WITHDRAWN'
        and digest in (select decode(digest, 'hex') from unnest($3::text[]) as known (digest))
        and ($4::bigint is null or replaces_id = $4::bigint)
      order by version desc, id limit 1`,
    [program, toDaterange(period), digests.map(({ digest }) => digest.toString('hex')), replaces],
  )
  return before && { ...before, isNew: false }
}

async function keep(
  query: Query,
  id: string,
  { program, replaces }: CheckedFacts,
  { rows, isDamaged, digests: [current] }: ReadFile,
  { viewer }: Context,
): Promise<ReceivedRoster> {
  const old = replaces === null ? undefined : await holdReplaced(query, replaces, program, viewer)
  const version = (old?.version ?? 0) + 1
  const kept = await query(
    `/* roster.received */ update roster set key_id = $2, digest = $3, row_count = $4, version = $5
      where id = $1 and state = 'DRAFT' returning 1`,
    [id, current!.keyId, current!.digest, isDamaged ? 0 : rows, version],
  )
  if (kept.length === 0)
    throw new Fault('CONFLICT', 'The roster was given up meanwhile.', { remedy: 'Send the file again.' })
  const state = isDamaged ? 'DAMAGED' : 'SCREENING'
  await takeStep(query, id, state, { viewer, reason: isDamaged ? damagedReason(rows) : undefined })
  if (old && !isDamaged) await retire(query, old, { id, version })
  return { id, state, isNew: true }
}

function damagedReason(rows: number): string {
  return (
    `A spreadsheet has kept the NIKs of the ${rows} rows as numbers and rounded their last digits away: they look like ` +
    '3,6E+15, or more than 30 % of them end in 0. Take the NIKs from their source again, into a column formatted as text.'
  )
}
