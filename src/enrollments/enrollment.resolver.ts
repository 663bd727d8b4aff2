import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql'
import type { BudgetEntity } from '../budgets/budget.entity.ts'
import { Budget } from '../budgets/budget.type.ts'
import { connectionOf, PageArgs } from '../contract/connection.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { firstMonth, lastMonth, monthDate } from '../contract/months.ts'
import { KIND_OF_PAYER } from '../contract/readings.ts'
import { Month, Rupiah } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { PayerEntity, PayerKind } from '../payers/payer.entity.ts'
import { derived, rows, value } from '../planner/description.ts'
import { allOf, type Ref, type RowOf, ref, type Sql, sql } from '../planner/sql.ts'
import type { CoverageProgramEntity } from '../programs/program.entity.ts'
import { CoverageProgram } from '../programs/program.type.ts'
import { livesIn, type WorkerRef } from '../workers/domicile.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { Worker } from '../workers/worker.type.ts'
import { ChargeEntity } from './charge.entity.ts'
import { CoverageLineEntity } from './coverage-line.entity.ts'
import { coveredIn, type LineRef } from './covered.ts'
import { EnrollmentEntity } from './enrollment.entity.ts'
import {
  Charge,
  CoverageLine,
  Enrollment,
  EnrollmentCount,
  EnrollmentFilter,
  EnrollmentState,
  SettledFinding,
} from './enrollment.type.ts'

const EnrollmentConnection = connectionOf(Enrollment)
type EnrollmentRef = Ref<RowOf<typeof EnrollmentEntity>>
type ChargeRef = Ref<RowOf<typeof ChargeEntity>>

@ArgsType()
class EnrollmentsArgs extends PageArgs {
  @Field(() => EnrollmentFilter, { nullable: true })
  filter?: EnrollmentFilter
}

@Resolver(() => Enrollment)
export class EnrollmentResolver {
  @Query(() => Enrollment, { nullable: true, description: 'The enrollment of an id (kepesertaan).' })
  enrollment(@Arg('id', () => ID) id: string) {
    return rows(EnrollmentEntity).where((enrollment) => sql`${enrollment.id} = ${idValue(id)}`)
  }

  @Query(() => EnrollmentConnection, { description: 'Enrollments, by id (kepesertaan).' })
  enrollments(@Args(() => EnrollmentsArgs) args: EnrollmentsArgs, @Ctx() context: Context) {
    return enrollmentsOf(args, context)
  }

  @FieldResolver(() => EnrollmentState, { description: 'As of today (status kepesertaan).' })
  state(@Root() enrollment: EnrollmentRef, @Ctx() context: Context) {
    return value(stateOf(enrollment, context))
  }

  @FieldResolver(() => Month, { description: 'The first month (bulan mulai).' })
  from(@Root() enrollment: EnrollmentRef) {
    return value(firstMonth(enrollment.period))
  }

  @FieldResolver(() => Month, { description: 'The last month (bulan akhir).' })
  to(@Root() enrollment: EnrollmentRef) {
    return value(lastMonth(enrollment.period))
  }

  @FieldResolver(() => Month, {
    nullable: true,
    description: 'The last month that was decided, where it was ended earlier (rencana bulan akhir).',
  })
  plannedTo(@Root() enrollment: EnrollmentRef) {
    return value(sql`(${enrollment.plannedUntil} - 1)`)
  }

  @FieldResolver(() => [SettledFinding], {
    description: 'Findings for review that a person settled (temuan yang diverifikasi).',
  })
  settledFindings(@Root() enrollment: EnrollmentRef) {
    const found = sql`select n, finding ->> 'code' as code, finding ->> 'fact' as fact from jsonb_array_elements(${enrollment.settled}) with ordinality as settled(finding, n)`
    return derived<{ n: number; code: string; fact: string }>(found).orderBy((finding) => [finding.n])
  }

  @FieldResolver(() => [Charge], { description: 'Which budget pays which months (pembebanan).' })
  charges(@Root() enrollment: EnrollmentRef) {
    return rows(ChargeEntity).where(
      (charge) => sql`${charge.enrollment} = (${enrollment.worker}, ${enrollment.id})`,
    )
  }

  @FieldResolver(() => [CoverageLine], { description: 'Its benefits (manfaat).' })
  lines(@Root() enrollment: EnrollmentRef) {
    return rows(CoverageLineEntity).where(
      (line) => sql`${line.enrollment} = (${enrollment.worker}, ${enrollment.id})`,
    )
  }
}

@Resolver(() => Charge)
export class ChargeFields {
  @FieldResolver(() => Month, { description: 'The first month (bulan mulai).' })
  from(@Root() charge: ChargeRef) {
    return value(firstMonth(charge.period))
  }

  @FieldResolver(() => Month, { description: 'The last month (bulan akhir).' })
  to(@Root() charge: ChargeRef) {
    return value(lastMonth(charge.period))
  }

  @FieldResolver(() => Int, { description: 'How many months (jumlah bulan).' })
  months(@Root() charge: ChargeRef) {
    return value(monthsOf(charge))
  }

  @FieldResolver(() => Rupiah, { description: 'Months × contribution a month (jumlah).' })
  total(@Root() charge: ChargeRef) {
    return value(sql`${charge.monthly} * ${monthsOf(charge)}`)
  }
}

@Resolver(() => CoverageLine)
export class CoverageLineFields {
  @FieldResolver(() => PayerKind, {
    description: 'Of what kind the payer is, also where it may not be seen who it is (jenis pembayar).',
  })
  payerKind(@Root() line: LineRef) {
    const [same, payer] = [ref(CoverageLineEntity, KIND_OF_PAYER), ref(PayerEntity)]
    return value(
      sql`(select ${payer.kind} from ${same} join ${payer} on ${payer.id} = ${same.payer} where ${same.worker} = ${line.worker} and ${same.id} = ${line.id})`,
    )
  }

  @FieldResolver(() => Month, { description: 'The first month (bulan mulai).' })
  from(@Root() line: LineRef) {
    return value(firstMonth(line.period))
  }

  @FieldResolver(() => Month, { description: 'The last month (bulan akhir).' })
  to(@Root() line: LineRef) {
    return value(lastMonth(line.period))
  }
}

@Resolver(() => Worker)
export class WorkerCoverage {
  @FieldResolver(() => EnrollmentConnection, {
    description: 'Enrollments of this worker, by id (kepesertaan).',
  })
  enrollments(
    @Root() worker: WorkerRef,
    @Args(() => EnrollmentsArgs) args: EnrollmentsArgs,
    @Ctx() context: Context,
  ) {
    return enrollmentsOf(args, context).where((enrollment) => sql`${enrollment.worker} = ${worker.id}`)
  }

  @FieldResolver(() => [CoverageLine], {
    description: "The hub's and reported lines; with `month`, those that contain it (perlindungan).",
  })
  coverage(
    @Root() worker: WorkerRef,
    @Arg('month', () => Month, { nullable: true }) month: MonthText | null,
  ) {
    return rows(CoverageLineEntity).where((line) =>
      allOf(sql`${line.worker} = ${worker.id}`, month != null && sql`${line.period} @> ${monthDate(month)}`),
    )
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether any line contains the month, by default the current one (terlindungi).',
  })
  covered(
    @Root() worker: WorkerRef,
    @Arg('month', () => Month, { nullable: true }) month: MonthText | null,
    @Ctx() context: Context,
  ) {
    return value(coveredIn(worker, monthDate(month ?? context.currentMonth)))
  }
}

@Resolver(() => Budget)
export class BudgetEnrollments {
  @FieldResolver(() => EnrollmentConnection, {
    description: 'Enrollments charged to this budget, by id (kepesertaan).',
  })
  enrollments(
    @Root() budget: Ref<RowOf<typeof BudgetEntity>>,
    @Args(() => EnrollmentsArgs) args: EnrollmentsArgs,
    @Ctx() context: Context,
  ) {
    const charge = ref(ChargeEntity)
    return enrollmentsOf(args, context).where(
      (enrollment) =>
        sql`exists (select 1 from ${charge} where ${charge.budget} = ${budget.id} and ${charge.enrollment} = (${enrollment.worker}, ${enrollment.id}))`,
    )
  }
}

@Resolver(() => CoverageProgram)
export class ProgramEnrollments {
  @FieldResolver(() => EnrollmentConnection, {
    description: 'Enrollments in this program, by id (kepesertaan).',
  })
  enrollments(
    @Root() program: Ref<RowOf<typeof CoverageProgramEntity>>,
    @Args(() => EnrollmentsArgs) args: EnrollmentsArgs,
    @Ctx() context: Context,
  ) {
    return enrollmentsOf(args, context).where((enrollment) => sql`${enrollment.program} = ${program.code}`)
  }

  @FieldResolver(() => [EnrollmentCount], {
    description: 'Enrollments by category of worker (jumlah per kategori).',
  })
  enrollmentsByCategory(@Root() program: Ref<RowOf<typeof CoverageProgramEntity>>) {
    const [enrollment, worker] = [ref(EnrollmentEntity), ref(WorkerEntity)]
    const counts = sql`select ${worker.category}, count(*) as enrollments from ${enrollment} join ${worker} on ${worker.id} = ${enrollment.worker} where ${enrollment.program} = ${program.code} group by ${worker.category}`
    return derived<{ category: string; enrollments: number }>(counts).orderBy((count) => [count.category])
  }
}

function enrollmentsOf({ filter, ...page }: EnrollmentsArgs, context: Context) {
  const worker = ref(WorkerEntity)
  return rows(EnrollmentEntity)
    .where((enrollment) =>
      allOf(
        filter?.worker != null && sql`${enrollment.worker} = ${idValue(filter.worker)}`,
        filter?.program != null && sql`${enrollment.program} = ${filter.program}`,
        filter?.states && sql`${stateOf(enrollment, context)} = any(${filter.states})`,
        filter?.activeIn != null && sql`${enrollment.period} @> ${monthDate(filter.activeIn as MonthText)}`,
        filter?.area != null &&
          sql`exists (select 1 from ${worker} where ${worker.id} = ${enrollment.worker} and ${livesIn(worker, filter.area)})`,
      ),
    )
    .orderBy((enrollment) => [enrollment.id])
    .page(page)
}

function stateOf(enrollment: EnrollmentRef, { currentMonth }: Context): Sql {
  const month = monthDate(currentMonth)
  return sql`case when ${enrollment.decision} not in ('COMMITTED', 'SUBMITTED', 'ACCEPTED') then ${enrollment.decision} when ${enrollment.suspendedFrom} <= ${month} and ${enrollment.period} @> ${month} then 'SUSPENDED' when ${enrollment.period} @> ${month} then 'ACTIVE' when upper(${enrollment.period}) <= ${month} then 'EXPIRED' else ${enrollment.decision} end`
}

function monthsOf(charge: ChargeRef): Sql {
  return sql`(extract(month from upper(${charge.period}) - 1) - extract(month from lower(${charge.period})) + 1)::int`
}
