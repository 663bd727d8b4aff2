import { ROLES } from '../../src/access/permission.ts'
import type { SeededViewer } from '../../src/db/settings.ts'
import { enrollInPrograms, type Ids, periodOf } from './enroll.ts'
import { keepLedger } from './ledger.ts'
import { generatePeople } from './people.ts'
import { peopleByArea } from './places.ts'
import type {
  DemoBudget,
  DemoCharge,
  DemoEnrollment,
  DemoEntry,
  DemoLine,
  DemoPayer,
  DemoPerson,
  DemoProgram,
} from './plain-data.ts'
import type { Plan } from './plan.ts'
import { readPlan } from './plan.ts'
import { reportLines } from './report.ts'

/** Every row of the demo, as plain data. */
export interface Demo {
  /** The scenario's day, `YYYY-MM-DD`. */
  readonly today: string
  readonly payers: readonly DemoPayer[]
  readonly programs: readonly DemoProgram[]
  readonly budgets: readonly DemoBudget[]
  readonly entries: readonly DemoEntry[]
  readonly people: readonly DemoPerson[]
  readonly enrollments: readonly DemoEnrollment[]
  readonly charges: readonly DemoCharge[]
  readonly lines: readonly DemoLine[]
  /** As whom GraphiQL can ask. */
  readonly viewers: readonly SeededViewer[]
}

/**
 * The whole demo, computed from the YAML files beside this one: the same rows at every call.
 *
 * @throws SetupError when a file has a mistake, Error when the plan cannot be carried out.
 */
export async function generateDemo(plan: Plan = readPlan()): Promise<Demo> {
  const people = await generatePeople(plan)
  const peopleIn = peopleByArea(people)
  const ids = idsOf(plan)
  const { enrollments, charges, lines } = enrollInPrograms(peopleIn, plan.enrolled, ids)
  const { today } = plan.registry
  return {
    today,
    people,
    enrollments,
    charges,
    lines: [...lines, ...reportLines(peopleIn, lines, plan.reports, ids, today)],
    entries: keepLedger(plan.budgets, plan.enrolled, ids),
    payers: plan.payers.map(({ kind, name, area }, at) => ({
      id: at + 1,
      kind,
      name,
      areaCode: area ?? null,
    })),
    programs: plan.programs.map((program) => ({
      ...program,
      payerId: ids.payer(program.payer),
      segment: 'BPU',
      categories: program.categories ?? null,
      maxDecile: program.maxDecile ?? null,
      period: periodOf(program),
    })),
    budgets: plan.budgets.map(({ payer, year, fundingSource, agency, ceiling }, at) => ({
      id: at + 1,
      payerId: ids.payer(payer),
      fiscalYear: year,
      fundingSource,
      agency,
      version: ceiling.length > 1 ? 'REVISED' : 'ORIGINAL',
      originalCeiling: ceiling[0]!.amount,
    })),
    viewers: demoViewers(plan),
  }
}

/** Those who look at the demo, with the ids that its payers get. */
export function demoViewers(plan: Plan = readPlan()): SeededViewer[] {
  const ids = idsOf(plan)
  return plan.viewers.map(({ role, permissions, payer, ...viewer }) => ({
    ...viewer,
    permissions: permissions ?? ROLES[role!],
    payer: payer === undefined ? undefined : String(ids.payer(payer)),
  }))
}

/** Ids follow the order of the files, from 1. */
function idsOf({ payers, budgets }: Plan): Ids {
  const payerIds = new Map(payers.map(({ key }, at) => [key, at + 1]))
  const budgetKey = (...parts: (string | number)[]) => parts.join(' / ')
  const budgetIds = new Map(
    budgets.map((budget, at) => [
      budgetKey(budget.payer, budget.year, budget.fundingSource, budget.agency),
      at + 1,
    ]),
  )
  const find = (ids: Map<string, number>, key: string) => {
    const id = ids.get(key)
    if (id !== undefined) return id
    throw new Error(`The plan names ${key}, which is in none of its files.`)
  }
  return {
    payer: (key) => find(payerIds, key),
    budget: (...parts) => find(budgetIds, budgetKey(...parts)),
  }
}
