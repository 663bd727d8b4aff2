import { anyOf } from '../access/answers.ts'
import type { Answer } from '../access/policy.ts'
import { reaches, seesEverywhere, type Viewer } from '../access/viewer.ts'
import { isWithin } from '../areas/area-level.ts'
import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import { Fault } from '../kernel/errors.ts'
import { areKnownPayers } from '../payers/known-payers.ts'
import { type Column, ref, type Sql, sql, verbatim } from '../planner/sql.ts'
import { CoverageProgramEntity } from '../programs/program.entity.ts'

/**
 * Whether a viewer is promised exact numbers of an area: known when a code is given, and SQL where the area is a
 * column. Everybody else gets fixed breakdowns with counts rounded to 5 and money to a million rupiah:
 * a small exact number can be about one person, whose data UU 27/2022 protects.
 */
export function exactIn(area: string | Column | undefined, viewer: Viewer): Answer {
  if (!viewer.permissions.has('statistics:exact')) return false
  if (area === undefined || typeof area === 'string') return reaches(viewer, area)
  return seesEverywhere(viewer) || anyOf(viewer.areas.map((code) => isWithin(area, code)))
}

/**
 * Refuses a question that is narrowed to payers of whom the viewer may not know for whom they pay: asked of a village
 * and a category, it would say which payer is behind a line that conceals it. Programs are their payers'; funding
 * sources alone are everybody's.
 *
 * @throws Fault FORBIDDEN.
 */
export async function checkPayers(narrowing: Narrowing, context: Context): Promise<void> {
  if (await knowsPayersOf(narrowing, context)) return
  throw new Fault('FORBIDDEN', 'You may not know for whom all of these payers pay.', {
    field: 'filter',
    remedy: 'Ask about your own payer or partners of it, or break an area down by payer.',
  })
}

async function knowsPayersOf(
  { payers, programs, fundingSources }: Narrowing,
  { viewer, today, read }: Context,
): Promise<boolean> {
  if (payers == null && programs == null) return fundingSources == null || seesEverywhere(viewer)
  const program = ref(CoverageProgramEntity)
  const asked =
    payers == null
      ? sql`array(select ${program.payer} from ${program} where ${program.code} = any(${programs}))`
      : sql`${payers.map(idValue)}::bigint[]`
  const known = areKnownPayers(asked, viewer, { today })
  if (typeof known === 'boolean') return known
  const [answer] = await read<{ known: boolean }>(sql`/* coverage.known_payers */ select ${known} as known`)
  return answer!.known
}

/** What narrows or breaks down a question besides its area. */
export interface Narrowing {
  readonly benefits?: readonly string[] | null | undefined
  readonly categories?: readonly string[] | null | undefined
  readonly fundingSources?: readonly string[] | null | undefined
  readonly payers?: readonly string[] | null | undefined
  readonly programs?: readonly string[] | null | undefined
}

/**
 * Which rows of an answer may be shown: all when it is a fixed breakdown (area × category, area × benefit, one of
 * them at a time), else those of areas whose numbers are exact. Any other combination could be solved for single people.
 *
 * @param breakdown what the answer is broken down by: `category`, `benefit`, or something else again.
 * @throws Fault FORBIDDEN when none may be shown.
 */
export function shownWhere(exact: Answer, narrowing: Narrowing, breakdown?: string): Sql {
  if (exact === true || isFixed(narrowing, breakdown)) return verbatim('true')
  if (exact !== false) return exact
  throw new Fault(
    'FORBIDDEN',
    'These statistics are exact ones, and you may not see exact numbers of this area.',
    {
      field: breakdown === undefined ? 'filter' : undefined,
      remedy: 'Ask by one category or one benefit at a time, without other filters, or for an area of yours.',
    },
  )
}

function isFixed({ benefits, categories, ...others }: Narrowing, breakdown: string | undefined): boolean {
  if (Object.values(others).some((list) => list != null)) return false
  const lists = [benefits, categories].filter((list) => list != null)
  if (lists.some((list) => list.length !== 1)) return false
  const isKnown = breakdown === undefined || breakdown === 'category' || breakdown === 'benefit'
  return isKnown && lists.length + (breakdown === undefined ? 0 : 1) <= 1
}

/** A count as it may be shown: a whole number, to the nearest 5 unless exact. */
export function shownCount(count: Sql, exact: Answer): Sql {
  return whereExact(exact, count, sql`(round(${count} / 5.0) * 5)::int`)
}

/** Rupiah as they may be shown: to the nearest million unless exact. */
export function shownRupiah(amount: Sql, exact: Answer): Sql {
  return whereExact(exact, amount, sql`(round(${amount} / 1e6) * 1000000)::bigint`)
}

/** Whether numbers are exact, as a column. */
export function exactColumn(exact: Answer): Sql {
  return typeof exact === 'boolean' ? verbatim(String(exact)) : sql`(${exact})`
}

function whereExact(exact: Answer, exactly: Sql, rounded: Sql): Sql {
  if (typeof exact === 'boolean') return exact ? exactly : rounded
  return sql`case when ${exact} then ${exactly} else ${rounded} end`
}

/** From how many people on the group of a payer is shown to those who may not know for whom it pays. */
const CROWD = 50

/**
 * Which groups of a breakdown by payer or source may be shown: those that are exact, and rounded ones of many people,
 * where nothing narrows the question and the area is a regency or larger.
 */
export function shownCrowds(exact: Answer, isBroad: boolean): Sql {
  if (exact === true) return verbatim('true')
  const crowd = isBroad ? verbatim(`c."coveredWorkers" >= ${CROWD}`) : verbatim('false')
  return exact === false ? crowd : sql`(${exact} or ${crowd})`
}
