import type { Viewer } from '../../../src/access/viewer.ts'
import { addMonths, type Month } from '../../../src/kernel/month.ts'
import { type Conditions, type Counts, isInside, PeopleCounts } from './people-counts.ts'
import type { Tables } from './rows.ts'
import { knownPayers } from './seen.ts'

/**
 * Which statistics a viewer is shown, and as which numbers, in other words than those of the hub: whoever may not see
 * exact numbers gets fixed breakdowns, rounded. Refused is what no number of is shown.
 */
export const REFUSED = Symbol('refused')

export type Breakdown = 'byBenefit' | 'byCategory' | 'byFundingSource' | 'byPayer'

export interface Question {
  readonly conditions: Conditions
  readonly breakdowns: readonly Breakdown[]
}

/** Exact numbers are a permission, for the areas that the viewer works in. */
function seesExactly({ permissions, areas }: Viewer, area: string | null): boolean {
  if (!permissions.has('statistics:exact')) return false
  return areas.some((own) => own === '*' || (area !== null && isInside(area, own)))
}

/** Whether a viewer could be shown exact numbers of any area at all. */
function seesAnyExactly({ permissions, areas }: Viewer): boolean {
  return permissions.has('statistics:exact') && areas.length > 0
}

/** Whether the payers that a question is narrowed to are known to the viewer: about others it is refused. */
function knowsPayers(
  { payers, programs, fundingSources }: Conditions,
  viewer: Viewer,
  world: Tables,
): boolean {
  if (viewer.areas.includes('*') || !(payers ?? programs ?? fundingSources)) return true
  const theirs =
    payers ??
    (programs &&
      world.coverage_program!.filter(({ code }) => programs.includes(code!)).map((row) => row.payer_id!))
  return theirs !== undefined && viewer.payer !== undefined && theirs.every(knownPayers(viewer, world))
}

/** Everybody may know one number an area: of all, of one category, of one benefit; or all of either, each by itself. */
function isPublic({ conditions }: Question, breakdown?: Breakdown): boolean {
  const { benefits, categories, ...narrow } = conditions
  if (Object.keys(narrow).length > 0) return false
  if (benefits && benefits.length !== 1) return false
  if (categories && categories.length !== 1) return false
  if (breakdown === 'byFundingSource' || breakdown === 'byPayer') return false
  return [benefits, categories, breakdown].filter((part) => part !== undefined).length <= 1
}

/** What the gate keeps from viewers without the permission, wherever it is asked. */
export function needsPermission({ conditions, breakdowns }: Question): boolean {
  const { fundingSources, payers, programs } = conditions
  return (
    Boolean(fundingSources ?? payers ?? programs) ||
    breakdowns.includes('byFundingSource') ||
    breakdowns.includes('byPayer')
  )
}

/** The answer to `coverageSummary`. */
export function summary(
  world: Tables,
  viewer: Viewer,
  scope: string | null,
  month: Month,
  question: Question,
) {
  const exact = seesExactly(viewer, scope)
  const mayBeAsked = (breakdown?: Breakdown) => exact || isPublic(question, breakdown)
  if (!knowsPayers(question.conditions, viewer, world)) return REFUSED
  if (!mayBeAsked() || !question.breakdowns.every(mayBeAsked)) return REFUSED
  return numbers(world, scope, month, question, exact, viewer)
}

/** The answer to `Area.coverage`: null where the question asks for exact numbers that are not to be seen. */
export function coverageOf(world: Tables, viewer: Viewer, area: string, month: Month, question: Question) {
  const isShown = (breakdown?: Breakdown) => seesExactly(viewer, area) || isPublic(question, breakdown)
  const isRefused = (breakdown?: Breakdown) => !seesAnyExactly(viewer) && !isPublic(question, breakdown)
  if (isRefused() || question.breakdowns.some(isRefused)) return REFUSED
  if (!knowsPayers(question.conditions, viewer, world)) return REFUSED
  if (!isShown()) return null
  const shown = numbers(world, area, month, question, seesExactly(viewer, area), viewer)
  const hidden = question.breakdowns.filter((breakdown) => !isShown(breakdown))
  return { ...shown, ...Object.fromEntries(hidden.map((breakdown) => [breakdown, []])) }
}

/** The answer to `coverageByArea`, of the areas of the level that lie within. */
export function byArea(
  world: Tables,
  viewer: Viewer,
  within: string | null,
  areas: readonly string[],
  month: Month,
  question: Question,
) {
  const around = seesExactly(viewer, within)
  if (!around && !seesAnyExactly(viewer) && !isPublic(question)) return REFUSED
  if (!knowsPayers(question.conditions, viewer, world)) return REFUSED
  return areas
    .filter((area) => isInside(area, within))
    .map((area) => ({ area, exact: around || seesExactly(viewer, area) }))
    .filter(({ exact }) => exact || isPublic(question))
    .map(({ area, exact }) => {
      const people = new PeopleCounts(world, area, month, question.conditions)
      return { area: { code: area }, ...shownCounts(people.counts(), exact, viewer), exact }
    })
}

/** The answer to `coverageTrend`. */
export function trend(
  world: Tables,
  viewer: Viewer,
  scope: string | null,
  from: Month,
  months: number,
  question: Question,
) {
  const exact = seesExactly(viewer, scope)
  if (!exact && !isPublic(question)) return REFUSED
  if (!knowsPayers(question.conditions, viewer, world)) return REFUSED
  return Array.from({ length: months }, (_, n) => {
    const month = addMonths(from, n)
    const people = new PeopleCounts(world, scope, month, question.conditions)
    return { month, ...shownCounts(people.counts(), exact, viewer), exact }
  })
}

function numbers(
  world: Tables,
  scope: string | null,
  month: Month,
  { conditions, breakdowns }: Question,
  exact: boolean,
  viewer: Viewer,
) {
  const people = new PeopleCounts(world, scope, month, conditions)
  const isKnown = knownPayers(viewer, world)
  const ofKnownPayers = viewer.areas.includes('*') || Boolean(conditions.payers ?? conditions.programs)
  // Of payers that are not known, crowds only, where nothing tells one person in them from another.
  const isBroad = (scope === null || scope.length <= 5) && Object.keys(conditions).length === 0
  const covered = (
    column: string,
    name: (value: string) => object,
    isExact = (_: string) => exact,
    isShown = (count: number) => shownCount(count, false) > 0,
  ) =>
    [...people.coveredBy(column)]
      .filter(([value, count]) => isExact(value) || isShown(count))
      .map(([value, count]) => ({
        ...name(value),
        coveredWorkers: shownCount(count, isExact(value)),
        exact: isExact(value),
      }))
  const asked: Record<Breakdown, () => object[]> = {
    byBenefit: () => covered('benefit', (benefit) => ({ benefit })),
    byFundingSource: () =>
      covered(
        'funding_source',
        (fundingSource) => ({ fundingSource }),
        () => exact && ofKnownPayers,
        (count) => isBroad && count >= 50,
      ),
    byPayer: () =>
      covered(
        'payer_id',
        (id) => ({ payer: { id } }),
        (id) => exact && isKnown(id),
        (count) => isBroad && count >= 50,
      ),
    byCategory: () =>
      [...people.categories()]
        .map((category) => ({
          category,
          ...shownCounts(
            people.counts((worker) => worker.category === category),
            exact,
            viewer,
          ),
          exact,
        }))
        .filter(
          ({ category: _, coverageRate: __, exact: ___, ...counts }) =>
            exact || Object.values(counts).some(Boolean),
        ),
  }
  return {
    scope: scope === null ? null : { code: scope },
    asOf: month,
    exact,
    ...shownCounts(people.counts(), exact, viewer),
    budget: shownBudget(people.budget(), Number(month.slice(0, 4)), exact),
    ...Object.fromEntries(breakdowns.map((breakdown) => [breakdown, asked[breakdown]()])),
  }
}

/** The rate and the uncovered are those of the numbers shown; what is paid is known to the whole country only. */
function shownCounts(counts: Counts, exact: boolean, { areas }: Viewer) {
  const [eligibleWorkers, eligibleCoveredWorkers] = [
    shownCount(counts.eligibleWorkers, exact),
    shownCount(counts.eligibleCoveredWorkers, exact),
  ]
  return {
    eligibleWorkers,
    coveredWorkers: shownCount(counts.coveredWorkers, exact),
    eligibleCoveredWorkers,
    uncoveredWorkers: Math.max(0, eligibleWorkers - eligibleCoveredWorkers),
    committedUnpaidWorkers: shownCount(counts.committedUnpaidWorkers, exact && areas.includes('*')),
    coverageRate: eligibleWorkers === 0 ? null : eligibleCoveredWorkers / eligibleWorkers,
  }
}

function shownCount(count: number, exact: boolean): number {
  if (exact) return count
  const below = count - (count % 5)
  return count - below < 3 ? below : below + 5
}

function shownBudget(sums: readonly bigint[], fiscalYear: number, exact: boolean) {
  const [ceiling, committed, paid] = sums.map((sum) =>
    exact ? sum : ((sum + 500_000n) / 1_000_000n) * 1_000_000n,
  ) as [bigint, bigint, bigint]
  return {
    fiscalYear,
    ceiling: `${ceiling}`,
    committed: `${committed}`,
    paid: `${paid}`,
    remaining: `${ceiling - committed}`,
    absorptionRate: ceiling === 0n ? null : Number(paid) / Number(ceiling),
  }
}
