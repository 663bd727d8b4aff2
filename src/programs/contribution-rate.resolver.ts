import { Arg, Query, Resolver } from 'type-graphql'
import { monthDate } from '../contract/months.ts'
import { Month } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { rows } from '../planner/description.ts'
import { allOf, sql } from '../planner/sql.ts'
import { ContributionRateEntity } from './contribution-rate.entity.ts'
import { ContributionRate, RateFilter } from './contribution-rate.type.ts'

@Resolver()
export class ContributionRateResolver {
  @Query(() => [ContributionRate], {
    description: 'Contribution rates; with `on`, those in force (tarif iuran).',
  })
  contributionRates(
    @Arg('on', () => Month, { nullable: true }) on: MonthText | null,
    @Arg('filter', () => RateFilter, { nullable: true }) filter: RateFilter | null,
  ) {
    return rows(ContributionRateEntity)
      .where((rate) =>
        allOf(
          on != null &&
            sql`${rate.effectiveFrom} <= ${monthDate(on)} and coalesce(${rate.effectiveTo}, 'infinity') >= ${monthDate(on)}`,
          filter?.benefits && sql`${rate.benefit} = any(${filter.benefits})`,
          filter?.segments && sql`${rate.segment} = any(${filter.segments})`,
          filter?.payers && sql`${rate.payer} = any(${filter.payers})`,
        ),
      )
      .orderBy((rate) => [rate.segment, rate.benefit, rate.variant, rate.effectiveFrom])
  }
}
