import { anyOf } from '../access/answers.ts'
import {
  type Answer,
  conceal,
  type Facts,
  grant,
  type Policy,
  readFor,
  takenBy,
  unruled,
} from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { COVERAGE_CHECK, KIND_OF_PAYER, STATISTICS } from '../contract/readings.ts'
import { isKnownPayer, partnersOf } from '../payers/known-payers.ts'
import { type Column, type Ref, type RowOf, ref, type Sql, sql } from '../planner/sql.ts'
import { CoverageProgramEntity } from '../programs/program.entity.ts'
import { isUnmerged } from '../workers/domicile.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { ChargeEntity } from './charge.entity.ts'
import { CoverageLineEntity } from './coverage-line.entity.ts'
import { EnrollmentEntity } from './enrollment.entity.ts'

/**
 * A payer sees his own people, and what covers the people in his area; of another payer's lines the kind and the
 * months. Which payer it is he sees where the two have an agreement.
 */
export const enrollmentPolicy: Policy = {
  tables: [
    grant(WorkerEntity, {
      needs: 'registry:read',
      words: 'of people whom the viewer’s payer covers, or whose enrollment with it was decided',
      rows: areOwnPeople,
    }),
    grant(EnrollmentEntity, {
      needs: 'registry:read',
      words:
        'in programs of the viewer’s payer; of people he sees, also in programs of payers with an agreement',
      rows: isOfKnownPayer,
    }),
    grant(ChargeEntity, {
      needs: 'registry:read',
      words: 'to budgets of the viewer’s payer',
      rows: (charge, viewer) => isOwnBudget(charge.budget, viewer),
    }),
    readFor(ChargeEntity, STATISTICS, { needs: 'anyone', words: 'counted, never shown' }),
    grant(CoverageLineEntity, {
      needs: 'registry:read',
      words: 'of people the viewer sees',
      rows: (line, viewer) => {
        if (seesEverywhere(viewer)) return true
        const worker = ref(WorkerEntity)
        // His payer's own lines are of people he sees; asking first about them saves looking for the person.
        return anyOf([
          viewer.payer !== undefined && sql`${line.payer} = ${viewer.payer}::bigint`,
          sql`exists (select 1 from ${worker} where ${worker.id} = ${line.worker})`,
        ])
      },
    }),
    conceal(
      CoverageLineEntity,
      ['payer', 'fundingSource', 'program', 'enrollment', 'reportedBy', 'reportedOn'],
      {
        words: 'the line is of the viewer’s payer, of one with an agreement, or he sees the whole country',
        unless: (line, viewer, facts) => isKnownPayer(line.payer, viewer, facts),
      },
    ),
    readFor(CoverageLineEntity, KIND_OF_PAYER, {
      needs: 'registry:read',
      words: 'to say of what kind the payer of a line is that the viewer sees',
    }),
    readFor(CoverageLineEntity, STATISTICS, { needs: 'anyone', words: 'counted, never shown' }),
    readFor(CoverageLineEntity, COVERAGE_CHECK, {
      needs: 'coverage:check',
      words: 'benefits, months and kinds of payers of people asked about by NIK or token',
    }),
  ],
  fields: {
    Query: { 'registry:read': ['enrollment', 'enrollments'] },
    Mutation: { 'registry:write': ['mergeWorkers', 'undoMerge'] },
    Enrollment: {
      'registry:read': [
        'id',
        'worker',
        'program',
        'decidedOn',
        'state',
        'from',
        'to',
        'plannedTo',
        'suspendedFrom',
        'rulesVersion',
        'settledBecause',
        'settledFindings',
        'charges',
        'lines',
      ],
    },
    SettledFinding: { 'registry:read': ['code', 'fact'] },
    Charge: {
      'registry:read': ['enrollment', 'budget', 'monthly', 'paidThrough', 'from', 'to', 'months', 'total'],
    },
    CoverageLine: {
      'registry:read': [
        'id',
        'worker',
        'benefit',
        'segment',
        'payer',
        'payerKind',
        'fundingSource',
        'origin',
        'enrollment',
        'program',
        'reportedBy',
        'reportedOn',
        'from',
        'to',
      ],
    },
    EnrollmentCount: { 'registry:read': ['category', 'enrollments'] },
    Worker: { 'registry:read': ['enrollments', 'coverage', 'covered'] },
    MergedWorkers: { 'registry:write': ['merge', 'worker', 'covered'] },
    UndoneMerge: { 'registry:write': ['merge', 'kept', 'restored'] },
    MergeRefusal: { 'registry:write': ['code', 'message', 'merge'] },
    BudgetForecast: { 'registry:read': ['month', 'committed', 'paid', 'committedSoFar'] },
    Budget: { 'registry:read': ['enrollments', 'forecast'] },
    CoverageProgram: { 'registry:read': ['enrollments', 'enrollmentsByCategory'] },
  },
  inputs: {
    MergeWorkersInput: takenBy('mergeWorkers', 'keep', 'merge', 'reason', 'idempotencyKey'),
    UndoMergeInput: takenBy('undoMerge', 'merge', 'reason', 'idempotencyKey'),
    EnrollmentFilter: {
      worker: 'Enrollment.worker',
      program: 'Enrollment.program',
      states: 'Enrollment.state',
      activeIn: 'Enrollment.from',
      area: 'Worker.village',
    },
  },
}

function areOwnPeople(worker: Ref<RowOf<typeof WorkerEntity>>, viewer: Viewer): Answer {
  // Who sees everywhere has a grant that is cheaper.
  if (viewer.payer === undefined || seesEverywhere(viewer)) return false
  const [line, enrollment, program] = [
    unruled(CoverageLineEntity),
    unruled(EnrollmentEntity),
    unruled(CoverageProgramEntity),
  ]
  // A proposal alone makes nobody his, or whoever may propose could see anybody. Both ask about one worker; `offset 0`
  // keeps PostgreSQL from collecting all people of the payer instead.
  const pays = sql`exists (select 1 from ${line} where ${line.worker} = ${worker.id} and ${line.payer} = ${viewer.payer}::bigint offset 0)`
  const hasDecided = sql`exists (select 1 from ${enrollment} join ${program} on ${program.code} = ${enrollment.program} where ${enrollment.worker} = ${worker.id} and ${isDecided(enrollment)} and ${program.payer} = ${viewer.payer}::bigint offset 0)`
  return sql`${isUnmerged(worker)} and (${pays} or ${hasDecided})`
}

/** Whether somebody has decided about a proposal. */
export function isDecided(enrollment: Ref<RowOf<typeof EnrollmentEntity>>): Sql {
  return sql`${enrollment.decision} not in ('PROPOSED', 'VERIFIED')`
}

function isOfKnownPayer(
  enrollment: Ref<RowOf<typeof EnrollmentEntity>>,
  viewer: Viewer,
  facts: Facts,
): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  const worker = ref(WorkerEntity)
  return anyOf([
    sql`${enrollment.program} = any(${programsOf(sql`= ${viewer.payer}::bigint`)})`,
    sql`${enrollment.program} = any(${programsOf(sql`= any(${partnersOf(viewer.payer, facts)})`)}) and exists (select 1 from ${worker} where ${worker.id} = ${enrollment.worker})`,
  ])
}

/** The codes of some payers' programs: an SQL array, made once for a statement and not looked up row by row. */
function programsOf(payers: Sql): Sql {
  const program = unruled(CoverageProgramEntity)
  return sql`array(select ${program.code} from ${program} where ${program.payer} ${payers})`
}

/** Whether a budget is of the viewer's own payer: what it pays for is told to nobody else. */
export function isOwnBudget(budget: Column, viewer: Viewer): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  const own = unruled(BudgetEntity)
  return sql`${budget} = any(array(select ${own.id} from ${own} where ${own.payer} = ${viewer.payer}::bigint))`
}
