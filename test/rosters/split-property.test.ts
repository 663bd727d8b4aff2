import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { planEnrollment } from '../../src/rosters/plan-enrollment.ts'
import { waitingRosters, workOnRosters } from '../../src/rosters/roster-work.ts'
import { matchPeople } from '../../src/workers/registration/match-people.ts'
import { openRatedHub } from '../enrollments/world.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
} from '../harness/builders.ts'
import {
  afterwards,
  approve,
  counted,
  decide,
  dumpOf,
  type FoundRow,
  known,
  receive,
  reported,
  rowsOf,
  type Somebody,
} from './roster-world.ts'

// Real: PGlite, files from their bytes to enrolled. Each run makes two houses of the same people: a payer with a program, budgets,
// people whom the hub knows. They differ in codes, and in the first six digits of their NIKs, nowhere else. One does all of its
// file at once, the other in pieces. SPLIT_RUNS raises the number of runs.

const RUNS = Number(process.env.SPLIT_RUNS ?? 25)

/** Over New Year, so that people need two budgets. */
const MONTHS = '2023-10..2024-03'
const COST = 3n * 16_800n

/** In October 2023 some turn 65, or are 64, 17 or 40. */
const BORN = ['1983-05', '1958-10', '1958-12', '2006-01'] as const
const NAMES = [
  'Siti Rahasia Nuraini',
  "Siti Rahasia Nur'aini",
  'Siti Rahasia Budi',
  'Rahasia Hidayatullah',
] as const
const SERIALS = [9_111, 9_112, 9_121, 9_211, 9_113, 9_131, 9_311, 9_333] as const
const CATEGORIES = ['FARMER', 'FISHER', 'DRIVER'] as const

let hub: Hub
beforeAll(async () => {
  hub = await openRatedHub()
})
afterAll(() => hub?.close())

/** A person as every house has one: which birth month, serial and name. */
const person = fc.record({
  born: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
  serial: fc.constantFrom(...SERIALS),
  name: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1) },
    { weight: 1, arbitrary: fc.nat({ max: 3 }) },
  ),
  category: fc.constantFrom(...CATEGORIES),
  decile: fc.option(fc.integer({ min: 1, max: 5 }), { freq: 6 }),
})
type Person = typeof person extends fc.Arbitrary<infer Of> ? Of : never

const scenario = fc.record({
  known: fc.uniqueArray(
    fc.record({ person, fact: fc.constantFrom('plain', 'expiring', 'lapsed', 'covered') }),
    { maxLength: 4, selector: ({ person: { born, serial } }) => `${born} ${serial}` },
  ),
  file: fc.array(person, { minLength: 2, maxLength: 14, size: 'max' }),
  rooms: fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 8 })),
  decisions: fc.array(fc.nat({ max: 9 }), { minLength: 14, maxLength: 14 }),
  // Between approval and enrolling: the row whose person a clerk registers, and the known person who dies.
  registered: fc.array(fc.nat({ max: 13 }), { maxLength: 2 }),
  covered: fc.array(fc.nat({ max: 13 }), { maxLength: 1 }),
  died: fc.option(fc.nat({ max: 3 })),
  // How the work is split: into transactions of these sizes over and over, so many of each until the process ends, by so many
  // processes at once.
  split: fc.record({
    pieces: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
    ofEach: fc.integer({ min: 1, max: 4 }),
    processes: fc.integer({ min: 1, max: 2 }),
  }),
})
type Scenario = typeof scenario extends fc.Arbitrary<infer Of> ? Of : never

const WHOLE: Scenario['split'] = { pieces: [1_000], ofEach: 1, processes: 1 }

interface House {
  readonly payer: InsertedPayer
  readonly program: InsertedProgram
  readonly budgets: readonly InsertedBudget[]
  /** How the NIKs of its people begin, and nobody else's. */
  readonly digits: string
  somebody(person: Person): Somebody
}

let runs = 0

/** Nobody of a run is like anybody of another: each has its day of birth, and digits of its own. */
async function aHouse(run: number, which: 0 | 1, rooms: readonly [number, number]): Promise<House> {
  const payer = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const program = await aProgram(payer).during('2023-01..2024-12').upToDecile(4).in(hub)
  const budgets = [
    await aBudget(payer, 2023, BigInt(rooms[0]) * COST).in(hub),
    await aBudget(payer, 2024, BigInt(rooms[1]) * COST).in(hub),
  ]
  const digits = 10 + Math.floor(run / 28)
  const district = `${['32', '51'][which]}.${digits}.${digits}`
  const day = String(1 + (run % 28)).padStart(2, '0')
  return {
    payer,
    program,
    budgets,
    digits: `${district.replaceAll('.', '')}${40 + Number(day)}`,
    somebody: ({ born, serial, name, category, decile }) => {
      const birthDate = `${BORN[born]}-${day}`
      return {
        nik: composeNik({ district, birthDate, sex: 'FEMALE', serial }),
        name: NAMES[name]!,
        birthDate,
        sex: 'FEMALE',
        category,
        village: '36.03.01.2003',
        ...(decile !== null && { decile }),
      }
    },
  }
}

/** A roster of the house, screened, decided, approved, with everything that changes before it is enrolled. */
async function approved(
  house: House,
  { known: before, file, decisions, ...changes }: Scenario,
  split: Scenario['split'],
) {
  const workers = await known(
    hub,
    before.map(({ person }) => house.somebody(person)),
  )
  const central = await aPayer('CENTRAL').in(hub)
  const months = { expiring: '2023-05..2023-09', lapsed: '2022-01..2022-03', covered: '2023-12..2023-12' }
  for (const [n, { fact }] of before.entries())
    if (fact !== 'plain') await reported(hub, central, [workers[n]!], months[fact as keyof typeof months])
  const lines = file.map(house.somebody)
  const { id } = await receive(hub, fileOf(house), lines)
  await worked(split)
  const screened = await rowsOf(hub, id)
  for (const { row, outcome } of screened) {
    const answer = answerTo(outcome, decisions[row - 1]!)
    if (answer) await decide(hub, id, row, answer)
  }
  const settled = await rowsOf(hub, id)
  const plan = await planEnrollment(hub.db.query, id)
  if (!settled.some(({ outcome }) => outcome === 'ELIGIBLE'))
    return { id, lines, settled, plan, isApproved: false }
  await approve(hub, id)
  for (const n of new Set([...changes.registered, ...changes.covered])) await register(lines[n], settled[n])
  for (const n of changes.covered) await cover(central, lines[n])
  if (changes.died !== null && workers[changes.died]) await die(workers[changes.died]!)
  return { id, lines, settled, plan, isApproved: true }
}

const fileOf = ({ program }: House) => ({ program: program.code, months: MONTHS })

function answerTo(outcome: FoundRow['outcome'], drawn: number): string | undefined {
  if (outcome === 'REVIEW') return ['ADMIT', 'ADMIT', 'REFUSE'][drawn % 3]
  if (outcome === 'SUSPECT_MATCH') return ['OTHER_PERSON', 'OTHER_PERSON', 'SAME_PERSON', 'REFUSE'][drawn % 4]
  return undefined
}

/** Somebody new to the hub is registered by others. */
async function register(line: Somebody | undefined, row: FoundRow | undefined): Promise<void> {
  if (!line || row?.outcome !== 'ELIGIBLE' || (row.match !== 'NEW' && row.match !== 'SUSPECT')) return
  const before = await workerOf(line)
  // Of another decile, so that who comes first would be another one now.
  if (before === undefined) await known(hub, [{ ...line, decile: 1 }])
}

async function cover(payer: InsertedPayer, line: Somebody | undefined): Promise<void> {
  const worker = line && (await workerOf(line))
  if (worker !== undefined) await reported(hub, payer, [worker], '2024-02..2024-02')
}

async function die(worker: string): Promise<void> {
  await hub.db.query(
    `/* test.died */ update worker set life_status = 'DECEASED', death_month = '2023-05-01' where id = $1`,
    [worker],
  )
}

async function workerOf({ nik, birthDate, name }: Somebody): Promise<string | undefined> {
  const [found] = await matchPeople(hub.db.query, [{ nik, fullName: name, birthDate }], hub.nikKeys)
  return found!.kind === 'EXACT' ? found!.worker : undefined
}

/** Works until nothing waits. */
async function worked({ pieces, ofEach, processes }: Scenario['split']): Promise<void> {
  for (let turn = 0; (await waitingRosters(hub.db.query)).length > 0; turn++) {
    if (turn > 300) throw new Error('The work does not end.')
    await Promise.all(
      Array.from({ length: processes }, (_, process) => {
        let done = 0
        return workOnRosters(hub, {
          chunk: pieces[(turn + process) % pieces.length]!,
          isStopped: () => done >= ofEach,
          onChunk: () => {
            done++
          },
        })
      }),
    )
  }
}

const result = (house: House, roster: string) =>
  dumpOf(hub, roster, {
    person: (nik: Nik) => (nik.startsWith(house.digits) ? nik.slice(6) : undefined),
    program: (code) => (code === house.program.code ? 'the program' : code),
  })

test(
  'a file sent in any pieces is the same hub as at once, and sent twice it changes nothing',
  async () => {
    const outcomes: Record<string, number> = {}
    let asForeseen = 0
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const run = runs++
        // What a run that failed has left is not waited for.
        await hub.db.query(`/* test.left */ update roster set state = 'REJECTED' where state <> 'ENROLLED'`)
        const whole = await aHouse(run, 0, drawn.rooms)
        const split = await aHouse(run, 1, drawn.rooms)
        const one = await approved(whole, drawn, WHOLE)
        const other = await approved(split, drawn, drawn.split)
        expect(other.isApproved).toBe(one.isApproved)
        await worked(WHOLE)
        await worked(drawn.split)
        const expected = await result(whole, one.id)
        const found = await result(split, other.id)
        expect(found).toEqual(expected)
        const rows = await rowsOf(hub, other.id)
        for (const [outcome, count] of Object.entries(counted(rows)))
          outcomes[outcome] = (outcomes[outcome] ?? 0) + count
        // What was foreseen has come, unless a row says that it has not.
        const isChanged = rows.some(({ screenedAs }) => screenedAs !== null)
        const isKnownSince = rows.some(({ match }, n) => match !== other.settled[n]!.match)
        if (one.isApproved && !isChanged && !isKnownSince) {
          expect(await planEnrollment(hub.db.query, one.id)).toEqual(afterwards(one.plan))
          asForeseen++
        }

        const again = await receive(hub, fileOf(split), other.lines)
        expect(again).toEqual({ id: other.id, isNew: false, state: found.state })
        await worked(drawn.split)
        expect(await result(split, other.id)).toEqual(found)
      }),
      { numRuns: RUNS },
    )
    expect(asForeseen).toBeGreaterThan(0)
    expect((await verifyLedger(hub.db)).broken).toEqual([])
    expect(Object.keys(outcomes)).toEqual(
      expect.arrayContaining(['ENROLLED', 'OVER_BUDGET', 'ALREADY_COVERED', 'INELIGIBLE', 'SUSPECT_MATCH']),
    )
  },
  RUNS * 2_000 + 60_000,
)
