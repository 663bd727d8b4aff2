import { Args, FieldResolver, Resolver, Root } from 'type-graphql'
import { unruled } from '../../access/policy.ts'
import { connectionOf, PageArgs } from '../../contract/connection.ts'
import { firstMonth, lastMonth } from '../../contract/months.ts'
import { Month } from '../../contract/scalars.ts'
import { rows, value } from '../../planner/description.ts'
import { type Ref, type RowOf, sql } from '../../planner/sql.ts'
import type { WorkerRef } from '../../workers/domicile.ts'
import { WorkerEntity } from '../../workers/worker.entity.ts'
import { Worker } from '../../workers/worker.type.ts'
import { WorkerEventEntity } from '../../workers/worker-event.entity.ts'
import { EnrollmentEntity } from '../enrollment.entity.ts'
import { Enrollment } from '../enrollment.type.ts'
import { WorkerEvent } from './history.type.ts'

const HistoryConnection = connectionOf(WorkerEvent, 'History')
type EventRef = Ref<RowOf<typeof WorkerEventEntity>>

@Resolver(() => WorkerEvent)
export class WorkerEventFields {
  @FieldResolver(() => Month, {
    nullable: true,
    description: 'The first month it is about (bulan mulai).',
  })
  from(@Root() event: EventRef) {
    return value(firstMonth(event.period))
  }

  @FieldResolver(() => Month, { nullable: true, description: 'The last month it is about (bulan akhir).' })
  to(@Root() event: EventRef) {
    return value(lastMonth(event.period))
  }

  @FieldResolver(() => Enrollment, {
    nullable: true,
    description: 'Null for an event of the person, and for one you may not see (kepesertaan).',
  })
  enrollment(@Root() event: EventRef) {
    return rows(EnrollmentEntity).where((enrollment) => sql`${enrollment.id} = ${event.enrollmentId}`)
  }
}

@Resolver(() => Worker)
export class WorkerHistory {
  @FieldResolver(() => HistoryConnection, {
    description:
      'What happened to the worker, oldest first, also while he was known as another; of enrollments, as far as you may know their payers (riwayat).',
  })
  history(@Root() worker: WorkerRef, @Args(() => PageArgs) page: PageArgs) {
    const [same, enrollment] = [unruled(WorkerEntity), unruled(EnrollmentEntity)]
    // What happened to an enrollment is told of whoever has it now: a merge moves it, and undoing one moves it back.
    const own = sql`array(select ${enrollment.id} from ${enrollment} where ${enrollment.worker} = ${worker.id})`
    const rowsOfHis = sql`array(select ${same.id} from ${same} where ${worker.id} in (${same.id}, ${same.mergedIntoId}))`
    return rows(WorkerEventEntity)
      .where(
        (event) =>
          sql`((${event.worker} = any(${rowsOfHis}) and ${event.enrollmentId} is null) or ${event.enrollmentId} = any(${own}))`,
      )
      .orderBy((event) => [event.id])
      .page(page)
  }
}

@Resolver(() => Enrollment)
export class EnrollmentHistory {
  @FieldResolver(() => HistoryConnection, {
    description: 'What happened to this enrollment, oldest first (riwayat).',
  })
  history(@Root() enrollment: Ref<RowOf<typeof EnrollmentEntity>>, @Args(() => PageArgs) page: PageArgs) {
    return rows(WorkerEventEntity)
      .where((event) => sql`${event.enrollmentId} = ${enrollment.id}`)
      .orderBy((event) => [event.id])
      .page(page)
  }
}
