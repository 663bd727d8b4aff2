import type { Context, Posting } from '../contract/context.ts'
import { refusal } from '../contract/outcome.ts'
import type { Query } from '../db/database.ts'
import { prepared } from '../db/prepared.ts'
import { mayActFor } from '../payers/acting.ts'

/**
 * Enters postings into the ledger, in one statement: all of them or, when a budget has not enough left, none. It is the
 * last statement of its transaction. Budgets are held in it, in the order of their ids, and nowhere before: whoever spends
 * from the same budget waits for this statement and the commit, and for nothing else.
 *
 * What a transaction releases it may commit again: the postings of a budget are judged together.
 *
 * @param by who spends, and the business day they are entered on. What another payer's budget has left he is not told.
 * @throws Refused by BudgetRefusal.
 */
export async function enterPostings(
  query: Query,
  postings: readonly Posting[],
  { viewer, today }: Pick<Context, 'viewer' | 'today'>,
): Promise<void> {
  if (postings.length === 0) return
  const of = <Value>(value: (posting: Posting) => Value) => postings.map(value)
  const [entered] = await query<{ short: Short[] | null }>(ENTER, [
    of(({ budget }) => budget),
    of(({ kind }) => kind),
    of(({ amount }) => amount.toString()),
    of(({ note }) => note),
    today,
  ])
  if (!entered!.short) return
  const shortfalls = entered!.short.map(({ payer, ...short }) =>
    mayActFor(viewer, payer) ? short : { ...short, budget: null, remaining: null },
  )
  const years = shortfalls.map(({ fiscalYear }) => fiscalYear).join(' and ')
  throw refusal('BudgetRefusal', {
    code: 'OVER_BUDGET',
    message: `The budget of ${years} has not enough left.`,
    shortfalls,
  })
}

interface Short {
  readonly payer: string
  readonly fiscalYear: number
  readonly budget: string
  /** Rupiah. */
  readonly needed: string
  readonly remaining: string
}

// Reading "for update" shows a row as the last who held it left it, also when this statement began before he was done.
const ENTER = prepared(`/* ledger.enter */
with posted as (
  select budget_id, kind, note,
    case kind when 'COMMIT' then amount when 'RELEASE' then -amount when 'REFUND' then -amount else 0 end as committed,
    case kind when 'PAY' then amount when 'REFUND' then -amount else 0 end as paid,
    case kind when 'COMMIT' then amount else 0 end as needed
  from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[]) as given (budget_id, kind, amount, note)
  where amount > 0
), net as (
  select budget_id, sum(committed)::bigint as committed, sum(needed)::bigint as needed from posted group by budget_id
), held as materialized (
  select id, payer_id, fiscal_year, ceiling - committed as remaining from budget
  where id in (select budget_id from net) order by id for no key update
), judged as materialized (
  select held.id, payer_id, fiscal_year, needed, remaining + needed - net.committed as available
  from held join net on net.budget_id = held.id
), short as materialized (
  select jsonb_agg(jsonb_build_object('payer', payer_id::text, 'fiscalYear', fiscal_year, 'budget', id::text, 'needed', needed::text,
    'remaining', available::text) order by fiscal_year, id) as short
  from judged where needed > available
), entered as (
  insert into budget_entry (budget_id, kind, committed_delta, paid_delta, entered_on, note)
  select budget_id, kind, sum(case when kind = 'REFUND_REQUEST' then 0 else committed end),
    sum(case when kind = 'REFUND_REQUEST' then 0 else paid end), $5::date, note
  from posted cross join short where short is null
  group by budget_id, kind, note
)
select short from short`)
