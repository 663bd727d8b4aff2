import { anyOf } from '../access/answers.ts'
import { type Answer, grant, type Policy, readFor } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { STATISTICS } from '../contract/readings.ts'
import { governsWithin } from '../payers/jurisdiction.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { type Ref, type RowOf, ref, sql } from '../planner/sql.ts'
import { BudgetEntity } from './budget.entity.ts'
import { BudgetEntryEntity } from './budget-entry.entity.ts'

/** A budget is seen by its payer, and by those in whose area that government lies. */
export const budgetPolicy: Policy = {
  tables: [
    grant(BudgetEntity, {
      needs: 'registry:read',
      words: 'of the viewer’s payer and of governments in his areas',
      rows: withinReach,
    }),
    readFor(BudgetEntity, STATISTICS, { needs: 'anyone', words: 'summed, never shown' }),
    grant(BudgetEntryEntity, {
      needs: 'registry:read',
      words: 'of budgets the viewer sees',
      rows: (entry, viewer) => {
        if (seesEverywhere(viewer)) return true
        const budget = ref(BudgetEntity)
        return sql`exists (select 1 from ${budget} where ${budget.id} = ${entry.budget})`
      },
    }),
  ],
  fields: {
    Query: { 'registry:read': ['budget', 'budgets'] },
    Budget: {
      'registry:read': [
        'id',
        'payer',
        'fiscalYear',
        'fundingSource',
        'agency',
        'accountCode',
        'version',
        'originalCeiling',
        'ceiling',
        'committed',
        'paid',
        'remaining',
        'unpaid',
        'absorptionRate',
        'entries',
      ],
    },
    BudgetEntry: {
      'registry:read': [
        'id',
        'budget',
        'kind',
        'ceilingDelta',
        'committedDelta',
        'paidDelta',
        'enteredOn',
        'recordedAt',
        'note',
      ],
    },
    Payer: { 'registry:read': ['budgets'] },
    CoverageProgram: { 'registry:read': ['budgets'] },
    ...ofEveryArea({ 'registry:read': ['budgets'] }),
  },
  inputs: {
    BudgetFilter: {
      payer: 'Budget.payer',
      area: 'Budget.payer',
      fiscalYear: 'Budget.fiscalYear',
      fundingSources: 'Budget.fundingSource',
    },
  },
}

function withinReach(budget: Ref<RowOf<typeof BudgetEntity>>, viewer: Viewer): Answer {
  if (seesEverywhere(viewer)) return true
  const payer = ref(PayerEntity)
  const governed = anyOf(viewer.areas.map((code) => governsWithin(payer, code)))
  return anyOf([
    viewer.payer !== undefined && sql`${budget.payer} = ${viewer.payer}::bigint`,
    governed !== false &&
      sql`${budget.payer} = any(array(select ${payer.id} from ${payer} where ${governed as never}))`,
  ])
}
