import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql'
import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { rows } from '../../planner/description.ts'
import { sql } from '../../planner/sql.ts'
import { ClaimCheckEntity } from '../../workers/claim-check.entity.ts'
import type { WorkerRef } from '../../workers/domicile.ts'
import { WorkerEntity } from '../../workers/worker.entity.ts'
import { Worker } from '../../workers/worker.type.ts'
import { EnrollmentEntity } from '../enrollment.entity.ts'
import { Enrollment } from '../enrollment.type.ts'
import {
  ClaimCheck,
  Consequence,
  LifeEvent,
  RecordLifeEventInput,
  RecordLifeEventResult,
} from './life-event.type.ts'
import { recordLifeEvent } from './record-life-event.ts'

@Resolver()
export class LifeEventMutations {
  @Mutation(() => RecordLifeEventResult, {
    nullable: true,
    description:
      'Records a death, a move, civil service or wage employment, and does what follows for the enrollments of every payer (peristiwa kehidupan).',
  })
  recordLifeEvent(
    @Arg('input', () => RecordLifeEventInput) input: RecordLifeEventInput,
    @Ctx() context: Context,
  ) {
    return recordLifeEvent(input, context)
  }
}

@Resolver(() => LifeEvent)
export class LifeEventFields {
  @FieldResolver(() => Worker, {
    nullable: true,
    description: 'Null for one you may not see any more (pekerja).',
  })
  worker(@Root() event: { worker: string }) {
    return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${idValue(event.worker)}`)
  }
}

@Resolver(() => Consequence)
export class ConsequenceFields {
  @FieldResolver(() => Enrollment, {
    nullable: true,
    description: 'Null where it is about none, and for one you may not see (kepesertaan).',
  })
  enrollment(@Root() { enrollment: id }: { enrollment: string | null }) {
    return id === null
      ? null
      : rows(EnrollmentEntity).where((enrollment) => sql`${enrollment.id} = ${idValue(id)}`)
  }
}

@Resolver(() => Worker)
export class WorkerClaimChecks {
  @FieldResolver(() => [ClaimCheck], {
    description: 'Claims that somebody should see to, oldest first (cek klaim).',
  })
  claimChecks(@Root() worker: WorkerRef) {
    return rows(ClaimCheckEntity)
      .where((check) => sql`${check.worker} = ${worker.id}`)
      .orderBy((check) => [check.id])
  }
}
