import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  type InsertedPayer,
  type InsertedProgram,
  type InsertedWorker,
} from '../harness/builders.ts'
import { askAs, aViewer } from '../harness/viewers.ts'
import { type Ask, asking, ENROLL, openRatedHub, someone } from './world.ts'

// Real: PGlite, the hub's mutations, rules of rows and of columns.

let hub: Hub
let ask: Ask
let regency: InsertedPayer
let province: InsertedPayer
let programs: Record<'regency' | 'province', InsertedProgram>
let worker: InsertedWorker
let enrollment: string

const clerkOf = (payer: InsertedPayer, area: string): Viewer =>
  aViewer('clerk', [area], { payer: payer.id, subject: `clerk of ${payer.kind}` })

beforeAll(async () => {
  hub = await openRatedHub()
  ask = asking(hub)
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  province = await aPayer('PROVINCE', { area: '36' }).in(hub)
  programs = {
    regency: await aProgram(regency).during('2023-01..2023-12').in(hub),
    province: await aProgram(province).during('2023-01..2023-12').in(hub),
  }
  for (const payer of [regency, province]) await aBudget(payer, 2023, 10_000_000n).in(hub)
  worker = await someone().in(hub)
  const enrolling = (by: Viewer, program: InsertedProgram, from: string, to: string) =>
    askAs(hub, by, ENROLL, { input: { worker: worker.id, program: program.code, from, to } })
  const first = await enrolling(clerkOf(regency, '36.03'), programs.regency, '2023-01', '2023-06')
  enrollment = first.data.enrollWorker.id
  await enrolling(clerkOf(province, '36'), programs.province, '2023-07', '2023-12')
  await askAs(
    hub,
    clerkOf(province, '36'),
    'mutation ($input: DisputeRecordInput!) { disputeRecord(input: $input) { __typename } }',
    { input: { worker: worker.id, subject: 'DOMICILE', reason: 'Has moved, says the village' } },
  )
})
afterAll(() => hub?.close())

async function told(viewer: Viewer): Promise<string[]> {
  const { data, errors } = await askAs(
    hub,
    viewer,
    `query ($id: ID!) { worker(id: $id) { history { totalCount nodes { kind payer { kind } actor enrollment { id } from to reason } } } }`,
    { id: worker.id },
  )
  expect(errors).toBeUndefined()
  const { nodes, totalCount } = data.worker.history
  expect(totalCount).toBe(nodes.length)
  return nodes.map(
    (event: { kind: string; payer: { kind: string } | null; actor: string | null; from: string | null }) =>
      `${event.kind} ${event.payer?.kind ?? 'of the person'} ${event.from ?? ''} by ${event.actor ?? 'somebody'}`,
  )
}

test('a payer is told of its own enrollments and of the person, and not who acts for others', async () => {
  expect(await told(clerkOf(regency, '36.03'))).toEqual([
    'ENROLLED REGENCY 2023-01 by clerk of REGENCY',
    'DISPUTED of the person  by somebody',
  ])
  expect(await told(clerkOf(province, '36'))).toEqual([
    'ENROLLED PROVINCE 2023-07 by clerk of PROVINCE',
    'DISPUTED of the person  by clerk of PROVINCE',
  ])
})

test('an analyst of the area is told of the person, a viewer of the whole country everything', async () => {
  expect(await told(aViewer('analyst', ['36.03']))).toEqual(['DISPUTED of the person  by somebody'])
  expect(await told(aViewer('analyst', ['*']))).toEqual([
    'ENROLLED REGENCY 2023-01 by clerk of REGENCY',
    'ENROLLED PROVINCE 2023-07 by clerk of PROVINCE',
    'DISPUTED of the person  by clerk of PROVINCE',
  ])
})

test('the history of an enrollment goes with it, into a merge and back', async () => {
  const twin = await someone().in(hub)
  const historyOf = async () => {
    const { data } = await ask(
      `query ($e: ID!, $w: ID!) { enrollment(id: $e) { worker { id } history { nodes { kind } } }
        worker(id: $w) { history { nodes { kind enrollment { id } } } } }`,
      { e: enrollment, w: twin.id },
    )
    return {
      worker: data.enrollment.worker.id,
      kinds: data.enrollment.history.nodes.map(({ kind }: { kind: string }) => kind),
      ofTwin: data.worker?.history.nodes.map(({ kind }: { kind: string }) => kind),
    }
  }
  const MERGE = `mutation ($input: MergeWorkersInput!) { mergeWorkers(input: $input) { ... on MergedWorkers { merge } } }`
  const merged = await ask(MERGE, { input: { keep: twin.id, merge: worker.id, reason: 'The same card' } })
  expect(merged.errors).toBeUndefined()
  const PAY = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }'
  await ask(PAY, { input: { enrollments: [enrollment], through: '2023-02', reference: 'SP2D' } })
  expect(await historyOf()).toEqual({
    worker: twin.id,
    kinds: ['ENROLLED', 'PAID'],
    ofTwin: ['ENROLLED', 'ENROLLED', 'DISPUTED', 'MERGED', 'MERGED', 'PAID'],
  })
  const UNDO = 'mutation ($input: UndoMergeInput!) { undoMerge(input: $input) { __typename } }'
  const { merge } = merged.data.mergeWorkers
  expect((await ask(UNDO, { input: { merge, reason: 'Two cards after all' } })).errors).toBeUndefined()
  // What was paid while the two were one was paid for the enrollment, and is told with it.
  expect(await historyOf()).toMatchObject({
    worker: worker.id,
    kinds: ['ENROLLED', 'PAID'],
    ofTwin: ['MERGED', 'MERGE_UNDONE'],
  })
})
