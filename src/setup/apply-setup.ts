import { randomUUID } from 'node:crypto'
import { recordAudit } from '../access/audit/audit.ts'
import { ROLES } from '../access/permission.ts'
import { EVERYWHERE, type Viewer } from '../access/viewer.ts'
import { ceilingEntries, createBudget, reviseBudget } from '../budgets/budget.rules.ts'
import type { ChangeFacts } from '../contract/context.ts'
import { Refused } from '../contract/outcome.ts'
import type { Database, Query } from '../db/database.ts'
import { Fault } from '../kernel/errors.ts'
import { formatRupiah } from '../kernel/rupiah.ts'
import type { Changing } from '../payers/acting.ts'
import { createAgreement } from '../payers/agreement.rules.ts'
import { createPayer } from '../payers/payer.rules.ts'
import { queueForRates, rateName, recordContributionRate } from '../programs/contribution-rate.rules.ts'
import { createProgram, findProgram, programTerms, reviseProgram } from '../programs/program.rules.ts'
import { budgetName, type SetupFile } from './setup-file.ts'

/** What comes of one row of a file. */
export interface AppliedRow {
  readonly what: 'payer' | 'agreement' | 'program' | 'budget' | 'rate'
  readonly name: string
  readonly outcome: 'CREATE' | 'REVISE' | 'UNCHANGED' | 'REFUSED'
  /** Of a revision: what it changes. Of a rate: what it ends. Of a refusal: why. */
  readonly message?: string
}

export interface Applied {
  /** In the order of the file: payers, agreements, programs, budgets, rates. */
  readonly rows: readonly AppliedRow[]
  /** Whether the hub has changed. */
  readonly done: boolean
}

/** Who works at the command line of a hub may do everything, and the audit trail says that it was he. */
const OPERATOR: Viewer = {
  subject: 'payung apply',
  permissions: new Set(ROLES.admin),
  areas: [EVERYWHERE],
}

/**
 * Brings a hub to what a file says, by the rules and with the records of the mutations, all or nothing: when a row is
 * refused, nothing is changed. Repeatable: what is so already stays. A dry run does the same and takes it back.
 *
 * @param today the business day, `YYYY-MM-DD`.
 */
export async function applySetup(
  db: Database,
  file: SetupFile,
  { today, dryRun }: { today: string; dryRun: boolean },
): Promise<Applied> {
  let rows: readonly AppliedRow[] = []
  try {
    await db.transaction(async (query) => {
      rows = await applyRows(file, query, today)
      if (dryRun || rows.some(({ outcome }) => outcome === 'REFUSED')) throw TAKE_BACK
    })
  } catch (error) {
    if (error !== TAKE_BACK) throw error
    return { rows, done: false }
  }
  return { rows, done: rows.some(({ outcome }) => outcome !== 'UNCHANGED') }
}

/** Thrown to end a transaction that is not to stay. */
const TAKE_BACK = new Error('taken back')

type Ending = Pick<AppliedRow, 'outcome' | 'message'>

/** Does and records one mutation of those that a row asks for. */
type Mutate = <Result>(mutation: string, work: (by: Changing) => Promise<Result>) => Promise<Result>

interface Work {
  readonly query: Query
  readonly mutate: Mutate
}

async function applyRows(file: SetupFile, query: Query, today: string): Promise<AppliedRow[]> {
  await holdInOrder(query, file)
  const work = { query, mutate: mutationsOf(query, today) }
  const payers = new Map<string, string>()
  const rows: AppliedRow[] = []
  const add = async (what: AppliedRow['what'], name: string, apply: () => Promise<Ending>) =>
    void rows.push({ what, name, ...(await attempt(query, apply)) })
  /** Of a payer that was refused nothing else can be said. */
  const payer = (key: string): string => {
    const id = payers.get(key)
    if (id !== undefined) return id
    throw new Fault('CONFLICT', `Its payer ${key} is refused.`)
  }

  for (const row of file.payers)
    await add('payer', `${row.name} (${row.kind})`, async () => {
      const { id, ...ending } = await applyPayer(row, work)
      payers.set(row.key, id)
      return ending
    })
  for (const row of file.agreements)
    await add('agreement', `${row.first} and ${row.second} from ${row.from}`, async () =>
      applyAgreement({ ...row, first: payer(row.first), second: payer(row.second) }, work),
    )
  for (const row of file.programs)
    await add('program', row.code, async () => applyProgram({ ...row, payer: payer(row.payer) }, work))
  for (const row of file.budgets)
    await add('budget', budgetName(row), async () => applyBudget({ ...row, payer: payer(row.payer) }, work))
  for (const row of file.rates) await add('rate', rateName(row), () => applyRate(row, work))
  return rows
}

/**
 * Holds what rows may change before the first does, in the order of the whole hub (`workers/hold-workers.ts`): in the
 * order of the file, somebody who enrolls could wait for one of them and be waited for.
 */
async function holdInOrder(query: Query, { payers, programs, budgets, rates }: SetupFile): Promise<void> {
  if (rates.length > 0) await queueForRates(query)
  await query(
    '/* setup.hold_programs */ select from coverage_program where code = any($1) order by code for update',
    [programs.map(({ code }) => code)],
  )
  const payerOf = new Map(payers.map((payer) => [payer.key, payer]))
  await query(
    `/* setup.hold_budgets */ select from budget
      join payer on payer.id = payer_id
      join unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[]) as given (kind, name, year, source, agency)
        on (payer.kind, payer.name) = (given.kind, given.name)
          and (fiscal_year, funding_source, budget.agency) = (year, source, given.agency)
    order by budget.id for no key update of budget`,
    [
      budgets.map(({ payer }) => payerOf.get(payer)!.kind),
      budgets.map(({ payer }) => payerOf.get(payer)!.name),
      budgets.map(({ year }) => year),
      budgets.map(({ fundingSource }) => fundingSource),
      budgets.map(({ agency }) => agency),
    ],
  )
}

function mutationsOf(query: Query, today: string): Mutate {
  const requestId = randomUUID()
  return async (mutation, work) => {
    let facts: ChangeFacts = {}
    const note = (more: ChangeFacts) => {
      facts = { ...facts, ...more }
    }
    const result = await work({ change: { query, note }, viewer: OPERATOR, today })
    const { subject } = facts
    const event = { action: 'MUTATION', outcome: 'DONE', what: `Mutation.${mutation}`, subject } as const
    await recordAudit(query, { viewer: OPERATOR, requestId }, event)
    return result
  }
}

/** One row by itself: when it is refused, what it has done is taken back, and the next can be tried. */
async function attempt(query: Query, apply: () => Promise<Ending>): Promise<Ending> {
  await query('/* setup.row */ savepoint setup_row')
  try {
    return await apply()
  } catch (error) {
    await query('/* setup.take_back */ rollback to savepoint setup_row')
    return refusedBy(error)
  } finally {
    await query('/* setup.row_end */ release savepoint setup_row')
  }
}

function refusedBy(error: unknown): Ending {
  if (error instanceof Refused) {
    const { code, message } = error.outcome.facts as { code: string; message: string }
    return code === 'NOTHING_TO_DO' ? UNCHANGED : refused(message)
  }
  if (!(error instanceof Fault) || error.code === 'INTERNAL') throw error
  return refused([error.message, error.remedy].filter(Boolean).join(' '))
}

const UNCHANGED: Ending = { outcome: 'UNCHANGED' }
const CREATED: Ending = { outcome: 'CREATE' }
const refused = (message: string): Ending => ({ outcome: 'REFUSED', message })
const revised = (message: string): Ending => ({ outcome: 'REVISE', message })

type Row<Section extends keyof SetupFile> = SetupFile[Section][number]

async function applyPayer(
  { key: _, ...facts }: Row<'payers'>,
  { query, mutate }: Work,
): Promise<Ending & { id: string }> {
  const [found] = await query<{ id: string; area: string | null }>(
    `/* setup.payer */ select id::text, area_code as area from payer where kind = $1 and name = $2`,
    [facts.kind, facts.name],
  )
  if (!found) return { id: await mutate('createPayer', (by) => createPayer(by, facts)), ...CREATED }
  if (found.area === (facts.area ?? null)) return { id: found.id, ...UNCHANGED }
  throw new Fault('CONFLICT', `This payer governs ${found.area}, and a payer keeps its area.`)
}

async function applyAgreement(row: Row<'agreements'>, { query, mutate }: Work): Promise<Ending> {
  const [found] = await query<{ to: string | null; reference: string }>(
    `/* setup.agreement */ select (upper(period) - 1)::text as to, reference from agreement
    where first_id = least($1::bigint, $2::bigint) and second_id = greatest($1::bigint, $2::bigint)
      and lower(period) = $3::date`,
    [row.first, row.second, row.from],
  )
  if (!found) {
    await mutate('createAgreement', async ({ change }) => {
      change.note({ subject: `Agreement:${await createAgreement(change, row)}` })
    })
    return CREATED
  }
  if (found.to === (row.to ?? null) && found.reference === row.reference) return UNCHANGED
  return refused(`The agreement is there as ${found.reference}, to ${found.to ?? 'no end'}, and stays so.`)
}

async function applyProgram({ code, ...terms }: Row<'programs'>, { query, mutate }: Work): Promise<Ending> {
  const before = await findProgram(query, code)
  if (!before) {
    await mutate('createProgram', (by) => createProgram(by, { code, ...terms }))
    return CREATED
  }
  // A limit that the file does not name is none.
  const wanted = Object.keys(programTerms).map((term) => [term, terms[term as keyof typeof terms] ?? null])
  const changed = await mutate('reviseProgram', (by) => reviseProgram(by, code, Object.fromEntries(wanted)))
  return revised(changed.map((term) => `${term} ${shown(before[term])} -> ${shown(terms[term])}`).join('; '))
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? 'none')
}

async function applyBudget(row: Row<'budgets'>, work: Work): Promise<Ending> {
  const { payer, year, fundingSource, agency, accountCode = null } = row
  const [found] = await work.query<{ id: string; account: string | null }>(
    `/* setup.budget */ select id::text, account_code as account from budget
    where payer_id = $1::bigint and fiscal_year = $2 and funding_source = $3 and agency = $4`,
    [payer, year, fundingSource, agency],
  )
  if (!found) {
    const { amount, on, note } = row.ceiling[0]
    const adopted = {
      payer,
      fiscalYear: year,
      fundingSource,
      agency,
      accountCode,
      ceiling: amount,
      note,
      enteredOn: on,
    }
    const id = await work.mutate('createBudget', (by) => createBudget(by, adopted))
    await addRevisions(id, row.ceiling, 1, work)
    return CREATED
  }
  if (found.account !== accountCode)
    return refused(`Its account code is ${found.account ?? 'none'}, and stays so.`)
  const entered = await ceilingEntries(work.query, found.id)
  const other = entered.findIndex(({ on, amount, note }, at) => {
    const line = row.ceiling[at]
    return line?.on !== on || line.amount !== amount || line.note !== note
  })
  if (other >= 0) {
    const { on, amount, note } = entered[other]!
    return refused(
      `Line ${other + 1} of its ceiling is entered as ${formatRupiah(amount)} on ${on} (${note}); the ledger cannot be rewritten. Say so in the file, and add a line.`,
    )
  }
  const added = row.ceiling.slice(entered.length)
  if (added.length === 0) return UNCHANGED
  await addRevisions(found.id, row.ceiling, entered.length, work)
  return revised(added.map(({ on, amount }) => `ceiling ${formatRupiah(amount)} on ${on}`).join('; '))
}

async function addRevisions(
  budget: string,
  lines: Row<'budgets'>['ceiling'],
  from: number,
  { mutate }: Work,
): Promise<void> {
  let ceiling = 0n
  for (const [at, { amount, on, note }] of lines.entries()) {
    ceiling += amount
    if (at < from) continue
    const total = ceiling
    await mutate('reviseBudget', (by) => reviseBudget(by, { budget, ceiling: total, note, enteredOn: on }))
  }
}

async function applyRate(row: Row<'rates'>, { mutate }: Work): Promise<Ending> {
  const { isNew, changed, ended } = await mutate('recordContributionRate', (by) =>
    recordContributionRate(by, row),
  )
  if (!isNew) return revised(changed.join(', '))
  return ended ? { ...CREATED, message: `ends ${ended.name} in ${ended.in}` } : CREATED
}
