import { type Month, monthOf } from '../../kernel/month.ts'
import { monthCount, monthsIn, type Period } from '../../kernel/period.ts'

/** Months that one budget is charged with, at one contribution. */
export interface ChargePlan {
  readonly year: number
  /** Null: there is no such budget, or there are several; or the worker pays himself. */
  readonly budget: string | null
  readonly period: Period
  /** Rupiah a month. */
  readonly monthly: bigint
}

/** The same, as the database says it. */
export interface ChargeRow {
  readonly year: number
  readonly budget: string | null
  readonly first: string
  readonly until: string
  readonly monthly: string
}

export function chargePlans(rows: readonly ChargeRow[]): ChargePlan[] {
  return rows.map(({ year, budget, first, until, monthly }) => ({
    year,
    budget,
    period: { from: monthOf(first), until: monthOf(until) },
    monthly: BigInt(monthly),
  }))
}

/** What the months of a plan cost, in rupiah. */
export function costOf(charges: readonly ChargePlan[]): bigint {
  return charges.reduce((sum, { monthly, period }) => sum + monthly * BigInt(monthCount(period)), 0n)
}

/** What a plan needs of each budget, in rupiah. */
export function needsOf(charges: readonly ChargePlan[]): Map<string | null, bigint> {
  const needs = new Map<string | null, bigint>()
  for (const charge of charges) needs.set(charge.budget, (needs.get(charge.budget) ?? 0n) + costOf([charge]))
  return needs
}

/** What each month of a plan costs, in rupiah. */
export function monthlyCosts(charges: readonly ChargePlan[]): [month: Month, cost: bigint][] {
  return charges.flatMap(({ period, monthly }) =>
    monthsIn(period).map((month): [Month, bigint] => [month, monthly]),
  )
}
