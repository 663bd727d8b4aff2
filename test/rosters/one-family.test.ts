import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { asking, balanceOf, ENROLL, openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram, type InsertedBudget, type InsertedProgram } from '../harness/builders.ts'
import {
  approve,
  counted,
  decide,
  known,
  mistyped,
  receive,
  rowsOf,
  type Somebody,
  somebody,
} from './roster-world.ts'

// Real: PGlite in memory, files from their bytes to enrolled, decisions and approval through GraphQL; the business day is
// 15 May 2023, the first month June.

const MONTHS = '2023-06..2023-12'

let hub: Hub
let program: InsertedProgram
let budget: InsertedBudget

beforeAll(async () => {
  hub = await openRatedHub()
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  program = await aProgram(regency).upToDecile(4).in(hub)
  budget = await aBudget(regency, 2023, 10_000_000n).in(hub)
})
afterAll(() => hub?.close())

/** Mother, grandmother, father, son and daughter; families are apart by their birth days. */
function aFamily(day: string) {
  const of = (n: number, month: string, more: Partial<Somebody> = {}) =>
    somebody(n, { birthDate: `${month}-${day}`, ...more })
  return {
    mother: of(1, '1983-02'),
    grandmother: of(2, '1958-06'),
    father: of(3, '1980-09', { sex: 'MALE', category: 'DRIVER' }),
    boy: of(4, '2006-01', { sex: 'MALE' }),
    daughter: of(5, '2004-11'),
  }
}

const REASONS = `query ($id: ID!) { roster(id: $id) { state rows { nodes { row outcome reasons { code fact } } } } }`

async function sendFamily(day: string) {
  const { mother, grandmother, father, boy, daughter } = aFamily(day)
  const [motherId, fatherId] = await known(hub, [mother, father])
  const event = {
    worker: fatherId,
    civilService: { civilServant: true, from: '2023-05' },
    reason: 'SK CPNS 7/2023',
    idempotencyKey: `to serve ${day}`,
  }
  await tell('recordLifeEvent', event)
  const list = [mistyped(mother), grandmother, father, boy, daughter]
  const { id } = await receive(hub, { program: program.code, months: MONTHS }, list)
  await workOnRosters(hub)
  return { roster: id, motherId, fatherId }
}

async function tell(name: string, input: object) {
  const { data, errors } = await asking(hub)(
    `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { __typename } }`,
    { input },
  )
  expect([errors, data?.[name].__typename]).toEqual([undefined, 'LifeEvent'])
}

test('of one family of five, four are refused, each for another reason, and the one without a fault is enrolled', async () => {
  const { roster, motherId, fatherId } = await sendFamily('03')
  const { data, errors } = await asking(hub)(REASONS, { id: roster })
  expect(errors).toBeUndefined()
  expect(data.roster.rows.nodes).toEqual([
    { row: 1, outcome: 'SUSPECT_MATCH', reasons: [{ code: 'SUSPECT_MATCH', fact: null }] },
    { row: 2, outcome: 'INELIGIBLE', reasons: [{ code: 'OVER_AGE', fact: '65' }] },
    { row: 3, outcome: 'INELIGIBLE', reasons: [{ code: 'CIVIL_SERVANT', fact: null }] },
    { row: 4, outcome: 'REVIEW', reasons: [{ code: 'UNDER_AGE', fact: '17' }] },
    { row: 5, outcome: 'ELIGIBLE', reasons: [] },
  ])
  await approve(hub, roster)
  await workOnRosters(hub)
  const rows = await rowsOf(hub, roster)
  expect(rows.map(({ outcome }) => outcome)).toEqual([
    'SUSPECT_MATCH',
    'INELIGIBLE',
    'INELIGIBLE',
    'REVIEW',
    'ENROLLED',
  ])
  expect(rows.map(({ worker }) => worker)).toEqual([motherId, null, fatherId, null, expect.any(String)])
  expect((await balanceOf(hub, budget)).committed).toBe(7n * 16_800n)
  expect((await verifyLedger(hub.db)).broken).toEqual([])
})

test('a boy of 17 whom somebody admits is enrolled too, and a mother whose NIK was mistyped as the one she is', async () => {
  const before = (await balanceOf(hub, budget)).committed
  const { roster, motherId } = await sendFamily('17')
  await decide(hub, roster, 4, 'ADMIT')
  await decide(hub, roster, 1, 'SAME_PERSON')
  await approve(hub, roster)
  await workOnRosters(hub)
  const rows = await rowsOf(hub, roster)
  expect(counted(rows)).toEqual({ ENROLLED: 3, INELIGIBLE: 2 })
  expect(rows[0]).toMatchObject({ outcome: 'ENROLLED', worker: motherId })
  expect((await balanceOf(hub, budget)).committed).toBe(before + 3n * 7n * 16_800n)
  const settled = await hub.db.query(
    '/* test.settled */ select settled, settled_because from enrollment where id = $1',
    [rows[3]!.enrollment],
  )
  expect(settled).toEqual([
    { settled: [{ code: 'UNDER_AGE', fact: '17' }], settled_because: 'Seen by the village' },
  ])
  expect((await verifyLedger(hub.db)).broken).toEqual([])
})

test('what a roster has enrolled is enrolled for a clerk too', async () => {
  const { daughter } = aFamily('17')
  const [found] = await hub.db.query<{ worker: string }>(
    '/* test.by_birth_date */ select worker_id as worker from worker_identity where birth_date = $1',
    [daughter.birthDate],
  )
  const input = { worker: found!.worker, program: program.code, from: '2023-12', to: '2023-12' }
  const { data } = await asking(hub)(ENROLL, { input })
  expect(data.enrollWorker).toMatchObject({ __typename: 'OverlapRefusal', code: 'ALREADY_COVERED' })
})
