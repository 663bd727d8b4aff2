import { addMonths, type Month } from '../../../src/kernel/month.ts'
import type { Row, Tables } from './rows.ts'

/** What a question about coverage narrows itself to, as `CoverageFilter` says it. */
export interface Conditions {
  readonly benefits?: readonly string[]
  readonly categories?: readonly string[]
  readonly fundingSources?: readonly string[]
  readonly payers?: readonly string[]
  readonly programs?: readonly string[]
}

export interface Counts {
  readonly eligibleWorkers: number
  readonly coveredWorkers: number
  readonly eligibleCoveredWorkers: number
  readonly uncoveredWorkers: number
  readonly committedUnpaidWorkers: number
}

/** A question, and all that is needed to answer it person by person. */
export class PeopleCounts {
  readonly #people: readonly Row[]
  readonly #linesOf: ReadonlyMap<string | null, readonly Row[]>
  readonly #chargesOf: ReadonlyMap<string | null, readonly Row[]>

  constructor(
    readonly world: Tables,
    readonly scope: string | null,
    readonly month: Month,
    readonly conditions: Conditions,
  ) {
    this.#people = world.worker!.filter(
      ({ village_code: village, category, merged_into_id: other }) =>
        other === null && isInside(village!, scope) && admits(conditions.categories, category),
    )
    this.#linesOf = Map.groupBy(world.coverage_line!, (line) => line.worker_id!)
    this.#chargesOf = Map.groupBy(world.charge!, (charge) => charge.worker_id!)
  }

  /** Of everybody, or of those for whom it holds. */
  counts(isMeant: (worker: Row) => boolean = () => true): Counts {
    const people = this.#people.filter(isMeant).map((worker) => ({
      eligible: this.#isEligible(worker),
      covered: this.#lines(worker).length > 0,
      unpaid: this.#isUnpaid(worker),
    }))
    const count = (which: (person: (typeof people)[number]) => boolean) => people.filter(which).length
    return {
      eligibleWorkers: count(({ eligible }) => eligible),
      coveredWorkers: count(({ covered }) => covered),
      eligibleCoveredWorkers: count(({ eligible, covered }) => eligible && covered),
      uncoveredWorkers: count(({ eligible, covered }) => eligible && !covered),
      committedUnpaidWorkers: count(({ covered, unpaid }) => covered && unpaid),
    }
  }

  categories(): ReadonlySet<string> {
    return new Set(this.#people.map(({ category }) => category!))
  }

  /** How many people are covered, by a column of their lines. */
  coveredBy(column: string): ReadonlyMap<string, number> {
    const people = new Map<string, number>()
    for (const worker of this.#people) {
      const values = new Set(this.#lines(worker).map((line) => line[column]!))
      for (const value of values) people.set(value, (people.get(value) ?? 0) + 1)
    }
    return people
  }

  /** Ceiling, committed and paid in rupiah: of governments inside the scope, or of every payer. */
  budget(): readonly [ceiling: bigint, committed: bigint, paid: bigint] {
    const { payers, fundingSources } = this.conditions
    const budgets = this.world.budget!.filter((budget) => {
      const { area_code: area } = this.world.payer!.find(({ id }) => id === budget.payer_id)!
      return (
        budget.fiscal_year === this.month.slice(0, 4) &&
        (this.scope === null || (area != null && isInside(area, this.scope))) &&
        admits(payers, budget.payer_id) &&
        admits(fundingSources, budget.funding_source)
      )
    })
    const sum = (column: string) => budgets.reduce((total, budget) => total + BigInt(budget[column]!), 0n)
    return [sum('ceiling'), sum('committed'), sum('paid')]
  }

  /** One and the same line must meet all conditions. */
  #lines({ id }: Row): readonly Row[] {
    const { benefits, fundingSources, payers, programs } = this.conditions
    return (this.#linesOf.get(id!) ?? []).filter(
      (line) =>
        containsMonth(line.period!, this.month) &&
        admits(benefits, line.benefit) &&
        admits(fundingSources, line.funding_source) &&
        admits(payers, line.payer_id) &&
        admits(programs, line.program_code),
    )
  }

  #isEligible(worker: Row): boolean {
    const { month } = this
    const birth = worker.birth_month!.slice(0, 7) as Month
    const isOfAge = addMonths(birth, 18 * 12) <= month && month < addMonths(birth, 65 * 12)
    const isAlive = worker.death_month == null || month <= worker.death_month.slice(0, 7)
    const isPoor = worker.welfare_decile != null && Number(worker.welfare_decile) <= 4
    const earnsWages = (this.#linesOf.get(worker.id!) ?? []).some(
      ({ segment, period }) => segment === 'PU' && containsMonth(period!, month),
    )
    const isCivilServant = worker.civil_servant === 'true' || worker.civil_servant === 't'
    return isOfAge && isAlive && !isCivilServant && !earnsWages && (isPoor || worker.category === 'NON_ASN')
  }

  /** Whether a month that has come is charged to a budget and not paid. */
  #isUnpaid({ id }: Row): boolean {
    return (this.#chargesOf.get(id!) ?? []).some(({ period, paid_through: paid }) => {
      const [from, until] = monthsOf(period!)
      for (let due = from; due < until && due <= this.month; due = addMonths(due, 1)) {
        if (paid == null || paid.slice(0, 7) < due) return true
      }
      return false
    })
  }
}

/** Whether an area is another or lies inside it; null is the whole country. */
export function isInside(area: string, around: string | null): boolean {
  return around === null || `${area}.`.startsWith(`${around}.`)
}

function admits(list: readonly string[] | undefined, value: string | null | undefined): boolean {
  return list === undefined || (value != null && list.includes(value))
}

function containsMonth(period: string, month: Month): boolean {
  const [from, until] = monthsOf(period)
  return from <= month && month < until
}

/** A half-open range of days, as PostgreSQL writes it, that whole months make. */
function monthsOf(period: string): [from: Month, until: Month] {
  return [period.slice(1, 8) as Month, period.slice(12, 19) as Month]
}
