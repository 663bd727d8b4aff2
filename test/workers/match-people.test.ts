import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { composeNik, isOneSlipAway, type Nik } from '../../src/kernel/nik.ts'
import { insertIdentities } from '../../src/workers/identity.ts'
import { type Match, matchPeople, type Person } from '../../src/workers/registration/match-people.ts'
import { someAreas } from '../harness/areas.ts'
import { aWorker } from '../harness/builders.ts'
import { openTestHub } from '../harness/hub.ts'
import { emptyRegistry } from './registry.ts'

// Real: PGlite and the vault. The reference compares everybody with everybody in JavaScript, trigrams and all.

let hub: Hub

beforeAll(async () => {
  hub = await openTestHub()
  await someAreas(hub)
})
afterAll(() => hub?.close())

const nikOf = (n: number): Nik =>
  composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial: n })

/** Few enough that people meet, and slips apart in all ways. */
const NIKS = [9111, 9112, 9121, 9211, 9119, 9191, 9222, 9322].map(nikOf)
const DAYS = ['1983-05-01', '1983-05-02']
const TITLES = ['', '', '', 'H. ', 'Hj. ', 'Drs. ', 'KH. ']
const FIRST = ['Muhammad', 'M.', 'Moch', 'MOHAMAD', 'Siti', "Nur'aini", 'Nuraini', 'Budi']
const LAST = ['Hidayat', 'Hidayatullah', 'Rahasia', 'Santoso', 'Nur Hidayat', 'hidayat-rahman', 'Hidayta']
const DEGREES = ['', '', ', S.Pd', ', S.E., M.M.']

const name = fc
  .tuple(...[TITLES, FIRST, LAST, DEGREES].map((words) => fc.constantFrom(...words)))
  .map(([title, first, last, degree]) => `${title}${first} ${last}${degree}`)

const person: fc.Arbitrary<Person> = fc.record({
  nik: fc.constantFrom(...NIKS),
  fullName: name,
  birthDate: fc.constantFrom(...DAYS),
})

/** Who is known: each NIK once, some of them merged into the one before. */
const known = fc.uniqueArray(fc.record({ person, isMerged: fc.boolean() }), {
  selector: ({ person: { nik } }) => nik,
  maxLength: 6,
})

test('people are matched all at once as they would be one by one', async () => {
  const met = new Set<string>()
  await fc.assert(
    fc.asyncProperty(known, fc.array(person, { maxLength: 8 }), async (vault, asked) => {
      await emptyRegistry(hub)
      const people: Known[] = []
      for (const { person, isMerged } of vault) {
        const { id } = await aWorker().in(hub)
        await insertIdentities(hub.db.query, [{ worker: id, ...person }], hub.nikKeys)
        const kept = people.at(-1)
        const owner = isMerged && kept ? kept.owner : id
        if (owner !== id)
          await hub.db.query('/* test.merge */ update worker set merged_into_id = $1 where id = $2', [
            owner,
            id,
          ])
        people.push({ ...person, id, owner })
      }
      const match = (except?: string) => matchPeople(hub.db.query, asked, hub.nikKeys, except)
      const matches = await match()
      expect(matches).toEqual(asked.map((one) => matchOne(one, people)))
      for (const { kind } of matches) met.add(kind)
      const [own] = people
      if (!own) return
      expect(await match(own.id)).toEqual(asked.map((one) => matchOne(one, people, own.id)))
    }),
    { numRuns: 150 },
  )
  expect(met).toEqual(new Set(['NEW', 'EXACT', 'CONFLICT', 'SUSPECT']))
})

test('a whole file is matched as its people are one by one, and a name of titles only is like nobody', async () => {
  await emptyRegistry(hub)
  const siti = { nik: NIKS[0]!, fullName: 'Siti Rahasia', birthDate: DAYS[0]! }
  const titles = { nik: NIKS[6]!, fullName: 'Drs. H.', birthDate: DAYS[0]! }
  const owners: string[] = []
  for (const person of [siti, titles]) {
    const { id } = await aWorker().in(hub)
    await insertIdentities(hub.db.query, [{ worker: id, ...person }], hub.nikKeys)
    owners.push(id)
  }
  const asked = Array.from({ length: 2_500 }, (_, n): Person => {
    const nik = NIKS[n % NIKS.length]!
    return { nik, fullName: ['Siti Rahasia', 'Hj.', 'Budi'][n % 3]!, birthDate: DAYS[n % 2]! }
  })
  const matches = await matchPeople(hub.db.query, asked, hub.nikKeys)
  const alone = new Map<string, Match>()
  for (const [n, one] of asked.entries()) {
    const said = JSON.stringify(one)
    if (!alone.has(said)) alone.set(said, (await matchPeople(hub.db.query, [one], hub.nikKeys))[0]!)
    expect(matches[n]).toEqual(alone.get(said))
  }
  const [conflict] = await matchPeople(hub.db.query, [titles], hub.nikKeys)
  expect(conflict).toEqual({ kind: 'CONFLICT', worker: owners[1] })
  const [other] = await matchPeople(hub.db.query, [{ ...titles, nik: nikOf(9_223) }], hub.nikKeys)
  expect(other).toEqual({ kind: 'NEW' })
})

interface Known extends Person {
  readonly id: string
  /** Whose row it is, after merges. */
  readonly owner: string
}

function matchOne(asked: Person, people: readonly Known[], except?: string): Match {
  const same = people.find(({ id, nik }) => nik === asked.nik && id !== except)
  const likeness = (other: Person) => similarity(normalName(asked.fullName), normalName(other.fullName))
  if (same) return { kind: likeness(same) >= Math.fround(0.85) ? 'EXACT' : 'CONFLICT', worker: same.owner }
  const [suspect] = people
    .filter(({ owner }) => owner !== except)
    .filter(({ birthDate }) => birthDate === asked.birthDate)
    .filter((other) => likeness(other) >= 0.5 && isSlip(asked.nik, other.nik))
    .sort((a, b) => likeness(b) - likeness(a) || Number(a.id) - Number(b.id))
  return suspect ? { kind: 'SUSPECT', worker: suspect.owner } : { kind: 'NEW' }
}

/** One digit changed, or two neighbors swapped: tried out, not counted. */
function isSlip(one: string, other: string): boolean {
  for (let i = 0; i < 16; i++) {
    for (const digit of '0123456789') {
      if (digit !== one[i] && one.slice(0, i) + digit + one.slice(i + 1) === other) return true
    }
    const swapped = one.slice(0, i) + (one[i + 1] ?? '') + one[i] + one.slice(i + 2)
    if (i < 15 && swapped !== one && swapped === other) return true
  }
  return false
}

const DROPPED = 'H HJ DRS DRA DR IR PROF KH TB RR ST SE SH SPD'.split(' ')
const MUHAMMAD =
  'MUHAMMAD MUHAMAD MOHAMMAD MOHAMAD MOHAMMED MOHAMED MUHAMMED MUCHAMMAD MUCHAMAD MOCHAMMAD MOCHAMAD MOCH MUH MOH MHD MHMD MD M'.split(
    ' ',
  )

function normalName(text: string): string {
  return text
    .split(',')[0]!
    .toUpperCase()
    .replaceAll("'", '')
    .split(/[^A-Z]+/)
    .filter((word) => word !== '' && !DROPPED.includes(word))
    .map((word) => (MUHAMMAD.includes(word) ? 'MUHAMMAD' : word))
    .join(' ')
}

/** As `pg_trgm` says it: shared trigrams of all, in single precision; a word has two blanks before it and one behind. */
function similarity(one: string, other: string): number {
  const [a, b] = [trigrams(one), trigrams(other)]
  const shared = [...a].filter((trigram) => b.has(trigram)).length
  return Math.fround(shared / (a.size + b.size - shared))
}

function trigrams(text: string): ReadonlySet<string> {
  return new Set(
    text.split(' ').flatMap((word) => {
      const padded = `  ${word} `
      return Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3))
    }),
  )
}

describe('two NIKs', () => {
  test.each<[string, string, boolean]>([
    ['3603014105839111', '3603014105839112', true],
    ['3603014105839111', '9603014105839111', true],
    ['3603014105839121', '3603014105839211', true],
    ['6303014105839121', '3603014105839121', true],
    ['3603014105839111', '3603014105839111', false],
    ['3603014105839121', '3603014105839112', true],
    ['3603014105839123', '3603014105839321', false],
    ['3603014105839123', '3603014105839312', false],
    ['3603014105839111', '3603014105839122', false],
  ])('%s and %s: one slip apart is %j', (one, other, expected) => {
    expect(isOneSlipAway(one as Nik, other as Nik)).toBe(expected)
    expect(isOneSlipAway(other as Nik, one as Nik)).toBe(expected)
    expect(isSlip(one, other)).toBe(expected)
  })
})
