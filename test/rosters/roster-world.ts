import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import type { Query } from '../../src/db/database.ts'
import { composeNik, type Nik, type Sex } from '../../src/kernel/nik.ts'
import { parsePeriod, toDaterange } from '../../src/kernel/period.ts'
import type { Benefit, Segment } from '../../src/programs/program.entity.ts'
import type { WorkerCategory } from '../../src/programs/worker-category.ts'
import type { EnrollmentPlan } from '../../src/rosters/plan-enrollment.ts'
import { type ReceivedRoster, receiveRoster } from '../../src/rosters/receiving/receive-roster.ts'
import type { RowOutcome } from '../../src/rosters/roster-row.entity.ts'
import { readIdentities } from '../../src/workers/identity.ts'
import { admitKeys } from '../../src/workers/identity-keys.ts'
import { registerPeople } from '../../src/workers/registration/register-people.ts'
import type { InsertedPayer } from '../harness/builders.ts'
import { ADMIN, TODAY } from '../harness/hub.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { askAs } from '../harness/viewers.ts'

type Opened = Pick<Hub, 'db' | 'nikKeys'>

/** A line of a file as somebody typed it; what is absent is an empty cell. */
export interface Line {
  readonly nik?: string
  readonly name?: string
  /** `YYYY-MM-DD` */
  readonly birthDate?: string
  readonly sex?: Sex
  readonly category?: string
  readonly village?: string
  readonly decile?: number
}

/** Somebody whom the hub knows, or may come to know. */
export interface Somebody extends Required<Omit<Line, 'decile' | 'nik' | 'category'>> {
  readonly nik: Nik
  readonly category: WorkerCategory
  readonly decile?: number
}

const DAY = 86_400_000

/** The n-th day after another one, `YYYY-MM-DD`. */
export function daysAfter(day: string, n: number): string {
  return new Date(Date.parse(day) + n * DAY).toISOString().slice(0, 10)
}

/** A name in letters that no other number has: two of them are similar, and not the same. */
export function nameNumbered(n: number): string {
  const letters = n
    .toString(26)
    .replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))
  return `${PLANTED_NAME} ${letters}`
}

/** A farmer's wife of Cangkudu, in decile 2; everybody has a birth date of his own, so that nobody is like another. */
export function somebody(n: number, more: Partial<Somebody> = {}): Somebody {
  const birthDate = more.birthDate ?? daysAfter('1960-01-01', n % 16_000)
  const serial = 9_001 + ((n * 7) % 999)
  const sex = more.sex ?? 'FEMALE'
  return {
    nik: composeNik({ district: '36.03.01', birthDate, sex, serial }),
    name: nameNumbered(n),
    birthDate,
    sex,
    category: 'FARMER',
    village: '36.03.01.2003',
    decile: 2,
    ...more,
  }
}

/** With another last digit: one whom the hub, or an earlier row, makes suspect. */
export function mistyped({ nik, ...person }: Somebody): Somebody {
  return { ...person, nik: `${nik.slice(0, -1)}${(Number(nik.at(-1)) + 1) % 10}` as Nik }
}

const HEADER = 'nik,nama,tanggal_lahir,jenis_kelamin,kategori,kode_desa,desil'
const LETTER: Readonly<Record<Sex, string>> = { FEMALE: 'P', MALE: 'L' }

export function aFile(lines: readonly Line[]): string {
  const cells = ({ nik, name, birthDate, sex, category, village, decile }: Line) =>
    [nik, name, birthDate, sex && LETTER[sex], category, village, decile]
      .map((cell) => `"${cell ?? ''}"`)
      .join(',')
  return [HEADER, ...lines.map(cells)].join('\n')
}

/** For which program and months (`2023-01..2023-12`) a file is. */
export interface FileFor {
  readonly program: string
  readonly months: string
}

export function receive(
  hub: Hub,
  { program, months }: FileFor,
  lines: readonly Line[],
  viewer: Viewer = ADMIN,
): Promise<ReceivedRoster> {
  const [from, to] = months.split('..') as [string, string]
  const body = Readable.from([Buffer.from(aFile(lines))])
  const limits = { rows: 200_000, bytes: 67_108_864 }
  return receiveRoster(hub.context({ viewer }), { program, from, to, format: 'csv' }, body, limits)
}

/** Two people of different names: what one has submitted, the other approves. */
export async function approve(hub: Hub, roster: string): Promise<void> {
  await change(hub, 'submitRoster', { roster }, { ...ADMIN, subject: 'clerk' })
  await change(hub, 'approveRoster', { roster }, { ...ADMIN, subject: 'approver' })
}

export async function decide(hub: Hub, roster: string, row: number, decision: string): Promise<void> {
  await change(hub, 'decideRow', { roster, row, decision, reason: 'Seen by the village' })
}

async function change(hub: Hub, name: string, input: object, viewer: Viewer = ADMIN): Promise<void> {
  const { data, errors } = await askAs(
    hub,
    viewer,
    `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
      ${name}(input: $input) { __typename ... on RosterRefusal { code } } }`,
    { input },
  )
  expect([name, errors, data?.[name]]).toEqual([name, undefined, { __typename: 'Roster' }])
}

/** What came of a row. */
export interface FoundRow {
  readonly row: number
  readonly outcome: RowOutcome | null
  readonly screenedAs: string | null
  readonly match: string | null
  readonly inFile: string | null
  readonly sameAs: number | null
  readonly worker: string | null
  readonly enrollment: string | null
  readonly rank: number | null
  readonly problems: readonly { readonly code: string; readonly field: string }[]
  readonly nikFindings: readonly { readonly code: string }[]
  readonly findings: readonly { readonly code: string; readonly fact: string | null }[]
  readonly covered: readonly object[]
}

export function rowsOf({ db }: Pick<Hub, 'db'>, roster: string): Promise<FoundRow[]> {
  return db.query(
    `/* test.rows */ select row, outcome, screened_as as "screenedAs", match, in_file as "inFile", same_as_row as "sameAs", worker_id as worker,
        enrollment_id as enrollment, rank, problems, nik_findings as "nikFindings", findings, covered
      from roster_row where roster_id = $1 order by row`,
    [roster],
  )
}

/** What was foreseen, once it has come: of each year's budget is left what it did not cost. One budget a year. */
export function afterwards(plan: EnrollmentPlan): EnrollmentPlan {
  const costOf = (year: number) =>
    plan.months.filter(({ month }) => month.startsWith(`${year}`)).reduce((sum, { cost }) => sum + cost, 0n)
  const budgets = plan.budgets.map((budget) => ({
    ...budget,
    remaining: budget.remaining - costOf(budget.year),
  }))
  return { ...plan, budgets }
}

export function counted(rows: readonly FoundRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { outcome } of rows) counts[outcome ?? 'none'] = (counts[outcome ?? 'none'] ?? 0) + 1
  return counts
}

/** Registers people as the hub does, however many. @returns ids of the workers, in their order. */
export function known(
  { db, nikKeys }: Opened,
  people: readonly Somebody[],
  { decileAsOf = '2023-01-31' } = {},
): Promise<readonly string[]> {
  return db.transaction(async (query) => {
    await admitKeys(query, nikKeys)
    const registered = people.map(({ name, decile, ...person }) => ({
      ...person,
      fullName: name,
      domicileSince: '2020-02-29',
      welfareDecile: decile ?? null,
      decileAsOf: decile === undefined ? null : decileAsOf,
      civilServant: false,
      reason: null,
    }))
    const registering = { nikKeys, partnerKeys: [], viewer: ADMIN, today: TODAY }
    return registerPeople(query, registered, registering)
  })
}

/** Lets another system tell that workers are covered. */
export async function reported(
  { db }: Pick<Hub, 'db'>,
  payer: InsertedPayer,
  workers: readonly string[],
  months: string,
  { benefit = 'JKK', segment = 'BPU' }: { benefit?: Benefit; segment?: Segment } = {},
): Promise<void> {
  await db.query(
    `/* test.reported */ insert into coverage_line (worker_id, payer_id, funding_source, segment, benefit, period, origin,
        reported_by, reported_on)
      select worker, $2, case $3 when 'EMPLOYER' then 'EMPLOYER' when 'PROVINCE' then 'APBD_PROVINCE' else 'APBN' end,
        $4, $5, $6::daterange, 'REPORTED', 'BPJS Ketenagakerjaan', '2023-03-31'
      from unnest($1::bigint[]) as worker`,
    [workers, payer.id, payer.kind, segment, benefit, toDaterange(parsePeriod(months))],
  )
}

/** How two hubs, or two parts of one, call the same things; undefined for whom they do not have. */
export interface Names {
  person(nik: Nik): string | undefined
  program(code: string): string
}

const AS_THEY_ARE: Names = { person: (nik) => nik, program: (code) => code }

/**
 * Everything that a roster has left in the hub, without ids and moments: what came of its rows, people with their enrollments,
 * charges, lines and history, budgets of its payer.
 */
export function dumpOf({ db, nikKeys }: Opened, roster: string, names: Names = AS_THEY_ARE) {
  return db.transaction(async (query) => {
    const workers = await query<{ id: string }>('/* test.workers */ select id from worker order by id')
    const identities = await readIdentities(
      query,
      workers.map(({ id }) => id),
      nikKeys,
    )
    const nameOf = new Map(
      [...identities].flatMap(([id, { nik, fullName, birthDate }]) => {
        const person = names.person(nik)
        return person === undefined ? [] : [[id, `${person} ${fullName} ${birthDate}`] as const]
      }),
    )
    const rows = await query<{ row: { worker: string | null } }>(DUMP_ROWS, [roster])
    const people = await dumpOfPeople(query, nameOf, names)
    const budgets = await query(DUMP_BUDGETS, [roster])
    const [state] = await query<{ state: string }>(
      '/* test.state */ select state from roster where id = $1',
      [roster],
    )
    return {
      state: state!.state,
      rows: rows.map(({ row }) => ({ ...row, worker: row.worker && nameOf.get(row.worker) })),
      people,
      budgets,
    }
  })
}

async function dumpOfPeople(query: Query, nameOf: ReadonlyMap<string, string>, names: Names) {
  const people = await query<{ id: string; person: { enrollments: { program: string }[] } }>(DUMP_PEOPLE, [
    [...nameOf.keys()],
  ])
  return people
    .map(({ id, person }) => ({
      name: nameOf.get(id)!,
      ...person,
      enrollments: person.enrollments.map((one) => ({ ...one, program: names.program(one.program) })),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const DUMP_ROWS = `/* test.dump_rows */ select jsonb_build_object('row', row, 'outcome', outcome, 'screened', screened_as,
    'match', match, 'worker', worker_id::text, 'inFile', in_file, 'same', same_as_row, 'rank', rank, 'problems', problems,
    'nik', nik_findings, 'findings', findings, 'covered', covered, 'decision', decision,
    'identity', identity_decision, 'enrolled', enrollment_id is not null) as row
  from roster_row where roster_id = $1 order by roster_row.row`

const DUMP_PEOPLE = `/* test.dump_people */ select worker.id, jsonb_build_object('category', category, 'sex', sex,
    'born', birth_month, 'village', village_code, 'since', domicile_since, 'decile', welfare_decile,
    'decileAsOf', decile_as_of, 'dead', death_month,
    'enrollments', (
      select coalesce(jsonb_agg(jsonb_build_object('program', program_code, 'period', period, 'decision', decision,
        'on', decided_on, 'rules', rules_version, 'settled', settled, 'because', settled_because,
        'charges', (
          select jsonb_agg(jsonb_build_object('year', fiscal_year, 'agency', agency, 'period', charge.period, 'monthly', monthly,
            'paid', paid_through) order by charge.period)
          from charge left join budget on budget.id = budget_id
          where (charge.worker_id, charge.enrollment_id) = (enrollment.worker_id, enrollment.id)
        )) order by period), '[]')
      from enrollment where worker_id = worker.id
    ),
    'lines', (
      select jsonb_agg(jsonb_build_object('benefit', benefit, 'period', period, 'origin', origin, 'segment', segment,
        'enrolled', enrollment_id is not null) order by period, benefit, origin)
      from coverage_line where worker_id = worker.id
    ),
    'events', (
      select jsonb_agg(jsonb_build_object('kind', kind, 'period', period, 'amount', amount, 'reason', reason, 'on', entered_on,
        'actor', actor) order by id)
      from worker_event where worker_id = worker.id
    )) as person
  from worker where id = any($1::bigint[])`

const DUMP_BUDGETS = `/* test.dump_budgets */ select fiscal_year, agency, ceiling, committed, paid,
    (select sum(committed_delta) from budget_entry where budget_id = budget.id) as entered
  from budget where payer_id = (select payer_id from roster where id = $1) order by fiscal_year, agency`
