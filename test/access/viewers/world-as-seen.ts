import type { Viewer } from '../../../src/access/viewer.ts'
import type { Hub } from '../../../src/app.ts'
import { ADMIN, openTestHub } from '../../harness/hub.ts'
import type { Asked } from '../../harness/operations.ts'
import { replaceRows, type Tables } from './rows.ts'
import { CONCEALED, seenBy } from './seen.ts'

/** A second hub that holds only what one viewer may see, and shows all of it. */
export interface WorldAsSeen extends Asked {
  readonly hub: Hub
  /** Fills it with what a viewer may see, for whom it answers from now on. */
  become(viewer: Viewer): Promise<Tables>
  close(): Promise<void>
}

/** Tables that somebody may see less of, children last. */
const GUARDED = [
  'worker',
  'enrollment',
  'budget',
  'budget_entry',
  'charge',
  'coverage_line',
  'dispute',
  'claim_check',
  'refund',
  'worker_event',
  'roster',
  'roster_step',
  'roster_row',
  'agreement',
  'audit_event',
  'audit_pending',
]

export async function openWorldAsSeen(world: Tables): Promise<WorldAsSeen> {
  const hub = await openTestHub()
  await loosen(hub)
  for (const [table, rows] of Object.entries(world)) await replaceRows(hub, table, rows)
  let current = ADMIN
  return {
    hub,
    planner: hub.planner,
    // The viewer is asked about too; what he may see has been decided already.
    context: () => Object.assign(hub.context({ viewer: current }), { visibility: () => undefined }),
    become: async (viewer) => {
      current = viewer
      const seen = seenBy(viewer, world)
      for (const table of GUARDED) await replaceRows(hub, table, seen[table]!)
      return seen
    },
    close: () => hub.close(),
  }
}

/** What keeps a whole world together would refuse a part of it: references, triggers, values that are never null. */
async function loosen({ db }: Hub): Promise<void> {
  await db.query(`/* test.loosen */ set session_replication_role = replica`)
  const checks = await db.query<{ name: string }>(
    `/* test.checks */ select conname as name from pg_constraint
    where conrelid = 'coverage_line'::regclass and contype = 'c'`,
  )
  for (const { name } of checks)
    await db.query(`/* test.loosen */ alter table coverage_line drop constraint ${name}`)
  for (const column of CONCEALED) {
    await db.query(`/* test.loosen */ alter table coverage_line alter column ${column} drop not null`)
  }
  for (const column of ['district_code', 'regency_code', 'province_code']) {
    await db.query(`/* test.loosen */ alter table worker alter column ${column} drop expression`)
  }
  await db.query('/* test.loosen */ alter table charge alter column first_month drop expression')
}
