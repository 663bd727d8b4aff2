import { addMonths, firstDay, type Month } from '../../kernel/month.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { isCovered, isUnchecked, openClaimCheck } from '../life/claims.ts'
import { planCut, writeCuts } from '../life/cut.ts'
import { acting } from '../life/end.ts'
import { committedOf } from '../life/held-enrollment.ts'
import { nothingToDo } from '../state-refusal.ts'
import { claimCheckOf, consequencesOfCut } from './consequence.ts'
import { checkHasBegun, checkInLife, noteFrom, type Plan, type Telling } from './person.ts'

/**
 * A person has died: nobody's enrollment covers him after that month, unpaid months are released and the money of paid
 * ones is asked back; and if anybody covered him in it, a claim is looked after (DOMAIN.md §9.2 X01). Reported lines stay:
 * they are another system's.
 *
 * @throws Refused by StateRefusal when his death is recorded already.
 * @throws Fault BAD_USER_INPUT for a month to come, or before birth.
 */
export async function planDeath(
  { query, context, person, reason }: Telling,
  { month: told }: { month: string },
): Promise<Plan> {
  const month = told as Month
  checkHasBegun(context, month, 'input.death.month')
  if (person.deathMonth !== null)
    throw nothingToDo('The death is recorded already. If it is wrong, dispute it.')
  checkInLife(person, month, 'input.death.month')
  const after = addMonths(month, 1)
  const cuts = (await committedOf(query, person.id))
    .filter(({ period }) => period.until > after)
    // BPJS is asked for a payer's money; what somebody paid for himself is his heirs' to ask for, and no budget's.
    .map((held) => planCut(held, after, held.payerKind === 'SELF' ? 'MOVE' : 'REFUND'))
  const opensCheck =
    (await isCovered(query, person.id, month)) && (await isUnchecked(query, person.id, month))
  return {
    consequences: [
      ...cuts.flatMap((cut) => consequencesOfCut(cut)),
      ...(opensCheck ? [claimCheckOf(month)] : []),
    ],
    write: async () => {
      await query(
        `/* life_event.death */ update worker set life_status = 'DECEASED', death_month = $2::date where id = $1`,
        [person.id, firstDay(month)],
      )
      const period = { from: month, until: after }
      await recordEvents(query, context, [{ worker: person.id, kind: 'DIED', period, reason }])
      await writeCuts(context.change!, cuts, {
        ...acting(context),
        event: 'ENDED',
        reason,
        note: noteFrom(after),
      })
      if (opensCheck) await openClaimCheck(context, { worker: person.id, month, reason })
    },
  }
}
