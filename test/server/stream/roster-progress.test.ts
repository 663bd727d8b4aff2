import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../../src/app.ts'
import type { RosterState } from '../../../src/rosters/roster.entity.ts'
import { takeStep } from '../../../src/rosters/steps.ts'
import { someAreas } from '../../harness/areas.ts'
import { aPayer, aProgram, type InsertedPayer, type InsertedProgram } from '../../harness/builders.ts'
import { aRoster } from '../../rosters/world.ts'
import { authorization, type Serving, serving } from '../serving.ts'
import { listening, nextOf, openStreams, openWatchedHub, watch } from './watching.ts'

// Real: the server over HTTP, the protocol's own client, the hub on PGlite in memory.

let hub: Hub
let running: Serving
let address: string
let regency: InsertedPayer
let program: InsertedProgram
beforeAll(async () => {
  hub = await openWatchedHub()
  await someAreas(hub)
  running = await serving({ hub, graphiql: false })
  address = await listening(running)
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  program = await aProgram(regency).in(hub)
})
afterAll(async () => {
  running?.server.server.closeAllConnections()
  await running?.[Symbol.asyncDispose]()
  await hub?.close()
})

const follow = async (id: string, { payer = regency.id } = {}) =>
  watch(address, 'subscription ($id: ID!) { it: rosterProgress(id: $id) { state } }', {
    variables: { id },
    headers: await authorization('registry:read', { payer }),
  })

const move = (id: string, state: RosterState) => hub.db.transaction((query) => takeStep(query, id, state, {}))

const told = (state: string) => ({ data: { it: { state } } })

test.each([
  ['ENROLLING', 'ENROLLED'],
  ['SCREENED', 'WITHDRAWN'],
  ['SUBMITTED', 'REJECTED'],
] as const)(
  'who follows a roster that is %s is told that it became %s, and that this was all',
  async (before, after) => {
    const { id } = await aRoster(program).inState(before).in(hub)
    const events = await follow(id)
    expect(await nextOf(events)).toEqual(told(before))
    await move(id, after)
    expect(await nextOf(events)).toEqual(told(after))
    // The client would throw if the stream broke off.
    expect(await events.next()).toEqual({ done: true, value: undefined })
    await expect.poll(() => openStreams(running)).toBe(0)
  },
)

test.each(['ENROLLED', 'DAMAGED', 'REJECTED', 'WITHDRAWN'] as const)(
  'a roster that is %s is told of once',
  async (state) => {
    const { id } = await aRoster(program).inState(state).in(hub)
    const all: unknown[] = []
    for await (const event of await follow(id)) all.push(event)
    expect(all).toEqual([told(state)])
  },
)

test('nobody waits for a roster that is not there, or not his', async () => {
  const other = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  const { id } = await aRoster(program).inState('SCREENING').in(hub)
  for (const events of [await follow('999999'), await follow('x'), await follow(id, { payer: other.id })]) {
    const all: unknown[] = []
    for await (const event of events) all.push(event)
    expect(all).toEqual([{ data: { it: null } }])
  }
  await expect.poll(() => openStreams(running)).toBe(0)
})
