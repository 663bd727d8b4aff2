// Real: an empty hub on PGlite in memory, asked through GraphQL.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordRefusal } from '../../../src/access/audit/audit.ts'
import { sealWaiting } from '../../../src/access/audit/chain.ts'
import { ANONYMOUS } from '../../../src/access/viewer.ts'
import type { Hub } from '../../../src/app.ts'
import { openTestHub } from '../../harness/hub.ts'
import { runFast } from '../../harness/operations.ts'
import { look } from './trail.ts'

let hub: Hub

beforeAll(async () => {
  hub = await openTestHub()
  await look(hub.db.query, { workers: ['9007199254740993', '2'] }, 'first')
  await look(hub.db.query, { action: 'IDENTITY_REVEAL', what: 'revealIdentity', purpose: 'AUDIT' }, 'second')
  await hub.db.transaction(sealWaiting)
  await recordRefusal(
    hub.db,
    { viewer: ANONYMOUS, requestId: 'third' },
    { action: 'LOGIN_FAILED', what: 'token', reason: 'UNAUTHENTICATED' },
  )
  await look(hub.db.query, { outcome: 'FAILED', reason: 'INTERNAL', workers: ['2'] }, 'fourth')
})

afterAll(() => hub?.close())

/** Request ids of the events that a filter keeps. */
async function found(filter: object): Promise<string[]> {
  const { data, errors } = await runFast(
    hub,
    'query ($filter: AuditFilter) { auditTrail(filter: $filter) { totalCount nodes { requestId } } }',
    { filter },
  )
  expect(errors).toBeUndefined()
  const { totalCount, nodes } = data.auditTrail
  expect(totalCount).toBe(nodes.length)
  return nodes.map(({ requestId }: { requestId: string }) => requestId)
}

test('the trail says everything about an event, and what is sealed, in one statement', async () => {
  const { data, statements } = await runFast(
    hub,
    `{ auditTrail { nodes {
      id at actor action outcome purpose what workers people reason requestId sealed
    } } }`,
  )
  expect(statements).toBe(1)
  expect(data.auditTrail.nodes.at(-1)).toEqual({
    id: '1',
    at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    actor: 'clerk-of-tangerang',
    action: 'IDENTITY_READ',
    outcome: 'DONE',
    purpose: 'CLAIM',
    what: 'Worker.identity',
    workers: ['9007199254740993', '2'],
    people: 2,
    reason: null,
    requestId: 'first',
    sealed: true,
  })
  expect(data.auditTrail.nodes[1]).toMatchObject({
    actor: null,
    action: 'LOGIN_FAILED',
    outcome: 'REFUSED',
    purpose: null,
    workers: [],
    people: 0,
    reason: 'UNAUTHENTICATED',
    sealed: false,
  })
})

test.each([
  ['nothing', {}, ['fourth', 'third', 'second', 'first']],
  ['a worker', { worker: '2' }, ['fourth', 'first']],
  ['a worker with a long id', { worker: '9007199254740993' }, ['first']],
  ['an id of nobody', { worker: "2') or true --" }, []],
  ['an actor', { actor: 'clerk-of-tangerang' }, ['fourth', 'second', 'first']],
  ['actions', { actions: ['IDENTITY_REVEAL', 'LOGIN_FAILED'] }, ['third', 'second']],
  ['outcomes', { outcomes: ['FAILED'] }, ['fourth']],
  ['purposes', { purposes: ['AUDIT'] }, ['second']],
  ['several conditions together', { worker: '2', outcomes: ['DONE'] }, ['first']],
  ['a time that has not come', { from: '2099-01-01T00:00:00Z' }, []],
  ['a time that is over', { to: '2020-01-01T00:00:00Z' }, []],
  ['the first and the last instant', { from: '0000-01-01T00:00:00+14:00', to: '0000-01-01T00:00:00Z' }, []],
  ['null conditions', { worker: null, actions: null, from: null }, ['fourth', 'third', 'second', 'first']],
])('the trail is newest first, and filtered by %s', async (_what, filter, requests) => {
  expect(await found(filter)).toEqual(requests)
})

test('from is included and to is not', async () => {
  const [row] = await hub.db.query<{ at: string }>(
    `select to_char(date_trunc('milliseconds', at), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
    from audit_event where request_id = 'third'`,
  )
  const at = new Date(row!.at)
  const next = new Date(at.getTime() + 1)
  expect(await found({ from: at.toISOString(), to: next.toISOString() })).toContain('third')
  expect(await found({ to: at.toISOString() })).not.toContain('third')
  expect(await found({ from: next.toISOString() })).not.toContain('third')
})

test('pages follow each other without gaps', async () => {
  const page = `query ($after: String) { auditTrail(first: 3, after: $after) {
    nodes { requestId } pageInfo { hasNextPage endCursor }
  } }`
  const first = (await runFast(hub, page)).data.auditTrail
  expect(first.nodes.map(({ requestId }: { requestId: string }) => requestId)).toEqual([
    'fourth',
    'third',
    'second',
  ])
  const second = (await runFast(hub, page, { after: first.pageInfo.endCursor })).data.auditTrail
  expect(second).toMatchObject({ nodes: [{ requestId: 'first' }], pageInfo: { hasNextPage: false } })
})
