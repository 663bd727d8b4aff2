import { z } from 'zod'
import { accountCode, budgetKey, entryNote, fiscalYear } from '../budgets/budget.rules.ts'
import { day, signedRupiah, words } from '../contract/facts.ts'
import { checkPayer, payerFacts } from '../payers/payer.rules.ts'
import { Rates } from '../programs/contribution-rate.rules.ts'
import { checkProgram, newProgram } from '../programs/program.rules.ts'

/** The name of a payer within one file. */
const key = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'must be a key in small letters: kab-tangerang' })

/** Something that only a scenario of this package may say besides is added by extending these. */
const Payer = z.strictObject({ key, ...payerFacts }).superRefine(checkPayer)

const Agreement = z
  .strictObject({ first: key, second: key, from: day, to: day.optional(), reference: words(200) })
  .refine(({ from, to }) => to === undefined || from <= to, {
    error: 'must not lie before from',
    path: ['to'],
  })

const Program = z.strictObject({ ...newProgram, payer: key }).superRefine(checkProgram)

const CeilingLine = z.strictObject({ on: day, amount: signedRupiah, note: entryNote })

/** The first line of `ceiling` is the budget as adopted, each other one what a revision added or took away. */
const Budget = z.strictObject({
  payer: key,
  year: fiscalYear,
  ...budgetKey,
  accountCode: accountCode.optional(),
  ceiling: z
    .tuple([CeilingLine], CeilingLine, { error: 'must have the budget as adopted' })
    .superRefine(checkCeiling),
})

function checkCeiling(
  lines: readonly { readonly on: string; readonly amount: bigint }[],
  context: z.RefinementCtx,
): void {
  for (const [at, { on, amount }] of lines.entries()) {
    const mistake = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [at, name], message })
    if (at === 0 && amount <= 0n) mistake('amount', 'must be more than 0: it is the budget as adopted')
    if (amount === 0n && at > 0) mistake('amount', 'must not be 0')
    if (at > 0 && on < lines[at - 1]!.on) mistake('on', 'must not lie before the line above')
  }
}

/**
 * What a hub is to have, as a person writes it down: payers, their agreements, programs and budgets, and contribution
 * rates. A payer has a key of the file, by which the other sections name it.
 */
export const SetupFile = z
  .strictObject({
    payers: z.array(Payer).default([]),
    agreements: z.array(Agreement).default([]),
    programs: z.array(Program).default([]),
    budgets: z.array(Budget).default([]),
    rates: Rates.default([]),
  })
  .superRefine((file, context) => {
    const mistake = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message })
    const once = <Row>(section: string, rows: readonly Row[], nameOf: (row: Row) => string, what: string) => {
      const seen = new Set<string>()
      for (const [at, row] of rows.entries()) {
        const name = nameOf(row)
        if (seen.has(name)) mistake([section, at], `${what} ${name} is there twice`)
        seen.add(name)
      }
    }
    once('payers', file.payers, (row) => row.key, 'the key')
    once('payers', file.payers, (row) => `${row.name} (${row.kind})`, 'the payer')
    once('programs', file.programs, (row) => row.code, 'the program')
    once('budgets', file.budgets, budgetName, 'the budget')
    const keys = new Set(file.payers.map((payer) => payer.key))
    const known = (section: string, at: number, field: string, name: string) => {
      if (!keys.has(name)) mistake([section, at, field], `${name} is no key of the payers in this file`)
    }
    for (const [at, { first, second }] of file.agreements.entries()) {
      known('agreements', at, 'first', first)
      known('agreements', at, 'second', second)
      if (first === second) mistake(['agreements', at, 'second'], 'must be another payer')
    }
    for (const [at, { payer }] of file.programs.entries()) known('programs', at, 'payer', payer)
    for (const [at, { payer }] of file.budgets.entries()) known('budgets', at, 'payer', payer)
  })
export type SetupFile = z.infer<typeof SetupFile>

/** What a budget is called: `kab-tangerang 2022 APBD_REGENCY, Dinas Tenaga Kerja`. */
export function budgetName(budget: SetupFile['budgets'][number]): string {
  return `${budget.payer} ${budget.year} ${budget.fundingSource}, ${budget.agency}`
}
