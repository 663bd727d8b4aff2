import { z } from 'zod'
import type { Query } from '../src/db/database.ts'
import type { Month } from '../src/kernel/month.ts'
import { firstDay } from '../src/kernel/month.ts'
import { RatePayer, RateSector, RateStanding } from '../src/programs/contribution-rate.entity.ts'
import { Benefit, Segment } from '../src/programs/program.entity.ts'
import { insertRows } from './insert-rows.ts'
import { month, readYaml, rupiah } from './yaml-file.ts'

const RATES_FILE = 'seeds/rates.yaml'

/** One dated contribution rate as `seeds/rates.yaml` writes it; `to` is the last month in force. */
export type Rate = z.infer<typeof Rate>

const Rate = z
  .strictObject({
    segment: z.enum(Segment),
    benefit: z.enum(Benefit),
    variant: z.string().regex(/^[A-Z][A-Z_]*$/, { error: 'must be words in capitals: LOWEST_BAND' }),
    payer: z.enum(RatePayer).default('ANY'),
    sector: z.enum(RateSector).default('ANY'),
    amount: rupiah.optional(),
    basisPoints: z.number().int().positive().max(10_000).optional(),
    minimum: rupiah.optional(),
    maximum: rupiah.optional(),
    from: month,
    to: month.optional(),
    legalBasis: z.string().min(1),
    standing: z.enum(RateStanding),
  })
  .refine((rate) => (rate.amount === undefined) !== (rate.basisPoints === undefined), {
    error: 'has either an amount or basisPoints',
  })
  .refine((rate) => rate.basisPoints !== undefined || (rate.minimum ?? rate.maximum) === undefined, {
    error: 'bounds by minimum and maximum need basisPoints',
  })
  .refine((rate) => rate.to === undefined || rate.from <= rate.to, { error: 'ends before it starts' })

const Rates = z.array(Rate).superRefine((rates, context) => {
  for (const [index, rate] of rates.entries()) {
    const earlier = rates
      .slice(0, index)
      .find((other) => sameRate(rate, other) && inForceTogether(rate, other))
    if (earlier === undefined) continue
    context.addIssue({
      code: 'custom',
      path: [index],
      message: `is in force together with ${rateName(earlier)}`,
    })
  }
})

/**
 * The rates of a data file, checked row by row and against each other.
 *
 * @throws SetupError naming each wrong row.
 */
export function readRates(file = RATES_FILE): Rate[] {
  return readYaml(file, Rates, ([index, ...path], content) => {
    const row = Array.isArray(content) ? (content[Number(index)] as Partial<Rate> | undefined) : undefined
    if (row === undefined) return 'the file'
    return [`row ${Number(index) + 1} (${rateName(row)})`, ...path.map(String)].join(', ')
  })
}

/**
 * Writes the rates into the hub. Repeatable: a row already there takes over what the file says now.
 *
 * @returns how many rates the file has.
 */
export async function loadRates(query: Query, rates: readonly Rate[] = readRates()): Promise<number> {
  await insertRows(query, {
    name: 'seed.contribution_rates',
    table: 'contribution_rate',
    rows: rates,
    columns: {
      segment: ['text', (rate) => rate.segment],
      benefit: ['text', (rate) => rate.benefit],
      variant: ['text', (rate) => rate.variant],
      payer: ['text', (rate) => rate.payer],
      sector: ['text', (rate) => rate.sector],
      amount: ['bigint', (rate) => rate.amount?.toString() ?? null],
      basis_points: ['int', (rate) => rate.basisPoints ?? null],
      minimum: ['bigint', (rate) => rate.minimum?.toString() ?? null],
      maximum: ['bigint', (rate) => rate.maximum?.toString() ?? null],
      effective_from: ['date', (rate) => firstDay(rate.from)],
      effective_to: ['date', (rate) => (rate.to === undefined ? null : firstDay(rate.to))],
      legal_basis: ['text', (rate) => rate.legalBasis],
      standing: ['text', (rate) => rate.standing],
    },
    onConflict: `on conflict on constraint contribution_rate_unique do update set
      (amount, basis_points, minimum, maximum, effective_to, legal_basis, standing) =
      (excluded.amount, excluded.basis_points, excluded.minimum, excluded.maximum, excluded.effective_to,
       excluded.legal_basis, excluded.standing)`,
  })
  return rates.length
}

function rateName(rate: Partial<Rate>): string {
  const whose = [rate.payer, rate.sector].filter((part) => part !== undefined && part !== 'ANY')
  return [rate.segment, rate.benefit, rate.variant, ...whose, 'from', rate.from].join(' ')
}

function sameRate(a: Rate, b: Rate): boolean {
  return (['segment', 'benefit', 'variant', 'payer', 'sector'] as const).every((key) => a[key] === b[key])
}

function inForceTogether(a: Rate, b: Rate): boolean {
  const end = (rate: Rate): Month | '9999-12' => rate.to ?? '9999-12'
  return a.from <= end(b) && b.from <= end(a)
}
