import type { Demo } from '../../seeds/tangerang-2022/demo.ts'
import type { DemoLine, DemoPerson } from '../../seeds/tangerang-2022/plain-data.ts'
import { addMonths, type Month, monthsBetween } from '../../src/kernel/month.ts'
import { contains } from '../../src/kernel/period.ts'

/** The demo's numbers, computed from its plain data person by person. */
export class PlainCounts {
  readonly #lines: Map<number, DemoLine[]>
  readonly #unpaid: Map<number, { from: Month; to: Month; paidThrough: Month | null }[]>

  constructor(readonly demo: Demo) {
    this.#lines = Map.groupBy(demo.lines, ({ workerId }) => workerId)
    this.#unpaid = Map.groupBy(
      demo.charges.map(({ workerId, period, paidThrough }) => ({
        workerId,
        from: period.from,
        to: addMonths(period.until, -1),
        paidThrough,
      })),
      ({ workerId }) => workerId,
    )
  }

  people(scope: string): DemoPerson[] {
    return this.demo.people.filter(({ villageCode }) => villageCode.startsWith(`${scope}.`))
  }

  summary(scope: string, month: Month) {
    const people = this.people(scope)
    const covered = new Set(people.filter((person) => this.linesIn(person, month).length > 0))
    const eligible = people.filter((person) => this.isEligible(person, month))
    const both = eligible.filter((person) => covered.has(person)).length
    return {
      eligibleWorkers: eligible.length,
      coveredWorkers: covered.size,
      eligibleCoveredWorkers: both,
      uncoveredWorkers: eligible.length - both,
      committedUnpaidWorkers: [...covered].filter((person) => this.isUnpaid(person, month)).length,
      coverageRate: eligible.length === 0 ? null : both / eligible.length,
    }
  }

  /** Distinct people per value of a property of their lines. */
  coveredBy(
    scope: string,
    month: Month,
    property: 'benefit' | 'payerId' | 'fundingSource',
  ): Map<string, number> {
    const counts = new Map<string, number>()
    for (const person of this.people(scope)) {
      for (const value of new Set(this.linesIn(person, month).map((line) => String(line[property])))) {
        counts.set(value, (counts.get(value) ?? 0) + 1)
      }
    }
    return counts
  }

  budget(scope: string, fiscalYear: number) {
    const payers = new Map(this.demo.payers.map((payer) => [payer.id, payer]))
    const ids = this.demo.budgets
      .filter((budget) => budget.fiscalYear === fiscalYear)
      .filter(({ payerId }) => within(payers.get(payerId)!.areaCode, scope))
      .map(({ id }) => id)
    const entries = this.demo.entries.filter(({ budgetId }) => ids.includes(budgetId))
    const sum = (...kinds: string[]) =>
      entries.filter(({ kind }) => kinds.includes(kind)).reduce((total, { amount }) => total + amount, 0n)
    const [ceiling, committed, paid] = [sum('ALLOCATE', 'REVISE'), sum('COMMIT'), sum('PAY')]
    return {
      fiscalYear,
      ceiling: `${ceiling}`,
      committed: `${committed}`,
      paid: `${paid}`,
      remaining: `${ceiling - committed}`,
      absorptionRate: ceiling === 0n ? null : Number(paid) / Number(ceiling),
    }
  }

  linesIn({ id }: DemoPerson, month: Month): DemoLine[] {
    return (this.#lines.get(id) ?? []).filter(({ period }) => contains(period, month))
  }

  isEligible(person: DemoPerson, month: Month): boolean {
    const age = Math.floor(monthsBetween(person.birthDate.slice(0, 7) as Month, month) / 12)
    return (
      (person.deathMonth === null || person.deathMonth >= month) &&
      age >= 18 &&
      age <= 64 &&
      !person.civilServant &&
      !this.linesIn(person, month).some(({ segment }) => segment === 'PU') &&
      (person.category === 'NON_ASN' || (person.welfareDecile !== null && person.welfareDecile <= 4))
    )
  }

  isUnpaid({ id }: DemoPerson, month: Month): boolean {
    return (this.#unpaid.get(id) ?? []).some(({ from, to, paidThrough }) => {
      const lastDue = to < month ? to : month
      return from <= month && (paidThrough === null || paidThrough < lastDue)
    })
  }
}

function within(areaCode: string | null, scope: string): boolean {
  return areaCode !== null && (areaCode === scope || areaCode.startsWith(`${scope}.`))
}
