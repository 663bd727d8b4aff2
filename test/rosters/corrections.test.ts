import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { discardDraft } from '../../src/rosters/receiving/draft.ts'
import { receiveRoster } from '../../src/rosters/receiving/receive-roster.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { asking, openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram } from '../harness/builders.ts'
import { ADMIN } from '../harness/hub.ts'
import { aFile, approve, rowsOf, type Somebody, somebody } from './roster-world.ts'

// Real: PGlite in memory, files from their bytes to enrolled. Each test has a payer and a program of its own.

const COST = 7n * 16_800n

let hub: Hub
beforeAll(async () => {
  hub = await openRatedHub()
})
afterAll(() => hub?.close())

let numbers = 1
const people = (count: number) => Array.from({ length: count }, () => somebody(numbers++))

/** A program with money for so many people from June to December 2023. */
async function aRegency(places: number) {
  const payer = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const program = await aProgram(payer).in(hub)
  const budget = await aBudget(payer, 2023, BigInt(places) * COST).in(hub)
  const send = async (lines: readonly Somebody[], replaces: string | null = null, viewer: Viewer = ADMIN) => {
    const facts = { program: program.code, from: '2023-06', to: '2023-12', format: 'csv', replaces } as const
    const body = Readable.from([Buffer.from(aFile(lines))])
    const received = await receiveRoster(hub.context({ viewer }), facts, body, { rows: 100, bytes: 100_000 })
    await workOnRosters(hub)
    return received
  }
  const enroll = async (roster: string) => {
    await approve(hub, roster)
    await workOnRosters(hub)
  }
  return { payer, program, budget, send, enroll }
}

async function rosterOf(id: string) {
  const { data } = await asking(hub)(
    'query ($id: ID!) { roster(id: $id) { state version replaces { id } steps { state actor reason } } }',
    { id },
  )
  return data.roster
}

const outcomes = async (id: string) => (await rowsOf(hub, id)).map(({ outcome }) => outcome)

test('a roster that is corrected before it was approved is taken back, and cannot be approved beside its correction', async () => {
  const { send } = await aRegency(10)
  const [first, second] = [people(2), people(2)]
  const { id } = await send(first)
  await asking(hub, { ...ADMIN, subject: 'clerk' })(
    'mutation ($id: ID!) { submitRoster(input: { roster: $id }) { __typename } }',
    { id },
  )
  const newer = await send([...first, ...second], id)
  expect(newer.isNew).toBe(true)
  const { steps, ...old } = await rosterOf(id)
  expect(old).toEqual({ state: 'WITHDRAWN', version: 1, replaces: null })
  const reason = `Corrected by version 2, roster ${newer.id}.`
  expect(steps.at(-1)).toEqual({ state: 'WITHDRAWN', actor: null, reason })
  expect(await rosterOf(newer.id)).toMatchObject({ state: 'SCREENED', version: 2, replaces: { id } })
  const { data } = await asking(hub)(
    'mutation ($id: ID!) { approveRoster(input: { roster: $id }) { ... on RosterRefusal { code state } } }',
    { id },
  )
  expect(data.approveRoster).toEqual({ code: 'WRONG_STATE', state: 'WITHDRAWN' })
})

test('a roster that was enrolled stays when it is corrected, and the same file gives those who were left out another chance', async () => {
  const { budget, send, enroll } = await aRegency(2)
  const lines = people(3)
  const { id } = await send(lines)
  await enroll(id)
  expect(await outcomes(id)).toEqual(['ENROLLED', 'ENROLLED', 'OVER_BUDGET'])
  expect(await send(lines)).toEqual({ id, isNew: false, state: 'ENROLLED' })
  const input = { budget: budget.id, ceiling: (3n * COST).toString(), note: 'APBD-P 2023' }
  await asking(hub)('mutation ($input: ReviseBudgetInput!) { reviseBudget(input: $input) { __typename } }', {
    input,
  })
  const again = await send(lines, id)
  expect(again).toMatchObject({ isNew: true })
  expect(await outcomes(again.id)).toEqual(['ALREADY_COVERED', 'ALREADY_COVERED', 'ELIGIBLE'])
  await enroll(again.id)
  expect(await outcomes(again.id)).toEqual(['ALREADY_COVERED', 'ALREADY_COVERED', 'ENROLLED'])
  expect(await rosterOf(id)).toMatchObject({ state: 'ENROLLED', version: 1 })
  // Sent once more it is either of the two, and nothing new.
  expect(await send(lines, id)).toEqual({ id: again.id, isNew: false, state: 'ENROLLED' })
  expect(await send(lines)).toEqual({ id: again.id, isNew: false, state: 'ENROLLED' })
})

test('a roster has one correction, which is the next to be corrected, until it is taken back', async () => {
  const { send } = await aRegency(10)
  const { id } = await send(people(1))
  await send(people(1), id).then((second) => approve(hub, second.id))
  const [second] = await hub.db.query<{ id: string }>(
    '/* test.newer */ select id from roster where replaces_id = $1',
    [id],
  )
  await expect(send(people(1), id)).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    field: 'replaces',
    remedy: `Correct roster ${second!.id}.`,
  })
  const third = await send(people(1), second!.id)
  expect(await rosterOf(third.id)).toMatchObject({ version: 3, replaces: { id: second!.id } })
})

test('who sees a district corrects no roster of the whole regency', async () => {
  const { payer, send } = await aRegency(10)
  const { id } = await send(people(1))
  const local = { ...ADMIN, areas: ['36.03.01'], payer: payer.id }
  await expect(send(people(1), id, local)).rejects.toMatchObject({ field: 'replaces' })
})

test('a roster that was received stays when whoever received it is not told so', async () => {
  const { send } = await aRegency(10)
  const { id } = await send(people(2))
  await discardDraft(hub.db, id)
  expect(await rowsOf(hub, id)).toHaveLength(2)
  expect(await rosterOf(id)).toMatchObject({ state: 'SCREENED' })
})

test('a roster that fails keeps no other waiting', async () => {
  const { send, enroll } = await aRegency(10)
  const bad = await send(people(1))
  const good = await send(people(2))
  for (const { id } of [bad, good]) await approve(hub, id)
  // What the work on it needs is gone.
  await hub.db.query(
    `/* test.broken */ update roster_identity set nik_cipher = '\\x00' where roster_id = $1`,
    [bad.id],
  )
  await expect(workOnRosters(hub)).rejects.toThrow()
  expect(await rosterOf(good.id)).toMatchObject({ state: 'ENROLLED' })
  expect(await rosterOf(bad.id)).toMatchObject({ state: 'ENROLLING' })
  await hub.db.query(`/* test.given_up */ update roster set state = 'REJECTED' where id = $1`, [bad.id])
  await expect(enroll(good.id)).rejects.toThrow()
})
