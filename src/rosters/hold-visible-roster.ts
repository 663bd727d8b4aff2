import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { badInput } from '../kernel/errors.ts'
import { checkActsFor } from '../payers/acting.ts'
import { ref, sql } from '../planner/sql.ts'
import { RosterEntity, type RosterState } from './roster.entity.ts'
import { wrongState } from './roster-refusal.ts'
import { type HeldRoster, holdRoster } from './steps.ts'

/**
 * Holds a roster of a payer for whom the viewer acts, until the mutation ends.
 *
 * @param states those in which it has to be.
 * @throws Refused by a RosterRefusal WRONG_STATE.
 * @throws Fault BAD_USER_INPUT or FORBIDDEN, about `input.roster`; one that the viewer may not see is not there.
 */
export async function holdVisibleRoster(
  { change, read, viewer }: Context,
  id: string,
  states: readonly RosterState[],
): Promise<HeldRoster> {
  const { query, note } = change!
  const roster = ref(RosterEntity)
  const [seen] = await read(
    sql`/* roster.find */ select ${roster.id} from ${roster} where ${roster.id} = ${idValue(id)}`,
    query,
  )
  const held = seen ? await holdRoster(query, id) : undefined
  if (!held) throw badInput('input.roster', 'There is no roster of this id.', 'Look it up with rosters.')
  note({ subject: `Roster:${held.id}` })
  checkActsFor(viewer, held.payer, 'input.roster')
  if (!states.includes(held.state)) throw wrongState(held)
  return held
}
