import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { disputedAmong } from '../../src/workers/disputed.ts'
import { aBudget, aPayer, aProgram, type InsertedPayer, type InsertedWorker } from '../harness/builders.ts'
import { ADMIN } from '../harness/hub.ts'
import { auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'
import { asking, ENROLL, openRatedHub, STATE_REFUSAL, someone } from './world.ts'

// Real: PGlite, the hub's schema, gate, rules and audit trail.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
let regency: InsertedPayer
let worker: InsertedWorker

beforeAll(async () => {
  hub = await openRatedHub()
  recorded = auditReader(hub)
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  await aBudget(regency, 2023, 10_000_000n).in(hub)
})
afterAll(() => hub?.close())
beforeEach(async () => {
  worker = await someone().in(hub)
  await recorded()
})

const DISPUTE = `id subject reason openedOn decision decidedOn decisionReason worker { id }`
const OPEN = `mutation ($input: DisputeRecordInput!) { disputeRecord(input: $input) { ${DISPUTE} } }`
const DECIDE = `mutation ($input: DecideDisputeInput!) { decideDispute(input: $input) {
  ${STATE_REFUSAL} ... on Dispute { ${DISPUTE} } } }`
const RECORD = `mutation ($input: RecordLifeEventInput!) { recordLifeEvent(input: $input) {
  ${STATE_REFUSAL} ... on DisputeRefusal { disputes } ... on LifeEvent { applied } } }`
const LIST = `query ($id: ID!) { worker(id: $id) {
  disputes { ${DISPUTE} } history { nodes { kind reason } } } }`

async function open(more: object = {}, viewer: Viewer = ADMIN) {
  const input = { worker: worker.id, subject: 'LIFE_STATUS', reason: 'He says he lives', ...more }
  const { data, errors } = await asking(hub, viewer)(OPEN, { input })
  return { dispute: data?.disputeRecord, errors }
}

async function decide(dispute: string, more: object = {}, viewer: Viewer = ADMIN) {
  const input = { dispute, decision: 'UPHELD', reason: 'Seen by the village', ...more }
  const { data, errors } = await asking(hub, viewer)(DECIDE, { input })
  return { result: data?.decideDispute, errors }
}

const record = async (event: object) => {
  const input = { worker: worker.id, reason: 'Told', ...event }
  return (await asking(hub)(RECORD, { input })).data.recordLifeEvent
}
const recordDeath = (more: object = {}) => record({ death: { month: '2023-03' }, ...more })

const list = async () => (await asking(hub)(LIST, { id: worker.id })).data.worker

const count = async () => (await hub.db.query('/* test.disputes */ select from dispute')).length

test('a dispute is recorded with its subject and reason, and told in the history', async () => {
  const { dispute, errors } = await open()
  expect(errors).toBeUndefined()
  expect(dispute).toEqual({
    id: expect.any(String),
    subject: 'LIFE_STATUS',
    reason: 'He says he lives',
    openedOn: '2023-05-15',
    decision: null,
    decidedOn: null,
    decisionReason: null,
    worker: { id: worker.id },
  })
  expect(await list()).toEqual({
    disputes: [dispute],
    history: { nodes: [{ kind: 'DISPUTED', reason: 'He says he lives' }] },
  })
})

const EVENTS = {
  death: { month: '2023-03' },
  move: { village: '36.03.02.2001', since: '2023-05-02' },
  civilService: { civilServant: true, from: '2023-04' },
  wageEmployment: { from: '2023-04', to: '2023-06' },
}

test.each([
  ['LIFE_STATUS', ['death']],
  ['DOMICILE', ['move']],
  ['OCCUPATION', ['civilService', 'wageEmployment']],
  ['COVERAGE', ['civilService', 'wageEmployment']],
  ['IDENTITY', ['move', 'civilService', 'wageEmployment']],
])('a dispute about %s freezes %j and nothing else', async (subject, frozen) => {
  const employer = await aPayer('EMPLOYER').in(hub)
  for (const [event, told] of Object.entries(EVENTS)) {
    worker = await someone().in(hub)
    const { id } = (await open({ subject })).dispute
    const facts = event === 'wageEmployment' ? { ...told, employer: employer.id } : told
    const result = await record({ [event]: facts })
    expect([event, result]).toEqual([
      event,
      frozen.includes(event)
        ? expect.objectContaining({ __typename: 'DisputeRefusal', code: 'DISPUTED', disputes: [id] })
        : { __typename: 'LifeEvent', applied: true },
    ])
    await decide(id)
    if (frozen.includes(event)) expect(await record({ [event]: facts })).toMatchObject({ applied: true })
  }
})

test('whoever has an open dispute, whatever it is about, is one about whom files do nothing', async () => {
  const disputed = [worker.id]
  const { id } = (await open({ subject: 'COVERAGE' })).dispute
  await open({ subject: 'IDENTITY' })
  worker = await someone().in(hub)
  disputed.push(worker.id)
  await open({ subject: 'DOMICILE' })
  const other = (await someone().in(hub)).id
  const among = () => hub.db.transaction((query) => disputedAmong(query, [...disputed, other, '999999']))
  expect(await among()).toEqual(new Set(disputed))
  await decide(id)
  expect(await among()).toEqual(new Set(disputed))
  for (const { id: open } of (await list()).disputes) await decide(open)
  expect(await among()).toEqual(new Set([disputed[0]]))
})

test('while a dispute is open nothing follows from an event, be it done or shown; then it does', async () => {
  const first = (await open()).dispute.id
  const second = (await open()).dispute.id
  for (const dryRun of [true, false]) {
    expect(await recordDeath({ dryRun })).toMatchObject({
      __typename: 'DisputeRefusal',
      code: 'DISPUTED',
      disputes: [first, second],
    })
  }
  await decide(first)
  expect(await recordDeath()).toMatchObject({ code: 'DISPUTED', disputes: [second] })
  await decide(second, { decision: 'DISMISSED' })
  expect(await recordDeath()).toMatchObject({ __typename: 'LifeEvent', applied: true })
})

test('a dispute of one person leaves another person’s events alone', async () => {
  await open()
  worker = await someone().in(hub)
  expect(await recordDeath()).toMatchObject({ applied: true })
})

test('a dispute does not keep anybody from changing enrollments by hand', async () => {
  await open()
  const program = await aProgram(regency).in(hub)
  const input = { worker: worker.id, program: program.code, from: '2023-01', to: '2023-06' }
  const { data } = await asking(hub)(ENROLL, { input })
  expect(data.enrollWorker.__typename).toBe('Enrollment')
  const ended = await asking(hub)(
    'mutation ($input: ChangeEnrollmentInput!) { endEnrollment(input: $input) { __typename } }',
    { input: { enrollment: data.enrollWorker.id, from: '2023-04', reason: 'Asked for' } },
  )
  expect(ended.data.endEnrollment.__typename).toBe('Enrollment')
})

test('a dispute is decided once, with a reason', async () => {
  const { id } = (await open()).dispute
  const { result, errors } = await decide(id, { decision: 'DISMISSED' })
  expect(errors).toBeUndefined()
  const decided = {
    id,
    decision: 'DISMISSED',
    decidedOn: '2023-05-15',
    decisionReason: 'Seen by the village',
    reason: 'He says he lives',
  }
  expect(result).toMatchObject({ __typename: 'Dispute', ...decided })
  const again = await decide(id)
  expect(again.result).toMatchObject({ __typename: 'StateRefusal', code: 'NOTHING_TO_DO' })
  expect(await list()).toMatchObject({
    disputes: [decided],
    history: { nodes: [{ kind: 'DISPUTED' }, { kind: 'DISPUTE_DECIDED', reason: 'Seen by the village' }] },
  })
})

test('what is sent twice with one key is done once', async () => {
  const key = { idempotencyKey: `dispute of ${worker.id}` }
  const first = await open(key)
  expect(await open(key)).toEqual(first)
  expect((await list()).disputes).toHaveLength(1)
  const decision = { idempotencyKey: `decision of ${worker.id}` }
  const decided = await decide(first.dispute.id, decision)
  expect(await decide(first.dispute.id, decision)).toEqual(decided)
  expect((await list()).history.nodes).toHaveLength(2)
})

test.each<[string, object, string]>([
  ['a worker nobody knows', { worker: '999999' }, 'input.worker'],
  ['an id that no worker can have', { worker: '01' }, 'input.worker'],
  ['no reason', { reason: '' }, 'input.reason'],
  ['a reason of 501 characters', { reason: 'x'.repeat(501) }, 'input.reason'],
  ['a NIK in the reason', { reason: 'NIK 3603014505839001' }, 'input.reason'],
])('a dispute with %s is bad input and leaves nothing', async (_, more, field) => {
  const before = await count()
  const { dispute, errors } = await open(more)
  expect(dispute).toBeNull()
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  expect(await count()).toBe(before)
})

test.each<[string, object, string]>([
  ['a dispute nobody knows', { dispute: '999999' }, 'input.dispute'],
  ['an id that no dispute can have', { dispute: 'x' }, 'input.dispute'],
  ['no reason', { reason: ' ' }, 'input.reason'],
  ['a NIK in the reason', { reason: '3603014505839001' }, 'input.reason'],
])('a decision with %s is bad input and leaves it open', async (_, more, field) => {
  const { id } = (await open()).dispute
  const { result, errors } = await decide(id, more)
  expect(result).toBeNull()
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
  expect((await list()).disputes).toMatchObject([{ decision: null }])
})

test.each<[string, () => Viewer, string]>([
  ['nobody', () => ANONYMOUS, 'UNAUTHENTICATED'],
  ['an approver', () => aViewer('approver', ['*']), 'FORBIDDEN'],
  ['an auditor', () => aViewer('auditor', ['36.03']), 'FORBIDDEN'],
])('%s may neither dispute nor decide', async (_, viewer, code) => {
  expect((await open({}, viewer())).errors).toMatchObject([{ code }])
  const { id } = (await open()).dispute
  expect((await decide(id, {}, viewer())).errors).toMatchObject([{ code }])
})

test('a clerk of another regency finds neither the worker nor the dispute', async () => {
  const [here, elsewhere] = [aViewer('clerk', ['36.03']), aViewer('clerk', ['36.01'])]
  expect((await open({}, elsewhere)).errors).toMatchObject([
    { code: 'BAD_USER_INPUT', field: 'input.worker' },
  ])
  const { id } = (await open({}, here)).dispute
  expect((await decide(id, {}, elsewhere)).errors).toMatchObject([
    { code: 'BAD_USER_INPUT', field: 'input.dispute' },
  ])
  expect((await decide(id, {}, here)).result).toMatchObject({ decision: 'UPHELD' })
})

test('the audit trail names the dispute and whose it is', async () => {
  const { id } = (await open()).dispute
  await decide(id)
  await decide(id)
  const person = { actor: 'admin', action: 'MUTATION', workers: [worker.id], people: 1 }
  expect(await recorded()).toMatchObject([
    { ...person, what: 'Mutation.disputeRecord', outcome: 'DONE' },
    { ...person, what: 'Mutation.decideDispute', outcome: 'DONE' },
    { ...person, what: 'Mutation.decideDispute', outcome: 'REFUSED' },
  ])
  const subjects = await hub.db.query<{ subject: string }>(
    '/* test.subjects */ select subject from audit_event order by id desc limit 3',
  )
  expect(subjects.map(({ subject }) => subject)).toEqual([1, 2, 3].map(() => `Dispute:${id}`))
})
