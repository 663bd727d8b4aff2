import { addMonths, type Month } from '../../kernel/month.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { afterClaims } from '../life/claims.ts'
import { planCut, writeCuts } from '../life/cut.ts'
import { acting } from '../life/end.ts'
import { nothingToDo } from '../state-refusal.ts'
import { consequencesOfCut } from './consequence.ts'
import { checkHasBegun, checkInLife, noteFrom, type Plan, type Telling } from './person.ts'
import { subsidizedOf } from './subsidized.ts'

export interface CivilService {
  readonly civilServant: boolean
  /** The first month. */
  readonly from: string
}

/**
 * A person has become a civil servant, whom another scheme covers by law: subsidies end with it, and the money of months
 * that are paid is asked back (DOMAIN.md §9.2 X03, §9.3 (a)). Or he has ceased to be one, from which nothing follows.
 *
 * @throws Refused by StateRefusal when it is recorded already, and nothing is left to end.
 * @throws Fault BAD_USER_INPUT for a month to come, or outside of his life.
 */
export async function planCivilService(
  { query, context, person, reason }: Telling,
  { civilServant, from: told }: CivilService,
): Promise<Plan> {
  const from = told as Month
  checkHasBegun(context, from, 'input.civilService.from')
  checkInLife(person, from, 'input.civilService.from')
  const ending = await afterClaims(query, person.id, from)
  const ended = civilServant
    ? (await subsidizedOf(query, person.id)).filter(({ period }) => period.until > ending)
    : []
  if (civilServant === person.civilServant && ended.length === 0)
    throw nothingToDo('It is recorded so already.')
  const cuts = ended.map((held) => planCut(held, ending, 'REFUND'))
  return {
    consequences: cuts.flatMap((cut) => consequencesOfCut(cut)),
    write: async () => {
      await query('/* life_event.civil_service */ update worker set civil_servant = $2 where id = $1', [
        person.id,
        civilServant,
      ])
      const period = { from, until: addMonths(from, 1) }
      await recordEvents(query, context, [
        {
          worker: person.id,
          kind: 'CIVIL_SERVICE_CHANGED',
          period,
          reason,
          fact: civilServant ? 'BECAME' : 'CEASED',
        },
      ])
      await writeCuts(context.change!, cuts, {
        ...acting(context),
        event: 'ENDED',
        reason,
        note: noteFrom(ending),
      })
    },
  }
}
