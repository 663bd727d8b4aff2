import type { BudgetVersion } from '../../src/budgets/budget.entity.ts'
import type { BudgetEntryKind } from '../../src/budgets/budget-entry.entity.ts'
import type { LineOrigin } from '../../src/enrollments/coverage-line.entity.ts'
import type { Month } from '../../src/kernel/month.ts'
import type { Nik, Sex } from '../../src/kernel/nik.ts'
import type { Period } from '../../src/kernel/period.ts'
import type { Rupiah } from '../../src/kernel/rupiah.ts'
import type { FundingSource, PayerKind } from '../../src/payers/payer.entity.ts'
import type { Benefit, Segment } from '../../src/programs/program.entity.ts'
import type { WorkerCategory } from '../../src/programs/worker-category.ts'

// The rows of the demo as plain data, so that a test can compute every number of the hub a second time without
// a database. Ids are those the rows get; days are `YYYY-MM-DD`, months `YYYY-MM`, money is rupiah.

export interface DemoPerson {
  readonly id: number
  readonly nik: Nik
  readonly fullName: string
  readonly birthDate: string
  readonly sex: Sex
  readonly category: WorkerCategory
  readonly villageCode: string
  readonly domicileSince: string
  readonly deathMonth: Month | null
  readonly welfareDecile: number | null
  readonly decileAsOf: string | null
  readonly civilServant: boolean
}

export interface DemoPayer {
  readonly id: number
  readonly kind: PayerKind
  readonly name: string
  readonly areaCode: string | null
}

export interface DemoProgram {
  readonly code: string
  readonly name: string
  readonly payerId: number
  readonly fundingSource: FundingSource
  readonly segment: Segment
  readonly benefits: readonly Benefit[]
  readonly categories: readonly WorkerCategory[] | null
  readonly maxDecile: number | null
  readonly period: Period
  readonly contribution: Rupiah
  readonly legalBasis: string
}

export interface DemoBudget {
  readonly id: number
  readonly payerId: number
  readonly fiscalYear: number
  readonly fundingSource: FundingSource
  readonly agency: string
  readonly version: BudgetVersion
  readonly originalCeiling: Rupiah
}

export interface DemoEntry {
  readonly budgetId: number
  readonly kind: BudgetEntryKind
  /** What the entry adds to the ceiling, to what is committed, or to what is paid: its kind says which. */
  readonly amount: Rupiah
  readonly enteredOn: string
  readonly note: string
}

export interface DemoEnrollment {
  readonly id: number
  readonly workerId: number
  readonly programCode: string
  readonly period: Period
  readonly decidedOn: string
}

export interface DemoCharge {
  readonly workerId: number
  readonly enrollmentId: number
  readonly budgetId: number
  readonly period: Period
  readonly monthly: Rupiah
  /** The last month paid, null while none is. */
  readonly paidThrough: Month | null
}

export interface DemoLine {
  readonly id: number
  readonly workerId: number
  readonly enrollmentId: number | null
  readonly programCode: string | null
  readonly payerId: number
  readonly fundingSource: FundingSource
  readonly segment: Segment
  readonly benefit: Benefit
  readonly period: Period
  readonly exclusiveGroup: Benefit | null
  readonly origin: LineOrigin
  readonly reportedBy: string | null
  readonly reportedOn: string | null
}
