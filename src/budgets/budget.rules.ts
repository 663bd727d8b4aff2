import { z } from 'zod'
import { checkedInput, day, rupiah, words } from '../contract/facts.ts'
import { idValue } from '../contract/id.ts'
import { revisionRefusal } from '../contract/revision-refusal.ts'
import { subjectOf } from '../contract/subject.ts'
import type { Query } from '../db/database.ts'
import { badInput, Fault } from '../kernel/errors.ts'
import { formatRupiah } from '../kernel/rupiah.ts'
import { type Changing, checkActsFor } from '../payers/acting.ts'
import { FundingSource } from '../payers/payer.entity.ts'
import { checkFundingSource, getPayerKind } from '../payers/payer.rules.ts'

/** What a budget is, and stays: the money of one agency for one calendar year from one source. */
export const budgetKey = {
  fundingSource: z.enum(FundingSource),
  agency: words(200),
}

export const fiscalYear = z
  .number()
  .int()
  .min(2000, { error: 'must be a year from 2000 to 2999' })
  .max(2999, { error: 'must be a year from 2000 to 2999' })

/** An account of the regional chart; regions write it with five or six parts and a last one of four digits. */
export const accountCode = z
  .string()
  .regex(/^\d(\.\d{1,2}){1,5}\.\d{4}$/, { error: 'must be an account code such as 5.1.02.02.02.0006' })

const ceiling = rupiah
/** In the words of who enters it. */
export const entryNote = words(500)

const NewBudget = z.strictObject({
  payer: z.string(),
  fiscalYear,
  ...budgetKey,
  accountCode: accountCode.optional(),
  ceiling: ceiling.refine((amount) => amount > 0n, { error: 'must be more than 0' }),
  note: entryNote,
  enteredOn: day.optional(),
})

const Revision = z.strictObject({
  budget: z.string(),
  ceiling,
  note: entryNote,
  enteredOn: day.optional(),
})

/**
 * Creates a budget of a payer for whom the viewer acts, as it was adopted before the year.
 *
 * @returns its id.
 * @throws Fault BAD_USER_INPUT naming the field, FORBIDDEN for another's payer, CONFLICT when it is there already.
 */
export async function createBudget(by: Changing, input: object): Promise<string> {
  const wanted = checkedInput(NewBudget, input)
  const { query, note } = by.change
  const kind = await getPayerKind(query, wanted.payer, 'input.payer')
  checkActsFor(by.viewer, wanted.payer, 'input.payer')
  checkFundingSource(kind, wanted.fundingSource)
  const enteredOn = businessDate(wanted.enteredOn, by)
  const [created] = await query<{ id: string }>(
    `/* budget.create */ insert into budget
      (payer_id, fiscal_year, funding_source, agency, account_code, original_ceiling)
    values ($1::bigint, $2, $3, $4, $5, $6::bigint)
    on conflict on constraint budget_unique do nothing
    returning id`,
    [
      wanted.payer,
      wanted.fiscalYear,
      wanted.fundingSource,
      wanted.agency,
      wanted.accountCode ?? null,
      wanted.ceiling.toString(),
    ],
  )
  if (!created) {
    throw new Fault('CONFLICT', 'The agency has a budget of this year from this source already.', {
      field: 'input.agency',
      remedy: 'Revise that one.',
    })
  }
  const id = String(created.id)
  await enter(query, { budget: id, kind: 'ALLOCATE', amount: wanted.ceiling, enteredOn, note: wanted.note })
  note({ subject: subjectOf('Budget', id) })
  return id
}

/**
 * Gives a budget a new ceiling, in the middle of its year: `ceiling` is the whole of it, not what is added.
 *
 * @returns its id.
 * @throws Refused by RevisionRefusal: OVER_BUDGET below what is committed, BREAKS_THE_PAST for a day before the last
 *   change of its ceiling, and for a lower ceiling before the last entry of any kind, NOTHING_TO_DO; Fault BAD_USER_INPUT naming the field, FORBIDDEN for another's budget.
 */
export async function reviseBudget(by: Changing, input: object): Promise<string> {
  const wanted = checkedInput(Revision, input)
  const { query, note } = by.change
  const before = await holdBudget(query, wanted.budget)
  note({ subject: subjectOf('Budget', before.id) })
  checkActsFor(by.viewer, before.payer, 'input.budget')
  const enteredOn = businessDate(wanted.enteredOn, by)
  if (wanted.ceiling === before.ceiling)
    throw revisionRefusal('NOTHING_TO_DO', 'The budget has this ceiling already.', 'ceiling')
  if (wanted.ceiling < before.committed) {
    const message = `${formatRupiah(before.committed)} is committed already, so the ceiling cannot be lower than that.`
    throw revisionRefusal('OVER_BUDGET', message, 'ceiling')
  }
  if (before.lastChange !== null && enteredOn < before.lastChange) {
    const message = `The ceiling was changed on ${before.lastChange}; a revision cannot come before that.`
    throw revisionRefusal('BREAKS_THE_PAST', message, 'enteredOn')
  }
  if (wanted.ceiling < before.ceiling) await checkNothingEnteredSince(query, before.id, enteredOn)
  const amount = wanted.ceiling - before.ceiling
  await enter(query, { budget: before.id, kind: 'REVISE', amount, enteredOn, note: wanted.note })
  return before.id
}

/** What was committed on a day might be more than the lower ceiling, whatever was released since. */
async function checkNothingEnteredSince(query: Query, budget: string, enteredOn: string): Promise<void> {
  const [last] = await query<{ on: string }>(
    `/* budget.entered_since */ select entered_on::text as "on" from budget_entry
    where budget_id = $1 and entered_on > $2::date order by entered_on desc limit 1`,
    [budget, enteredOn],
  )
  if (!last) return
  const message = `The last entry of its ledger is of ${last.on}; a ceiling cannot be lowered before that.`
  throw revisionRefusal('BREAKS_THE_PAST', message, 'enteredOn')
}

/** A change of a ceiling as the ledger has it. */
export interface CeilingEntry {
  /** The business date, `YYYY-MM-DD`. */
  readonly on: string
  /** What it adds, in rupiah; below 0 it takes away. */
  readonly amount: bigint
  readonly note: string
}

/** What a budget was given and when, oldest first: the adopted ceiling, then its revisions. */
export async function ceilingEntries(query: Query, budget: string): Promise<CeilingEntry[]> {
  const rows = await query<{ on: string; amount: string; note: string }>(
    `/* budget.ceiling */ select entered_on::text as "on", ceiling_delta::text as amount, note from budget_entry
    where budget_id = $1 and kind in ('ALLOCATE', 'REVISE') order by id`,
    [budget],
  )
  return rows.map(({ amount, ...entry }) => ({ ...entry, amount: BigInt(amount) }))
}

/** Its row is locked, so that nobody commits meanwhile what the new ceiling would not pay. */
async function holdBudget(query: Query, id: string) {
  const [row] = await query<{ id: string; payer: string; ceiling: string; committed: string }>(
    `/* budget.hold */ select id::text, payer_id::text as payer, ceiling::text, committed::text
    from budget where id = $1 for no key update`,
    [idValue(id)],
  )
  if (!row) throw badInput('input.budget', 'There is no budget of this id.', 'Look it up with budgets.')
  const entries = await ceilingEntries(query, row.id)
  return {
    id: row.id,
    payer: row.payer,
    ceiling: BigInt(row.ceiling),
    committed: BigInt(row.committed),
    lastChange: entries
      .map(({ on }) => on)
      .reduce<string | null>((a, b) => (a !== null && a > b ? a : b), null),
  }
}

function businessDate(enteredOn: string | undefined, { today }: Changing): string {
  if (enteredOn === undefined || enteredOn <= today) return enteredOn ?? today
  throw badInput('input.enteredOn', 'This day has not come yet.', 'Enter it then, or leave the day out.')
}

async function enter(
  query: Query,
  entry: CeilingEntryOf & { readonly kind: 'ALLOCATE' | 'REVISE' },
): Promise<void> {
  await query(
    `/* budget.enter */ insert into budget_entry (budget_id, kind, ceiling_delta, entered_on, note)
    values ($1::bigint, $2, $3::bigint, $4::date, $5)`,
    [entry.budget, entry.kind, entry.amount.toString(), entry.enteredOn, entry.note],
  )
}

interface CeilingEntryOf {
  readonly budget: string
  readonly amount: bigint
  readonly enteredOn: string
  readonly note: string
}
