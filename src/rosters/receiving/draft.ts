import type { Viewer } from '../../access/viewer.ts'
import type { Database, Query } from '../../db/database.ts'
import { toDaterange } from '../../kernel/period.ts'
import { areasOfRoster } from '../reach.ts'
import { takeStep } from '../steps.ts'
import type { CheckedFacts } from './roster-facts.ts'

/** Rows that are deleted at a time: readers of the embedded database wait for one statement at most. */
const CHUNK = 10_000

/** Opens a roster whose file is still to come. @returns its id. */
export async function openDraft(query: Query, facts: CheckedFacts, viewer: Viewer): Promise<string> {
  const { program, payer, payerArea, period, replaces } = facts
  const [draft] = await query<{ id: string }>(
    `/* roster.open */ insert into roster (program_code, payer_id, period, replaces_id, areas)
      values ($1, $2::bigint, $3::daterange, $4::bigint, $5::text[]) returning id`,
    [program, payer, toDaterange(period), replaces, areasOfRoster(viewer, payerArea)],
  )
  await takeStep(query, draft!.id, 'DRAFT', { viewer })
  return draft!.id
}

/**
 * Deletes a draft with all that has arrived of it: what was not received in full was never there. A roster that was received
 * stays, also when whoever received it was not told so.
 */
export async function discardDraft({ query }: Pick<Database, 'query'>, id: string): Promise<void> {
  // From here on no row is added to it, whoever still believes to be receiving it.
  const given = await query(
    `/* roster.discard */ update roster set state = 'WITHDRAWN' where id = $1 and digest is null returning 1`,
    [id],
  )
  if (given.length === 0) return
  await deleteRows(query, id)
  await query(
    `/* roster.delete_draft */ with steps as (
      delete from roster_step using roster
      where roster_id = $1 and roster.id = $1 and roster.digest is null
    )
    delete from roster where id = $1 and digest is null`,
    [id],
  )
}

/** Deletes the rows of a roster, and who they are. */
export async function deleteRows(query: Query, id: string): Promise<void> {
  await inChunks(query, id, (from, to) =>
    query(
      `/* roster.delete_rows */ with rows as (
        delete from roster_row where roster_id = $1 and row > $2 and row <= $3
      )
      delete from roster_identity where roster_id = $1 and row > $2 and row <= $3`,
      [id, from, to],
    ),
  )
}

/** Deletes who the rows of a roster are, and nothing else of them. */
export async function deleteIdentities(query: Query, id: string): Promise<void> {
  await inChunks(query, id, (from, to) =>
    query(
      '/* roster.delete_identities */ delete from roster_identity where roster_id = $1 and row > $2 and row <= $3',
      [id, from, to],
    ),
  )
}

/** @param remove deletes the rows after the first number, up to the second. */
async function inChunks(
  query: Query,
  id: string,
  remove: (from: number, to: number) => Promise<unknown>,
): Promise<void> {
  const [found] = await query<{ last: number | null }>(
    '/* roster.last_row */ select max(row) as last from roster_identity where roster_id = $1',
    [id],
  )
  for (let row = 0; row < (found!.last ?? 0); row += CHUNK) await remove(row, row + CHUNK)
}

/**
 * Deletes drafts that nobody is receiving anymore, because the process died that did: no file takes an hour to arrive
 * (`server/arriving.ts`).
 *
 * @returns how many.
 */
export async function deleteAbandonedDrafts(db: Pick<Database, 'query'>): Promise<number> {
  const abandoned = await db.query<{ id: string }>(
    `/* roster.abandoned */ select id from roster where digest is null and (
        state = 'WITHDRAWN' or state = 'DRAFT' and (
          select min(at) from roster_step where roster_id = roster.id
        ) < now() - interval '1 hour'
      )`,
  )
  for (const { id } of abandoned) await discardDraft(db, id)
  return abandoned.length
}
