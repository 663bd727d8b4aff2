import { Arg, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { everyOf } from '../access/answers.ts'
import type { Answer } from '../access/policy.ts'
import { seesEverywhere } from '../access/viewer.ts'
import { ProvinceEntity } from '../areas/area.entity.ts'
import { Area } from '../areas/area.type.ts'
import { type AreaRef, entityOfLevel } from '../areas/area-level.ts'
import { BudgetEntity } from '../budgets/budget.entity.ts'
import type { Context } from '../contract/context.ts'
import { COUNTING_PEOPLE, costs } from '../contract/cost.ts'
import { idValue } from '../contract/id.ts'
import { monthDate } from '../contract/months.ts'
import { STATISTICS } from '../contract/readings.ts'
import { AreaCode, Month } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { governsWithin } from '../payers/jurisdiction.ts'
import { isKnownPayer } from '../payers/known-payers.ts'
import { PayerEntity } from '../payers/payer.entity.ts'
import { Payer } from '../payers/payer.type.ts'
import { derived, rows } from '../planner/description.ts'
import { allOf, type DerivedRef, ref, type Sql, sql, verbatim } from '../planner/sql.ts'
import { checkPayers, exactColumn, shownCount, shownCrowds, shownRupiah, shownWhere } from './exactness.ts'
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
  exactFor,
  isBroad,
  type PeopleCountsRow,
  type Question,
  questionOf,
  type Scope,
  scopeOfArea,
  scopeOfCode,
  shownCounts,
  shownGroups,
} from './people.ts'

type SummaryRef = DerivedRef<PeopleCountsRow & { asOf: string }, Question>

@Resolver(() => CoverageSummary)
export class CoverageSummaryResolver {
  @Extensions(costs(COUNTING_PEOPLE))
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
    return summaryOf(scopeOfCode(scope, context.viewer), asOf, filter, context)
  }

  @FieldResolver(() => Area, { nullable: true, description: 'Null for everybody (wilayah).' })
  scope(@Root() { $: { scope } }: SummaryRef) {
    if (!scope) return rows(ProvinceEntity).where(() => sql`false`)
    return rows(entityOfLevel(scope.level)).where((area) => sql`${(area as AreaRef).code} = ${scope.code}`)
  }

  @Extensions(costs(COUNTING_PEOPLE))
  @FieldResolver(() => [BenefitCoverage], { description: 'By benefit (per manfaat).' })
  byBenefit(@Root() { $: question }: SummaryRef) {
    const counts = countCoveredBy(question, (line) => line.benefit)
    return derived<{ benefit: string }>(
      sql`select c.grouped as benefit, ${coveredOf(question, counts, 'benefit', shownGroups(exactFor(question), ['coveredWorkers']))}`,
    ).orderBy((row) => [row.benefit])
  }

  @Extensions(costs(COUNTING_PEOPLE))
  @FieldResolver(() => [CategoryCoverage], { description: 'By category of worker (per kategori).' })
  byCategory(@Root() { $: question }: SummaryRef) {
    const exact = exactFor(question)
    const counts = countPeopleBy(question, (worker) => worker.category)
    const shown = allOf(shownWhere(exactFor(question), question.conditions, 'category'), shownGroups(exact))
    return derived<{ category: string }>(
      sql`select c.grouped as category, ${shownCounts(exact, question.viewer)} from (${counts}) as c where ${shown}`,
    ).orderBy((row) => [row.category])
  }

  @Extensions(costs(COUNTING_PEOPLE))
  @FieldResolver(() => [FundingSourceCoverage], {
    description:
      'By funding source, in areas of yours. Unless all payers may be known, rounded, and of 50 people or more in a regency or larger (per sumber dana).',
  })
  byFundingSource(@Root() { $: question }: SummaryRef) {
    const counts = countCoveredBy(question, (line) => line.fundingSource)
    const { conditions, viewer } = question
    // A question may be narrowed to known payers only.
    const areKnown = conditions.payers != null || conditions.programs != null || seesEverywhere(viewer)
    const exact = everyOf([exactFor(question), areKnown])
    const shown = shownCrowds(exact, isBroad(question))
    return derived<{ fundingSource: string }>(
      sql`select c.grouped as "fundingSource", ${coveredOf(question, counts, 'funding source', shown, exact)}`,
    ).orderBy((row) => [row.fundingSource])
  }

  @Extensions(costs(COUNTING_PEOPLE))
  @FieldResolver(() => [PayerCoverage], {
    description:
      'By payer, those with most people first, in areas of yours. Of payers that may not be known, rounded, and of 50 people or more in a regency or larger (per pembayar).',
  })
  byPayer(@Root() { $: question }: SummaryRef) {
    const counts = countCoveredBy(question, (line) => line.payer)
    const isKnown = isKnownPayer(verbatim('c.grouped'), question.viewer, question)
    const exact = everyOf([exactFor(question), isKnown])
    const shown = shownCrowds(exact, isBroad(question))
    return derived<{ payerId: string; coveredWorkers: number }>(
      sql`select c.grouped as "payerId", ${coveredOf(question, counts, 'payer', shown, exact)}`,
    ).orderBy((row) => [row.coveredWorkers, row.payerId], 'desc')
  }

  @FieldResolver(() => BudgetTotals, {
    description:
      "Budgets of the month's fiscal year, of the governments of the scope and of areas inside it; of the filter, payers and funding sources narrow it (anggaran).",
  })
  budget(@Root() { $: question }: SummaryRef) {
    const [budget, payer] = [ref(BudgetEntity, STATISTICS), ref(PayerEntity)]
    const { scope, conditions, month } = question
    const counted = allOf(
      sql`${budget.fiscalYear} = extract(year from ${month})`,
      scope && governsWithin(payer, sql`${scope.code}`),
      conditions.payers && sql`${payer.id} = any(${conditions.payers.map(idValue)}::bigint[])`,
      conditions.fundingSources && sql`${budget.fundingSource} = any(${conditions.fundingSources})`,
    )
    const shown = (sum: Sql) => shownRupiah(sql`coalesce(sum(${sum}), 0)::bigint`, exactFor(question))
    const sums = sql`select ${shown(sql`${budget.ceiling}`)} as ceiling, ${shown(sql`${budget.committed}`)} as committed, ${shown(sql`${budget.paid}`)} as paid from ${budget} join ${payer} on ${payer.id} = ${budget.payer} where ${counted}`
    return derived(
      sql`select extract(year from ${month})::int as "fiscalYear", s.*, s.ceiling - s.committed as remaining, s.paid::float8 / nullif(s.ceiling, 0) as "absorptionRate" from (${sums}) as s`,
    )
  }
}

@Resolver(() => PayerCoverage)
export class PayerCoverageFields {
  @FieldResolver(() => Payer, { description: 'Who pays for them (pembayar iuran).' })
  payer(@Root() coverage: DerivedRef<{ payerId: string }>) {
    return rows(PayerEntity).where((payer) => sql`${payer.id} = ${coverage.payerId}`)
  }
}

@Resolver(() => Area)
export class AreaCoverageSummary {
  @Extensions(costs(COUNTING_PEOPLE))
  @FieldResolver(() => CoverageSummary, {
    nullable: true,
    description:
      'Coverage of the people living here, by default this month; null where the filter asks for exact numbers that may not be seen (ringkasan cakupan).',
  })
  coverage(
    @Root() area: AreaRef,
    @Arg('asOf', () => Month, { nullable: true }) asOf: MonthText | null,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    return summaryOf(scopeOfArea(area, context.viewer), asOf, filter, context)
  }
}

async function summaryOf(
  scope: Scope,
  asOf: MonthText | null,
  filter: CoverageFilter | null,
  context: Context,
) {
  const month = monthDate(asOf ?? context.currentMonth)
  const question = questionOf(scope, month, filter, context)
  const exact = exactFor(question)
  const shown = shownWhere(exact, question.conditions)
  await checkPayers(question.conditions, context)
  return derived<PeopleCountsRow & { asOf: string }, Question>(
    sql`select ${shownCounts(exact, context.viewer)}, ${month} as "asOf" from (${countPeople(question)}) as c where ${shown}`,
    question,
  )
}

/** The rest of a breakdown of covered people: their number as it may be shown, of the groups that may be. */
function coveredOf(
  question: Question,
  counts: Sql,
  breakdown: string,
  groups: Sql,
  exact: Answer = exactFor(question),
): Sql {
  const shown = allOf(shownWhere(exactFor(question), question.conditions, breakdown), groups)
  return sql`${shownCount(verbatim('c."coveredWorkers"'), exact)} as "coveredWorkers", ${exactColumn(exact)} as exact from (${counts}) as c where ${shown}`
}
