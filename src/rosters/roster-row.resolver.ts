import { Arg, Args, ArgsType, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import { EnrollmentEntity } from '../enrollments/enrollment.entity.ts'
import { Enrollment } from '../enrollments/enrollment.type.ts'
import { derived, rows } from '../planner/description.ts'
import { allOf, type Ref, type RowOf, sql } from '../planner/sql.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { Worker } from '../workers/worker.type.ts'
import { reasonsOf } from './reasons-of-row.ts'
import type { RosterRef } from './roster.resolver.ts'
import { Roster } from './roster.type.ts'
import { RosterRowEntity, RowOutcome } from './roster-row.entity.ts'
import { RosterRow, RowCoveredMonths, RowReason } from './roster-row.type.ts'

const RosterRowConnection = connectionOf(RosterRow)
type RowRef = Ref<RowOf<typeof RosterRowEntity>>

@ArgsType()
class RowsArgs extends PageArgs {
  @Field(() => RowOutcome, { nullable: true, description: 'Only rows of this outcome (hasil baris).' })
  outcome?: RowOutcome | null
}

@Resolver(() => Roster)
export class RowsOfRoster {
  @FieldResolver(() => RosterRowConnection, { description: 'Its rows, as in the file (baris).' })
  rows(@Root() roster: RosterRef, @Args(() => RowsArgs) { outcome, ...page }: RowsArgs) {
    return rows(RosterRowEntity)
      .where((row) =>
        allOf(sql`${row.roster} = ${roster.id}`, outcome != null && sql`${row.outcome} = ${outcome}`),
      )
      .page(page)
  }

  @FieldResolver(() => RosterRow, { nullable: true, description: 'The row of a number (baris).' })
  row(@Root() roster: RosterRef, @Arg('number', () => Int) number: number) {
    return rows(RosterRowEntity).where(
      (row) => sql`${row.roster} = ${roster.id} and ${row.row} = ${number}::int`,
    )
  }
}

@Resolver(() => RosterRow)
export class RosterRowFields {
  @FieldResolver(() => [RowReason], {
    description: 'All that was found, in the order in which it was looked for (alasan).',
  })
  reasons(@Root() row: RowRef) {
    return derived<{ part: number; n: number }>(reasonsOf(row)).orderBy((reason) => [reason.part, reason.n])
  }

  @FieldResolver(() => [RowCoveredMonths], {
    description: 'Months in which somebody pays already (bulan terlindungi).',
  })
  covered(@Root() row: RowRef) {
    const month = (end: 'from' | 'to') => sql`to_date(months ->> ${end}, 'YYYY-MM')`
    const found = sql`select n, months ->> 'benefit' as benefit, months ->> 'payerKind' as "payerKind", ${month('from')} as "from", ${month('to')} as "to" from jsonb_array_elements(${row.covered}) with ordinality as covered(months, n)`
    return derived<{ n: number }>(found).orderBy((months) => [months.n])
  }

  @FieldResolver(() => Worker, {
    nullable: true,
    description: 'Who it is or may be; null for one you may not see (pekerja).',
  })
  worker(@Root() row: RowRef) {
    return rows(WorkerEntity).where((worker) => sql`${worker.id} = ${row.workerId}`)
  }

  @FieldResolver(() => Enrollment, {
    nullable: true,
    description: 'What was made of it; null for one you may not see (kepesertaan).',
  })
  enrollment(@Root() row: RowRef) {
    return rows(EnrollmentEntity).where((enrollment) => sql`${enrollment.id} = ${row.enrollmentId}`)
  }
}
