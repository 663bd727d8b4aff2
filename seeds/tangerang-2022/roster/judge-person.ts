import { DEFAULT_LIMITS } from '../../../src/insight/eligible.ts'
import { addMonths, firstDay, type Month, monthsBetween, monthsFrom } from '../../../src/kernel/month.ts'
import { contains, overlaps } from '../../../src/kernel/period.ts'
import { periodOf } from '../enroll.ts'
import { liesIn } from '../places.ts'
import type { DemoLine, DemoPerson } from '../plain-data.ts'
import type { ProgramPlan } from '../plan.ts'

/** Codes of the rules that a person of the list can meet, in the order in which the hub tells them. */
export const FINDINGS = [
  'DECEASED',
  'TOO_YOUNG',
  'UNDER_AGE',
  'OVER_AGE',
  'CIVIL_SERVANT',
  'WAGE_EARNER',
  'OUT_OF_AREA',
  'DECILE',
  'DECILE_UNKNOWN',
  'DECILE_OUTDATED',
] as const
export type Finding = (typeof FINDINGS)[number]

/** These are for a person to judge; every other finding excludes. */
const TO_REVIEW: readonly Finding[] = ['UNDER_AGE', 'DECILE_UNKNOWN', 'DECILE_OUTDATED']

/** What the hub will say of somebody whose row has no mistake. */
export interface Judgment {
  readonly outcome: 'ALREADY_COVERED' | 'INELIGIBLE' | 'REVIEW' | 'ELIGIBLE'
  /** Everything the rules find, also where somebody else covers the person. */
  readonly findings: readonly Finding[]
}

/**
 * Judges a person for all months of a program, with the hub's usual limits: a second telling of DOMAIN.md §8, against
 * which the SQL of the hub can be held. Ages are those of the month of birth.
 *
 * @param lines all lines of the person.
 * @param area of the program's payer.
 */
export function judgePerson(
  person: DemoPerson,
  lines: readonly DemoLine[],
  program: ProgramPlan,
  area: string,
): Judgment {
  const found = rulesOf(person, lines, program, area)
  const findings = FINDINGS.filter((finding) => found[finding])
  if (isCovered(lines, program)) return { outcome: 'ALREADY_COVERED', findings }
  if (findings.length === 0) return { outcome: 'ELIGIBLE', findings }
  const excluded = findings.some((finding) => !TO_REVIEW.includes(finding))
  return { outcome: excluded ? 'INELIGIBLE' : 'REVIEW', findings }
}

function rulesOf(
  person: DemoPerson,
  lines: readonly DemoLine[],
  program: ProgramPlan,
  area: string,
): Record<Finding, boolean> {
  const { minAge, maxAge, reviewAge, decileMonths, exemptCategories } = DEFAULT_LIMITS
  const months = periodOf(program)
  const age = Math.floor(monthsBetween(birthMonthOf(person), months.from) / 12)
  const { welfareDecile: decile, decileAsOf } = person
  const maxDecile = exemptCategories.includes(person.category) ? undefined : program.maxDecile
  const oldest = firstDay(addMonths(months.from, -decileMonths))
  return {
    DECEASED: person.deathMonth !== null,
    TOO_YOUNG: age < reviewAge,
    UNDER_AGE: age >= reviewAge && age < minAge,
    OVER_AGE: age > maxAge && !coveredSince(person, maxAge, lines, months.from),
    CIVIL_SERVANT: person.civilServant,
    WAGE_EARNER: lines.some(({ segment, period }) => segment === 'PU' && overlaps(period, months)),
    OUT_OF_AREA: !liesIn(person.villageCode, area),
    DECILE: maxDecile !== undefined && decile !== null && decile > maxDecile,
    DECILE_UNKNOWN: maxDecile !== undefined && decile === null,
    DECILE_OUTDATED:
      maxDecile !== undefined && decile !== null && decile <= maxDecile && decileAsOf! < oldest,
  }
}

/** Whether somebody else than the person or an employer pays for a benefit of the program in one of its months. */
function isCovered(lines: readonly DemoLine[], program: ProgramPlan): boolean {
  return lines.some(
    ({ benefit, period, segment, fundingSource }) =>
      program.benefits.includes(benefit) &&
      overlaps(period, periodOf(program)) &&
      segment !== 'PU' &&
      segment !== 'JAKON' &&
      fundingSource !== 'SELF',
  )
}

/** Whether lines of any kind follow each other from the last month at this age until the month before `first`. */
function coveredSince(person: DemoPerson, age: number, lines: readonly DemoLine[], first: Month): boolean {
  const lastMonthAtAge = addMonths(birthMonthOf(person), (age + 1) * 12 - 1)
  return monthsFrom(lastMonthAtAge, addMonths(first, -1)).every((month) =>
    lines.some(({ period }) => contains(period, month)),
  )
}

function birthMonthOf({ birthDate }: DemoPerson): Month {
  return birthDate.slice(0, 7) as Month
}
