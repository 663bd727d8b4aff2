import type { Query } from '../../db/database.ts'
import type { RosterState } from '../roster.entity.ts'
import { takeStep } from '../steps.ts'
import type { ReplacedRow } from './roster-facts.ts'

/** States in which nobody has been enrolled yet: what is corrected then is not to be approved beside its correction. */
const RETIRED: ReadonlySet<RosterState> = new Set<RosterState>(['SCREENED', 'SUBMITTED', 'DAMAGED'])

/**
 * Takes back a roster that is corrected before it was approved. What was approved stays: its correction adds to it.
 *
 * @param old as the caller holds it.
 */
export async function retire(
  query: Query,
  { id, state }: Pick<ReplacedRow, 'id' | 'state'>,
  newer: { readonly id: string; readonly version: number },
): Promise<void> {
  if (!RETIRED.has(state)) return
  await takeStep(query, id, 'WITHDRAWN', {
    reason: `Corrected by version ${newer.version}, roster ${newer.id}.`,
  })
}
