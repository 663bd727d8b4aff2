import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { WORKER_CATEGORIES, type WorkerCategory } from '../../src/programs/worker-category.ts'
import { planEnrollment } from '../../src/rosters/plan-enrollment.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { balanceOf, openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram, type InsertedBudget } from '../harness/builders.ts'
import {
  afterwards,
  approve,
  counted,
  daysAfter,
  known,
  receive,
  reported,
  rowsOf,
  type Somebody,
  somebody,
} from './roster-world.ts'

// Real: PGlite in memory, a file of 15,000 people from its bytes to enrolled, submitted and approved by two people. Who comes
// first is worked out anew here, from what the test knows of each person.

const PEOPLE = 15_000
const COST = 12n * 16_800n

/** What a person is to the hub: renewed, at the last chance, covered once, or never. */
type Kind = 'EXPIRING' | 'NEAR_AGE' | 'LAPSED' | 'NEVER'
interface Listed extends Somebody {
  readonly kind: Kind
}

const CLASSES: readonly Kind[] = ['EXPIRING', 'NEAR_AGE', 'LAPSED', 'NEVER']
const RISKY = new Set(['FISH', 'CONSTRUCTION', 'MINING', 'TRANSPORT'])
const CATEGORIES: readonly WorkerCategory[] = [
  'FARMER',
  'SCAVENGER',
  'FISHER',
  'PEDICAB',
  'DOMESTIC',
  'SAND_MINER',
]

/**
 * Of every 50, one is renewed, one lapsed and one is 64 years old, each in any decile. Of those never covered few are in
 * decile 4, fewer than the money lasts not for: so the line goes through decile 3.
 */
const LIST: readonly Listed[] = Array.from({ length: PEOPLE }, (_, n): Listed => {
  const kind = ({ 7: 'EXPIRING', 21: 'LAPSED', 43: 'NEAR_AGE' } as const)[n % 50] ?? 'NEVER'
  const isFew = n % 150 === 11
  const decile = kind === 'NEVER' ? (isFew ? 4 : 1 + (n % 3)) : 1 + (n % 4)
  const birthDate = kind === 'NEAR_AGE' ? daysAfter('1958-02-01', Math.floor(n / 50)) : undefined
  const category = CATEGORIES[n % 7]! ?? 'FARMER'
  return { ...somebody(n, { decile, category, ...(birthDate && { birthDate }) }), kind }
})

/** Rows in the order in which DOMAIN.md §10 lets them in. */
const ORDER = LIST.map((person, n) => ({ ...person, row: n + 1 })).sort(
  (a, b) =>
    CLASSES.indexOf(a.kind) - CLASSES.indexOf(b.kind) ||
    a.decile! - b.decile! ||
    (a.kind === 'NEVER' ? Number(isRisky(b)) - Number(isRisky(a)) : 0) ||
    a.row - b.row,
)

function isRisky({ category }: Somebody): boolean {
  return RISKY.has(WORKER_CATEGORIES[category].sector)
}

let hub: Hub
let budget: InsertedBudget
let roster: string

beforeAll(async () => {
  hub = await openRatedHub()
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const central = await aPayer('CENTRAL').in(hub)
  const program = await aProgram(regency).during('2023-01..2023-12').upToDecile(4).in(hub)
  budget = await aBudget(regency, 2023, 3_000_000_000n).in(hub)
  const covered = async (kind: Kind, months: readonly [string, string]) => {
    const workers = await known(
      hub,
      LIST.filter((person) => person.kind === kind),
    )
    await reported(
      hub,
      central,
      workers.filter((_, n) => n % 2 === 0),
      months[0],
    )
    await reported(
      hub,
      central,
      workers.filter((_, n) => n % 2 === 1),
      months[1],
    )
  }
  // The last two months of a year are within 60 days before it.
  await covered('EXPIRING', ['2022-10..2022-12', '2022-06..2022-11'])
  await covered('LAPSED', ['2022-06..2022-10', '2021-01..2021-01'])
  roster = (await receive(hub, { program: program.code, months: '2023-01..2023-12' }, LIST)).id
  await workOnRosters(hub)
})
afterAll(() => hub?.close())

const OVER_BUDGET = {
  code: 'OVER_BUDGET',
  fact: '2023',
  level: 'INELIGIBLE',
  message: 'The money of a year went to those before.',
}

const LEFT_OUT = ORDER.slice(14_880)

test('of 15,000 people for a year and Rp 3,000,000,000 all are eligible, and the money is said to last for 14,880', async () => {
  expect(counted(await rowsOf(hub, roster))).toEqual({ ELIGIBLE: PEOPLE })
  const plan = await planEnrollment(hub.db.query, roster)
  expect(plan).toMatchObject({
    fits: 14_880,
    overBudget: 120,
    cost: 14_880n * COST,
    leftOut: LEFT_OUT.map(({ row }) => row),
  })
  expect(plan.months).toHaveLength(12)
  for (const month of plan.months) expect(month).toMatchObject({ people: 14_880, cost: 14_880n * 16_800n })
  expect(plan.budgets).toMatchObject([{ year: 2023, needed: 15_000n * COST, remaining: 3_000_000_000n }])
})

test('exactly they are enrolled, and the 120 that the priority names last find no money', async () => {
  const plan = await planEnrollment(hub.db.query, roster)
  await approve(hub, roster)
  await workOnRosters(hub)
  const rows = await rowsOf(hub, roster)
  expect(counted(rows)).toEqual({ ENROLLED: 14_880, OVER_BUDGET: 120 })
  const leftOut = rows.filter(({ outcome }) => outcome === 'OVER_BUDGET')
  expect(leftOut.map(({ row }) => row)).toEqual(LEFT_OUT.map(({ row }) => row).sort((a, b) => a - b))
  // The list is worth the test: the line divides people of one decile and one kind of work.
  expect(new Set(LEFT_OUT.map((person) => `${person.kind} ${person.decile} ${isRisky(person)}`))).toEqual(
    new Set(['NEVER 4 true', 'NEVER 4 false', 'NEVER 3 false']),
  )
  expect(await planEnrollment(hub.db.query, roster)).toEqual(afterwards(plan))
  expect(await balanceOf(hub, budget)).toEqual({
    ceiling: 3_000_000_000n,
    committed: 14_880n * COST,
    paid: 0n,
  })
  expect((await verifyLedger(hub.db)).broken).toEqual([])
})

test('who found no money is registered all the same, and not covered', async () => {
  const rows = (await rowsOf(hub, roster)).filter(({ outcome }) => outcome === 'OVER_BUDGET')
  // It was foreseen, so nothing has changed.
  expect(rows.every(({ enrollment, screenedAs }) => enrollment === null && screenedAs === null)).toBe(true)
  expect(new Set(rows.map(({ findings }) => JSON.stringify(findings)))).toEqual(
    new Set([JSON.stringify([OVER_BUDGET])]),
  )
  const [found] = await hub.db.query(
    `/* test.left_out */ select count(*)::int as workers,
      (select count(*)::int from worker) as all,
      (select count(*)::int from worker_identity where worker_id = any($1::bigint[])) as identities,
      (select count(*)::int from coverage_line where worker_id = any($1::bigint[])) as lines,
      (select count(*)::int from enrollment where worker_id = any($1::bigint[])) as enrollments
    from worker where id = any($1::bigint[])`,
    [rows.map(({ worker }) => worker)],
  )
  expect(found).toEqual({ workers: 120, all: PEOPLE, identities: 120, lines: 0, enrollments: 0 })
})
