import { z } from 'zod'
import { checkedInput, month, rupiah, words } from '../contract/facts.ts'
import { revisionRefusal } from '../contract/revision-refusal.ts'
import { subjectOf } from '../contract/subject.ts'
import type { Query } from '../db/database.ts'
import { Fault } from '../kernel/errors.ts'
import { addMonths, firstDay, type Month } from '../kernel/month.ts'
import type { Changing } from '../payers/acting.ts'
import { RatePayer, RateSector, RateStanding } from './contribution-rate.entity.ts'
import { Benefit, Segment } from './program.entity.ts'

/** One dated contribution rate; `to` is the last month in force, without it the rate holds until the next of the same thing begins. */
export const Rate = z
  .strictObject({
    segment: z.enum(Segment),
    benefit: z.enum(Benefit),
    variant: z.string().regex(/^[A-Z][A-Z_]{0,59}$/, { error: 'must be words in capitals: LOWEST_BAND' }),
    payer: z.enum(RatePayer).default('ANY'),
    sector: z.enum(RateSector).default('ANY'),
    amount: rupiah.optional(),
    basisPoints: z
      .number()
      .int()
      .positive({ error: 'must be 1 to 10,000' })
      .max(10_000, { error: 'must be 1 to 10,000' })
      .optional(),
    minimum: rupiah.optional(),
    maximum: rupiah.optional(),
    from: month,
    to: month.optional(),
    legalBasis: words(500),
    standing: z.enum(RateStanding),
  })
  .refine((rate) => (rate.amount === undefined) !== (rate.basisPoints === undefined), {
    error: 'has either an amount or basisPoints',
    params: { field: 'amount' },
  })
  .refine((rate) => rate.basisPoints !== undefined || (rate.minimum ?? rate.maximum) === undefined, {
    error: 'bounds by minimum and maximum need basisPoints',
    params: { field: 'minimum' },
  })
  .refine((rate) => rate.to === undefined || rate.from <= rate.to, {
    error: 'ends before it starts',
    params: { field: 'to' },
  })
export type Rate = z.infer<typeof Rate>

/** Rates that stand together: of one thing one is in force at a time, without an end until the next one begins. */
export const Rates = z.array(Rate).superRefine((rates, context) => {
  const months = rates.map((rate) => ({ from: rate.from, to: rate.to ?? monthBeforeNext(rate, rates) }))
  for (const [index, rate] of rates.entries()) {
    const earlier = rates
      .slice(0, index)
      .find((other, at) => isSameThing(rate, other) && isInForceTogether(months[index]!, months[at]!))
    if (earlier === undefined) continue
    context.addIssue({
      code: 'custom',
      path: [index],
      message: `is in force together with ${rateName(earlier)}`,
    })
  }
})

const KEY = ['segment', 'benefit', 'variant', 'payer', 'sector'] as const

/** What a rate is called: `BPU JKK BAND OTHER TRANSPORT from 2026-01`. */
export function rateName(rate: Partial<Rate>): string {
  const whose = [rate.payer, rate.sector].filter((part) => part !== undefined && part !== 'ANY')
  return [rate.segment, rate.benefit, rate.variant, ...whose, 'from', rate.from].join(' ')
}

function isSameThing(a: Rate, b: Rate): boolean {
  return KEY.every((part) => a[part] === b[part])
}

/** The last month before another rate of the same thing begins; undefined when none does. */
function monthBeforeNext(rate: Rate, rates: readonly Rate[]): Month | undefined {
  const [next] = rates
    .filter((other) => isSameThing(rate, other) && other.from > rate.from)
    .map(({ from }) => from)
    .sort()
  return next && addMonths(next, -1)
}

function isInForceTogether(a: Pick<Rate, 'from' | 'to'>, b: Pick<Rate, 'from' | 'to'>): boolean {
  return a.from <= (b.to ?? FOREVER) && b.from <= (a.to ?? FOREVER)
}

/** Sorts after every month. */
const FOREVER = '9999-12'

/** How the hub has a rate already. */
export interface RecordedRate {
  readonly id: string
  /** Whether it was there with the same first month, and what of it is otherwise now; empty for a new one. */
  readonly changed: readonly string[]
  readonly isNew: boolean
  /** The rate of the same thing that it has ended, and the last month in which that one is in force now. */
  readonly ended: { readonly name: string; readonly in: Month } | undefined
}

/**
 * Records a rate, or corrects the one of the same thing and first month. One that is in force without an end, or until
 * the next, ends in the month before a new one begins.
 *
 * @throws Refused by RevisionRefusal: BREAKS_THE_PAST when it would change what months that are charged cost,
 *   NOTHING_TO_DO; Fault BAD_USER_INPUT naming the field, CONFLICT with a rate that ends later.
 */
export async function recordContributionRate({ change }: Changing, input: object): Promise<RecordedRate> {
  const rate = checkedInput(Rate, input)
  const { query, note } = change
  const others = await holdRates(query, rate)
  const same = others.find(({ from }) => from === rate.from)
  const next = others.find(({ from }) => from > rate.from)
  const wanted: Stored = { ...rate, to: rate.to ?? (next && addMonths(next.from, -1)) }
  if (same) note({ subject: subjectOf('ContributionRate', same.id) })
  const changed = same ? changedFields(same, wanted) : []
  if (same && changed.length === 0)
    throw revisionRefusal('NOTHING_TO_DO', 'The rate is recorded like this already.')

  const before = others.findLast(({ from }) => from < rate.from)
  const ended =
    before && lastsUntilNext(before, next) && isInForceTogether(before, wanted) ? before : undefined
  const clash = others.find((other) => other !== same && other !== ended && isInForceTogether(other, wanted))
  if (clash) throw inForceTogether(clash, clash.from > rate.from ? 'input.to' : 'input.from')
  await checkCharged(query, rate, changedMonths(wanted, same, ended))

  const last = addMonths(rate.from, -1)
  if (ended) {
    await query(`/* rate.end */ update contribution_rate set effective_to = $2::date where id = $1`, [
      ended.id,
      firstDay(last),
    ])
  }
  const id = await write(query, wanted)
  note({ subject: subjectOf('ContributionRate', id) })
  return { id, changed, isNew: same === undefined, ended: ended && { name: rateName(ended), in: last } }
}

type Stored = Omit<Rate, 'to'> & { readonly to: Month | undefined }
type Known = Stored & { readonly id: string }

/** It was said to hold until another one begins. */
function lastsUntilNext({ to }: Stored, next: Stored | undefined): boolean {
  return to === undefined || (next !== undefined && addMonths(to, 1) === next.from)
}

const FACTS = ['amount', 'basisPoints', 'minimum', 'maximum', 'to', 'legalBasis', 'standing'] as const
const PRICE = ['amount', 'basisPoints', 'minimum', 'maximum'] as const

function changedFields(before: Stored, after: Stored): string[] {
  return FACTS.filter((field) => before[field] !== after[field])
}

interface Months {
  readonly from: Month
  /** The last month, undefined for all that follow. */
  readonly to: Month | undefined
}

/** The months in which something else is to be paid than before; undefined when there are none. */
function changedMonths(
  rate: Stored,
  same: Stored | undefined,
  ended: Stored | undefined,
): Months | undefined {
  const former = same ?? ended
  const last = (a: Month | undefined, b: Month | undefined) =>
    a === undefined || b === undefined ? undefined : a > b ? a : b
  if (!former || PRICE.some((field) => former[field] !== rate[field]))
    return { from: rate.from, to: former ? last(former.to, rate.to) : rate.to }
  if (former.to === rate.to) return undefined
  const [sooner] = [former.to, rate.to].filter((to) => to !== undefined).sort()
  return { from: addMonths(sooner!, 1), to: last(former.to, rate.to) }
}

/** Charges of every program of the segment and benefit count: who pays less than another is decided per person. */
async function checkCharged(query: Query, rate: Rate, months: Months | undefined): Promise<void> {
  if (!months) return
  const [charged] = await query<{ last: string | null }>(
    `/* rate.charged */ select to_char(max(upper(charge.period)) - 1, 'YYYY-MM') as last
    from charge
      join enrollment on enrollment.worker_id = charge.worker_id and enrollment.id = charge.enrollment_id
      join coverage_program on coverage_program.code = enrollment.program_code
    where segment = $1 and $2 = any(benefits) and charge.period && daterange($3::date, $4::date)`,
    [
      rate.segment,
      rate.benefit,
      firstDay(months.from),
      months.to === undefined ? null : firstDay(addMonths(months.to, 1)),
    ],
  )
  if (charged!.last === null) return
  const message = `Months through ${charged!.last} are charged for ${rate.segment} ${rate.benefit}; a rate that changes what they cost cannot begin in them.`
  throw revisionRefusal('BREAKS_THE_PAST', message, 'from')
}

function inForceTogether(other: Stored, field: string): Fault {
  const until = other.to === undefined ? 'on' : `to ${other.to}`
  return new Fault('CONFLICT', `A rate of the same thing is in force from ${other.from} ${until}.`, {
    field,
    remedy: 'Record that one anew first, with an earlier last month.',
  })
}

/**
 * A number of our own among PostgreSQL's advisory locks: the letters "rates". Shared by whoever goes by the rates until he
 * has charged them, so that a rate does not change under an enrollment.
 */
export const RATES_LOCK = '491261289843'

/** Waits until nobody goes by the rates, and keeps everybody from it until the transaction ends. */
export async function queueForRates(query: Query): Promise<void> {
  await query(`/* rate.queue */ select pg_advisory_xact_lock(${RATES_LOCK})`)
}

/** All rates of one thing by their first month; whoever records another waits, and so does whoever goes by them. */
async function holdRates(query: Query, rate: Rate): Promise<Known[]> {
  const key = KEY.map((part) => rate[part])
  await queueForRates(query)
  const rows = await query<RateRow>(
    `/* rate.hold */ select id::text, amount::text, basis_points, minimum::text, maximum::text,
      to_char(effective_from, 'YYYY-MM') as first_month, to_char(effective_to, 'YYYY-MM') as last_month, legal_basis,
      standing
    from contribution_rate
    where segment = $1 and benefit = $2 and variant = $3 and payer = $4 and sector = $5
    order by effective_from`,
    key,
  )
  return rows.map((row) => ({ ...rate, ...factsOf(row) }))
}

interface RateRow {
  readonly id: string
  readonly amount: string | null
  readonly basis_points: number | null
  readonly minimum: string | null
  readonly maximum: string | null
  readonly first_month: Month
  readonly last_month: Month | null
  readonly legal_basis: string
  readonly standing: RateStanding
}

function factsOf(row: RateRow) {
  const money = (text: string | null) => (text === null ? undefined : BigInt(text))
  return {
    id: row.id,
    amount: money(row.amount),
    basisPoints: row.basis_points ?? undefined,
    minimum: money(row.minimum),
    maximum: money(row.maximum),
    from: row.first_month,
    to: row.last_month ?? undefined,
    legalBasis: row.legal_basis,
    standing: row.standing,
  }
}

async function write(query: Query, rate: Stored): Promise<string> {
  const [row] = await query<{ id: string }>(
    `/* rate.write */ insert into contribution_rate (segment, benefit, variant, payer, sector, effective_from,
      amount, basis_points, minimum, maximum, effective_to, legal_basis, standing)
    values ($1, $2, $3, $4, $5, $6::date, $7::bigint, $8, $9::bigint, $10::bigint, $11::date, $12, $13)
    on conflict on constraint contribution_rate_unique do update set
      (amount, basis_points, minimum, maximum, effective_to, legal_basis, standing) =
      (excluded.amount, excluded.basis_points, excluded.minimum, excluded.maximum, excluded.effective_to,
       excluded.legal_basis, excluded.standing)
    returning id::text`,
    [
      ...KEY.map((part) => rate[part]),
      firstDay(rate.from),
      rate.amount?.toString() ?? null,
      rate.basisPoints ?? null,
      rate.minimum?.toString() ?? null,
      rate.maximum?.toString() ?? null,
      rate.to === undefined ? null : firstDay(rate.to),
      rate.legalBasis,
      rate.standing,
    ],
  )
  return row!.id
}
