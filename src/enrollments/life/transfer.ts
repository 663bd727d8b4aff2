import type { Context } from '../../contract/context.ts'
import { checkedReason } from '../../contract/reason.ts'
import type { Query } from '../../db/database.ts'
import { Fault } from '../../kernel/errors.ts'
import type { Month } from '../../kernel/month.ts'
import type { Period } from '../../kernel/period.ts'
import { checkActsFor, mayActFor } from '../../payers/acting.ts'
import { enrollScreened, screenOne } from '../enroll.ts'
import { notRunning, paidMonths, stateRefusal } from '../state-refusal.ts'
import { checkClaims } from './claims.ts'
import { planCut, writeCuts } from './cut.ts'
import { acting, checkRunning, ledgerNote, noteOf } from './end.ts'
import { type HeldEnrollment, holdVisibleEnrollment, paidUntil } from './held-enrollment.ts'

export interface Transferring {
  /** Id of the enrollment that is handed over. */
  readonly enrollment: string
  /** Code of the program that takes the worker. */
  readonly program: string
  /** The first month that the new payer pays. */
  readonly from: string
  readonly reason: string
  readonly settledBecause?: string | null
}

/**
 * Hands a worker over to another payer's program for the rest of his months, in one transaction, so that nobody ever sees
 * a month without coverage. Paid months stay with who paid. Either payer may do it, while an agreement between the two
 * is in force.
 *
 * @returns the id of the new enrollment.
 * @throws Refused like an enrollment; by StateRefusal when months are paid that would be handed over.
 */
export async function transfer(context: Context, input: Transferring): Promise<string> {
  const { query, note } = context.change!
  const because = checkedReason('input.reason', input.reason)
  const held = noteOf(context, await holdVisibleEnrollment(query, context, input.enrollment))
  const from = input.from as Month
  const taker = await takerOf(query, context, held, input.program)
  if (input.settledBecause != null && taker !== undefined)
    checkActsFor(context.viewer, taker, 'input.settledBecause')
  checkRunning(held, from)
  await checkClaims(query, held, from)
  const { period } = held
  if (from < period.from) throw notRunning('It has no month before its first.', period.from)
  const paid = paidUntil(held)
  // How far another payer has paid is not to be told.
  if (paid !== undefined && paid > from)
    throw notYet(mayActFor(context.viewer, held.payer) ? paid : null, period)
  const cut = planCut(held, from, 'STAY')
  await writeCuts(context.change!, [cut], {
    ...acting(context),
    event: 'TRANSFERRED',
    reason: because,
    note: ledgerNote(cut),
  })
  const months = { from, until: period.until }
  const candidate = { worker: held.worker, program: input.program, period: months }
  const screened = await screenOne(query, candidate, context)
  const writing = { event: 'TOOK_OVER', reason: because } as const
  const id = await enrollScreened(screened, context, writing, input.settledBecause)
  note({ subject: `Enrollment:${id}` })
  return id
}

/**
 * The payer who takes the worker; undefined for a program that is not there, which the screening names.
 *
 * @throws Fault FORBIDDEN without an agreement, or for who acts for neither; Refused when the program pays for less.
 */
async function takerOf(
  query: Query,
  { viewer, today }: Context,
  { payer: giver, program: given }: HeldEnrollment,
  program: string,
): Promise<string | undefined> {
  const [found] = await query<{ payer: string; agreed: boolean; pays_for_all: boolean }>(
    `/* transfer.taker */ select taking.payer_id as payer, taking.benefits @> giving.benefits as pays_for_all,
        taking.payer_id = giving.payer_id or exists (
          select from agreement
          where (first_id, second_id)
              = (least(taking.payer_id, giving.payer_id), greatest(taking.payer_id, giving.payer_id))
            and agreement.period @> $3::date
        ) as agreed
      from coverage_program as taking join coverage_program as giving on giving.code = $2
      where taking.code = $1`,
    [program, given, today],
  )
  if (!found) return undefined
  const [isGiver, isTaker] = [mayActFor(viewer, giver), mayActFor(viewer, found.payer)]
  if (!(found.agreed ? isGiver || isTaker : isGiver && isTaker)) {
    throw new Fault('FORBIDDEN', 'The two payers have no agreement in force, or you act for neither.', {
      field: 'input.program',
      remedy: 'Record an agreement between them first.',
    })
  }
  if (found.pays_for_all) return found.payer
  throw stateRefusal(
    'LESS_COVERAGE',
    'The program does not pay for every benefit that the worker would lose.',
  )
}

/** @param paid the first month that is not paid, where it may be told. */
function notYet(paid: Month | null, { until }: Period) {
  if (paid !== null && paid >= until)
    return paidMonths('All of its months are paid, and stay with who paid.', null)
  return paidMonths('Months from there on are paid, and stay with who paid: hand over after them.', paid)
}
