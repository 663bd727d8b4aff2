import { seesEverywhere, type Viewer } from '../../access/viewer.ts'
import type { Facts } from '../../contract/outcome.ts'
import { addMonths, type Month } from '../../kernel/month.ts'
import { intersection, monthCount, type Period } from '../../kernel/period.ts'
import type { PayerKind } from '../../payers/payer.entity.ts'
import type { Amount, Cut } from '../life/cut.ts'

/** What can follow from an event in somebody's life. */
export const ConsequenceKind = {
  COVERAGE_ENDS: 'COVERAGE_ENDS',
  MONTHS_RELEASED: 'MONTHS_RELEASED',
  REFUND_REQUESTED: 'REFUND_REQUESTED',
  COVERAGE_BEGINS: 'COVERAGE_BEGINS',
  CLAIM_CHECK_OPENED: 'CLAIM_CHECK_OPENED',
  OUT_OF_AREA: 'OUT_OF_AREA',
} as const
export type ConsequenceKind = keyof typeof ConsequenceKind

/** One thing that follows. */
export interface Consequence {
  readonly kind: ConsequenceKind
  readonly months: Period
  /** Id of the enrollment it follows for. */
  readonly enrollment?: string
  /** Id of who pays; the hub does not say it. */
  readonly payer?: string
  readonly payerKind?: PayerKind
  /** Rupiah. */
  readonly amount?: bigint
  /** Whether its months say how far the payer has paid. */
  readonly tellsPaid?: boolean
}

/**
 * What follows for one enrollment from its cut: the months it covers no more, and their money.
 *
 * @param lost those months, where others after them go on.
 */
export function consequencesOfCut(cut: Cut, lost: Period | undefined = lostBy(cut)): Consequence[] {
  const { id, payer, payerKind } = cut.enrollment
  const of = { enrollment: id, payer, payerKind }
  const money = (kind: ConsequenceKind, amounts: readonly Amount[]): Consequence[] =>
    amounts.map(({ period, amount }) => ({ ...of, kind, months: period, amount }))
  return [
    ...(lost ? [{ ...of, kind: ConsequenceKind.COVERAGE_ENDS, months: lost }] : []),
    ...money('REFUND_REQUESTED', cut.refunds),
    ...money('MONTHS_RELEASED', lost ? within(cut.released, lost) : cut.released),
  ]
}

/** That a claim check is opened for a month. */
export function claimCheckOf(month: Month): Consequence {
  return { kind: 'CLAIM_CHECK_OPENED', months: { from: month, until: addMonths(month, 1) } }
}

/** The months of its own that an enrollment loses; undefined when it had none of them. */
function lostBy({ coveredUntil, enrollment: { period } }: Cut): Period | undefined {
  const from = coveredUntil > period.from ? coveredUntil : period.from
  return from < period.until ? { from, until: period.until } : undefined
}

/** Of amounts that are the same each month, those of some months. */
function within(amounts: readonly Amount[], months: Period): Amount[] {
  return amounts.flatMap(({ budget, period, amount }) => {
    const common = intersection(period, months)
    if (!common) return []
    const monthly = amount / BigInt(monthCount(period))
    return [{ budget, period: common, amount: monthly * BigInt(monthCount(common)) }]
  })
}

/**
 * The consequences that a viewer may know of. What becomes of another payer's money is not his to see: it would say which
 * months that payer has paid.
 */
export function factsFor(viewer: Viewer, consequences: readonly Consequence[]): Facts[] {
  const isTold = ({ amount, tellsPaid, payer }: Consequence) =>
    (amount === undefined && !tellsPaid) || seesEverywhere(viewer) || viewer.payer === payer
  return consequences.filter(isTold).map(({ kind, months, enrollment = null, payerKind = null, amount }) => ({
    kind,
    enrollment,
    payerKind,
    from: months.from,
    to: addMonths(months.until, -1),
    amount: amount === undefined ? null : amount.toString(),
  }))
}
