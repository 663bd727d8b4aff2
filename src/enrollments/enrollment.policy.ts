import { anyOf } from '../access/answers.ts'
import { type Answer, conceal, type Facts, grant, type Policy, readFor, unruled } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import { COVERAGE_CHECK, KIND_OF_PAYER, STATISTICS } from '../contract/readings.ts'
import { isKnownPayer, partnersOf } from '../payers/known-payers.ts'
import { type Ref, type RowOf, ref, type Sql, sql } from '../planner/sql.ts'
import { CoverageProgramEntity } from '../programs/program.entity.ts'
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
      words: 'of people whom the viewer’s payer covers or enrolls',
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
      rows: isOwnCharge,
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
    Enrollment: {
      'registry:read': ['id', 'worker', 'program', 'decidedOn', 'state', 'from', 'to', 'charges', 'lines'],
    },
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
    Budget: { 'registry:read': ['enrollments'] },
    CoverageProgram: { 'registry:read': ['enrollments', 'enrollmentsByCategory'] },
  },
  inputs: {
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
  if (viewer.payer === undefined) return false
  const [line, enrollment, program] = [
    unruled(CoverageLineEntity),
    unruled(EnrollmentEntity),
    unruled(CoverageProgramEntity),
  ]
  // Both ask about one worker; `offset 0` keeps PostgreSQL from collecting all people of the payer instead.
  return sql`exists (select 1 from ${line} where ${line.worker} = ${worker.id} and ${line.payer} = ${viewer.payer}::bigint offset 0) or exists (select 1 from ${enrollment} join ${program} on ${program.code} = ${enrollment.program} where ${enrollment.worker} = ${worker.id} and ${program.payer} = ${viewer.payer}::bigint offset 0)`
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

function isOwnCharge(charge: Ref<RowOf<typeof ChargeEntity>>, viewer: Viewer): Answer {
  if (seesEverywhere(viewer)) return true
  if (viewer.payer === undefined) return false
  const budget = unruled(BudgetEntity)
  return sql`${charge.budget} = any(array(select ${budget.id} from ${budget} where ${budget.payer} = ${viewer.payer}::bigint))`
}
