import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { asking, balanceOf, openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram, type InsertedBudget, type InsertedProgram } from '../harness/builders.ts'
import { aViewer } from '../harness/viewers.ts'
import { anEnrolledRoster, type EnrolledRoster } from './enrolled.ts'

// Real: the hub on PGlite in memory, the work that enrolls, the ledger.

const PAY = `mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) {
  __typename ... on PaymentRecorded { enrollments months amount } ... on StateRefusal { code } } }`

let hub: Hub
let program: InsertedProgram
let budget: InsertedBudget
let approver: Viewer
let stranger: Viewer
let roster: EnrolledRoster
beforeAll(async () => {
  hub = await openRatedHub()
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const other = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  program = await aProgram(regency).in(hub)
  budget = await aBudget(regency, 2023, 1_000_000_000n).in(hub)
  approver = aViewer('approver', ['36.03'], { payer: regency.id })
  stranger = aViewer('approver', ['36.71'], { payer: other.id })
  roster = await anEnrolledRoster(hub, program, { people: 3 })
  await anEnrolledRoster(hub, program, { people: 2 })
})
afterAll(() => hub?.close())

async function pay(input: object, viewer = approver) {
  const { data, errors } = await asking(hub, viewer)(PAY, { input: { reference: 'SP2D 7', ...input } })
  return data?.recordPayment ?? errors?.[0]
}

test('a roster is paid for its own people only, through a month, and once', async () => {
  const paying = { roster: roster.id, through: '2023-08' }
  expect(await pay(paying)).toEqual({
    __typename: 'PaymentRecorded',
    enrollments: 3,
    months: 9,
    amount: String(9n * 16_800n),
  })
  expect(await pay(paying)).toMatchObject({ __typename: 'StateRefusal', code: 'NOTHING_TO_DO' })
  expect(await pay({ ...paying, through: '2023-12' })).toMatchObject({ enrollments: 3, months: 12 })
  expect((await balanceOf(hub, budget)).paid).toBe(21n * 16_800n)
  expect((await verifyLedger(hub.db)).broken).toEqual([])
})

test('a roster of another payer, and one that is not there, cannot be paid for', async () => {
  for (const [id, viewer] of [
    [roster.id, stranger],
    ['999999', approver],
    ['nonsense', approver],
  ] as const) {
    expect(await pay({ roster: id, through: '2023-12' }, viewer)).toMatchObject({
      message: 'There is no roster of this id.',
      code: 'BAD_USER_INPUT',
      field: 'input.roster',
    })
  }
})

test('a payment names one of program, enrollments and roster', async () => {
  for (const named of [
    {},
    { roster: roster.id, program: program.code },
    { roster: roster.id, enrollments: ['1'] },
  ]) {
    expect(await pay({ ...named, through: '2023-12' })).toMatchObject({ code: 'BAD_USER_INPUT' })
  }
})
