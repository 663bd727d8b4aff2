import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { monthDate } from '../contract/months.ts'
import { changed } from '../contract/outcome.ts'
import { Month } from '../contract/scalars.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { changing } from '../payers/acting.ts'
import { rows } from '../planner/description.ts'
import { allOf, sql } from '../planner/sql.ts'
import { ContributionRateEntity } from './contribution-rate.entity.ts'
import { recordContributionRate } from './contribution-rate.rules.ts'
import {
  ContributionRate,
  RateFilter,
  RecordContributionRateInput,
  RecordContributionRateResult,
} from './contribution-rate.type.ts'

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

  @Mutation(() => RecordContributionRateResult, {
    nullable: true,
    description:
      'Records a contribution rate. One of the same thing that was to hold until another begins ends in the month before; months that are charged already keep their price (pencatatan tarif iuran).',
  })
  async recordContributionRate(
    @Arg('input', () => RecordContributionRateInput) input: RecordContributionRateInput,
    @Ctx() context: Context,
  ) {
    const { id } = await recordContributionRate(changing(context), input)
    return changed('ContributionRate', id)
  }
}
