import { remainingOf } from '../budgets/remaining.ts'
import type { Query } from '../db/database.ts'
import { type ChargePlan, costOf, monthlyCosts } from '../enrollments/eligibility/charge-plan.ts'
import { TRANSPORT } from '../enrollments/eligibility/charges.ts'
import { type PricedPlan, pricePlans } from '../enrollments/eligibility/price-plans.ts'
import type { Month } from '../kernel/month.ts'
import type { FundingSource } from '../payers/payer.entity.ts'
import { takeWhoFits } from './fit.ts'

/** What enrolling a roster costs and how far the budgets go; money in rupiah. */
export interface EnrollmentPlan {
  /** How many can be enrolled, or have been. */
  readonly fits: number
  /** How many are eligible, and the money does not last for them. */
  readonly overBudget: number
  /** Of those who fit. */
  readonly cost: bigint
  readonly months: readonly { readonly month: Month; readonly people: number; readonly cost: bigint }[]
  /** `needed` by everybody eligible, those included who have been enrolled; `remaining` as it is now. */
  readonly budgets: readonly {
    readonly year: number
    readonly budget: string | null
    readonly needed: bigint
    readonly remaining: bigint
  }[]
  /** Rows of those who are left out, the first one first. */
  readonly leftOut: readonly number[]
}

/**
 * What enrolling the eligible rows of a roster would come to with the budgets as they are now; of those that are enrolled
 * already, what it came to. The same function decides when they are enrolled (`fit.ts`).
 */
export async function planEnrollment(query: Query, roster: string): Promise<EnrollmentPlan> {
  const [lines] = await query<LinesRow>(LINES, [roster, TRANSPORT])
  const { program, period, funding_source, rows, transports, outcomes } = lines!
  const plans = await pricePlans(query, program, period)
  const kinds = transports.map((isTransport) => (isTransport ? plans.transport : plans.other))
  const enrolled = new Set(kinds.keys().filter((i) => outcomes[i] === 'ENROLLED'))
  const remaining = await remainingOf(
    query,
    [plans.transport, plans.other].flatMap(({ needs }) => [...needs.keys()]),
  )
  const waiting = [...kinds.keys()].filter((i) => outcomes[i] === 'ELIGIBLE')
  const left = new Map(remaining)
  const lacking = takeWhoFits(
    waiting.values().map((i) => kinds[i]!.needs),
    left,
  )
  const taken = new Set([...enrolled, ...waiting.filter((_, n) => lacking[n]!.length === 0)])
  const of = (chosen: (i: number) => boolean, plan: PricedPlan) =>
    kinds.reduce((count, kind, i) => (kind === plan && chosen(i) ? count + 1 : count), 0)
  const counted = [plans.transport, plans.other].map((plan) => ({
    plan: plan.charges,
    all: of(() => true, plan),
    taken: of((i) => taken.has(i), plan),
  }))
  return {
    fits: taken.size,
    overBudget: kinds.length - taken.size,
    cost: counted.reduce((sum, { plan, taken: people }) => sum + costOf(plan) * BigInt(people), 0n),
    months: monthsOf(counted),
    budgets: funding_source === 'SELF' ? [] : budgetsOf(counted, remaining),
    leftOut: rows.filter((_, i) => !taken.has(i)),
  }
}

interface LinesRow {
  readonly program: string
  readonly period: string
  readonly funding_source: FundingSource
  readonly rows: number[]
  readonly transports: boolean[]
  readonly outcomes: ('ELIGIBLE' | 'ENROLLED' | 'OVER_BUDGET')[]
}

const LINES = `/* roster.plan */
select roster.program_code as program, roster.period, funding_source, rows, transports, outcomes
from roster
  join coverage_program as program on program.code = program_code
  cross join lateral (
    select coalesce(array_agg(line.row order by rank, line.row), '{}') as rows,
      coalesce(array_agg(coalesce(worker.category, line.category) = any($2::text[]) order by rank, line.row), '{}')
        as transports,
      coalesce(array_agg(outcome order by rank, line.row), '{}') as outcomes
    from roster_row as line
      left join worker on worker.id = line.worker_id and (line.match = 'EXACT' or line.identity_decision = 'SAME_PERSON')
    where line.roster_id = roster.id and outcome in ('ELIGIBLE', 'ENROLLED', 'OVER_BUDGET')
  ) as lines
where roster.id = $1`

interface Counted {
  readonly plan: readonly ChargePlan[]
  readonly all: number
  readonly taken: number
}

function monthsOf(counted: readonly Counted[]): EnrollmentPlan['months'] {
  const months = new Map<Month, { people: number; cost: bigint }>()
  for (const { plan, taken } of counted) {
    for (const [month, cost] of monthlyCosts(plan)) {
      const before = months.get(month) ?? { people: 0, cost: 0n }
      months.set(month, { people: before.people + taken, cost: before.cost + cost * BigInt(taken) })
    }
  }
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1)).map(([month, rest]) => ({ month, ...rest }))
}

function budgetsOf(
  counted: readonly Counted[],
  remaining: ReadonlyMap<string, bigint>,
): EnrollmentPlan['budgets'] {
  const charges = counted.flatMap(({ plan, ...counts }) => plan.map((charge) => ({ ...charge, ...counts })))
  return [...Map.groupBy(charges, ({ year, budget }) => `${year} ${budget}`).values()]
    .map((ofBudget) => {
      const { year, budget } = ofBudget[0]!
      return {
        year,
        budget,
        needed: ofBudget.reduce((sum, charge) => sum + costOf([charge]) * BigInt(charge.all), 0n),
        remaining: (budget !== null && remaining.get(budget)) || 0n,
      }
    })
    .sort((a, b) => a.year - b.year)
}
