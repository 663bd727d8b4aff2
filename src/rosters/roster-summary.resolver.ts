import { Ctx, Extensions, FieldResolver, Resolver, Root } from 'type-graphql'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { Budget } from '../budgets/budget.type.ts'
import type { Context } from '../contract/context.ts'
import { costs } from '../contract/cost.ts'
import { idValue } from '../contract/id.ts'
import { rows } from '../planner/description.ts'
import { answeredLate } from '../planner/marks.ts'
import { sql } from '../planner/sql.ts'
import { Roster } from './roster.type.ts'
import { RosterBudget, RosterSummary } from './roster-summary.type.ts'
import { summarize } from './summarize.ts'

/** Every eligible row is read and ordered: a page of rosters would be a page of whole files. */
const PLANNING_A_ROSTER = 1_000

@Resolver(() => Roster)
export class SummaryOfRoster {
  @Extensions({ ...answeredLate(), ...costs(PLANNING_A_ROSTER) })
  @FieldResolver(() => RosterSummary, {
    description: 'What came of its rows, and what enrolling it now would do (ringkasan).',
  })
  summary(@Root() roster: string, @Ctx() context: Context) {
    return summarize(roster, context)
  }
}

@Resolver(() => RosterBudget)
export class RosterBudgetFields {
  @FieldResolver(() => Budget, {
    nullable: true,
    description: 'Null where there is none, or it is one you may not see (anggaran).',
  })
  budget(@Root() { budget: id }: { budget: string | null }) {
    return rows(BudgetEntity).where((budget) => sql`${budget.id} = ${id === null ? null : idValue(id)}`)
  }
}
