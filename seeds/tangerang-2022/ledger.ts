import { addMonths } from '../../src/kernel/month.ts'
import type { Period } from '../../src/kernel/period.ts'
import { byYear, formatPeriod, intersection, monthCount, period } from '../../src/kernel/period.ts'
import type { Ids } from './enroll.ts'
import { periodOf } from './enroll.ts'
import type { DemoEntry } from './plain-data.ts'
import type { BudgetPlan, EnrolledPlan } from './plan.ts'

/**
 * The entries of all budgets in the order in which they were made: what was given, what each program committed of
 * each year, and each payment. Their sums are those of the charges, because both follow from the same plan.
 */
export function keepLedger(
  budgets: readonly BudgetPlan[],
  programs: readonly EnrolledPlan[],
  ids: Ids,
): DemoEntry[] {
  const entries = [...budgets.flatMap((budget) => ceilingEntries(budget, ids))]
  for (const program of programs) {
    for (const { year, period: months } of byYear(periodOf(program))) {
      const budgetId = ids.budget(program.payer, year, program.fundingSource, program.agency)
      const firstDay = `${year}-01-02`
      entries.push({
        budgetId,
        kind: 'COMMIT',
        amount: cost(program, months),
        enteredOn: program.decidedOn > firstDay ? program.decidedOn : firstDay,
        note: describe(program, months),
      })
      for (const payment of payments(program, months)) entries.push({ budgetId, kind: 'PAY', ...payment })
    }
  }
  // A stable sort: of one day, what was given goes before what was committed, and that before what was paid.
  return entries.sort((a, b) => a.enteredOn.localeCompare(b.enteredOn))
}

/** How many people a program took in. */
function headcount({ places }: EnrolledPlan): number {
  return places.reduce((sum, { people }) => sum + people, 0)
}

function ceilingEntries({ payer, year, fundingSource, agency, ceiling }: BudgetPlan, ids: Ids): DemoEntry[] {
  const budgetId = ids.budget(payer, year, fundingSource, agency)
  return ceiling.map(({ on, amount, note }, at) => ({
    budgetId,
    kind: at === 0 ? 'ALLOCATE' : 'REVISE',
    amount,
    enteredOn: on,
    note,
  }))
}

/** The payments for months of one year's part, each for the months since the one before. */
function payments(program: EnrolledPlan, part: Period) {
  let from = program.from
  return program.payments.flatMap(({ on, through }) => {
    const months = intersection(period(from, addMonths(through, 1)), part)
    from = addMonths(through, 1)
    if (months === undefined) return []
    return [{ amount: cost(program, months), enteredOn: on, note: describe(program, months) }]
  })
}

function cost(program: EnrolledPlan, months: Period): bigint {
  return BigInt(headcount(program)) * program.contribution * BigInt(monthCount(months))
}

function describe(program: EnrolledPlan, months: Period): string {
  return `${program.code}: ${headcount(program)} people, ${formatPeriod(months)}`
}
