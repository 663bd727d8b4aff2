import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { asking, openRatedHub } from '../enrollments/world.ts'
import { aPayer, aProgram, type InsertedProgram } from '../harness/builders.ts'
import {
  type FoundRow,
  known,
  type Line,
  mistyped,
  receive,
  rowsOf,
  type Somebody,
  somebody,
} from './roster-world.ts'

// Real: PGlite in memory, files from their bytes to screened.

let hub: Hub
let program: InsertedProgram
beforeAll(async () => {
  hub = await openRatedHub()
  program = await aProgram(await aPayer('REGENCY', { area: '36.03' }).in(hub)).in(hub)
})
afterAll(() => hub?.close())

let numbers = 1
const next = (more: Partial<Somebody> = {}) => somebody(numbers++, more)

async function screened(lines: readonly Line[]): Promise<FoundRow[]> {
  const { id } = await receive(hub, { program: program.code, months: '2023-06..2023-12' }, lines)
  await workOnRosters(hub)
  return rowsOf(hub, id)
}

const told = (rows: readonly FoundRow[]) =>
  rows.map(({ outcome, sameAs }) => (sameAs === null ? outcome : `${outcome} ${sameAs}`))

describe('a NIK that stands twice', () => {
  test('is one person under one name, and two whom somebody has to check under two names', async () => {
    const one = next()
    expect(told(await screened([one, { ...one, name: `${one.name}, S.Pd` }]))).toEqual([
      'ELIGIBLE',
      'DUPLICATE_IN_FILE 1',
    ])
    const other = next()
    expect(told(await screened([other, { ...other, name: 'Bambang Rahasia Hartono' }, next()]))).toEqual([
      'IDENTITY_CONFLICT 2',
      'IDENTITY_CONFLICT 1',
      'ELIGIBLE',
    ])
  })

  test('belongs to whom the hub knows by it', async () => {
    const one = next()
    await known(hub, [one])
    const rows = await screened([{ ...one, name: 'Bambang Rahasia Hartono' }, one])
    expect(told(rows)).toEqual(['IDENTITY_CONFLICT 2', 'ELIGIBLE'])
    expect(rows.map(({ match }) => match)).toEqual(['CONFLICT', 'EXACT'])
  })

  test('is not taken by a row that has to be completed first', async () => {
    const one = next()
    const rows = await screened([{ ...one, sex: undefined }, { ...one, village: '36.03.01.2999' }, one, one])
    expect(told(rows)).toEqual(['INCOMPLETE', 'INCOMPLETE', 'ELIGIBLE', 'DUPLICATE_IN_FILE 3'])
  })

  test('leaves the second row all its other reasons', async () => {
    const one = next()
    const [worker] = await known(hub, [one])
    await hub.db.query(`/* test.civil */ update worker set civil_servant = true where id = $1`, [worker])
    const [, second] = await screened([one, one])
    expect(second).toMatchObject({ outcome: 'DUPLICATE_IN_FILE', match: 'EXACT', worker })
    expect(second!.findings).toMatchObject([{ code: 'CIVIL_SERVANT' }])
  })
})

test('a person whom the hub knows by two NIKs since two records were merged is enrolled once', async () => {
  const [one, other] = [next(), next()]
  const [kept, merged] = await known(hub, [one, { ...other, name: one.name }])
  await asking(hub)('mutation ($input: MergeWorkersInput!) { mergeWorkers(input: $input) { __typename } }', {
    input: { merge: merged, keep: kept, reason: 'One person', idempotencyKey: 'merge the two' },
  })
  const rows = await screened([next(), { ...other, name: one.name }, one])
  expect(told(rows)).toEqual(['ELIGIBLE', 'ELIGIBLE', 'DUPLICATE_IN_FILE 2'])
  expect(rows.map(({ worker }) => worker)).toEqual([null, kept, kept])
})

test('a suspect who is said to be somebody whom another row names right is that row’s person', async () => {
  const one = next()
  await known(hub, [one])
  const { id } = await receive(hub, { program: program.code, months: '2023-06..2023-12' }, [
    mistyped(one),
    one,
  ])
  await workOnRosters(hub)
  expect(told(await rowsOf(hub, id))).toEqual(['SUSPECT_MATCH', 'ELIGIBLE'])
  const input = {
    roster: id,
    row: 1,
    decision: 'SAME_PERSON',
    reason: 'Seen',
    idempotencyKey: 'the same person',
  }
  await asking(hub)('mutation ($input: DecideRowInput!) { decideRow(input: $input) { __typename } }', {
    input,
  })
  expect(told(await rowsOf(hub, id))).toEqual(['DUPLICATE_IN_FILE 2', 'ELIGIBLE'])
})

describe('a birth date that 201 rows share', () => {
  const CROWD = 201
  const day = '1970-01-01'

  /** Rows of one day; the NIKs between theirs are nobody's. */
  const crowd = (name: (n: number) => string) =>
    Array.from({ length: CROWD }, (_, n) => ({
      ...next({ birthDate: day }),
      nik: composeNik({ district: '36.03.01', birthDate: day, sex: 'FEMALE', serial: 9_002 + 2 * n }),
      name: name(n),
    }))

  test('tells nobody apart: only the very same name is suspected', async () => {
    const rows = crowd(
      (n) => `${'abcdefghijklmnopqrstuvwxyz'[n % 26]!.repeat(3)} ${'bcdfgh'[n % 6]!.repeat(4)} ${n}x`,
    )
    const [first] = rows
    const similar = { ...mistyped(first!), name: `${first!.name} Sari` }
    const same = mistyped({ ...rows[1]! })
    const found = await screened([...rows, similar, same])
    expect(told(found.slice(CROWD))).toEqual(['ELIGIBLE', 'SUSPECT_MATCH 2'])
    expect(new Set(told(found.slice(0, CROWD)))).toEqual(new Set(['ELIGIBLE']))
  })

  test('under one name is a list of guesses: nobody is looked for, and the vault tells nothing', async () => {
    const rows = crowd(() => 'Siti Rahasia Nuraini')
    await known(hub, [rows[50]!])
    const found = await screened(rows)
    expect(new Set(told(found.slice(1)))).toEqual(new Set(['SUSPECT_MATCH 1']))
    expect(new Set(found.map(({ match, worker }) => match ?? worker))).toEqual(new Set([null]))
  })
})

test('of somebody whom nobody sees who works for the payer, a reason is told without the fact', async () => {
  const one = next({ village: '36.71.01.1001' })
  const [worker] = await known(hub, [one])
  await hub.db.query(
    `/* test.died */ update worker set life_status = 'DECEASED', death_month = '2023-02-01' where id = $1`,
    [worker],
  )
  const [row] = await screened([{ ...one, village: '36.03.01.2003' }])
  expect(row!.findings.map(({ code, fact }) => [code, fact])).toEqual([
    ['DECEASED', null],
    ['OUT_OF_AREA', null],
  ])
})

test('a person of whom a record is disputed is enrolled by nobody who has not looked', async () => {
  const one = next()
  const [worker] = await known(hub, [one])
  const input = {
    worker,
    subject: 'DOMICILE',
    reason: 'Says she lives elsewhere',
    idempotencyKey: 'the address',
  }
  const { errors } = await asking(hub)(
    'mutation ($input: DisputeRecordInput!) { disputeRecord(input: $input) { __typename } }',
    { input },
  )
  expect(errors).toBeUndefined()
  const [row] = await screened([one])
  expect(row).toMatchObject({ outcome: 'REVIEW', findings: [{ code: 'DISPUTED', level: 'REVIEW' }] })
})
