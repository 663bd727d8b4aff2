import { grant, type Policy, takenBy } from '../../access/policy.ts'
import { ref, type Sql, sql } from '../../planner/sql.ts'
import { ClaimCheckEntity } from '../../workers/claim-check.entity.ts'
import { DisputeEntity } from '../../workers/dispute.entity.ts'
import type { WorkerRef } from '../../workers/domicile.ts'
import { WorkerEntity } from '../../workers/worker.entity.ts'

/**
 * What happens to people, and what they say of it. Whoever may write in the registry records it, for the enrollments of
 * every payer: a death is not the business of one of them.
 */
export const eventsPolicy: Policy = {
  tables: [
    grant(DisputeEntity, {
      needs: 'registry:read',
      words: 'about people the viewer sees',
      rows: ({ worker }) => isSeen(worker),
    }),
    grant(ClaimCheckEntity, {
      needs: 'registry:read',
      words: 'of people the viewer sees',
      rows: ({ worker }) => isSeen(worker),
    }),
  ],
  fields: {
    Mutation: { 'registry:write': ['recordLifeEvent', 'disputeRecord', 'decideDispute'] },
    Worker: { 'registry:read': ['disputes', 'claimChecks'] },
    Dispute: {
      'registry:read': [
        'id',
        'worker',
        'subject',
        'reason',
        'openedOn',
        'decision',
        'decidedOn',
        'decisionReason',
      ],
    },
    ClaimCheck: { 'registry:read': ['id', 'worker', 'event', 'month', 'openedOn'] },
    LifeEvent: { 'registry:write': ['worker', 'applied', 'consequences'] },
    Consequence: { 'registry:write': ['kind', 'enrollment', 'payerKind', 'from', 'to', 'amount'] },
    DisputeRefusal: { anyone: ['code', 'message', 'disputes'] },
  },
  inputs: {
    RecordLifeEventInput: takenBy(
      'recordLifeEvent',
      'idempotencyKey',
      'worker',
      'death',
      'move',
      'civilService',
      'wageEmployment',
      'reason',
      'dryRun',
    ),
    DeathInput: takenBy('recordLifeEvent', 'month'),
    MoveInput: takenBy('recordLifeEvent', 'village', 'since'),
    CivilServiceInput: takenBy('recordLifeEvent', 'civilServant', 'from'),
    WageEmploymentInput: takenBy('recordLifeEvent', 'employer', 'from', 'to'),
    DisputeRecordInput: takenBy('disputeRecord', 'idempotencyKey', 'worker', 'subject', 'reason'),
    DecideDisputeInput: takenBy('decideDispute', 'idempotencyKey', 'dispute', 'decision', 'reason'),
  },
}

/** What is about a person goes where the person goes. */
function isSeen(id: WorkerRef['id']): Sql {
  const worker = ref(WorkerEntity)
  return sql`exists (select 1 from ${worker} where ${worker.id} = ${id})`
}
