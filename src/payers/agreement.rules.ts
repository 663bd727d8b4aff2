import type { Change } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { badInput, Fault } from '../kernel/errors.ts'

export interface NewAgreement {
  readonly first: string
  readonly second: string
  /** `YYYY-MM-DD`, the first day. */
  readonly from: string
  /** `YYYY-MM-DD`, the last day. */
  readonly to?: string | null
  readonly reference: string
}

/**
 * Records an agreement between two payers, in whichever order they come.
 *
 * @returns its id.
 * @throws Fault BAD_USER_INPUT naming the field, CONFLICT when the two have one on some of these days already.
 */
export async function createAgreement(
  { query }: Pick<Change, 'query'>,
  input: NewAgreement,
): Promise<string> {
  const { from, to = null, reference } = input
  const [first, second] = await orderedPayers(input, query)
  if (to !== null && to < from)
    throw badInput('input.to', 'The last day lies before the first.', 'Swap the two.')
  if (reference.trim() === '' || reference.length > 200)
    throw badInput('input.reference', 'The reference must have 1 to 200 characters.')
  const created = await query<{ id: string }>(
    `/* agreement.create */ insert into agreement (first_id, second_id, period, reference)
    values ($1, $2, daterange($3::date, $4::date, '[]'), $5)
    on conflict on constraint agreement_one_at_a_time do nothing
    returning id`,
    [first, second, from, to, reference],
  )
  if (created[0]) return String(created[0].id)
  throw new Fault('CONFLICT', 'The two payers have an agreement on some of these days already.', {
    field: 'input.from',
    remedy: 'Let this one begin after the other has ended.',
  })
}

async function orderedPayers(input: NewAgreement, query: Change['query']): Promise<[string, string]> {
  const known = await query<{ id: string }>(
    `/* agreement.payers */ select id from payer where id = any($1::bigint[]) order by id`,
    [[idValue(input.first), idValue(input.second)]],
  )
  const ids = known.map(({ id }) => String(id))
  for (const field of ['first', 'second'] as const) {
    if (!ids.includes(input[field]))
      throw badInput(`input.${field}`, 'There is no payer of this id.', 'Look it up with payers.')
  }
  if (ids.length < 2)
    throw badInput('input.second', 'A payer has no agreement with himself.', 'Name the other one.')
  return [ids[0]!, ids[1]!]
}
