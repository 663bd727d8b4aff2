import type { Viewer } from '../../../src/access/viewer.ts'
import { addMonths, type Month } from '../../../src/kernel/month.ts'
import { type Conditions, type Counts, isInside, PeopleCounts } from './people-counts.ts'
import type { Tables } from './rows.ts'
import { knownPayers } from './seen.ts'

/**
 * Which statistics a viewer is shown, and as which numbers: the rule of DOMAIN.md §12 in other words than those of
 * the hub. Refused is what no number of is shown.
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

/**
 * Whether the payers that a question is narrowed to are known to the viewer: numbers of others are rounded everywhere,
 * or one person's payer could be told by counting.
 */
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
  if (!mayBeAsked() || !question.breakdowns.every(mayBeAsked)) return REFUSED
  return numbers(world, scope, month, question, exact, viewer)
}

/** The answer to `Area.coverage`: null where the question asks for exact numbers that are not to be seen. */
export function coverageOf(world: Tables, viewer: Viewer, area: string, month: Month, question: Question) {
  const isShown = (breakdown?: Breakdown) => seesExactly(viewer, area) || isPublic(question, breakdown)
  const isRefused = (breakdown?: Breakdown) => !seesAnyExactly(viewer) && !isPublic(question, breakdown)
  if (isRefused() || question.breakdowns.some(isRefused)) return REFUSED
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
  return areas
    .filter((area) => isInside(area, within))
    .map((area) => ({ area, exact: around || seesExactly(viewer, area) }))
    .filter(({ exact }) => exact || isPublic(question))
    .map(({ area, exact: seen }) => {
      const exact = seen && knowsPayers(question.conditions, viewer, world)
      const people = new PeopleCounts(world, area, month, question.conditions)
      return { area: { code: area }, ...shownCounts(people.counts(), exact), exact }
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
  const seen = seesExactly(viewer, scope)
  if (!seen && !isPublic(question)) return REFUSED
  const exact = seen && knowsPayers(question.conditions, viewer, world)
  return Array.from({ length: months }, (_, n) => {
    const month = addMonths(from, n)
    const people = new PeopleCounts(world, scope, month, question.conditions)
    return { month, ...shownCounts(people.counts(), exact), exact }
  })
}

function numbers(
  world: Tables,
  scope: string | null,
  month: Month,
  { conditions, breakdowns }: Question,
  seen: boolean,
  viewer: Viewer,
) {
  const people = new PeopleCounts(world, scope, month, conditions)
  const exact = seen && knowsPayers(conditions, viewer, world)
  const isKnown = knownPayers(viewer, world)
  const ofKnownPayers = viewer.areas.includes('*') || Boolean(conditions.payers ?? conditions.programs)
  const covered = (column: string, name: (value: string) => object, isExact = (_: string) => exact) =>
    [...people.coveredBy(column)]
      .map(([value, count]) => ({
        ...name(value),
        coveredWorkers: shownCount(count, isExact(value)),
        exact: isExact(value),
      }))
      .filter(({ coveredWorkers, exact: all }) => all || coveredWorkers > 0)
  const asked: Record<Breakdown, () => object[]> = {
    byBenefit: () => covered('benefit', (benefit) => ({ benefit })),
    byFundingSource: () =>
      covered(
        'funding_source',
        (fundingSource) => ({ fundingSource }),
        () => exact && ofKnownPayers,
      ),
    byPayer: () =>
      covered(
        'payer_id',
        (id) => ({ payer: { id } }),
        (id) => exact && isKnown(id),
      ),
    byCategory: () =>
      [...people.categories()]
        .map((category) => ({
          category,
          ...shownCounts(
            people.counts((worker) => worker.category === category),
            exact,
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
    ...shownCounts(people.counts(), exact),
    budget: shownBudget(people.budget(), Number(month.slice(0, 4)), seen),
    ...Object.fromEntries(breakdowns.map((breakdown) => [breakdown, asked[breakdown]()])),
  }
}

/** The rate of the numbers shown, never of those behind them. */
function shownCounts(counts: Counts, exact: boolean) {
  const shown = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, shownCount(count, exact)]),
  ) as unknown as Counts
  const { eligibleWorkers, eligibleCoveredWorkers } = shown
  return { ...shown, coverageRate: eligibleWorkers === 0 ? null : eligibleCoveredWorkers / eligibleWorkers }
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
