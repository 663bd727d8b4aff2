import { Arg, Ctx, Query, Resolver } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { checkSpan, monthDate } from '../contract/months.ts'
import { AreaCode, Month } from '../contract/scalars.ts'
import { type Month as MonthText, monthsFrom } from '../kernel/month.ts'
import { derived } from '../planner/description.ts'
import { join, sql } from '../planner/sql.ts'
import { CoverageFilter, CoveragePoint } from './insight.type.ts'
import { countPeople, scopeOfCode } from './people.ts'

@Resolver()
export class CoverageTrendResolver {
  @Query(() => [CoveragePoint], { description: 'Coverage month by month, at most 60 months (tren cakupan).' })
  coverageTrend(
    @Arg('scope', () => AreaCode, { nullable: true }) scope: string | null,
    @Arg('from', () => Month) from: MonthText,
    @Arg('to', () => Month) to: MonthText,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    checkSpan(from, to, 'to')
    // A month a branch, not a lateral join: with the month fixed, PostgreSQL hashes a month's lines once.
    const points = monthsFrom(from, to).map((text) => {
      const month = monthDate(text)
      const question = { scope: scopeOfCode(scope), month, conditions: filter ?? {}, limits: context.limits }
      return sql`select ${month} as month, c.* from (${countPeople(question)}) as c`
    })
    return derived<{ month: string }>(join(points, ' union all ')).orderBy((point) => [point.month])
  }
}
