import { z } from 'zod'
import { checkedInput, month, rupiah, some, words } from '../contract/facts.ts'
import { revisionRefusal } from '../contract/revision-refusal.ts'
import { subjectOf } from '../contract/subject.ts'
import type { Query } from '../db/database.ts'
import { badInput, Fault } from '../kernel/errors.ts'
import { addMonths, type Month } from '../kernel/month.ts'
import { fromDaterange, type Period, toDaterange } from '../kernel/period.ts'
import { type Changing, checkActsFor } from '../payers/acting.ts'
import { FundingSource, type PayerKind } from '../payers/payer.entity.ts'
import { checkFundingSource, getPayerKind } from '../payers/payer.rules.ts'
import { Benefit, Segment } from './program.entity.ts'
import { WORKER_CATEGORIES, type WorkerCategory } from './worker-category.ts'

/** A code of a new program: the audit trail names programs by it. */
export const programCode = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,59}$/, {
  error: 'must begin with a letter and have up to 60 letters, digits, dots, dashes and underscores',
})

/** What is told of a program besides its code; `to` is the last month, the contribution is rupiah a month. */
export const programTerms = {
  name: words(200),
  payer: z.string(),
  fundingSource: z.enum(FundingSource),
  agency: words(200).optional(),
  segment: z.enum(Segment),
  benefits: some(z.enum(Benefit)),
  categories: some(
    z.enum(Object.keys(WORKER_CATEGORIES) as [WorkerCategory, ...WorkerCategory[]]),
  ).optional(),
  maxDecile: z.number().int().min(1, DECILE()).max(10, DECILE()).optional(),
  from: month,
  to: month.refine((last) => last < '2999-12', { error: 'must lie before 2999-12' }),
  contribution: rupiah,
  legalBasis: words(500),
}

function DECILE() {
  return { error: 'must be a decile from 1 to 10' }
}

/** Refines an object with {@link programTerms}. */
export function checkProgram({ from, to }: { from: Month; to: Month }, context: z.RefinementCtx): void {
  if (from > to) context.addIssue({ code: 'custom', path: ['to'], message: 'must not lie before from' })
}

const Terms = z.strictObject(programTerms).superRefine(checkProgram)
/** A program that is not there yet: it enrolls people without an employer unless told. */
export const newProgram = {
  code: programCode,
  ...programTerms,
  segment: programTerms.segment.default('BPU'),
}
const NewProgram = z.strictObject(newProgram).superRefine(checkProgram)

type Terms = z.infer<typeof Terms>
type Term = keyof typeof programTerms

/** What of a program is to be otherwise: what is left out stays, null takes a limit away. */
export type ProgramChanges = Readonly<Partial<Record<Term, unknown>>>

/**
 * Creates a program of a payer for whom the viewer acts.
 *
 * @returns its code.
 * @throws Fault BAD_USER_INPUT naming the field, FORBIDDEN for another's payer, CONFLICT when the code is taken.
 */
export async function createProgram(by: Changing, input: object): Promise<string> {
  const { code, ...terms } = checkedInput(NewProgram, input)
  const { query, note } = by.change
  const kind = await getPayerKind(query, terms.payer, 'input.payer')
  checkActsFor(by.viewer, terms.payer, 'input.payer')
  checkPaidBy(kind, terms)
  const created = await query(
    `/* program.create */ insert into coverage_program (code, ${COLUMNS}) values ($1, ${VALUES})
    on conflict (code) do nothing returning code`,
    [code, ...valuesOf(terms)],
  )
  if (created.length === 0) {
    throw new Fault('CONFLICT', 'There is a program of this code already.', {
      field: 'input.code',
      remedy: 'Choose another code, or revise that program.',
    })
  }
  note({ subject: subjectOf('CoverageProgram', code) })
  return code
}

/** What enrollments, their lines and their charges rest on. */
const KEPT = ['payer', 'fundingSource', 'segment', 'benefits'] as const

/**
 * Revises a program of a payer for whom the viewer acts. Once people are enrolled, whose it is, what it pays for and the
 * months they have stay as they are; whom it admits, the planned contribution, its names and whose budgets it spends may
 * change, and hold for what is decided from then on.
 *
 * @returns which terms changed.
 * @throws Refused by RevisionRefusal: BREAKS_THE_PAST, NOTHING_TO_DO; Fault BAD_USER_INPUT naming the field, FORBIDDEN.
 */
export async function reviseProgram(by: Changing, code: string, changes: ProgramChanges): Promise<Term[]> {
  const { query, note } = by.change
  const before = await holdProgram(query, code)
  note({ subject: subjectOf('CoverageProgram', code) })
  checkActsFor(by.viewer, before.payer, 'input.code')
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after = checkedInput(Terms, { ...before, ...Object.fromEntries(given) })
  const changed = changedTerms(before, after)
  if (changed.length === 0) throw revisionRefusal('NOTHING_TO_DO', 'The program is so already.')
  const kind = await getPayerKind(query, after.payer, 'input.payer')
  if (changed.includes('payer')) checkActsFor(by.viewer, after.payer, 'input.payer')
  await checkEnrolled(query, code, after, changed)
  // What is left as it is, is not asked about.
  if (changed.some((term) => PAID_BY.includes(term))) checkPaidBy(kind, after)
  await query(`/* program.revise */ update coverage_program set (${COLUMNS}) = (${VALUES}) where code = $1`, [
    code,
    ...valuesOf(after),
  ])
  return changed
}

/** What a program says of who pays for whom. */
const PAID_BY: readonly Term[] = ['payer', 'fundingSource', 'segment']

/** Wage earners are their employer's: in the exclusion of a second payer they count as such. */
function checkPaidBy(kind: PayerKind, { fundingSource, segment }: Terms): void {
  checkFundingSource(kind, fundingSource)
  if (segment !== 'PU' || kind === 'EMPLOYER') return
  throw badInput(
    'input.segment',
    `A payer of the kind ${kind} does not pay for wage earners (PU): their employer does.`,
    'Choose another segment, or a payer of the kind EMPLOYER.',
  )
}

/** The terms in which two states of a program differ; the order of a list says nothing. */
function changedTerms(before: Terms, after: Terms): Term[] {
  const text = (value: unknown) => String(Array.isArray(value) ? value.toSorted() : (value ?? null))
  return (Object.keys(programTerms) as Term[]).filter((term) => text(before[term]) !== text(after[term]))
}

async function checkEnrolled(
  query: Query,
  code: string,
  after: Terms,
  changed: readonly Term[],
): Promise<void> {
  const [found] = await query<{ months: string | null }>(
    `/* program.enrolled */ select daterange(min(lower(period)), max(upper(period)))::text as months
    from enrollment where program_code = $1 having count(*) > 0`,
    [code],
  )
  if (!found) return
  const kept = KEPT.find((term) => changed.includes(term))
  if (kept !== undefined) {
    const message = `People are enrolled in this program, so its ${WORDS[kept]} cannot change. Create another program.`
    throw revisionRefusal('BREAKS_THE_PAST', message, kept)
  }
  const enrolled = fromDaterange(found.months!)
  const last = addMonths(enrolled.until, -1)
  if (after.from <= enrolled.from && last <= after.to) return
  throw revisionRefusal(
    'BREAKS_THE_PAST',
    `People are enrolled in months from ${enrolled.from} to ${last}, so the program cannot leave them out.`,
    after.from > enrolled.from ? 'from' : 'to',
  )
}

const WORDS = {
  payer: 'payer',
  fundingSource: 'funding source',
  segment: 'segment',
  benefits: 'benefits',
} as const satisfies Record<(typeof KEPT)[number], string>

/** Nobody is enrolled in it meanwhile: a new enrollment waits for the key of its program. */
async function holdProgram(query: Query, code: string): Promise<Terms> {
  const [row] = await query<ProgramRow>(`/* program.hold */ ${SELECT} where code = $1 for update`, [code])
  if (row) return termsOf(row)
  throw badInput('input.code', 'There is no program of this code.', 'Look it up with programs.')
}

/** The terms of a program as they are; undefined when there is none of this code. */
export async function findProgram(query: Query, code: string): Promise<Terms | undefined> {
  const [row] = await query<ProgramRow>(`/* program.find */ ${SELECT} where code = $1`, [code])
  return row && termsOf(row)
}

const COLUMNS = `name, payer_id, funding_source, agency, segment, benefits, categories, max_decile, period,
  contribution, legal_basis`
const VALUES =
  '$2, $3::bigint, $4, $5, $6, $7::text[], $8::text[], $9::smallint, $10::daterange, $11::bigint, $12'
const SELECT = `select ${COLUMNS.replace('period', 'period::text')} from coverage_program`

interface ProgramRow {
  readonly name: string
  readonly payer_id: string
  readonly funding_source: FundingSource
  readonly agency: string | null
  readonly segment: Segment
  readonly benefits: Benefit[]
  readonly categories: WorkerCategory[] | null
  readonly max_decile: number | null
  readonly period: string
  readonly contribution: string
  readonly legal_basis: string
}

function termsOf(row: ProgramRow): Terms {
  const months = fromDaterange(row.period)
  return {
    name: row.name,
    payer: String(row.payer_id),
    fundingSource: row.funding_source,
    agency: row.agency ?? undefined,
    segment: row.segment,
    benefits: row.benefits as Terms['benefits'],
    categories: (row.categories as Terms['categories']) ?? undefined,
    maxDecile: row.max_decile ?? undefined,
    from: months.from,
    to: addMonths(months.until, -1),
    contribution: BigInt(row.contribution),
    legalBasis: row.legal_basis,
  }
}

function valuesOf(terms: Terms): unknown[] {
  return [
    terms.name,
    terms.payer,
    terms.fundingSource,
    terms.agency ?? null,
    terms.segment,
    terms.benefits,
    terms.categories ?? null,
    terms.maxDecile ?? null,
    toDaterange(monthsOf(terms)),
    terms.contribution.toString(),
    terms.legalBasis,
  ]
}

function monthsOf({ from, to }: Terms): Period {
  return { from, until: addMonths(to, 1) }
}
