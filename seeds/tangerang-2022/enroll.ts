import { getOrSet } from '../../src/kernel/get-or-set.ts'
import type { Month } from '../../src/kernel/month.ts'
import { addMonths } from '../../src/kernel/month.ts'
import type { Period } from '../../src/kernel/period.ts'
import { byYear, overlaps, period } from '../../src/kernel/period.ts'
import type { Benefit } from '../../src/programs/program.entity.ts'
import { randomFrom } from '../random.ts'
import type { PeopleIn } from './places.ts'
import type { DemoCharge, DemoEnrollment, DemoLine, DemoPerson } from './plain-data.ts'
import type { EnrolledPlan } from './plan.ts'

export interface Enrolled {
  readonly enrollments: readonly DemoEnrollment[]
  readonly charges: readonly DemoCharge[]
  readonly lines: readonly DemoLine[]
}

/** Finds what the plan names by words. */
export interface Ids {
  payer(key: string): number
  budget(payer: string, year: number, fundingSource: string, agency: string): number
}

/**
 * Takes people into the programs, one program after the other: in each place as many as the plan says, drawn
 * among those whom its rules allow and whom no earlier program covers for one of its benefits in one of its
 * months. That is the promise of the hub, so no two of these lines ever conflict.
 *
 * @throws Error when a place has too few of them.
 */
export function enrollInPrograms(peopleIn: PeopleIn, programs: readonly EnrolledPlan[], ids: Ids): Enrolled {
  const enrollments: DemoEnrollment[] = []
  const charges: DemoCharge[] = []
  const lines: DemoLine[] = []
  const taken = new Map<number, { benefits: readonly Benefit[]; period: Period }[]>()

  for (const program of programs) {
    const months = periodOf(program)
    const payerId = ids.payer(program.payer)
    const parts = byYear(months).map((part) => ({
      budgetId: ids.budget(program.payer, part.year, program.fundingSource, program.agency),
      period: part.period,
      monthly: program.contribution,
      paidThrough: paidThrough(program, part.period),
    }))
    const isFree = ({ id }: DemoPerson) =>
      !taken
        .get(id)
        ?.some(
          (other) =>
            overlaps(other.period, months) &&
            other.benefits.some((benefit) => program.benefits.includes(benefit)),
        )
    for (const workerId of chooseWorkers(peopleIn, program, isFree)) {
      getOrSet(taken, workerId, () => []).push({ benefits: program.benefits, period: months })
      const enrollmentId = enrollments.length + 1
      enrollments.push({
        id: enrollmentId,
        workerId,
        programCode: program.code,
        period: months,
        decidedOn: program.decidedOn,
      })
      for (const part of parts) charges.push({ workerId, enrollmentId, ...part })
      for (const benefit of program.benefits) {
        lines.push({
          id: lines.length + 1,
          workerId,
          enrollmentId,
          programCode: program.code,
          payerId,
          fundingSource: program.fundingSource,
          segment: 'BPU',
          benefit,
          period: months,
          exclusiveGroup: benefit,
          origin: 'HUB',
          reportedBy: null,
          reportedOn: null,
        })
      }
    }
  }
  return { enrollments, charges, lines }
}

/** The months of a program, half open. */
export function periodOf({ from, to }: { from: Month; to: Month }): Period {
  return period(from, addMonths(to, 1))
}

function chooseWorkers(
  peopleIn: PeopleIn,
  program: EnrolledPlan,
  isFree: (person: DemoPerson) => boolean,
): number[] {
  const random = randomFrom(`program ${program.code}`)
  return program.places.flatMap((place) => {
    const candidates = peopleIn(place.in).filter((person) => isAllowed(person, program) && isFree(person))
    if (candidates.length < place.people) {
      throw new Error(`${program.code} finds ${candidates.length} people in ${place.in} for ${place.people}.`)
    }
    const chosen = random.shuffle(candidates).slice(0, place.people)
    return chosen.map(({ id }) => id).sort((a, b) => a - b)
  })
}

function isAllowed(
  { category, welfareDecile }: DemoPerson,
  { categories, maxDecile }: EnrolledPlan,
): boolean {
  if (categories !== undefined && !categories.includes(category)) return false
  return maxDecile === undefined || (welfareDecile !== null && welfareDecile <= maxDecile)
}

/** The last month of a year's part that has been paid. */
function paidThrough({ payments }: EnrolledPlan, part: Period): Month | null {
  const reached = payments.at(-1)?.through
  if (reached === undefined || reached < part.from) return null
  return reached < part.until ? reached : addMonths(part.until, -1)
}
