import { anyOf } from '../access/answers.ts'
import { type Answer, type Facts, grant, type Policy, readFor, takenBy } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { ofEveryArea } from '../areas/area.policy.ts'
import { STATISTICS } from '../contract/readings.ts'
import { governsWithin } from '../payers/jurisdiction.ts'
import { isKnownPayer } from '../payers/known-payers.ts'
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
      words: 'of budgets the viewer sees, of his payer and of payers with an agreement',
      rows: ofKnownPayer,
    }),
    readFor(BudgetEntryEntity, STATISTICS, { needs: 'anyone', words: 'summed, never shown' }),
  ],
  fields: {
    Query: { 'registry:read': ['budget', 'budgets'] },
    Mutation: { 'budget:write': ['createBudget', 'reviseBudget'] },
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
        'balanceOn',
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
    BudgetBalance: { 'registry:read': ['month', 'ceiling', 'committed', 'paid', 'remaining'] },
    Shortfall: { anyone: ['fiscalYear', 'budget', 'needed', 'remaining'] },
    BudgetRefusal: { anyone: ['code', 'message', 'shortfalls'] },
    Payer: { 'registry:read': ['budgets'] },
    CoverageProgram: { 'registry:read': ['budgets'] },
    ...ofEveryArea({ 'registry:read': ['budgets'] }),
  },
  inputs: {
    CreateBudgetInput: takenBy(
      'createBudget',
      'idempotencyKey',
      'payer',
      'fiscalYear',
      'fundingSource',
      'agency',
      'accountCode',
      'ceiling',
      'note',
      'enteredOn',
    ),
    ReviseBudgetInput: takenBy('reviseBudget', 'idempotencyKey', 'budget', 'ceiling', 'note', 'enteredOn'),
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

/** An entry may be about one person who was enrolled alone: its amount and its moment would say who pays for him. */
function ofKnownPayer(entry: Ref<RowOf<typeof BudgetEntryEntity>>, viewer: Viewer, facts: Facts): Answer {
  const budget = ref(BudgetEntity)
  const known = isKnownPayer(budget.payer, viewer, facts)
  if (typeof known === 'boolean') return known
  return sql`exists (select 1 from ${budget} where ${budget.id} = ${entry.budget} and ${known})`
}
