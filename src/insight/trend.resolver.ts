import { Arg, Ctx, Extensions, Query, Resolver } from 'type-graphql'
import type { Context } from '../contract/context.ts'
import { COUNTING_PEOPLE, costs } from '../contract/cost.ts'
import { checkSpan, MOST_MONTHS, monthDate } from '../contract/months.ts'
import { AreaCode, Month } from '../contract/scalars.ts'
import { type Month as MonthText, monthsBetween, monthsFrom } from '../kernel/month.ts'
import { derived } from '../planner/description.ts'
import { join, sql } from '../planner/sql.ts'
import { checkPayers, shownWhere } from './exactness.ts'
import { CoverageFilter, CoveragePoint } from './insight.type.ts'
import { countPeople, exactFor, questionOf, scopeOfCode, shownCounts } from './people.ts'

@Resolver()
export class CoverageTrendResolver {
  @Extensions(costs({ perRow: COUNTING_PEOPLE, rows: monthsAsked, reads: ['from', 'to'] }))
  @Query(() => [CoveragePoint], { description: 'Coverage month by month, at most 60 months (tren cakupan).' })
  async coverageTrend(
    @Arg('scope', () => AreaCode, { nullable: true }) scope: string | null,
    @Arg('from', () => Month) from: MonthText,
    @Arg('to', () => Month) to: MonthText,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    checkSpan(from, to, 'to')
    // A month a branch, not a lateral join: with the month fixed, PostgreSQL hashes a month's lines once.
    const asked = scopeOfCode(scope, context.viewer)
    const points = monthsFrom(from, to).map((text) => {
      const month = monthDate(text)
      const question = questionOf(asked, month, filter, context)
      const exact = exactFor(question)
      const shown = shownWhere(exact, question.conditions)
      return sql`select ${month} as month, ${shownCounts(exact, context.viewer)} from (${countPeople(question)}) as c where ${shown}`
    })
    await checkPayers(filter ?? {}, context)
    return derived<{ month: string }>(join(points, ' union all ')).orderBy((point) => [point.month])
  }
}

/** A span that is too long, or runs backward, is refused when it is asked for. */
function monthsAsked({ from, to }: { from: MonthText; to: MonthText }): number {
  return Math.max(0, Math.min(monthsBetween(from, to) + 1, MOST_MONTHS))
}
