import type { Hub } from '../../src/app.ts'
import type { EnrollmentDecision } from '../../src/enrollments/enrollment.entity.ts'
import { addMonths, firstDay, type Month, yearOf } from '../../src/kernel/month.ts'
import type { Nik } from '../../src/kernel/nik.ts'
import { type Period, parsePeriod } from '../../src/kernel/period.ts'
import type { FundingSource, PayerKind } from '../../src/payers/payer.entity.ts'
import type { Benefit, Segment } from '../../src/programs/program.entity.ts'
import type { WorkerCategory } from '../../src/programs/worker-category.ts'
import { insertIdentities } from '../../src/workers/identity.ts'
import { admitKeys } from '../../src/workers/identity-keys.ts'
import { TODAY } from './hub.ts'
import { PLANTED_NAME } from './planted-name.ts'

/**
 * Readable arrangements. A builder describes one thing; `.in(hub)` inserts it, with plain SQL, and gives what the
 * next builder needs of it:
 *
 * ```ts
 * const tangerang = await aPayer('REGENCY', { area: '36.03' }).in(hub)
 * const program = await aProgram(tangerang).paying('JKK', 'JKM').in(hub)
 * await aWorker().livingIn('36.03.01.2003').aged(40).inDecile(2).coveredBy(program, '2022-12..2023-05').in(hub)
 * ```
 *
 * Periods are written as people write them, with the last month included.
 */
export interface Inserted {
  readonly id: string
}

export interface InsertedPayer extends Inserted {
  readonly kind: PayerKind
}

export interface InsertedProgram {
  readonly code: string
  readonly payer: InsertedPayer
  readonly source: FundingSource
  readonly segment: Segment
  readonly benefits: readonly Benefit[]
  readonly contribution: bigint
}

export interface InsertedBudget extends Inserted {
  readonly year: number
}

export interface InsertedWorker extends Inserted {
  /** In the order in which they were described. */
  readonly enrollments: readonly string[]
}

type Database = Pick<Hub, 'db'>

const SOURCE_OF: Readonly<Record<PayerKind, FundingSource>> = {
  CENTRAL: 'APBN',
  PROVINCE: 'APBD_PROVINCE',
  REGENCY: 'APBD_REGENCY',
  VILLAGE: 'APBDES',
  EMPLOYER: 'EMPLOYER',
  DONOR: 'CSR',
  SELF: 'SELF',
}

let names = 0

export function aPayer(kind: PayerKind, { area, name }: { area?: string; name?: string } = {}) {
  return {
    in: async (hub: Database): Promise<InsertedPayer> => {
      const id = await insertOne(hub, 'payer', {
        kind,
        name: name ?? `${kind} ${area ?? ''} ${++names}`,
        area_code: area,
      })
      return { id, kind }
    },
  }
}

export function aProgram(payer: InsertedPayer): ProgramBuilder {
  return new ProgramBuilder(payer)
}

class ProgramBuilder {
  #code = `P${++names}`
  #name = 'A program'
  #source: FundingSource
  #segment: Segment = 'BPU'
  #benefits: readonly Benefit[] = ['JKK', 'JKM']
  #categories: readonly WorkerCategory[] | null = null
  #maxDecile: number | null = null
  #period = parsePeriod('2022-12..2023-12')
  #contribution = 16_800n
  #legalBasis = 'Perbup 1/2022'

  constructor(readonly payer: InsertedPayer) {
    this.#source = SOURCE_OF[payer.kind]
  }

  coded(code: string, name = this.#name): this {
    this.#code = code
    this.#name = name
    return this
  }

  paying(...benefits: readonly Benefit[]): this {
    this.#benefits = benefits
    return this
  }

  /** What one person costs in one month, in rupiah. */
  at(contribution: bigint): this {
    this.#contribution = contribution
    return this
  }

  from(source: FundingSource, segment: Segment = this.#segment): this {
    this.#source = source
    this.#segment = segment
    return this
  }

  during(period: string): this {
    this.#period = parsePeriod(period)
    return this
  }

  admitting(...categories: readonly WorkerCategory[]): this {
    this.#categories = categories
    return this
  }

  upToDecile(decile: number): this {
    this.#maxDecile = decile
    return this
  }

  basedOn(legalBasis: string): this {
    this.#legalBasis = legalBasis
    return this
  }

  async in(hub: Database): Promise<InsertedProgram> {
    await insert(hub, 'coverage_program', {
      code: this.#code,
      name: this.#name,
      payer_id: this.payer.id,
      funding_source: this.#source,
      segment: this.#segment,
      benefits: this.#benefits,
      categories: this.#categories,
      max_decile: this.#maxDecile,
      period: daterange(this.#period),
      contribution: this.#contribution.toString(),
      legal_basis: this.#legalBasis,
    })
    return {
      code: this.#code,
      payer: this.payer,
      source: this.#source,
      segment: this.#segment,
      benefits: this.#benefits,
      contribution: this.#contribution,
    }
  }
}

type Entry = readonly [
  kind: string,
  ceiling: bigint,
  committed: bigint,
  paid: bigint,
  enteredOn?: string | undefined,
]

export function aBudget(payer: InsertedPayer, year: number, ceiling: bigint): BudgetBuilder {
  return new BudgetBuilder(payer, year, ceiling)
}

class BudgetBuilder {
  #source: FundingSource
  #agency = 'Dinas Tenaga Kerja'
  #accountCode: string | null = null
  #day: string | undefined
  readonly #entries: Entry[] = []

  constructor(
    readonly payer: InsertedPayer,
    readonly year: number,
    readonly ceiling: bigint,
  ) {
    this.#source = SOURCE_OF[payer.kind]
  }

  from(source: FundingSource): this {
    this.#source = source
    return this
  }

  heldBy(agency: string, accountCode: string | null = null): this {
    this.#agency = agency
    this.#accountCode = accountCode
    return this
  }

  /** The business date of what follows; the allocation, and all without one, are of 2 January. */
  on(day: string): this {
    this.#day = day
    return this
  }

  committing(amount: bigint): this {
    this.#entries.push(['COMMIT', 0n, amount, 0n, this.#day])
    return this
  }

  payingOut(amount: bigint): this {
    this.#entries.push(['PAY', 0n, 0n, amount, this.#day])
    return this
  }

  revisedBy(amount: bigint): this {
    this.#entries.push(['REVISE', amount, 0n, 0n, this.#day])
    return this
  }

  async in(hub: Database): Promise<InsertedBudget> {
    const id = await insertOne(hub, 'budget', {
      payer_id: this.payer.id,
      fiscal_year: this.year,
      funding_source: this.#source,
      agency: this.#agency,
      account_code: this.#accountCode,
      original_ceiling: this.ceiling.toString(),
    })
    const allocation: Entry[] = this.ceiling > 0n ? [['ALLOCATE', this.ceiling, 0n, 0n]] : []
    for (const [kind, ceiling, committed, paid, enteredOn] of [...allocation, ...this.#entries]) {
      await insert(hub, 'budget_entry', {
        budget_id: id,
        kind,
        ceiling_delta: ceiling.toString(),
        committed_delta: committed.toString(),
        paid_delta: paid.toString(),
        entered_on: enteredOn ?? `${this.year}-01-02`,
        recorded_at: `${this.year}-01-02 03:04:05.678901+07`,
        note: `${kind} of ${this.year}`,
      })
    }
    return { id, year: this.year }
  }
}

interface Coverage {
  readonly program: InsertedProgram
  readonly period: Period
  readonly decision: EnrollmentDecision
  readonly chargedTo: readonly InsertedBudget[]
  readonly paidThrough: string | undefined
}

interface ReportedLine {
  readonly payer: InsertedPayer
  readonly benefit: Benefit
  readonly period: Period
  readonly segment: Segment
  readonly by: string
}

export function aWorker(): WorkerBuilder {
  return new WorkerBuilder()
}

class WorkerBuilder {
  #category: WorkerCategory = 'FARMER'
  #sex = 'FEMALE'
  #birthMonth = '1983-05'
  #village = '36.03.01.2003'
  #deathMonth: string | null = null
  #decile: number | null = null
  #civilServant = false
  #nik: Nik | undefined
  readonly #coverages: Coverage[] = []
  readonly #reported: ReportedLine[] = []

  livingIn(village: string): this {
    this.#village = village
    return this
  }

  /** Who turned so many years old in the current month. */
  aged(years: number): this {
    this.#birthMonth = addMonths(TODAY.slice(0, 7) as Month, -12 * years)
    return this
  }

  bornIn(month: string): this {
    this.#birthMonth = month
    return this
  }

  working(category: WorkerCategory): this {
    this.#category = category
    return this
  }

  male(): this {
    this.#sex = 'MALE'
    return this
  }

  inDecile(decile: number): this {
    this.#decile = decile
    return this
  }

  civilServant(): this {
    this.#civilServant = true
    return this
  }

  died(month: string): this {
    this.#deathMonth = month
    return this
  }

  /** Known in the vault. The name and the birth date are made up. */
  identifiedBy(nik: Nik): this {
    this.#nik = nik
    return this
  }

  /** Enrolled in a program of the hub: with a line for each benefit, and a charge for each budget. */
  coveredBy(
    program: InsertedProgram,
    period: string,
    {
      decision = 'ACCEPTED',
      chargedTo = [],
      paidThrough,
    }: { decision?: EnrollmentDecision; chargedTo?: readonly InsertedBudget[]; paidThrough?: string } = {},
  ): this {
    this.#coverages.push({ program, period: parsePeriod(period), decision, chargedTo, paidThrough })
    return this
  }

  /** Covered by a line that another system reported. */
  reportedBy(
    payer: InsertedPayer,
    period: string,
    {
      benefit = 'JKK',
      segment = 'BPU',
      by = 'BPJS Ketenagakerjaan',
    }: { benefit?: Benefit; segment?: Segment; by?: string } = {},
  ): this {
    this.#reported.push({ payer, benefit, segment, by, period: parsePeriod(period) })
    return this
  }

  async in(hub: Database & Pick<Hub, 'nikKeys'>): Promise<InsertedWorker> {
    const id = await insertOne(hub, 'worker', {
      category: this.#category,
      sex: this.#sex,
      birth_month: firstDay(this.#birthMonth as Month),
      village_code: this.#village,
      domicile_since: '2020-02-29',
      life_status: this.#deathMonth === null ? 'ALIVE' : 'DECEASED',
      death_month: this.#deathMonth === null ? null : firstDay(this.#deathMonth as Month),
      welfare_decile: this.#decile,
      decile_as_of: this.#decile === null ? null : '2023-01-31',
      civil_servant: this.#civilServant,
    })
    if (this.#nik) await identify(hub, id, this.#nik, this.#birthMonth as Month)
    const enrollments: string[] = []
    for (const coverage of this.#coverages) enrollments.push(await insertCoverage(hub, id, coverage))
    for (const line of this.#reported) await insertReported(hub, id, line)
    return { id, enrollments }
  }
}

/** The name of a worker that a builder identified. */
export function nameOf(worker: string): string {
  return `${PLANTED_NAME} ${worker}`
}

async function identify(
  { db, nikKeys }: Database & Pick<Hub, 'nikKeys'>,
  worker: string,
  nik: Nik,
  birthMonth: Month,
): Promise<void> {
  const person = { worker, nik, fullName: nameOf(worker), birthDate: firstDay(birthMonth) }
  await admitKeys(db.query, nikKeys)
  await insertIdentities(db.query, [person], nikKeys)
}

const COMMITTED: readonly EnrollmentDecision[] = ['COMMITTED', 'SUBMITTED', 'ACCEPTED']

async function insertCoverage(hub: Database, worker: string, coverage: Coverage): Promise<string> {
  const { program, period, decision, chargedTo, paidThrough } = coverage
  const enrollment = await insertOne(hub, 'enrollment', {
    worker_id: worker,
    program_code: program.code,
    period: daterange(period),
    decision,
    decided_on: '2022-11-30',
  })
  for (const budget of chargedTo) {
    const months = withinYear(period, budget.year)
    await insert(hub, 'charge', {
      worker_id: worker,
      enrollment_id: enrollment,
      budget_id: budget.id,
      period: daterange(months),
      monthly: program.contribution.toString(),
      paid_through: paidWithin(months, paidThrough),
    })
  }
  if (!COMMITTED.includes(decision)) return enrollment
  for (const benefit of program.benefits) {
    await insert(hub, 'coverage_line', {
      worker_id: worker,
      enrollment_id: enrollment,
      program_code: program.code,
      payer_id: program.payer.id,
      funding_source: program.source,
      segment: program.segment,
      benefit,
      period: daterange(period),
      exclusive_group: benefit,
      origin: 'HUB',
    })
  }
  return enrollment
}

async function insertReported(hub: Database, worker: string, line: ReportedLine): Promise<void> {
  await insert(hub, 'coverage_line', {
    worker_id: worker,
    payer_id: line.payer.id,
    funding_source: SOURCE_OF[line.payer.kind],
    segment: line.segment,
    benefit: line.benefit,
    period: daterange(line.period),
    origin: 'REPORTED',
    reported_by: line.by,
    reported_on: '2023-03-31',
  })
}

function withinYear({ from, until }: Period, year: number): Period {
  const [first, after] = [`${year}-01` as Month, `${year + 1}-01` as Month]
  const months = { from: from > first ? from : first, until: until < after ? until : after }
  if (months.from >= months.until || yearOf(months.from) !== year) {
    throw new Error(`no month of ${from}..${until} (exclusive) lies in ${year}`)
  }
  return months
}

function paidWithin({ from, until }: Period, paidThrough: string | undefined): string | null {
  if (paidThrough === undefined || paidThrough < from) return null
  return firstDay(paidThrough < until ? (paidThrough as Month) : addMonths(until, -1))
}

function daterange({ from, until }: Period): string {
  return `[${firstDay(from)},${firstDay(until)})`
}

async function insertOne(hub: Database, table: string, values: Record<string, unknown>): Promise<string> {
  const [row] = await insert(hub, table, values, ' returning id')
  return row!.id
}

function insert({ db }: Database, table: string, values: Record<string, unknown>, returning = '') {
  const columns = Object.keys(values)
  const places = columns.map((_, i) => `$${i + 1}`)
  return db.query<{ id: string }>(
    `/* test.${table} */ insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})${returning}`,
    Object.values(values).map((value) => value ?? null),
  )
}
