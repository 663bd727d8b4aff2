import { remainingOf } from '../budgets/remaining.ts'
import type { Context } from '../contract/context.ts'
import { checkSpan } from '../contract/months.ts'
import { type Json, type Refused, refusal } from '../contract/outcome.ts'
import { checkedReason } from '../contract/reason.ts'
import type { Query } from '../db/database.ts'
import { badInput } from '../kernel/errors.ts'
import { addMonths, compareMonths, type Month } from '../kernel/month.ts'
import { formatPeriod, period } from '../kernel/period.ts'
import { checkActsFor } from '../payers/acting.ts'
import { holdVisibleWorkers } from '../workers/hold-workers.ts'
import { type ChargePlan, costOf } from './eligibility/charge-plan.ts'
import type { Finding } from './eligibility/finding.ts'
import { type Candidate, type Covered, type Screened, screen } from './eligibility/screen.ts'
import { type NewCharge, type NewEnrollment, type Writing, writeEnrollments } from './write-enrollments.ts'

/** A worker, a program and months, as a mutation brings them. */
export interface Enrolling {
  readonly worker: string
  readonly program: string
  readonly from: string
  /** The last month. */
  readonly to: string
  /** Why findings that ask for a judgement do not stand against it. */
  readonly settledBecause?: string | null
}

/**
 * Enrolls a worker: holds him, screens him, and charges the budgets of the months' years.
 *
 * @returns the id of the enrollment.
 * @throws Refused by OverlapRefusal, EligibilityRefusal or BudgetRefusal; Fault BAD_USER_INPUT or FORBIDDEN.
 */
export async function enroll(context: Context, input: Enrolling): Promise<string> {
  const { query, note } = context.change!
  const candidate = candidateOf(input)
  note({ workers: [input.worker] })
  await holdVisibleWorkers(query, context, [{ id: input.worker, field: 'input.worker' }])
  const screened = await screenOne(query, candidate, context)
  checkActsFor(context.viewer, screened.payer, 'input.program')
  const id = await enrollScreened(screened, context, { event: 'ENROLLED' }, input.settledBecause)
  note({ subject: `Enrollment:${id}` })
  return id
}

/** @throws Fault BAD_USER_INPUT when the months are too many or none. */
export function candidateOf({ worker, program, from, to }: Enrolling): Candidate {
  checkSpan(from as Month, to as Month, 'input.to')
  return { worker, program, period: period(from as Month, addMonths(to as Month, 1)) }
}

/** @throws Fault BAD_USER_INPUT when there is no such program. */
export async function screenOne(query: Query, candidate: Candidate, { limits }: Context): Promise<Screened> {
  const screened = (await screen(query, [candidate], limits)).get(0)
  if (screened) return screened
  throw badInput('input.program', 'There is no program of this code.', 'Look it up with programs.')
}

/**
 * Writes the enrollment of a candidate whom the rules allow, or whose findings a person has settled.
 *
 * @param more what it is besides: the enrollment whose place it takes, or which it continues, and the charges that it takes
 *   over in place of the first months of its plan.
 * @returns its id.
 * @throws Refused when the rules do not allow it, or there is no budget. Whether the budgets last is found when the
 *   transaction ends.
 */
export async function enrollScreened(
  screened: Screened,
  { change, limits, viewer, today }: Context,
  writing: Pick<Writing, 'event' | 'reason'>,
  settledBecause?: string | null,
  {
    taken = [],
    ...more
  }: Partial<Pick<NewEnrollment, 'replaces' | 'continues'>> & { taken?: NewCharge[] } = {},
): Promise<string> {
  const { worker, program, covered, findings } = screened
  const because = settledBecause == null ? undefined : checkedReason('input.settledBecause', settledBecause)
  const isOpen = findings.some(({ level }) => level === 'INELIGIBLE' || because === undefined)
  if (covered.length > 0 || isOpen) {
    // What the mutation has released before is not in the budgets yet, so only a plain enrollment can say what they lack.
    const short = writing.event === 'ENROLLED' ? await shortfallsOf(change!.query, screened) : []
    const facts = { findings, shortfalls: short, rulesVersion: limits.version }
    throw covered.length > 0 ? overlapRefusal(covered, facts) : eligibilityRefusal(facts)
  }
  const planned = after(screened.charges, taken.at(-1)?.period.until)
  if (screened.fundingSource !== 'SELF') checkBudgets(planned)
  const enrollment: NewEnrollment = {
    worker,
    program,
    period: screened.period,
    rulesVersion: limits.version,
    settled: because === undefined || findings.length === 0 ? undefined : { findings, because },
    charges: [...taken, ...planned],
    ...more,
  }
  const note = `${program}: 1 person, ${formatPeriod(screened.period)}`
  const [id] = await writeEnrollments(change!, [enrollment], { ...writing, viewer, today, note })
  return id!
}

/** What is left of a plan from a month on. */
function after(charges: readonly ChargePlan[], from: Month | undefined): ChargePlan[] {
  if (from === undefined) return [...charges]
  return charges
    .filter(({ period: months }) => months.until > from)
    .map((charge) => ({
      ...charge,
      period: { from: charge.period.from > from ? charge.period.from : from, until: charge.period.until },
    }))
}

/** All that stands against an enrollment besides what decides. */
interface RefusalFacts {
  readonly [name: string]: Json
  readonly findings: readonly Finding[]
  readonly shortfalls: readonly Short[]
  readonly rulesVersion: string
}

function overlapRefusal(covered: readonly Covered[], facts: RefusalFacts): Refused {
  const who = [...new Set(covered.map(({ payerKind }) => payerKind))].join(', ')
  return refusal('OverlapRefusal', {
    code: 'ALREADY_COVERED',
    message: `Covered by a payer of the kind ${who} in ${monthsText(covered)}.`,
    covered,
    ...facts,
  })
}

/** `2023-01..2023-03 and 2023-06`: months that follow each other as one range, the last included. */
function monthsText(covered: readonly Covered[]): string {
  const ranges: { from: Month; to: Month }[] = []
  for (const { from, to } of covered.toSorted((a, b) => compareMonths(a.from, b.from))) {
    const last = ranges.at(-1)
    if (last && from <= addMonths(last.to, 1)) last.to = to > last.to ? to : last.to
    else ranges.push({ from, to })
  }
  return ranges.map(({ from, to }) => (from === to ? from : `${from}..${to}`)).join(' and ')
}

function eligibilityRefusal(facts: RefusalFacts): Refused {
  const isReview = facts.findings.every(({ level }) => level === 'REVIEW')
  return refusal('EligibilityRefusal', {
    code: isReview ? 'REVIEW' : 'INELIGIBLE',
    message: facts.findings.map(({ message }) => message).join(' '),
    ...facts,
  })
}

function checkBudgets(charges: readonly ChargePlan[]): void {
  const missing = charges.filter(({ budget }) => budget === null)
  if (missing.length === 0) return
  throw refusal('BudgetRefusal', {
    code: 'NO_BUDGET',
    message: `The program has no budget of ${years(missing)}, or more than one that it could be.`,
    shortfalls: lacking(missing, new Map()),
  })
}

/** What a budget lacks, as it is told: `needed` and `remaining` in rupiah. */
export interface Short {
  readonly [name: string]: Json
  readonly fiscalYear: number
  /** Null where there is none. */
  readonly budget: string | null
  readonly needed: string
  readonly remaining: string
}

/** What the budgets lack for a candidate as they are now, held by nobody. */
export async function shortfallsOf(query: Query, { charges, fundingSource }: Screened): Promise<Short[]> {
  if (fundingSource === 'SELF') return []
  const remaining = await remainingOf(
    query,
    charges.map(({ budget }) => budget),
  )
  return lacking(charges, remaining)
}

function lacking(charges: readonly ChargePlan[], remaining: ReadonlyMap<string, bigint>): Short[] {
  return [...Map.groupBy(charges, ({ budget, year }) => `${year} ${budget}`).values()]
    .map((ofBudget) => {
      const [{ budget, year }] = ofBudget as [ChargePlan]
      return {
        year,
        budget,
        needed: costOf(ofBudget),
        left: (budget !== null && remaining.get(budget)) || 0n,
      }
    })
    .filter(({ needed, left }) => needed > left)
    .map(({ year, budget, needed, left }) => ({
      fiscalYear: year,
      budget,
      needed: needed.toString(),
      remaining: left.toString(),
    }))
}

function years(charges: readonly ChargePlan[]): string {
  return [...new Set(charges.map(({ year }) => year))].join(' and ')
}
