import type { Query } from '../../db/database.ts'
import type { RosterState } from '../roster.entity.ts'
import { takeStep } from '../steps.ts'

/** States in which nobody has been enrolled yet: what is corrected then is not to be approved beside its correction. */
const RETIRED: ReadonlySet<RosterState> = new Set<RosterState>(['SCREENED', 'SUBMITTED', 'DAMAGED'])

/**
 * Takes back a roster that is corrected before it was approved. What was approved stays: its correction adds to it.
 *
 * @param id of the roster, which the caller holds.
 */
export async function retire(
  query: Query,
  id: string,
  newer: { readonly id: string; readonly version: number },
): Promise<void> {
  const [old] = await query<{ state: RosterState }>(
    '/* roster.retired */ select state from roster where id = $1',
    [id],
  )
  if (!RETIRED.has(old!.state)) return
  await takeStep(query, id, 'WITHDRAWN', {
    reason: `Corrected by version ${newer.version}, roster ${newer.id}.`,
  })
}
