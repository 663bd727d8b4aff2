import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { vaultNik } from '../../src/access/vault/vault.ts'
import type { Hub } from '../../src/app.ts'
import { composeNik, isOneSlipAway, type Nik } from '../../src/kernel/nik.ts'
import { type NamedRow, suspectsInFile } from '../../src/rosters/suspects-in-file.ts'
import { aPayer, aProgram } from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'

// Real: PGlite and the vault's keys. The reference compares each row with every earlier one; only how similar two names are
// is asked of PostgreSQL, name by name.

let hub: Hub
let similarityOf: (one: string, other: string) => number
let program: string

beforeAll(async () => {
  hub = await openTestHub()
  program = (await aProgram(await aPayer('CENTRAL').in(hub)).in(hub)).code
  similarityOf = await similarities(NAMES)
})
afterAll(() => hub?.close())

const nikOf = (serial: number): Nik =>
  composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial })

/** Few enough that people meet, and slips apart in all ways. */
const NIKS = [9111, 9112, 9121, 9211, 9119, 9191, 9222, 9322].map(nikOf)
const DAYS = ['1983-05-01', '1983-05-02']
const NAMES = [
  'Siti Nuraini',
  "Hj. Siti Nur'aini, S.Pd",
  'Siti Nur',
  'M. Hidayat',
  'Mohamad Hidayatullah',
  'Budi',
]

const person = fc.record({
  nik: fc.constantFrom(...NIKS),
  fullName: fc.constantFrom(...NAMES),
  birthDate: fc.constantFrom(...DAYS),
})

test('rows meet the earlier rows of their file that are like them, whichever of them are asked about', async () => {
  let met = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.boolean()),
      async (people, asked) => {
        const rows = people.map((one, index) => ({ ...one, row: index + 1 }))
        const roster = await aRoster(rows)
        const chosen = rows.filter(() => asked.next().value).toReversed()
        const found = await suspectsInFile(hub.db.query, roster, chosen, hub.nikKeys)
        const expected = chosen.flatMap((one) => {
          const earlier = suspectOf(one, rows)
          return earlier === undefined ? [] : [[one.row, earlier] as const]
        })
        expect(found).toEqual(new Map(expected))
        met += expected.length
      },
    ),
    { numRuns: 150 },
  )
  expect(met).toBeGreaterThan(50)
})

test('rows without a NIK, a name or a birth date, and rows of other files, are like nobody', async () => {
  const siti = { nik: NIKS[0]!, fullName: NAMES[0]!, birthDate: DAYS[0]! }
  await aRoster([{ ...siti, row: 1 }])
  const roster = await aRoster([1, 2, 3].map((row) => ({ ...siti, row })))
  await hub.db.query(
    `/* test.unread */ update roster_identity set full_name = case row when 1 then null else full_name end,
        birth_date = case row when 2 then null else birth_date end,
        nik_token = case row when 3 then null else nik_token end
      where roster_id = $1`,
    [roster],
  )
  const asked = [{ ...siti, nik: NIKS[1]!, row: 4 }]
  expect(await suspectsInFile(hub.db.query, roster, asked, hub.nikKeys)).toEqual(new Map())
  expect(await suspectsInFile(hub.db.query, roster, [], hub.nikKeys)).toEqual(new Map())
})

function suspectOf(one: NamedRow, rows: readonly NamedRow[]): number | undefined {
  const likeness = (other: NamedRow) => similarityOf(one.fullName, other.fullName)
  const [suspect] = rows
    .filter(({ row, nik }) => row < one.row && rows.find((first) => first.nik === nik)!.row === row)
    .filter(({ birthDate, nik }) => birthDate === one.birthDate && isOneSlipAway(nik, one.nik))
    .filter((other) => likeness(other) >= 0.5)
    .sort((a, b) => likeness(b) - likeness(a) || a.row - b.row)
  return suspect?.row
}

/** @returns its id. */
async function aRoster(rows: readonly NamedRow[]): Promise<string> {
  const [roster] = await hub.db.query<{ id: string }>(
    `/* test.roster */ insert into roster (program_code, payer_id, period, areas)
      select code, payer_id, '[2023-06-01,2024-01-01)', '{*}' from coverage_program where code = $1 returning id`,
    [program],
  )
  const { id } = roster!
  await hub.db.query(
    '/* test.roster_rows */ insert into roster_row (roster_id, row) select $1, row from unnest($2::int[]) as row',
    [id, rows.map(({ row }) => row)],
  )
  for (const { row, nik, fullName, birthDate } of rows) {
    const { keyId, cipher, tokens } = vaultNik(nik, hub.nikKeys)
    await hub.db.query(
      `/* test.roster_identity */ insert into roster_identity
        (roster_id, row, key_id, nik_token, nik_cipher, full_name, birth_date) values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, row, keyId, tokens[0]!.token, cipher, fullName, birthDate],
    )
  }
  return id
}

/** How similar any two of these names are once they are normal. */
async function similarities(names: readonly string[]): Promise<(one: string, other: string) => number> {
  const rows = await hub.db.query<{ one: string; other: string; similarity: number }>(
    `/* test.similarities */ select one, other, similarity(normal_name(one), normal_name(other))
      from unnest($1::text[]) as one, unnest($1::text[]) as other`,
    [names],
  )
  const known = new Map(rows.map(({ one, other, similarity }) => [`${one}|${other}`, similarity]))
  return (one, other) => known.get(`${one}|${other}`)!
}
