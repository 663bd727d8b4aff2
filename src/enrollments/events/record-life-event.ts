import type { Context } from '../../contract/context.ts'
import { done, type Outcome } from '../../contract/outcome.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput } from '../../kernel/errors.ts'
import type { DisputeSubject } from '../../workers/dispute.entity.ts'
import { holdVisibleWorkers } from '../../workers/hold-workers.ts'
import { type CivilService, planCivilService } from './civil-service.ts'
import { factsFor } from './consequence.ts'
import { planDeath } from './death.ts'
import { type Move, planMove } from './move.ts'
import { checkNotDisputed, type Plan, readPerson, type Telling } from './person.ts'
import { planWageEmployment, type WageEmployment } from './wage-employment.ts'

/** An event in somebody's life: exactly one of four. */
export interface LifeEvent {
  readonly worker: string
  readonly death?: { readonly month: string } | null | undefined
  readonly move?: Move | null | undefined
  readonly civilService?: CivilService | null | undefined
  readonly wageEmployment?: WageEmployment | null | undefined
  readonly reason: string
  /** Whether only to say what would follow. */
  readonly dryRun: boolean
}

/**
 * Records an event in somebody's life and does what follows from it, for the enrollments of every payer, whoever records
 * it; or says what would follow, computed by the same code. Nothing follows while the record that it changes is disputed.
 *
 * @returns a `LifeEvent`.
 * @throws Refused by DisputeRefusal, or by StateRefusal when it would change nothing.
 * @throws Fault BAD_USER_INPUT, naming the field; a worker whom the viewer may not see is not there.
 */
export async function recordLifeEvent(input: LifeEvent, context: Context): Promise<Outcome> {
  const { query, note } = context.change!
  const { worker, dryRun } = input
  const reason = checkedReason('input.reason', input.reason)
  const { plan: planning, frozenBy } = planningOf(input)
  await holdVisibleWorkers(query, context, [{ id: worker, field: 'input.worker' }])
  note({ workers: [worker], subject: `Worker:${worker}` })
  await checkNotDisputed(query, worker, frozenBy)
  const plan = await planning({ query, context, person: await readPerson(query, worker), reason })
  if (!dryRun) await plan.write()
  const consequences = factsFor(context.viewer, plan.consequences)
  return done('LifeEvent', { worker, applied: !dryRun, consequences })
}

interface Planning {
  plan(telling: Telling): Promise<Plan>
  readonly frozenBy: readonly DisputeSubject[]
}

/** What puts in doubt that somebody works for an employer, or that his coverage may end with it. */
const EMPLOYMENT: readonly DisputeSubject[] = ['OCCUPATION', 'COVERAGE', 'IDENTITY']

function planningOf({ death, move, civilService, wageEmployment }: LifeEvent): Planning {
  const told: Planning[] = []
  // Heirs wait for a death to be recorded: no other doubt stands against it.
  if (death) told.push({ plan: (telling) => planDeath(telling, death), frozenBy: ['LIFE_STATUS'] })
  if (move) told.push({ plan: (telling) => planMove(telling, move), frozenBy: ['DOMICILE', 'IDENTITY'] })
  if (civilService)
    told.push({ plan: (telling) => planCivilService(telling, civilService), frozenBy: EMPLOYMENT })
  if (wageEmployment)
    told.push({ plan: (telling) => planWageEmployment(telling, wageEmployment), frozenBy: EMPLOYMENT })
  const [planning] = told
  if (planning && told.length === 1) return planning
  throw badInput('input', 'Tell exactly one of death, move, civilService and wageEmployment.')
}
