import { Arg, Ctx, Extensions, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { Area, AreaLevel } from '../areas/area.type.ts'
import { type AreaRef, entityOfLevel, isWithin, levelOfCode } from '../areas/area-level.ts'
import type { Context } from '../contract/context.ts'
import { COUNTING_PEOPLE, costs } from '../contract/cost.ts'
import { monthDate } from '../contract/months.ts'
import { AreaCode, Month } from '../contract/scalars.ts'
import { badInput } from '../kernel/errors.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { derived, rows } from '../planner/description.ts'
import { allOf, type DerivedRef, ref, sql } from '../planner/sql.ts'
import { domicileAt } from '../workers/domicile.ts'
import { checkPayers, exactIn, shownWhere } from './exactness.ts'
import { AreaCoverage, CoverageFilter } from './insight.type.ts'
import { countPeopleBy, exactFor, questionOf, scopeOfCode, shownCounts } from './people.ts'

/** Levels whose areas are too many to list for the whole country, with the least level that must contain them. */
const NEEDS_WITHIN: Partial<Record<AreaLevel, readonly AreaLevel[]>> = {
  DISTRICT: ['PROVINCE', 'REGENCY', 'DISTRICT'],
  VILLAGE: ['REGENCY', 'DISTRICT', 'VILLAGE'],
}

/** About as many as any question gets: the regencies of the country, or the villages of a large regency. */
const MOST_AREAS = 500

@Resolver(() => AreaCoverage)
export class CoverageByAreaResolver {
  @Extensions(costs({ once: COUNTING_PEOPLE, rows: MOST_AREAS }))
  @Query(() => [AreaCoverage], {
    description:
      'Coverage of every area of a level, by code; districts need a province or less around them, villages a regency or less (cakupan per wilayah).',
  })
  async coverageByArea(
    @Arg('within', () => AreaCode, { nullable: true }) within: string | null,
    @Arg('level', () => AreaLevel) level: AreaLevel,
    @Arg('asOf', () => Month, { nullable: true }) asOf: MonthText | null,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    checkWithin(within, level)
    const { viewer } = context
    const month = monthDate(asOf ?? context.currentMonth)
    const question = questionOf(scopeOfCode(within, viewer), month, filter, context)
    const area = ref(entityOfLevel(level)) as AreaRef
    // Whoever sees around all of them sees each; whoever sees some of them sees those.
    const exact = exactFor(question) === true || exactIn(area.code, viewer)
    const inside = within == null ? sql`true` : isWithin(area.code, within)
    const shown = allOf(inside, shownWhere(exact, question.conditions))
    await checkPayers(question.conditions, context)
    const counts = countPeopleBy(question, (worker) => domicileAt(worker, level))
    return derived<{ areaCode: string }, AreaLevel>(
      sql`select ${area.code} as "areaCode", ${shownCounts(exact, viewer)} from ${area} left join (${counts}) as c on c.grouped = ${area.code} where ${shown}`,
      level,
    ).orderBy((row) => [row.areaCode])
  }

  @FieldResolver(() => Area, { description: 'Where they live (wilayah).' })
  area(@Root() coverage: DerivedRef<{ areaCode: string }, AreaLevel>) {
    return rows(entityOfLevel(coverage.$)).where(
      (area) => sql`${(area as AreaRef).code} = ${coverage.areaCode}`,
    )
  }
}

function checkWithin(within: string | null, level: AreaLevel): void {
  const containers = NEEDS_WITHIN[level]
  if (!containers || (within != null && containers.includes(levelOfCode(within)))) return
  const remedy = `Pass the code of a ${containers[0]!.toLowerCase()} or of an area inside one.`
  throw badInput(
    'within',
    `Areas of level ${level} are too many to list without an area around them.`,
    remedy,
  )
}
