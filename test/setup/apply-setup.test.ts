import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { generateDemo } from '../../seeds/tangerang-2022/demo.ts'
import { readSetup } from '../../seeds/tangerang-2022/plan.ts'
import type { Hub } from '../../src/app.ts'
import { loadAreas } from '../../src/areas/load-areas.ts'
import { readDataFile } from '../../src/kernel/data-file.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { toDaterange } from '../../src/kernel/period.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { type Applied, applySetup } from '../../src/setup/apply-setup.ts'
import { SetupFile } from '../../src/setup/setup-file.ts'
import { aWorker } from '../harness/builders.ts'
import { emptyTables } from '../harness/empty-tables.ts'
import { ADMIN, openTestHub } from '../harness/hub.ts'
import { changesTold, type ToldEvent } from '../harness/told.ts'
import { askAs } from '../harness/viewers.ts'

// Real: PGlite, all areas of Indonesia, files on disk, the hub's rules, ledger and audit trail.

let hub: Hub
let told: () => Promise<ToldEvent[]>
const folder = mkdtempSync(join(tmpdir(), 'payung-setup-'))

beforeAll(async () => {
  hub = await openTestHub()
  await loadAreas(hub.db, silentProgress)
  told = changesTold(hub)
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await hub?.close()
})
beforeEach(async () => {
  await emptyTables(hub.db, 'payer', 'contribution_rate')
  await told()
})

const read = (text: string): SetupFile => {
  const path = join(folder, 'hub.yaml')
  writeFileSync(path, text)
  return readDataFile(path, { schema: SetupFile, name: 'hub.yaml' })
}
const apply = (file: string | SetupFile, dryRun = false, today = '2026-11-22') =>
  applySetup(hub.db, typeof file === 'string' ? read(file) : file, { today, dryRun })

const inShort = ({ rows }: Applied) => rows.map(({ what, name, outcome }) => `${outcome} ${what} ${name}`)
const stored = async () => {
  const tables = ['payer', 'agreement', 'coverage_program', 'budget', 'budget_entry', 'contribution_rate']
  const rows = tables.map((table) => hub.db.query(`/* test.${table} */ select * from ${table} order by 1`))
  return Promise.all(rows)
}

/** The file of the recipe. */
const recipe = () =>
  /^```yaml\n(.*?)\n```$/ms.exec(readFileSync(join(packageRoot, 'docs/setting-up-a-hub.md'), 'utf8'))![1]!

const CREATED = [
  'CREATE payer Kabupaten Tangerang (REGENCY)',
  'CREATE payer Provinsi Banten (PROVINCE)',
  'CREATE agreement kab-tangerang and banten from 2026-01-01',
  'CREATE program KAB-TANGERANG-RENTAN-2026',
  'CREATE budget kab-tangerang 2026 APBD_REGENCY, Dinas Tenaga Kerja',
]

describe('the file of the recipe', () => {
  test('is told in a dry run, which leaves nothing behind', async () => {
    const before = await stored()
    const applied = await apply(recipe(), true)
    expect(inShort(applied)).toEqual(CREATED)
    expect(applied.done).toBe(false)
    expect(await stored()).toEqual(before)
    expect(await told()).toEqual([])
  })

  test('is applied with the records of the mutations, and a second time changes nothing', async () => {
    const applied = await apply(recipe())
    expect([inShort(applied), applied.done]).toEqual([CREATED, true])
    const ids = {
      payers: await idsOf('payer'),
      agreement: await idsOf('agreement'),
      budget: await idsOf('budget'),
    }
    const by = { actor: 'payung apply', outcome: 'DONE', reason: null }
    expect(await told()).toEqual([
      { ...by, what: 'Mutation.createPayer', subject: `Payer:${ids.payers[0]}` },
      { ...by, what: 'Mutation.createPayer', subject: `Payer:${ids.payers[1]}` },
      { ...by, what: 'Mutation.createAgreement', subject: `Agreement:${ids.agreement[0]}` },
      { ...by, what: 'Mutation.createProgram', subject: 'CoverageProgram:KAB-TANGERANG-RENTAN-2026' },
      { ...by, what: 'Mutation.createBudget', subject: `Budget:${ids.budget[0]}` },
      { ...by, what: 'Mutation.reviseBudget', subject: `Budget:${ids.budget[0]}` },
    ])
    const before = await stored()
    const again = await apply(recipe())
    expect(inShort(again)).toEqual(CREATED.map((line) => line.replace('CREATE', 'UNCHANGED')))
    expect(again.done).toBe(false)
    expect(await stored()).toEqual(before)
    expect(await told()).toEqual([])
  })

  test('is what mutations would have made of it', async () => {
    await apply(recipe())
    const { data } = await askAs(
      hub,
      ADMIN,
      `{ program(code: "KAB-TANGERANG-RENTAN-2026") { segment benefits maxDecile categories agency from to
        payer { name kind area { code } agreements { reference to } }
        budgets { accountCode version originalCeiling ceiling entries { nodes { kind ceilingDelta enteredOn } } } } }`,
    )
    expect(data.program).toEqual({
      segment: 'BPU',
      benefits: ['JKK', 'JKM'],
      maxDecile: 4,
      categories: null,
      agency: null,
      from: '2026-01',
      to: '2026-12',
      payer: {
        name: 'Kabupaten Tangerang',
        kind: 'REGENCY',
        area: { code: '36.03' },
        agreements: [{ reference: 'PKS 7/2026', to: '2026-12-31' }],
      },
      budgets: [
        {
          accountCode: '5.1.02.02.02.0006',
          version: 'REVISED',
          originalCeiling: '9000000000',
          ceiling: '10200000000',
          entries: {
            nodes: [
              { kind: 'ALLOCATE', ceilingDelta: '9000000000', enteredOn: '2025-12-18' },
              { kind: 'REVISE', ceilingDelta: '1200000000', enteredOn: '2026-09-30' },
            ],
          },
        },
      ],
    })
  })
})

const idsOf = async (table: string) =>
  (await hub.db.query<{ id: string }>(`/* test.ids */ select id from ${table} order by id`)).map(
    ({ id }) => id,
  )

const LINE = '- { on: 2026-09-30, amount: 1200000000, note: Perubahan APBD 2026 }'

describe('a file that was changed', () => {
  beforeEach(async () => {
    await apply(recipe())
    await told()
  })

  test.each<[string, string, string, string]>([
    [
      'the contribution of a program',
      'contribution: 16800',
      'contribution: 17000',
      'contribution 16800 -> 17000',
    ],
    ['the limit of a program', '    maxDecile: 4\n', '', 'maxDecile 4 -> none'],
    [
      'whom a program admits',
      'maxDecile: 4',
      'maxDecile: 4\n    categories: [FISHER, DRIVER]',
      'categories none -> FISHER, DRIVER',
    ],
    [
      'another revision of a budget',
      LINE,
      `${LINE}\n      - { on: 2026-10-15, amount: -200000000, note: Pergeseran }`,
      'ceiling -Rp 200.000.000 on 2026-10-15',
    ],
  ])('revises %s, and says what changes', async (_, old, changed, message) => {
    const applied = await apply(recipe().replace(old, changed))
    const other = applied.rows.filter(({ outcome }) => outcome !== 'UNCHANGED')
    expect(other).toMatchObject([{ outcome: 'REVISE', message }])
    expect(applied.done).toBe(true)
    expect((await apply(recipe().replace(old, changed))).done).toBe(false)
  })

  test.each<[string, string, string, string]>([
    ['a payer elsewhere', 'area: "36.03"', 'area: "36.04"', 'This payer governs 36.03'],
    [
      'another name of a government',
      'Kabupaten Tangerang, area',
      'Pemkab Tangerang, area',
      'governs 36.03 already',
    ],
    [
      'another end of an agreement',
      'to: 2026-12-31',
      'to: 2027-12-31',
      'The agreement is there as PKS 7/2026',
    ],
    [
      'another day of what is entered',
      'on: 2026-09-30',
      'on: 2026-09-29',
      'Line 2 of its ceiling is entered as',
    ],
    ['a line less', LINE, '', 'Line 2 of its ceiling is entered as Rp 1.200.000.000 on 2026-09-30'],
    ['another account', '5.1.02.02.02.0006', '5.1.02.02.02.0007', 'Its account code is 5.1.02.02.02.0006'],
    [
      'a day that has not come',
      LINE,
      `${LINE}\n      - { on: 2026-12-24, amount: 1, note: later }`,
      'This day has not come yet.',
    ],
    [
      'more than there is',
      LINE,
      `${LINE}\n      - { on: 2026-10-01, amount: -99000000000, note: too much }`,
      'ceiling must be 0 or more.',
    ],
  ])('is refused with %s, and with it all else that it would change', async (_, old, changed, message) => {
    const before = await stored()
    const text = recipe().replace(old, changed).replace('contribution: 16800', 'contribution: 17000')
    const applied = await apply(text)
    expect(applied.rows.find(({ outcome }) => outcome === 'REFUSED')?.message).toContain(message)
    expect(applied.done).toBe(false)
    expect(await stored()).toEqual(before)
    expect(await told()).toEqual([])
  })

  test('is refused what would break the past of people: the benefits of their program', async () => {
    const [payer] = await idsOf('payer')
    const program = {
      code: 'KAB-TANGERANG-RENTAN-2026',
      payer: { id: payer!, kind: 'REGENCY' },
      source: 'APBD_REGENCY',
      segment: 'BPU',
      benefits: ['JKK', 'JKM'],
      contribution: 16_800n,
    } as const
    await aWorker().coveredBy(program, '2026-01..2026-06').in(hub)
    const { rows } = await apply(recipe().replace('[JKK, JKM]', '[JKK]'))
    expect(rows.filter(({ outcome }) => outcome === 'REFUSED')).toEqual([
      {
        what: 'program',
        name: 'KAB-TANGERANG-RENTAN-2026',
        outcome: 'REFUSED',
        message:
          'People are enrolled in this program, so its benefits cannot change. Create another program.',
      },
    ])
  })

  test('is refused a ceiling below what is committed', async () => {
    const [budget] = await idsOf('budget')
    await hub.db.query(
      `/* test.commit */ insert into budget_entry (budget_id, kind, committed_delta, entered_on, note)
        values ($1, 'COMMIT', 10000000000, '2026-10-01', 'all')`,
      [budget],
    )
    const cut = `${LINE}\n      - { on: 2026-10-15, amount: -500000000, note: Pergeseran }`
    expect((await apply(recipe().replace(LINE, cut))).rows.at(-1)).toMatchObject({
      outcome: 'REFUSED',
      message: 'Rp 10.000.000.000 is committed already, so the ceiling cannot be lower than that.',
    })
  })
})

test('what hangs on a payer that is refused is refused as well, and each row says why', async () => {
  const { rows } = await apply(recipe().replace('area: "36.03"', 'area: "36.99"'))
  expect(rows.map(({ outcome, message }) => [outcome, message])).toEqual([
    ['REFUSED', 'There is no area 36.99 of this kind. Check the code.'],
    ['CREATE', undefined],
    ['REFUSED', 'Its payer kab-tangerang is refused.'],
    ['REFUSED', 'Its payer kab-tangerang is refused.'],
    ['REFUSED', 'Its payer kab-tangerang is refused.'],
  ])
})

test('rates are recorded, ended by later ones, and left alone by the file that began them', async () => {
  const rate = (from: string, amount: number) =>
    `rates:\n  - { segment: BPU, benefit: JKM, variant: FLAT, amount: ${amount}, from: ${from}, legalBasis: PP, standing: VERIFIED }`
  expect(inShort(await apply(rate('2015-07', 6800)))).toEqual(['CREATE rate BPU JKM FLAT from 2015-07'])
  expect((await apply(rate('2027-01', 7000))).rows).toEqual([
    {
      what: 'rate',
      name: 'BPU JKM FLAT from 2027-01',
      outcome: 'CREATE',
      message: 'ends BPU JKM FLAT from 2015-07 in 2026-12',
    },
  ])
  expect(inShort(await apply(rate('2015-07', 6800)))).toEqual(['UNCHANGED rate BPU JKM FLAT from 2015-07'])
  const both = `${rate('2015-07', 6800)}\n${rate('2027-01', 7000).replace('rates:\n', '')}`
  expect(new Set((await apply(both)).rows.map(({ outcome }) => outcome))).toEqual(new Set(['UNCHANGED']))
  expect((await apply(rate('2027-01', 7100))).rows).toMatchObject([{ outcome: 'REVISE', message: 'amount' }])
})

test.each<[string, string, string]>([
  ['a section nobody knows', 'workers: []', 'the file: Unrecognized key: "workers"'],
  [
    'an area without quotes',
    'payers: [{ key: a, kind: PROVINCE, name: A, area: 36 }]',
    'payers, row 1, area',
  ],
  [
    'a regency without its area',
    'payers: [{ key: a, kind: REGENCY, name: A }]',
    'must be the code of the area',
  ],
  [
    'a key twice',
    'payers: [{ key: a, kind: DONOR, name: A }, { key: a, kind: DONOR, name: B }]',
    'payers, row 2: the key a is there twice',
  ],
  [
    'a payer it does not name',
    'budgets: [{ payer: a, year: 2026, fundingSource: CSR, agency: A, ceiling: [{ on: 2026-01-01, amount: 1, note: n }] }]',
    'budgets, row 1, payer: a is no key of the payers in this file',
  ],
  [
    'a budget without money',
    'payers: [{ key: a, kind: DONOR, name: A }]\nbudgets: [{ payer: a, year: 2026, fundingSource: CSR, agency: A, ceiling: [] }]',
    'budgets, row 1, ceiling',
  ],
  ['no YAML', 'payers: [', 'hub.yaml is no YAML'],
])('a file with %s is refused by the name of the row', (_, text, message) => {
  expect(() => read(text)).toThrow(message)
})

test('the file of the demo makes the payers, programs and ceilings that the demo has, but for its villages’', async () => {
  const demo = await generateDemo()
  const applied = await apply(readSetup(), false, demo.today)
  expect(new Set(applied.rows.map(({ outcome }) => outcome))).toEqual(new Set(['CREATE']))
  const [payers, , programs, budgets, entries] = await stored()
  // The villages themselves are in the file; their small programs and budgets follow from villages.yaml.
  const ofFile = demo.budgets.filter(({ fundingSource }) => fundingSource !== 'APBDES')
  expect(payers).toEqual(
    demo.payers.map(({ id, kind, name, areaCode }) => ({ id: String(id), kind, name, area_code: areaCode })),
  )
  expect(programs).toEqual(
    demo.programs
      .filter(({ code }) => !code.startsWith('DESA-'))
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .map((program) => ({
        code: program.code,
        name: program.name,
        payer_id: String(program.payerId),
        funding_source: program.fundingSource,
        agency: null,
        segment: program.segment,
        benefits: program.benefits,
        categories: program.categories,
        max_decile: program.maxDecile,
        period: toDaterange(program.period),
        contribution: program.contribution.toString(),
        legal_basis: program.legalBasis,
      })),
  )
  const given = (budget: number) =>
    demo.entries.filter(
      ({ budgetId, kind }) => budgetId === budget && (kind === 'ALLOCATE' || kind === 'REVISE'),
    )
  expect(budgets).toEqual(
    ofFile.map((budget) => ({
      id: String(budget.id),
      payer_id: String(budget.payerId),
      fiscal_year: budget.fiscalYear,
      funding_source: budget.fundingSource,
      agency: budget.agency,
      account_code: null,
      version: budget.version,
      original_ceiling: budget.originalCeiling.toString(),
      ceiling: given(budget.id)
        .reduce((sum, { amount }) => sum + amount, 0n)
        .toString(),
      committed: '0',
      paid: '0',
    })),
  )
  expect(entries).toHaveLength(ofFile.flatMap(({ id }) => given(id)).length)

  const again = await apply(readSetup(), false, demo.today)
  expect(new Set(again.rows.map(({ outcome }) => outcome))).toEqual(new Set(['UNCHANGED']))
})
