import type { Context } from '../../contract/context.ts'
import { checkedReason } from '../../contract/reason.ts'
import { badInput } from '../../kernel/errors.ts'
import { addMonths, type Month } from '../../kernel/month.ts'
import { intersection, monthCount, type Period } from '../../kernel/period.ts'
import { holdVisibleWorkers } from '../../workers/hold-workers.ts'
import { enrollScreened, screenOne } from '../enroll.ts'
import { notRunning, paidMonths, stateRefusal } from '../state-refusal.ts'
import type { NewCharge } from '../write-enrollments.ts'
import { checkClaims } from './claims.ts'
import { planCut, writeCuts } from './cut.ts'
import { acting, ledgerNote, noteOf } from './end.ts'
import { COMMITTED, type HeldEnrollment, holdEnrollment, paidUntil } from './held-enrollment.ts'

export interface Substituting {
  /** Id of the enrollment whose place is taken. */
  readonly enrollment: string
  /** Id of who takes it. */
  readonly worker: string
  /** The first month of the substitute. */
  readonly from: string
  readonly reason: string
  readonly settledBecause?: string | null
}

/**
 * Puts another person into the remaining months of an enrollment: of a running one, or of one that has ended early, as
 * after a death. Months that are paid go to the substitute with their payment, and a request to refund them is withdrawn;
 * the others are committed anew.
 *
 * @returns the id of the substitute's enrollment.
 * @throws Refused like an enrollment; by StateRefusal when there is no free month, or somebody has the place.
 */
export async function substitute(context: Context, input: Substituting): Promise<string> {
  const { query, note } = context.change!
  const because = checkedReason('input.reason', input.reason)
  const held = await holdEnrollment(query, context, input.enrollment, (worker) =>
    holdVisibleWorkers(query, context, [{ id: input.worker, field: 'input.worker' }], [worker]),
  )
  if (held.worker === input.worker)
    throw badInput('input.worker', 'Nobody can be his own substitute.', 'Name another worker.')
  noteOf(context, held)
  note({ workers: [held.worker, input.worker] })
  const months = freePlace(held, input.from as Month)
  checkElapsed(held, months.from, context.currentMonth)
  await checkClaims(query, held, months.from)
  const taken = takenOver(held, months)
  const cut = planCut(held, months.from, 'MOVE', 'SUBSTITUTED')
  await writeCuts(context.change!, [cut], {
    ...acting(context),
    event: 'SUBSTITUTED',
    reason: because,
    note: ledgerNote(cut),
  })
  const candidate = { worker: input.worker, program: held.program, period: months }
  const screened = await screenOne(query, candidate, context)
  const writing = { event: 'TOOK_OVER', reason: because } as const
  const id = await enrollScreened(screened, context, writing, input.settledBecause, {
    replaces: { worker: held.worker, id: held.id },
    taken,
  })
  note({ subject: `Enrollment:${id}` })
  return id
}

/** The months a substitute may have: to the end that was decided, from the month that is asked for. */
function freePlace(held: HeldEnrollment, from: Month): Period {
  const { decision, period, plannedUntil, replacedBy } = held
  if (replacedBy !== null) throw stateRefusal('PLACE_TAKEN', 'Somebody has taken this place already.')
  const until = plannedUntil ?? period.until
  const isOver = COMMITTED.includes(decision) || decision === 'RELEASED' || decision === 'REJECTED'
  if (!isOver) throw notRunning(`It is ${decision}: it has no place that could be taken.`)
  if (from < period.from || from >= until) throw notRunning('It has no place in this month.', period.from)
  return { from, until }
}

/** Months that were paid and have passed were that person's: nobody is covered in them afterwards. */
function checkElapsed(held: HeldEnrollment, from: Month, currentMonth: Month): void {
  const coveredUntil = held.suspendedFrom ?? held.period.until
  const paid = paidUntil(held) ?? held.period.from
  const elapsed = [coveredUntil, paid, currentMonth].sort()[0]!
  if (COMMITTED.includes(held.decision) && from < elapsed) {
    throw paidMonths('Months from there on were paid and have passed: they stay whose they were.', elapsed)
  }
}

/**
 * The paid months of a place from its first on, as charges of whoever takes it.
 *
 * @throws Refused by StateRefusal when months are paid behind one that is not, because their money is asked back or they
 *   were suspended: the place can be taken from the last run of paid months on.
 */
function takenOver({ charges }: HeldEnrollment, { from }: Period): NewCharge[] {
  const until = paidUntil({ charges })
  if (until === undefined || until <= from) return []
  const taken = charges.flatMap(({ budget, period, monthly }) => {
    const common = intersection(period, { from, until })
    return common ? [{ budget, period: common, monthly, paidThrough: addMonths(common.until, -1) }] : []
  })
  const months = taken.reduce((sum, { period }) => sum + monthCount(period), 0)
  if (months === monthCount({ from, until })) return taken
  throw paidMonths(
    'Later months are paid, and months before them are not: begin with those.',
    runStart(taken),
  )
}

/** The first month of the last run of charges that follow each other. */
function runStart(charges: readonly NewCharge[]): Month {
  return charges.reduce<{ from: Month; until: Month } | undefined>(
    (run, { period }) => (run?.until === period.from ? { from: run.from, until: period.until } : period),
    undefined,
  )!.from
}
