import type { Context } from '../contract/context.ts'
import { idValue } from '../contract/id.ts'
import type { Query } from '../db/database.ts'
import { badInput } from '../kernel/errors.ts'
import { addMonths } from '../kernel/month.ts'
import { checkActsFor } from '../payers/acting.ts'
import { ref, sql } from '../planner/sql.ts'
import { WorkerEntity } from '../workers/worker.entity.ts'
import { costOf } from './eligibility/charge-plan.ts'
import type { Candidate, Screened } from './eligibility/screen.ts'
import { candidateOf, type Enrolling, type Short, screenOne, shortfallsOf } from './enroll.ts'
import type { Screening, ScreeningOutcome } from './enroll.type.ts'

/**
 * What would come of enrolling a worker: the same rules over the same facts, with the budgets as they are now.
 *
 * @throws Fault BAD_USER_INPUT for a worker or program that is not there or not to be seen, FORBIDDEN for another payer's.
 */
export function screenWorker(context: Context, input: Enrolling): Promise<Screening> {
  const candidate = candidateOf(input)
  return context.db.transaction((query) => screening(query, candidate, context), { keepsPlans: true })
}

async function screening(query: Query, candidate: Candidate, context: Context): Promise<Screening> {
  const worker = ref(WorkerEntity)
  const [seen] = await context.read(
    sql`/* screening.worker */ select ${worker.id} from ${worker} where ${worker.id} = ${idValue(candidate.worker)}`,
    query,
  )
  if (!seen) throw badInput('input.worker', 'There is no worker of this id.', 'Look it up with workers.')
  const screened = await screenOne(query, candidate, context)
  checkActsFor(context.viewer, screened.payer, 'input.program')
  const { findings, covered, charges } = screened
  const short = await shortfallsOf(query, screened)
  return {
    outcome: outcomeOf(screened, short),
    findings: [...findings],
    covered: [...covered],
    charges: charges.map(({ year, budget, period, monthly }) => ({
      fiscalYear: year,
      budget,
      from: period.from,
      to: addMonths(period.until, -1),
      monthly: monthly.toString(),
    })),
    shortfalls: [...short],
    cost: costOf(charges).toString(),
    rulesVersion: context.limits.version,
  }
}

function outcomeOf({ covered, findings }: Screened, short: readonly Short[]): ScreeningOutcome {
  if (covered.length > 0) return 'ALREADY_COVERED'
  if (findings.some(({ level }) => level === 'INELIGIBLE')) return 'INELIGIBLE'
  if (findings.length > 0) return 'REVIEW'
  if (short.some(({ budget }) => budget === null)) return 'NO_BUDGET'
  if (short.length > 0) return 'OVER_BUDGET'
  return 'ELIGIBLE'
}
