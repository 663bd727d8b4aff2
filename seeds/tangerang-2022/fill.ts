import type { Query } from '../../src/db/database.ts'
import { firstDay } from '../../src/kernel/month.ts'
import { toDaterange } from '../../src/kernel/period.ts'
import type { Step } from '../../src/kernel/progress.ts'
import { writeHubLines } from '../hub-lines.ts'
import { fillVault } from '../identities.ts'
import type { Columns, Insert } from '../insert-rows.ts'
import { givenValues, insertRows, selectGiven } from '../insert-rows.ts'
import { PEOPLE_TABLES } from '../people-tables.ts'
import { rebuildingIndexes } from '../rebuild-indexes.ts'
import type { FillOptions } from '../scenario.ts'
import type { Demo } from './demo.ts'
import { generateDemo } from './demo.ts'
import type {
  DemoBudget,
  DemoCharge,
  DemoEnrollment,
  DemoEntry,
  DemoLine,
  DemoPayer,
  DemoPerson,
  DemoProgram,
} from './plain-data.ts'

/** Writes the whole demo into an empty hub that has its areas. The caller's transaction makes it all or nothing. */
export async function fillTangerang(query: Query, { keys, progress }: FillOptions): Promise<void> {
  const making = progress.step('Making up the people of Banten')
  const demo = await generateDemo()
  making.done(`${demo.people.length} workers`)

  await query(`/* seed.viewers */ insert into setting (name, value) values ('viewers', $1)`, [
    JSON.stringify(demo.viewers),
  ])
  await writeMoney(query, demo)
  let checking: Step | undefined
  await rebuildingIndexes(query, PEOPLE_TABLES, async () => {
    const total = demo.people.length
    const workers = progress.step('Registering workers', total)
    await insertRows(query, { ...PEOPLE, rows: demo.people, step: workers })
    workers.done(`${total} workers`)

    const vault = progress.step('Sealing their identities', total)
    for (let start = 0; start < total; start += VAULT_BATCH) {
      await fillVault(query, demo.people.slice(start, start + VAULT_BATCH), keys, vault)
    }
    vault.done(`${total} identities`)

    const enrolling = progress.step('Enrolling', demo.enrollments.length)
    await insertRows(query, { ...ENROLLMENTS, rows: demo.enrollments, step: enrolling })
    await writeCharges(query, demo)
    enrolling.done(`${demo.enrollments.length} enrollments`)

    const covering = progress.step('Writing coverage')
    await writeHubLines(query)
    await insertRows(query, { ...LINES, rows: demo.lines.filter(({ origin }) => origin === 'REPORTED') })
    covering.done(`${demo.lines.length} lines`)
    checking = progress.step('Checking every rule')
  })
  checking?.done()
}

/** Sealed and written together, so that a person sees progress. */
const VAULT_BATCH = 10_000

async function writeMoney(query: Query, demo: Demo): Promise<void> {
  await insertRows(query, { ...PAYERS, rows: demo.payers })
  await insertRows(query, { ...PROGRAMS, rows: demo.programs })
  await insertRows(query, { ...BUDGETS, rows: demo.budgets })
  await insertRows(query, { ...ENTRIES, rows: demo.entries })
}

/** Everybody in a program is charged in the same way, so the few ways travel and the database multiplies. */
async function writeCharges(query: Query, { enrollments, charges }: Demo): Promise<void> {
  const programOf = new Map(enrollments.map(({ id, programCode }) => [id, programCode]))
  const ways = new Map<string, DemoCharge & { programCode: string }>()
  for (const charge of charges) {
    const programCode = programOf.get(charge.enrollmentId)!
    const way = `${programCode} ${charge.budgetId}`
    if (!ways.has(way)) ways.set(way, { ...charge, programCode })
  }
  await query(
    `/* seed.charges */ insert into charge (worker_id, enrollment_id, budget_id, period, monthly, paid_through)
      select worker_id, id, budget_id, way.period, monthly, paid_through
      from enrollment join (${selectGiven(WAYS)}) as way using (program_code)
      order by id, budget_id`,
    givenValues(WAYS, [...ways.values()]),
  )
}

type Target<Row> = Pick<Insert<Row>, 'name' | 'table' | 'columns'>

const PAYERS: Target<DemoPayer> = {
  name: 'seed.payers',
  table: 'payer',
  columns: {
    id: ['bigint', ({ id }) => id],
    kind: ['text', ({ kind }) => kind],
    name: ['text', ({ name }) => name],
    area_code: ['text', ({ areaCode }) => areaCode],
  },
}

const PROGRAMS: Target<DemoProgram> = {
  name: 'seed.programs',
  table: 'coverage_program',
  columns: {
    code: ['text', ({ code }) => code],
    name: ['text', ({ name }) => name],
    payer_id: ['bigint', ({ payerId }) => payerId],
    funding_source: ['text', ({ fundingSource }) => fundingSource],
    segment: ['text', ({ segment }) => segment],
    benefits: ['text[]', ({ benefits }) => `{${benefits.join(',')}}`],
    categories: ['text[]', ({ categories }) => categories && `{${categories.join(',')}}`],
    max_decile: ['smallint', ({ maxDecile }) => maxDecile],
    period: ['daterange', ({ period }) => toDaterange(period)],
    contribution: ['bigint', ({ contribution }) => contribution.toString()],
    legal_basis: ['text', ({ legalBasis }) => legalBasis],
  },
}

/** Without money and as adopted: the entries bring the one and the revisions. */
const BUDGETS: Target<DemoBudget> = {
  name: 'seed.budgets',
  table: 'budget',
  columns: {
    id: ['bigint', ({ id }) => id],
    payer_id: ['bigint', ({ payerId }) => payerId],
    fiscal_year: ['smallint', ({ fiscalYear }) => fiscalYear],
    funding_source: ['text', ({ fundingSource }) => fundingSource],
    agency: ['text', ({ agency }) => agency],
    original_ceiling: ['bigint', ({ originalCeiling }) => originalCeiling.toString()],
  },
}

const ENTRIES: Target<DemoEntry> = {
  name: 'seed.budget_entries',
  table: 'budget_entry',
  columns: {
    budget_id: ['bigint', ({ budgetId }) => budgetId],
    kind: ['text', ({ kind }) => kind],
    ceiling_delta: ['bigint', (entry) => amountOf(entry, 'ALLOCATE', 'REVISE')],
    committed_delta: ['bigint', (entry) => amountOf(entry, 'COMMIT')],
    paid_delta: ['bigint', (entry) => amountOf(entry, 'PAY')],
    entered_on: ['date', ({ enteredOn }) => enteredOn],
    note: ['text', ({ note }) => note],
  },
}

const PEOPLE: Target<DemoPerson> = {
  name: 'seed.workers',
  table: 'worker',
  columns: {
    id: ['bigint', ({ id }) => id],
    category: ['text', ({ category }) => category],
    sex: ['text', ({ sex }) => sex],
    birth_month: ['date', ({ birthDate }) => `${birthDate.slice(0, 7)}-01`],
    village_code: ['text', ({ villageCode }) => villageCode],
    domicile_since: ['date', ({ domicileSince }) => domicileSince],
    life_status: ['text', ({ deathMonth }) => (deathMonth === null ? 'ALIVE' : 'DECEASED')],
    death_month: ['date', ({ deathMonth }) => deathMonth && firstDay(deathMonth)],
    welfare_decile: ['smallint', ({ welfareDecile }) => welfareDecile],
    decile_as_of: ['date', ({ decileAsOf }) => decileAsOf],
    civil_servant: ['boolean', ({ civilServant }) => civilServant],
  },
}

const ENROLLMENTS: Target<DemoEnrollment> = {
  name: 'seed.enrollments',
  table: 'enrollment',
  columns: {
    worker_id: ['bigint', ({ workerId }) => workerId],
    id: ['bigint', ({ id }) => id],
    program_code: ['text', ({ programCode }) => programCode],
    period: ['daterange', ({ period }) => toDaterange(period)],
    decision: ['text', () => 'ACCEPTED'],
    decided_on: ['date', ({ decidedOn }) => decidedOn],
  },
}

const WAYS: Columns<DemoCharge & { programCode: string }> = {
  program_code: ['text', ({ programCode }) => programCode],
  budget_id: ['bigint', ({ budgetId }) => budgetId],
  period: ['daterange', ({ period }) => toDaterange(period)],
  monthly: ['bigint', ({ monthly }) => monthly.toString()],
  paid_through: ['date', ({ paidThrough }) => paidThrough && firstDay(paidThrough)],
}

const LINES: Target<DemoLine> = {
  name: 'seed.coverage_lines',
  table: 'coverage_line',
  columns: {
    worker_id: ['bigint', ({ workerId }) => workerId],
    id: ['bigint', ({ id }) => id],
    enrollment_id: ['bigint', ({ enrollmentId }) => enrollmentId],
    program_code: ['text', ({ programCode }) => programCode],
    payer_id: ['bigint', ({ payerId }) => payerId],
    funding_source: ['text', ({ fundingSource }) => fundingSource],
    segment: ['text', ({ segment }) => segment],
    benefit: ['text', ({ benefit }) => benefit],
    period: ['daterange', ({ period }) => toDaterange(period)],
    exclusive_group: ['text', ({ exclusiveGroup }) => exclusiveGroup],
    origin: ['text', ({ origin }) => origin],
    reported_by: ['text', ({ reportedBy }) => reportedBy],
    reported_on: ['date', ({ reportedOn }) => reportedOn],
  },
}

function amountOf({ kind, amount }: DemoEntry, ...kinds: DemoEntry['kind'][]): string {
  return kinds.includes(kind) ? amount.toString() : '0'
}
