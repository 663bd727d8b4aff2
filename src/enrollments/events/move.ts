import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import { addMonths, firstDay, monthOf } from '../../kernel/month.ts'
import { fromDaterange } from '../../kernel/period.ts'
import type { PayerKind } from '../../payers/payer.entity.ts'
import { recordEvents } from '../../workers/record-events.ts'
import { COMMITTED } from '../life/held-enrollment.ts'
import { nothingToDo } from '../state-refusal.ts'
import type { Consequence } from './consequence.ts'
import { checkInLife, type Plan, type Telling } from './person.ts'

export interface Move {
  /** Code. */
  readonly village: string
  /** `YYYY-MM-DD` */
  readonly since: string
}

/**
 * A person lives in another village. Whoever governs an area that he has left goes on paying to the end of the
 * enrollment, and is told (DOMAIN.md §9.2 X04): a month without coverage would harm more than one that another should pay.
 *
 * @throws Refused by StateRefusal when he lives there already.
 * @throws Fault BAD_USER_INPUT for an unknown village, or a day to come or before the domicile that is recorded.
 */
export async function planMove({ query, context, person, reason }: Telling, move: Move): Promise<Plan> {
  const { village, since } = move
  await checkVillage(query, village)
  if (since > context.today) throw badInput('input.move.since', 'This day has not come.')
  if (since < person.domicileSince)
    throw badInput('input.move.since', 'The domicile that is recorded began later.')
  const month = monthOf(since)
  checkInLife(person, month, 'input.move.since')
  if (village === person.village) throw nothingToDo('This is the domicile already.')
  return {
    consequences: await outOfArea(query, person, move),
    write: async () => {
      await query(
        '/* life_event.move */ update worker set village_code = $2, domicile_since = $3::date where id = $1',
        [person.id, village, since],
      )
      const period = { from: month, until: addMonths(month, 1) }
      await recordEvents(query, context, [
        { worker: person.id, kind: 'MOVED', period, reason, fact: `${person.village} ${village}` },
      ])
    },
  }
}

async function checkVillage(query: Query, code: string): Promise<void> {
  const found = await query('/* life_event.village */ select from village where code = $1', [code])
  if (found.length === 0)
    throw badInput('input.move.village', 'There is no village of this code.', 'Look it up with regency.')
}

/** The committed enrollments of governments whose area he leaves, in the months from the move on. */
async function outOfArea(
  query: Query,
  person: { readonly id: string; readonly village: string },
  { village, since }: Move,
): Promise<Consequence[]> {
  const left = await query<{ id: string; payer: string; kind: PayerKind; months: string }>(
    `/* life_event.out_of_area */ select enrollment.id, payer_id as payer, payer.kind,
      enrollment.period * daterange($5::date, null) as months
    from enrollment
      join coverage_program as program on program.code = program_code
      join payer on payer.id = payer_id
    where enrollment.worker_id = $1 and decision = any($2) and upper(enrollment.period) > $5::date
      and starts_with($3 || '.', area_code || '.') and not starts_with($4 || '.', area_code || '.')
    order by enrollment.id`,
    [person.id, COMMITTED, person.village, village, firstDay(monthOf(since))],
  )
  return left.map(({ id, payer, kind, months }) => ({
    kind: 'OUT_OF_AREA',
    enrollment: id,
    payer,
    payerKind: kind,
    months: fromDaterange(months),
  }))
}
