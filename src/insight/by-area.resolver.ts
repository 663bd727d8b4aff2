import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql'
import { Area, AreaLevel } from '../areas/area.type.ts'
import { type AreaRef, entityOfLevel, isWithin, levelOfCode } from '../areas/area-level.ts'
import type { Context } from '../contract/context.ts'
import { monthDate } from '../contract/months.ts'
import { AreaCode, Month } from '../contract/scalars.ts'
import { badInput } from '../kernel/errors.ts'
import type { Month as MonthText } from '../kernel/month.ts'
import { derived, rows } from '../planner/description.ts'
import { type DerivedRef, ref, sql } from '../planner/sql.ts'
import { domicileAt } from '../workers/domicile.ts'
import { AreaCoverage, CoverageFilter } from './insight.type.ts'
import { countPeopleBy, type Question, scopeOfCode } from './people.ts'

/** Levels whose areas are too many to list for the whole country, with the least level that must contain them. */
const NEEDS_WITHIN: Partial<Record<AreaLevel, readonly AreaLevel[]>> = {
  DISTRICT: ['PROVINCE', 'REGENCY', 'DISTRICT'],
  VILLAGE: ['REGENCY', 'DISTRICT', 'VILLAGE'],
}

@Resolver(() => AreaCoverage)
export class CoverageByAreaResolver {
  @Query(() => [AreaCoverage], {
    description:
      'Coverage of every area of a level, by code; districts need a province or less around them, villages a regency or less (cakupan per wilayah).',
  })
  coverageByArea(
    @Arg('within', () => AreaCode, { nullable: true }) within: string | null,
    @Arg('level', () => AreaLevel) level: AreaLevel,
    @Arg('asOf', () => Month, { nullable: true }) asOf: MonthText | null,
    @Arg('filter', () => CoverageFilter, { nullable: true }) filter: CoverageFilter | null,
    @Ctx() context: Context,
  ) {
    checkWithin(within, level)
    const month = monthDate(asOf ?? context.currentMonth)
    const question: Question = {
      scope: scopeOfCode(within),
      month,
      conditions: filter ?? {},
      limits: context.limits,
    }
    const area = ref(entityOfLevel(level)) as AreaRef
    const inside = within == null ? sql`true` : isWithin(area.code, within)
    const counts = countPeopleBy(question, (worker) => domicileAt(worker, level))
    return derived<{ areaCode: string }, AreaLevel>(
      sql`select ${area.code} as "areaCode", coalesce(c."eligibleWorkers", 0) as "eligibleWorkers", coalesce(c."coveredWorkers", 0) as "coveredWorkers", coalesce(c."eligibleCoveredWorkers", 0) as "eligibleCoveredWorkers", coalesce(c."uncoveredWorkers", 0) as "uncoveredWorkers", coalesce(c."committedUnpaidWorkers", 0) as "committedUnpaidWorkers", c."coverageRate" from ${area} left join (${counts}) as c on c.grouped = ${area.code} where ${inside}`,
      level,
    ).orderBy((row) => [row.areaCode])
  }

  @FieldResolver(() => Area)
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
