import fc from 'fast-check'
import { addMonths, type Month, monthsFrom } from '../../src/kernel/month.ts'
import type { Benefit, Segment } from '../../src/programs/program.entity.ts'
import type { WorkerCategory } from '../../src/programs/worker-category.ts'
import { VILLAGE_CODES } from '../harness/areas.ts'

/**
 * People and their coverage as plain data, with the rules of counting written down once more, person
 * by person and without SQL: the reference that the hub's numbers are held against.
 */
export interface Person {
  readonly village: string
  readonly category: WorkerCategory
  readonly birthMonth: Month
  readonly decile: number | null
  readonly civilServant: boolean
  readonly deathMonth: Month | null
  readonly enrollment: EnrollmentOf | null
  readonly reported: readonly ReportedOf[]
}

/** One enrollment of the hub: of a program by its place in the list, for inclusive months. */
export interface EnrollmentOf {
  readonly program: number
  readonly from: Month
  readonly to: Month
  readonly paidThrough: Month | null
}

/** A line that another system reported, of a payer by its place in the list. */
export interface ReportedOf {
  readonly payer: number
  readonly benefit: Benefit
  readonly segment: Segment
  readonly from: Month
  readonly to: Month
}

/** A line of either kind, as the reference sees it. */
export interface Line {
  readonly payer: number
  readonly program: number | null
  readonly benefit: Benefit
  readonly segment: Segment
  readonly from: Month
  readonly to: Month
}

export interface Filter {
  readonly benefits?: readonly Benefit[]
  readonly categories?: readonly WorkerCategory[]
  readonly payers?: readonly number[]
  readonly programs?: readonly number[]
}

export const FIRST = '2022-11' as Month
export const LAST = '2023-12' as Month
const MONTHS = monthsFrom(FIRST, LAST)
const BENEFITS: readonly Benefit[] = ['JKK', 'JKM', 'JHT']
export const CATEGORIES: readonly WorkerCategory[] = ['FARMER', 'FISHER', 'NON_ASN', 'DRIVER']

const month = fc.constantFrom(...MONTHS)
const months = fc.tuple(month, month).map(([a, b]) => (a <= b ? { from: a, to: b } : { from: b, to: a }))

export const people = (programs: number, payers: number): fc.Arbitrary<Person> =>
  fc.record({
    village: fc.constantFrom(...VILLAGE_CODES),
    category: fc.constantFrom(...CATEGORIES),
    // Around the limits of 18 and 65 at the months asked about, and in between.
    birthMonth: fc
      .constantFrom(...['2005-04', '2005-05', '2005-06', '1958-04', '1958-05', '1958-06', '1983-01'])
      .map((text) => text as Month),
    decile: fc.option(fc.integer({ min: 1, max: 6 })),
    civilServant: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    deathMonth: fc.option(month, { freq: 8 }),
    enrollment: fc.option(
      fc
        .record({ program: fc.nat({ max: programs - 1 }), months, paid: fc.option(fc.nat({ max: 13 })) })
        .map(({ program, months: { from, to }, paid }) => {
          const paidThrough = paid === null ? null : addMonths(from, paid)
          return {
            program,
            from,
            to,
            paidThrough: paidThrough !== null && paidThrough > to ? to : paidThrough,
          }
        }),
      { freq: 4 },
    ),
    reported: fc.array(
      fc
        .record({
          payer: fc.nat({ max: payers - 1 }),
          benefit: fc.constantFrom(...BENEFITS),
          segment: fc.constantFrom<Segment>('PU', 'BPU', 'BPU'),
          months,
        })
        .map(({ months: { from, to }, ...line }) => ({ ...line, from, to })),
      { maxLength: 2 },
    ),
  })

export const filters = (programs: number, payers: number): fc.Arbitrary<Filter> =>
  fc.record(
    {
      benefits: fc.subarray([...BENEFITS], { minLength: 1 }),
      categories: fc.subarray([...CATEGORIES], { minLength: 1 }),
      payers: fc.subarray(range(payers), { minLength: 1 }),
      programs: fc.subarray(range(programs), { minLength: 1 }),
    },
    { requiredKeys: [] },
  )

export const questionMonths = month

function range(length: number): number[] {
  return [...Array(length).keys()]
}

/** What the reference needs to know of a program: its payer's place, and its benefits. */
export interface ProgramOf {
  readonly payer: number
  readonly benefits: readonly Benefit[]
}

export function linesOf(person: Person, programs: readonly ProgramOf[]): Line[] {
  const { enrollment } = person
  const own = enrollment
    ? programs[enrollment.program]!.benefits.map((benefit) => ({
        payer: programs[enrollment.program]!.payer,
        program: enrollment.program,
        benefit,
        segment: 'BPU' as const,
        from: enrollment.from,
        to: enrollment.to,
      }))
    : []
  return [...own, ...person.reported.map((line) => ({ ...line, program: null }))]
}

export function matchingLines(
  person: Person,
  at: Month,
  filter: Filter,
  programs: readonly ProgramOf[],
): Line[] {
  return linesOf(person, programs).filter(
    (line) =>
      line.from <= at &&
      at <= line.to &&
      (!filter.benefits || filter.benefits.includes(line.benefit)) &&
      (!filter.payers || filter.payers.includes(line.payer)) &&
      (!filter.programs || (line.program !== null && filter.programs.includes(line.program))),
  )
}

export function isEligible(person: Person, at: Month, programs: readonly ProgramOf[]): boolean {
  const age = Math.floor(monthsSinceBirth(person, at) / 12)
  const wageEarner = linesOf(person, programs).some(
    (line) => line.segment === 'PU' && line.from <= at && at <= line.to,
  )
  return (
    (person.deathMonth === null || person.deathMonth >= at) &&
    age >= 18 &&
    age <= 64 &&
    !person.civilServant &&
    !wageEarner &&
    (person.category === 'NON_ASN' || (person.decile !== null && person.decile <= 4))
  )
}

/** Whether some month up to the one asked about is committed to a budget and not paid. */
export function isUnpaid({ enrollment }: Person, at: Month): boolean {
  if (!enrollment || enrollment.from > at) return false
  return monthsFrom(enrollment.from, enrollment.to).some(
    (due) => due <= at && (enrollment.paidThrough === null || due > enrollment.paidThrough),
  )
}

export function livesWithin(person: Person, scope: string | null): boolean {
  return scope === null || person.village === scope || person.village.startsWith(`${scope}.`)
}

function monthsSinceBirth({ birthMonth }: Person, at: Month): number {
  const [birthYear, birth] = birthMonth.split('-').map(Number) as [number, number]
  const [year, current] = at.split('-').map(Number) as [number, number]
  return (year - birthYear) * 12 + (current - birth)
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
