import type { Viewer } from '../access/viewer.ts'
import { idValue } from '../contract/id.ts'
import type { Query } from '../db/database.ts'
import { notify } from '../db/notifications.ts'
import type { RosterState } from './roster.entity.ts'

/** Where it is told that a roster has changed, by its id. */
export const ROSTER_CHANNEL = 'roster'

/** A roster as it is while it is held: nobody else moves it on meanwhile. */
export interface HeldRoster {
  readonly id: string
  readonly program: string
  readonly payer: string
  /** A daterange, half open. */
  readonly period: string
  readonly state: RosterState
  readonly version: number
  readonly rows: number
  readonly done: number
  readonly areas: readonly string[]
  readonly submittedBy: string | null
}

/** Holds a roster until the transaction ends; undefined when there is none, or somebody else has it and `skipsHeld` is set. */
export async function holdRoster(
  query: Query,
  id: string,
  { skipsHeld = false } = {},
): Promise<HeldRoster | undefined> {
  const [held] = await query<HeldRoster>(
    `/* roster.hold */ select id, program_code as program, payer_id as payer, period, state, version, row_count as rows, done,
        areas, submitted_by as "submittedBy"
      from roster where id = $1 for no key update ${skipsHeld ? 'skip locked' : ''}`,
    [idValue(id)],
  )
  return held
}

/** Brings a roster to a state, writes down who did it, and tells whoever follows it. A long step begins at its first row. */
export async function takeStep(
  query: Query,
  roster: string,
  state: RosterState,
  { viewer, reason }: { readonly viewer?: Viewer; readonly reason?: string | undefined },
): Promise<void> {
  await query(
    `/* roster.step */ with moved as (
      update roster set state = $2, done = case when $2 in ('SCREENING', 'ENROLLING') then 0 else done end where id = $1
    )
    insert into roster_step (roster_id, state, actor, actor_payer_id, reason) values ($1, $2, $3, $4::bigint, $5)`,
    [
      roster,
      state,
      viewer?.subject ?? null,
      viewer?.payer === undefined ? null : idValue(viewer.payer),
      reason ?? null,
    ],
  )
  await notify(query, ROSTER_CHANNEL, roster)
}
