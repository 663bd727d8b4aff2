import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import type { Benefit } from '../../src/programs/program.entity.ts'
import { planEnrollment } from '../../src/rosters/plan-enrollment.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { asking, balanceOf, openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import {
  afterwards,
  approve,
  decide,
  known,
  mistyped,
  receive,
  rowsOf,
  type Somebody,
  somebody,
} from './roster-world.ts'

// Real: PGlite in memory, files from their bytes to enrolled; what changes in between changes through GraphQL. Each test has a
// payer, a program and people of its own; the business day is 15 May 2023.

const MONTHS = '2023-06..2023-12'
const COST = 7n * 16_800n

let hub: Hub
beforeAll(async () => {
  hub = await openRatedHub()
})
afterAll(() => hub?.close())

/** So many people, the first few known to the hub. */
async function screened(
  count: number,
  {
    knownPeople = 0,
    benefits = ['JKK', 'JKM'],
    ceiling = BigInt(count) * COST,
  }: { knownPeople?: number; benefits?: readonly Benefit[]; ceiling?: bigint } = {},
) {
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const program = await aProgram(regency)
    .paying(...benefits)
    .in(hub)
  const budget = await aBudget(regency, 2023, ceiling).in(hub)
  const people = Array.from({ length: count }, () => somebody(numbers++))
  const workers = await known(hub, people.slice(0, knownPeople))
  const { id } = await receive(hub, { program: program.code, months: MONTHS }, people)
  await workOnRosters(hub)
  expect((await rowsOf(hub, id)).map(({ outcome }) => outcome)).toEqual(Array(count).fill('ELIGIBLE'))
  return { roster: id, regency, program, budget, people, workers }
}
let numbers = 1

async function enrolled(roster: string, chunk?: number) {
  await approve(hub, roster)
  await workOnRosters(hub, chunk === undefined ? {} : { chunk })
  expect((await verifyLedger(hub.db)).broken).toEqual([])
  const [{ state }] = (await hub.db.query('/* test.state */ select state from roster where id = $1', [
    roster,
  ])) as [{ state: string }]
  expect(state).toBe('ENROLLED')
  return rowsOf(hub, roster)
}

const outcomes = (rows: Awaited<ReturnType<typeof rowsOf>>) =>
  rows.map(({ outcome, screenedAs }) => (screenedAs === null ? outcome : `${outcome}, was ${screenedAs}`))

async function mutate(name: string, input: object) {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ... on Refusal { code message } } }`
  const { data, errors } = await asking(hub)(query, {
    input: { idempotencyKey: `${name} ${keys++}`, ...input },
  })
  expect(errors).toBeUndefined()
  expect(data[name]).not.toHaveProperty('code')
}
let keys = 0

const registering = ({ name, decile, ...person }: Somebody) => ({
  ...person,
  fullName: name,
  welfareDecile: decile,
  decileAsOf: '2023-01-31',
})

test('who was covered by somebody else meanwhile is ALREADY_COVERED, by that kind of payer, and the others go through', async () => {
  const { roster, workers, people } = await screened(4, { knownPeople: 2 })
  const province = await aPayer('PROVINCE', { area: '36' }).in(hub)
  const other = await aProgram(province).in(hub)
  await aBudget(province, 2023, 10n * COST).in(hub)
  await mutate('enrollWorker', { worker: workers[1], program: other.code, from: '2023-12', to: '2023-12' })
  // A person whom nobody knew is registered, and covered in the same moment.
  await mutate('registerWorker', registering(people[2]!))
  const [newcomer] = await workersBorn(people[2]!.birthDate)
  await mutate('enrollWorker', { worker: newcomer, program: other.code, from: '2023-06', to: '2023-07' })
  const rows = await enrolled(roster)
  const covered = 'ALREADY_COVERED, was ELIGIBLE'
  expect(outcomes(rows)).toEqual(['ENROLLED', covered, covered, 'ENROLLED'])
  expect(rows[1]!.covered).toEqual(
    ['JKK', 'JKM'].map((benefit) => ({ benefit, payerKind: 'PROVINCE', from: '2023-12', to: '2023-12' })),
  )
  expect(rows[2]).toMatchObject({ worker: newcomer, enrollment: null, match: 'EXACT' })
})

async function workersBorn(birthDate: string): Promise<string[]> {
  const rows = await hub.db.query<{ worker: string }>(
    '/* test.by_birth_date */ select worker_id as worker from worker_identity where birth_date = $1 order by 1',
    [birthDate],
  )
  return rows.map(({ worker }) => worker)
}

test('who died meanwhile is INELIGIBLE', async () => {
  const { roster, workers } = await screened(3, { knownPeople: 2 })
  await mutate('recordLifeEvent', { worker: workers[0], death: { month: '2023-05' }, reason: 'Akta 7/2023' })
  const rows = await enrolled(roster)
  expect(outcomes(rows)).toEqual(['INELIGIBLE, was ELIGIBLE', 'ENROLLED', 'ENROLLED'])
  expect(rows[0]!.findings).toMatchObject([{ code: 'DECEASED', fact: '2023-05' }])
})

test('whom a clerk has registered meanwhile is enrolled as the worker he is, once', async () => {
  const { roster, people, budget } = await screened(3)
  await mutate('registerWorker', registering(people[1]!))
  const rows = await enrolled(roster)
  expect(outcomes(rows)).toEqual(['ENROLLED', 'ENROLLED', 'ENROLLED'])
  expect(await workersBorn(people[1]!.birthDate)).toEqual([rows[1]!.worker])
  expect((await balanceOf(hub, budget)).committed).toBe(3n * COST)
})

test('whom a clerk has registered meanwhile as somebody else, or nearly, is not enrolled', async () => {
  const { roster, people } = await screened(3)
  await mutate('registerWorker', registering({ ...people[0]!, name: 'Siti Rahasia Hartati' }))
  await mutate('registerWorker', registering(mistyped(people[1]!)))
  const rows = await enrolled(roster)
  expect(outcomes(rows)).toEqual([
    'IDENTITY_CONFLICT, was ELIGIBLE',
    'SUSPECT_MATCH, was ELIGIBLE',
    'ENROLLED',
  ])
})

/** Somebody whom the hub knows, and a roster with his twin, whose NIK differs in one digit, and one more. */
async function withTwin() {
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const program = await aProgram(regency).in(hub)
  await aBudget(regency, 2023, 10n * COST).in(hub)
  const person = somebody(numbers++)
  const twin = mistyped(person)
  await known(hub, [person])
  const { id } = await receive(hub, { program: program.code, months: MONTHS }, [twin, somebody(numbers++)])
  await workOnRosters(hub)
  expect(outcomes(await rowsOf(hub, id))).toEqual(['SUSPECT_MATCH', 'ELIGIBLE'])
  return { roster: id, person, twin }
}

test('a suspect who was said to be another person, and is registered as that meanwhile, is enrolled as that one', async () => {
  const { roster, person, twin } = await withTwin()
  await decide(hub, roster, 1, 'OTHER_PERSON')
  await mutate('registerWorker', { ...registering(twin), overrideReason: 'A twin' })
  expect(await planEnrollment(hub.db.query, roster)).toMatchObject({ fits: 2 })
  const rows = await enrolled(roster)
  expect(outcomes(rows)).toEqual(['ENROLLED', 'ENROLLED'])
  expect(await workersBorn(person.birthDate)).toEqual([expect.any(String), rows[0]!.worker])
})

test.each(['SAME_PERSON', 'OTHER_PERSON'])(
  'what was decided about one suspect, %s, says nothing of another who is more like the person',
  async (decision) => {
    const { roster, person, twin } = await withTwin()
    const [first] = await workersBorn(person.birthDate)
    await mutate('correctIdentity', {
      worker: first,
      nik: person.nik,
      fullName: `${person.name} Hartati`,
      birthDate: person.birthDate,
      reason: 'KTP 7/2023',
    })
    await decide(hub, roster, 1, decision)
    const digit = (Number(twin.nik[14]) + 1) % 10
    const third = { ...twin, nik: `${twin.nik.slice(0, 14)}${digit}${twin.nik[15]}` as Somebody['nik'] }
    await mutate('registerWorker', { ...registering(third), overrideReason: 'A third' })
    const rows = await enrolled(roster)
    expect(outcomes(rows)).toEqual(['SUSPECT_MATCH, was ELIGIBLE', 'ENROLLED'])
    expect((await workersBorn(person.birthDate))[1]).toBe(rows[0]!.worker)
  },
)

test('when the budget shrank, who comes last finds no money', async () => {
  const { roster, budget } = await screened(5)
  expect(await planEnrollment(hub.db.query, roster)).toMatchObject({ fits: 5, overBudget: 0 })
  await mutate('reviseBudget', {
    budget: budget.id,
    ceiling: (3n * COST + 1n).toString(),
    note: 'APBD-P 2023',
  })
  const plan = await planEnrollment(hub.db.query, roster)
  expect(plan).toMatchObject({ fits: 3, overBudget: 2, leftOut: [4, 5] })
  const [enough, over] = ['ENROLLED', 'OVER_BUDGET']
  expect(outcomes(await enrolled(roster))).toEqual([enough, enough, enough, over, over])
  expect(await planEnrollment(hub.db.query, roster)).toEqual(afterwards(plan))
})

test('money that goes or comes after the approval changes rows, and each of them says so', async () => {
  const { roster, budget } = await screened(4, { ceiling: 2n * COST })
  await approve(hub, roster)
  const note = 'APBD-P 2023'
  await mutate('reviseBudget', { budget: budget.id, ceiling: (3n * COST).toString(), note })
  await workOnRosters(hub)
  const found = await rowsOf(hub, roster)
  expect(outcomes(found)).toEqual(['ENROLLED', 'ENROLLED', 'ENROLLED, was OVER_BUDGET', 'OVER_BUDGET'])
  expect(await changedIn(roster)).toBe(1)

  const other = await screened(3)
  await approve(hub, other.roster)
  await mutate('reviseBudget', { budget: other.budget.id, ceiling: COST.toString(), note })
  await workOnRosters(hub)
  const over = 'OVER_BUDGET, was ELIGIBLE'
  expect(outcomes(await rowsOf(hub, other.roster))).toEqual(['ENROLLED', over, over])
  expect(await changedIn(other.roster)).toBe(2)
})

async function changedIn(id: string): Promise<number> {
  const { data } = await asking(hub)('query ($id: ID!) { roster(id: $id) { summary { changed } } }', { id })
  return data.roster.summary.changed
}

test('who lacks a budget of a year is left out, and told which year', async () => {
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const program = await aProgram(regency).during('2023-01..2024-12').in(hub)
  await aBudget(regency, 2023, COST).in(hub)
  const { id } = await receive(hub, { program: program.code, months: '2023-12..2024-01' }, [
    somebody(numbers++),
  ])
  await workOnRosters(hub)
  const [row] = await enrolled(id)
  expect(row).toMatchObject({ outcome: 'OVER_BUDGET', findings: [{ code: 'NO_BUDGET', fact: '2024' }] })
})

test.each([1, 2, 1_000])(
  'in chunks of %d, whom a clerk has registered meanwhile keeps his place in the order',
  async (chunk) => {
    const { roster, people } = await screened(4, { ceiling: 3n * COST })
    // By what the hub knows of him now he would be the last.
    await mutate('registerWorker', registering({ ...people[1]!, decile: 9 }))
    const rows = await enrolled(roster, chunk)
    expect(outcomes(rows)).toEqual(['ENROLLED', 'ENROLLED', 'ENROLLED', 'OVER_BUDGET'])
  },
)

test('when another roster took the money between two chunks, the next ones find what is left', async () => {
  const { roster, regency, program } = await screened(6)
  const others = Array.from({ length: 4 }, () => somebody(numbers++))
  const { id: second } = await receive(hub, { program: program.code, months: MONTHS }, others, {
    subject: 'sender',
    permissions: new Set(['roster:write']),
    areas: ['36.03'],
    payer: regency.id,
  })
  await workOnRosters(hub)
  await approve(hub, second)
  const rows = await enrolled(roster, 2)
  const all = [...rows, ...(await rowsOf(hub, second))]
  expect(all.filter(({ outcome }) => outcome === 'ENROLLED')).toHaveLength(6)
  expect(all.filter(({ outcome }) => outcome === 'OVER_BUDGET')).toHaveLength(4)
})

test('when the contribution changed, the new one is charged, and the money lasts for fewer', async () => {
  const { roster, budget } = await screened(4, { benefits: ['JHT'], ceiling: 4n * 7n * 20_000n })
  const rate = { segment: 'BPU', benefit: 'JHT', variant: 'LOWEST_BAND', from: '2023-09', amount: '30000' }
  await mutate('recordContributionRate', { ...rate, legalBasis: 'PP 99/2023', standing: 'VERIFIED' })
  const cost = 3n * 20_000n + 4n * 30_000n
  const plan = await planEnrollment(hub.db.query, roster)
  expect(plan).toMatchObject({ fits: 3, overBudget: 1, cost: 3n * cost })
  const rows = await enrolled(roster)
  expect(outcomes(rows)).toEqual(['ENROLLED', 'ENROLLED', 'ENROLLED', 'OVER_BUDGET'])
  expect((await balanceOf(hub, budget)).committed).toBe(3n * cost)
  expect(await planEnrollment(hub.db.query, roster)).toEqual(afterwards(plan))
})

test('when a budget has nothing left at all, nobody is enrolled and the roster ends', async () => {
  const { roster, program } = await screened(3)
  const others = [1, 2, 3].map(() => somebody(numbers++))
  const { id: second } = await receive(hub, { program: program.code, months: MONTHS }, others)
  await workOnRosters(hub)
  expect(outcomes(await enrolled(roster))).toEqual(Array(3).fill('ENROLLED'))
  expect(outcomes(await enrolled(second, 2))).toEqual(Array(3).fill('OVER_BUDGET'))
})

test.each([1, 2, 1_000])(
  'in chunks of %d, changes of several kinds are each a row’s own outcome',
  async (chunk) => {
    const { roster, workers, people } = await screened(6, { knownPeople: 3 })
    await mutate('recordLifeEvent', {
      worker: workers[0],
      death: { month: '2023-05' },
      reason: 'Akta 7/2023',
    })
    await mutate('recordLifeEvent', {
      worker: workers[1],
      move: { village: '36.71.01.1001', since: '2023-05-02' },
      reason: 'SKPWNI 7/2023',
    })
    await mutate('registerWorker', registering({ ...people[3]!, village: '36.71.01.1001' }))
    await mutate('registerWorker', registering(people[4]!))
    const rows = await enrolled(roster, chunk)
    const ineligible = 'INELIGIBLE, was ELIGIBLE'
    expect(outcomes(rows)).toEqual([ineligible, ineligible, 'ENROLLED', ineligible, 'ENROLLED', 'ENROLLED'])
    expect(rows.map(({ findings }) => findings.map(({ code }) => code))).toEqual([
      ['DECEASED'],
      ['OUT_OF_AREA'],
      [],
      ['OUT_OF_AREA'],
      [],
      [],
    ])
  },
)
