import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedHub } from '../../seeds/seed-hub.ts'
import type { Demo } from '../../seeds/tangerang-2022/demo.ts'
import { generateDemo } from '../../seeds/tangerang-2022/demo.ts'
import { readSetup } from '../../seeds/tangerang-2022/plan.ts'
import { generateRoster } from '../../seeds/tangerang-2022/roster.ts'
import { temporaryNikKeys } from '../../src/access/vault/nik-keys.ts'
import { nikToken, openNik } from '../../src/access/vault/vault.ts'
import type { Database } from '../../src/db/database.ts'
import { openDatabase } from '../../src/db/database.ts'
import { screen } from '../../src/enrollments/eligibility/screen.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { DEFAULT_LIMITS } from '../../src/insight/eligible.ts'
import { firstDay } from '../../src/kernel/month.ts'
import { inspectNik } from '../../src/kernel/nik.ts'
import { parsePeriod, toDaterange } from '../../src/kernel/period.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { applySetup } from '../../src/setup/apply-setup.ts'
import { matchPeople } from '../../src/workers/registration/match-people.ts'
import { REFUSED_AS } from '../../src/workers/registration/register-worker.ts'
import { entities } from '../harness/entities.ts'

// The whole demo on PGlite in memory, filled once, compared with the plain data it was made from.

let db: Database
let demo: Demo
const keys = temporaryNikKeys()
const seed = () => seedHub(db, 'tangerang-2022', { keys, progress: silentProgress })

beforeAll(async () => {
  db = await openDatabase({}, entities)
  await db.migrate()
  await seed()
  demo = await generateDemo()
}, 240_000)
afterAll(() => db.close())

async function count(from: string): Promise<number> {
  const [row] = await db.query<{ count: string }>(`/* test.count */ select count(*) from ${from}`)
  return Number(row!.count)
}

test('Kabupaten Tangerang covers exactly 50,312 people from December 2022 to May 2023', async () => {
  for (const month of ['2022-12-01', '2023-05-01']) {
    const people = `(select distinct worker_id from coverage_line
      where payer_id = (select id from payer where area_code = '36.03') and period @> date '${month}') as people`
    expect(await count(people)).toBe(50_312)
  }
})

test('entries, balances, charges and lines agree by every rule of the ledger', async () => {
  expect((await verifyLedger(db)).broken).toEqual([])
})

test('its money is 50,312 times Rp 16,800: one month of 2022 and five of 2023, paid through April', async () => {
  const rows =
    await db.query(`/* test.money */ select fiscal_year, original_ceiling, ceiling, committed, paid, version
    from budget where payer_id = (select id from payer where area_code = '36.03') order by fiscal_year`)
  expect(rows).toEqual([
    {
      fiscal_year: 2022,
      original_ceiling: '600000000',
      ceiling: '850000000',
      committed: '845241600',
      paid: '845241600',
      version: 'REVISED',
    },
    {
      fiscal_year: 2023,
      original_ceiling: '12550000000',
      ceiling: '12550000000',
      committed: '4226208000',
      paid: '3380966400',
      version: 'ORIGINAL',
    },
  ])
})

test('every budget has committed what its charges cost, and paid what is paid of them', async () => {
  const months = (from: string, until: string) => `(extract(year from age(${until}, ${from})) * 12
    + extract(month from age(${until}, ${from})))`
  const wrong = await db.query(`/* test.ledger */ select budget.id, committed, paid, charged, settled
    from budget left join (
      select budget_id, sum(monthly * ${months('lower(period)', 'upper(period)')}) as charged,
        sum(coalesce(monthly * (1 + ${months('lower(period)', 'paid_through')}), 0)) as settled
      from charge group by budget_id
    ) as charges on budget_id = budget.id
    where committed is distinct from charged or paid is distinct from settled`)
  expect(wrong).toEqual([])
})

test('the ledger is told in the order of its days, and no day lies after the scenario’s today', async () => {
  const days = await db.query<{ entered_on: string }>(
    '/* test.days */ select entered_on from budget_entry order by id',
  )
  const texts = days.map(({ entered_on }) => entered_on)
  expect(texts).toEqual([...texts].sort())
  expect(texts.at(-1)! <= demo.today).toBe(true)
})

test('the tables hold the plain data, row for row', async () => {
  expect(
    await fingerprint(
      'worker',
      `id, category, sex, birth_month, village_code, domicile_since, death_month, welfare_decile, decile_as_of,
        civil_servant`,
      'id',
    ),
  ).toBe(
    fingerprintOf(demo.people, (person) => [
      person.id,
      person.category,
      person.sex,
      `${person.birthDate.slice(0, 7)}-01`,
      person.villageCode,
      person.domicileSince,
      person.deathMonth && firstDay(person.deathMonth),
      person.welfareDecile,
      person.decileAsOf,
      person.civilServant,
    ]),
  )
  expect(
    await fingerprint(
      'coverage_line',
      `id, worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit, period,
        exclusive_group, origin, reported_by, reported_on`,
      'id',
    ),
  ).toBe(
    fingerprintOf(demo.lines, (line) => [
      line.id,
      line.workerId,
      line.enrollmentId,
      line.programCode,
      line.payerId,
      line.fundingSource,
      line.segment,
      line.benefit,
      toDaterange(line.period),
      line.exclusiveGroup,
      line.origin,
      line.reportedBy,
      line.reportedOn,
    ]),
  )
  expect(
    await fingerprint(
      'charge',
      'worker_id, enrollment_id, budget_id, period, monthly, paid_through',
      'enrollment_id, lower(period)',
    ),
  ).toBe(
    fingerprintOf(demo.charges, (charge) => [
      charge.workerId,
      charge.enrollmentId,
      charge.budgetId,
      toDaterange(charge.period),
      charge.monthly,
      charge.paidThrough && firstDay(charge.paidThrough),
    ]),
  )
})

type Cell = string | number | bigint | boolean | null

/** One hash for all rows: comparing 400,000 objects one by one takes longer than filling the hub. */
function fingerprintOf<Row>(rows: readonly Row[], cells: (row: Row) => readonly Cell[]): string {
  const text = rows
    .map((row) =>
      cells(row)
        .map((cell) => String(cell ?? '-'))
        .join('|'),
    )
    .join('\n')
  return createHash('sha256').update(text).digest('hex')
}

async function fingerprint(table: string, columns: string, order: string): Promise<string> {
  const texts = columns.split(',').map((column) => `coalesce(${column}::text, '-')`)
  const [row] = await db.query<{ hash: string }>(`/* test.fingerprint */
    select encode(sha256(convert_to(string_agg(concat_ws('|', ${texts.join(', ')}), E'\\n' order by ${order}), 'UTF8')),
      'hex') as hash
    from ${table}`)
  return row!.hash
}

test('the vault knows everybody by the token of the NIK, and opens with the key', async () => {
  expect(await count('worker_identity')).toBe(demo.people.length)
  for (const person of [demo.people[0]!, demo.people.at(-1)!]) {
    const token = nikToken(person.nik, keys[0])
    const [row] = await db.query<{ worker_id: string; nik_cipher: Uint8Array; full_name: string }>(
      '/* test.vault */ select worker_id, nik_cipher, full_name from identity_token join worker_identity using (worker_id) where nik_token = $1',
      [token],
    )
    expect(row).toMatchObject({ worker_id: String(person.id), full_name: person.fullName })
    expect(openNik(row!.nik_cipher, token, keys[0])).toBe(person.nik)
  }
})

test('the rules that were away while the demo was loaded are back', async () => {
  expect(await db.schemaDrift()).toEqual([])
  const [line] = await db.query(
    '/* test.line */ select * from coverage_line where exclusive_group is not null limit 1',
  )
  const { worker_id, enrollment_id, program_code, payer_id, period } = line!
  const second = db.query(
    `/* test.second_payer */ insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source,
        segment, benefit, period, exclusive_group, origin)
      values ($1, $2, $3, $4, 'CSR', 'BPU', 'JKK', $5, 'JKK', 'HUB')`,
    [worker_id, enrollment_id, program_code, payer_id, period],
  )
  await expect(second).rejects.toThrow('coverage_line_no_second_payer')
})

test('the file it was set up from finds everything as it says', async () => {
  const { rows } = await applySetup(db, readSetup(), { today: demo.today, dryRun: true })
  expect(rows.filter(({ outcome }) => outcome !== 'UNCHANGED')).toEqual([])
})

test('its list of June 2023 is met by the hub’s own matching and rules as planted', async () => {
  const roster = await generateRoster()
  // Everything that is not simply eligible, and every fortieth of the rest.
  const rows = roster.filter(({ row, planted }) => planted !== 'ELIGIBLE' || row % 40 === 0)
  const asked = rows.filter(
    ({ planted }) => !['INVALID_NIK', 'INCOMPLETE', 'DUPLICATE_IN_FILE'].includes(planted),
  )
  const matches = await matchPeople(
    db.query,
    asked.map(({ cells }) => ({
      nik: inspectNik(cells.NIK).nik!,
      fullName: cells.NAMA,
      birthDate: cells.TANGGAL_LAHIR.split('/').reverse().join('-'),
    })),
    keys,
  )
  const known = asked.filter((_, at) => matches[at]!.kind === 'EXACT')
  const candidates = known.map(({ worker }) => ({
    worker: String(worker),
    program: 'KAB-TANGERANG-RENTAN-2023',
    period: parsePeriod('2023-06..2023-12'),
  }))
  const screened = await screen(db.query, candidates, DEFAULT_LIMITS)
  const judged = new Map(known.map(({ row }, at) => [row, screened.get(at)!]))
  expect(known.length).toBeGreaterThan(3500)
  for (const [at, { row, worker, planted, reasons }] of asked.entries()) {
    const match = matches[at]!
    expect('worker' in match ? match.worker : null).toBe(worker === null ? null : String(worker))
    const { kind } = match
    if (kind === 'CONFLICT' || kind === 'SUSPECT') expect(REFUSED_AS[kind]).toBe(planted)
    if (kind !== 'EXACT') continue
    const { covered, findings } = judged.get(row)!
    expect(findings.map(({ code }) => code)).toEqual(reasons)
    expect(covered.length > 0).toBe(planted === 'ALREADY_COVERED')
    expect(planted).toMatch(
      findings.length > 0 ? /^(ALREADY_COVERED|INELIGIBLE)$/ : /^(ALREADY_COVERED|ELIGIBLE)$/,
    )
  }
})

test('seeding again does nothing, and what is registered later gets the next number', async () => {
  expect(await seed()).toEqual({ scenario: 'tangerang-2022', outcome: 'PRESENT' })
  expect(await count('worker')).toBe(demo.people.length)
  const [worker] = await db.query<{ id: string }>(`/* test.next */ insert into worker
    (category, sex, birth_month, village_code, domicile_since)
    values ('FISHER', 'MALE', '1990-01-01', '36.03.13.2010', '2000-01-01') returning id`)
  expect(Number(worker!.id)).toBe(demo.people.length + 1)
})
