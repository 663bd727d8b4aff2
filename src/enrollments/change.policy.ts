import { anyOf } from '../access/answers.ts'
import { type Answer, conceal, type Facts, grant, type Policy, takenBy, unruled } from '../access/policy.ts'
import { seesEverywhere, type Viewer } from '../access/viewer.ts'
import { isKnownPayer } from '../payers/known-payers.ts'
import { type Ref, type RowOf, ref, sql } from '../planner/sql.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { WorkerEventEntity } from '../workers/worker-event.entity.ts'
import { EnrollmentEntity } from './enrollment.entity.ts'
import { isOwnBudget } from './enrollment.policy.ts'
import { RefundEntity } from './refund.entity.ts'

const CHANGE = ['idempotencyKey', 'enrollment', 'from', 'reason'] as const

/**
 * What is done to enrollments, and what is told of it. A clerk enrolls and ends for his own payer; money is paid and asked
 * back by those who keep the budgets.
 */
export const changePolicy: Policy = {
  tables: [
    grant(RefundEntity, {
      needs: 'registry:read',
      words: 'from budgets of the viewer’s payer',
      rows: (refund, viewer) => isOwnBudget(refund.budget, viewer),
    }),
    grant(WorkerEventEntity, {
      needs: 'registry:read',
      words:
        'of people the viewer sees: those of the person, and those of enrollments whose payer he may know',
      rows: isTold,
    }),
    conceal(WorkerEventEntity, ['actor', 'actorPayer'], {
      words:
        'the actor works for the viewer’s payer, for one with an agreement, or he sees the whole country',
      unless: (event, viewer, facts) => isKnownPayer(event.actorPayer, viewer, facts),
    }),
  ],
  fields: {
    Query: { 'enrollment:write': ['screenWorker'] },
    Mutation: {
      'enrollment:write': [
        'enrollWorker',
        'endEnrollment',
        'suspendEnrollment',
        'resumeEnrollment',
        'substitute',
        'transferEnrollment',
      ],
      'budget:write': ['recordPayment', 'requestRefund', 'settleRefund'],
    },
    Worker: { 'registry:read': ['history'] },
    Enrollment: { 'registry:read': ['refunds', 'history'] },
    WorkerEvent: {
      'registry:read': [
        'id',
        'kind',
        'at',
        'enteredOn',
        'enrollment',
        'payer',
        'from',
        'to',
        'amount',
        'reason',
        'fact',
        'actor',
      ],
    },
    Refund: {
      'registry:read': [
        'id',
        'enrollment',
        'budget',
        'from',
        'to',
        'amount',
        'status',
        'requestedOn',
        'settledOn',
      ],
    },
    Screening: {
      anyone: ['outcome', 'findings', 'covered', 'charges', 'shortfalls', 'cost', 'rulesVersion'],
    },
    PlannedCharge: { anyone: ['fiscalYear', 'budget', 'from', 'to', 'monthly'] },
    Finding: { anyone: ['code', 'level', 'message', 'fact'] },
    CoveredMonths: { anyone: ['benefit', 'payerKind', 'from', 'to'] },
    OverlapRefusal: { anyone: ['code', 'message', 'covered', 'findings', 'shortfalls'] },
    EligibilityRefusal: { anyone: ['code', 'message', 'findings', 'shortfalls', 'rulesVersion'] },
    StateRefusal: { anyone: ['code', 'message', 'possibleFrom'] },
    PaymentRecorded: { anyone: ['enrollments', 'months', 'amount', 'budgets'] },
    BudgetPayment: { anyone: ['amount', 'budget'] },
  },
  inputs: {
    ScreenWorkerInput: {
      worker: 'Query.screenWorker',
      program: 'Query.screenWorker',
      from: 'Query.screenWorker',
      to: 'Query.screenWorker',
    },
    EnrollWorkerInput: takenBy(
      'enrollWorker',
      'idempotencyKey',
      'worker',
      'program',
      'from',
      'to',
      'settledBecause',
    ),
    // Taken by several mutations: each of them asks for its own permission.
    ChangeEnrollmentInput: Object.fromEntries(CHANGE.map((field) => [field, 'Enrollment.id'])),
    ResumeEnrollmentInput: takenBy('resumeEnrollment', ...CHANGE, 'settledBecause'),
    SubstituteInput: takenBy('substitute', ...CHANGE, 'settledBecause', 'worker'),
    TransferEnrollmentInput: takenBy('transferEnrollment', ...CHANGE, 'settledBecause', 'program'),
    RecordPaymentInput: takenBy(
      'recordPayment',
      'idempotencyKey',
      'program',
      'enrollments',
      'roster',
      'through',
      'reference',
    ),
    SettleRefundInput: takenBy('settleRefund', 'idempotencyKey', 'refund', 'granted', 'reason'),
  },
}

function isTold(event: Ref<RowOf<typeof WorkerEventEntity>>, viewer: Viewer, facts: Facts): Answer {
  if (seesEverywhere(viewer)) return true
  const [worker, row, enrollment] = [ref(WorkerEntity), unruled(WorkerEntity), unruled(EnrollmentEntity)]
  const mayKnow = anyOf([sql`${event.payer} is null`, isKnownPayer(event.payer, viewer, facts)])
  // It is about whoever has the enrollment now, or about the person whom the row was merged into.
  if (typeof mayKnow === 'boolean') return mayKnow
  return sql`${mayKnow} and exists (select 1 from ${worker} where ${worker.id} = coalesce((select ${enrollment.worker} from ${enrollment} where ${enrollment.id} = ${event.enrollmentId}), (select coalesce(${row.mergedIntoId}, ${row.id}) from ${row} where ${row.id} = ${event.worker})))`
}
