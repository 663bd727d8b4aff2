import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { ProvinceEntity } from '../areas/area.entity.ts'
import { Area } from '../areas/area.type.ts'
import { type AreaRef, entityOfLevel } from '../areas/area-level.ts'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { monthDate } from '../contract/months.ts'
import { AreaCode, Month } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { governsWithin } from '../payers/jurisdiction.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { derived, rows } from '../planner/description.ts'
import { allOf, type DerivedRef, ref, sql } from '../planner/sql.ts'
import {
  BenefitCoverage,
  BudgetTotals,
  CategoryCoverage,
  CoverageFilter,
  CoverageSummary,
  FundingSourceCoverage,
  PayerCoverage,
} from './insight.type.ts'
import {
  countCoveredBy,
  countPeople,
  countPeopleBy,
  type PeopleCountsRow,
  type Question,
  type Scope,
  scopeOfArea,
  scopeOfCode,
} from './people.ts'

type SummaryRef = DerivedRef<PeopleCountsRow & { asOf: string }, Question>

@Resolver(() => CoverageSummary)
export class CoverageSummaryResolver {
  @Query(() => CoverageSummary, {
    description:
      'Coverage of the people living in a scope, by default everybody, this month (ringkasan cakupan).',
  })
  coverageSummary(
    @Arg('scope', () => AreaCode, { nullable: true }) scope: string | null,
    @Arg('asOf', () => Month, { nullable: true }) asOf: MonthText | null,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    return summaryOf(scopeOfCode(scope), asOf, filter, context)
  }

  @FieldResolver(() => Area, { nullable: true, description: 'Null for everybody (wilayah).' })
  scope(@Root() { $: { scope } }: SummaryRef) {
    if (!scope) return rows(ProvinceEntity).where(() => sql`false`)
    return rows(entityOfLevel(scope.level)).where((area) => sql`${(area as AreaRef).code} = ${scope.code}`)
  }

  @FieldResolver(() => [BenefitCoverage], { description: 'By benefit (per manfaat).' })
  byBenefit(@Root() { $: question }: SummaryRef) {
    const counts = countCoveredBy(question, (line) => line.benefit)
    return derived<{ benefit: string }>(
      sql`select g.grouped as benefit, g."coveredWorkers" from (${counts}) as g`,
    ).orderBy((row) => [row.benefit])
  }

  @FieldResolver(() => [CategoryCoverage], { description: 'By category of worker (per kategori).' })
  byCategory(@Root() { $: question }: SummaryRef) {
    const counts = countPeopleBy(question, (worker) => worker.category)
    return derived<{ category: string }>(
      sql`select g.*, g.grouped as category from (${counts}) as g`,
    ).orderBy((row) => [row.category])
  }

  @FieldResolver(() => [FundingSourceCoverage], { description: 'By funding source (per sumber dana).' })
  byFundingSource(@Root() { $: question }: SummaryRef) {
    const counts = countCoveredBy(question, (line) => line.fundingSource)
    return derived<{ fundingSource: string }>(
      sql`select g.grouped as "fundingSource", g."coveredWorkers" from (${counts}) as g`,
    ).orderBy((row) => [row.fundingSource])
  }

  @FieldResolver(() => [PayerCoverage], {
    description: 'By payer, those with most people first (per pembayar).',
  })
  byPayer(@Root() { $: question }: SummaryRef) {
    const counts = countCoveredBy(question, (line) => line.payer)
    return derived<{ payerId: string; coveredWorkers: number }>(
      sql`select g.grouped as "payerId", g."coveredWorkers" from (${counts}) as g`,
    ).orderBy((row) => [row.coveredWorkers, row.payerId], 'desc')
  }

  @FieldResolver(() => BudgetTotals, {
    description:
      "Budgets of the month's fiscal year, of the governments of the scope and of areas inside it; of the filter, payers and funding sources narrow it (anggaran).",
  })
  budget(@Root() { $: question }: SummaryRef) {
    const [budget, payer] = [ref(BudgetEntity), ref(PayerEntity)]
    const { scope, conditions, month } = question
    const counted = allOf(
      sql`${budget.fiscalYear} = extract(year from ${month})`,
      scope && governsWithin(payer, sql`${scope.code}`),
      conditions.payers && sql`${payer.id} = any(${conditions.payers.map(idValue)}::bigint[])`,
      conditions.fundingSources && sql`${budget.fundingSource} = any(${conditions.fundingSources})`,
    )
    const sums = sql`select coalesce(sum(${budget.ceiling}), 0)::bigint as ceiling, coalesce(sum(${budget.committed}), 0)::bigint as committed, coalesce(sum(${budget.paid}), 0)::bigint as paid from ${budget} join ${payer} on ${payer.id} = ${budget.payer} where ${counted}`
    return derived(
      sql`select extract(year from ${month})::int as "fiscalYear", s.*, s.ceiling - s.committed as remaining, s.paid::float8 / nullif(s.ceiling, 0) as "absorptionRate" from (${sums}) as s`,
    )
  }
}

@Resolver(() => PayerCoverage)
export class PayerCoverageFields {
  @FieldResolver(() => Payer)
  payer(@Root() coverage: DerivedRef<{ payerId: string }>) {
    return rows(PayerEntity).where((payer) => sql`${payer.id} = ${coverage.payerId}`)
  }
}

@Resolver(() => Area)
export class AreaCoverageSummary {
  @FieldResolver(() => CoverageSummary, {
    description: 'Coverage of the people living here, by default this month (ringkasan cakupan).',
  })
  coverage(
    @Root() area: AreaRef,
    @Arg('asOf', () => Month, { nullable: true }) asOf: MonthText | null,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    return summaryOf(scopeOfArea(area), asOf, filter, context)
  }
}

function summaryOf(scope: Scope, asOf: MonthText | null, filter: CoverageFilter | null, context: Context) {
  const month = monthDate(asOf ?? context.currentMonth)
  const question: Question = { scope, month, conditions: filter ?? {}, limits: context.limits }
  return derived<PeopleCountsRow & { asOf: string }, Question>(
    sql`select c.*, ${month} as "asOf" from (${countPeople(question)}) as c`,
    question,
  )
}
