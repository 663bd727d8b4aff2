import type { Context } from '../contract/context.ts'
import type { Query } from '../db/database.ts'
import { planEnrollment } from './plan-enrollment.ts'
import { RowOutcome } from './roster-row.entity.ts'
import type { RosterBudget, RosterSummary } from './roster-summary.type.ts'

/** A budget as its resolver gets it: by id, to be read under the rules of who asks. */
type NeededBudget = RosterBudget & { readonly budget: string | null }

/** What came of a roster's rows, and what enrolling would do now: enrolling itself runs the same plan. */
export function summarize(
  roster: string,
  context: Context,
): Promise<RosterSummary & { readonly budgets: NeededBudget[] }> {
  return context.db.transaction(
    async (query) => {
      const counts = await outcomesOf(query, roster)
      const plan = await planEnrollment(query, roster)
      return {
        rows: sum(counts.map(({ rows }) => rows)),
        outcomes: Object.values(RowOutcome).flatMap((outcome) =>
          counts.filter((count) => count.outcome === outcome).map(({ rows }) => ({ outcome, rows })),
        ),
        cost: plan.cost.toString(),
        months: plan.months.map(({ month, people, cost }) => ({ month, people, cost: cost.toString() })),
        budgets: plan.budgets.map(({ year, budget, needed, remaining }) => ({
          fiscalYear: year,
          budget,
          needed: needed.toString(),
          remaining: remaining.toString(),
        })),
        fits: plan.fits,
        overBudget: plan.overBudget,
        firstLeftOut: plan.leftOut[0] ?? null,
        changed: sum(counts.map(({ changed }) => changed)),
      }
    },
    { keepsPlans: true },
  )
}

interface CountedOutcome {
  /** Null: not screened yet. */
  readonly outcome: RowOutcome | null
  readonly rows: number
  /** Of them, those that came to something else than was foreseen. */
  readonly changed: number
}

function outcomesOf(query: Query, roster: string): Promise<CountedOutcome[]> {
  return query(
    `/* roster.outcomes */ select outcome, count(*)::int as rows, count(*) filter (where screened_as is not null and outcome <> 'ELIGIBLE')::int as changed
      from roster_row where roster_id = $1 group by outcome`,
    [roster],
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}
