import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../../contract/context.ts'
import { changed } from '../../contract/outcome.ts'
import { rows } from '../../planner/description.ts'
import { sql } from '../../planner/sql.ts'
import { DisputeEntity } from '../../workers/dispute.entity.ts'
import type { WorkerRef } from '../../workers/domicile.ts'
import { Worker } from '../../workers/worker.type.ts'
import { DecideDisputeInput, DecideDisputeResult, Dispute, DisputeRecordInput } from './dispute.type.ts'
import { decideDispute, disputeRecord } from './disputes.ts'

@Resolver()
export class DisputeMutations {
  @Mutation(() => Dispute, {
    nullable: true,
    description:
      'Somebody says that a record is wrong: until it is decided, no life event changes that record, and files do nothing about the person (sengketa data).',
  })
  async disputeRecord(
    @Arg('input', () => DisputeRecordInput) input: DisputeRecordInput,
    @Ctx() context: Context,
  ) {
    return changed('Dispute', await disputeRecord(context, input))
  }

  @Mutation(() => DecideDisputeResult, {
    nullable: true,
    description:
      'Decides a dispute. It changes no record itself: what is upheld is to be corrected (keputusan sengketa).',
  })
  async decideDispute(
    @Arg('input', () => DecideDisputeInput) input: DecideDisputeInput,
    @Ctx() context: Context,
  ) {
    await decideDispute(context, input)
    return changed('Dispute', input.dispute)
  }
}

@Resolver(() => Worker)
export class WorkerDisputes {
  @FieldResolver(() => [Dispute], {
    description: 'What was said to be wrong in the record, oldest first (sengketa).',
  })
  disputes(@Root() worker: WorkerRef) {
    return rows(DisputeEntity)
      .where((dispute) => sql`${dispute.worker} = ${worker.id}`)
      .orderBy((dispute) => [dispute.id])
  }
}
