import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { RosterState } from '../../src/rosters/roster.entity.ts'
import { matchRows } from '../../src/rosters/screening/match-rows.ts'
import { screenRows } from '../../src/rosters/screening/screen-rows.ts'
import { ROSTER_CHANNEL } from '../../src/rosters/steps.ts'
import { asking, openRatedHub } from '../enrollments/world.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type Inserted,
  type InsertedPayer,
  type InsertedProgram,
  nameOf,
} from '../harness/builders.ts'
import { ADMIN } from '../harness/hub.ts'
import { auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'
import { aRoster, type RowColumns, type RowPerson } from './world.ts'

// Real: PGlite, the hub's schema, gate, rules and audit trail, screening. Rosters are inserted, not uploaded.

let hub: Hub
let recorded: () => Promise<RecordedEvent[]>
let regency: InsertedPayer
let other: InsertedPayer
let program: InsertedProgram
let clerk: Viewer
let approver: Viewer

beforeAll(async () => {
  hub = await openRatedHub()
  recorded = auditReader(hub)
  regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  other = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  program = await aProgram(regency).upToDecile(4).in(hub)
  await aBudget(regency, 2023, 10_000_000n).in(hub)
  clerk = aViewer('clerk', ['36.03'], { payer: regency.id })
  approver = aViewer('approver', ['36.03'], { payer: regency.id })
})
afterAll(() => hub?.close())
beforeEach(() => recorded())

const STEPS = `state steps { state actor reason }`

/** Every change of a roster: its input besides the roster, who may do it, from where and to where it leads. */
const CHANGES = {
  submitRoster: { input: {}, by: () => clerk, from: ['SCREENED'], to: 'SUBMITTED' },
  approveRoster: { input: {}, by: () => approver, from: ['SUBMITTED'], to: 'APPROVED' },
  rejectRoster: { input: { reason: 'Too many' }, by: () => approver, from: ['SUBMITTED'], to: 'REJECTED' },
  withdrawRoster: {
    input: { reason: 'The wrong file' },
    by: () => clerk,
    from: ['DRAFT', 'SCREENING', 'SCREENED', 'SUBMITTED', 'DAMAGED'],
    to: 'WITHDRAWN',
  },
  decideRow: {
    input: { row: 2, decision: 'REFUSE', reason: 'Not seen' },
    by: () => clerk,
    from: ['SCREENED'],
    to: 'SCREENED',
  },
} as const
type Change = keyof typeof CHANGES
const changes = Object.keys(CHANGES) as Change[]

async function change(name: Change, roster: Inserted, more: object = {}, viewer = CHANGES[name].by()) {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`
  const { data, errors } = await asking(hub, viewer)(
    `mutation ($input: ${type}!) { ${name}(input: $input) {
      __typename ... on RosterRefusal { code message state } ... on Roster { id ${STEPS} } } }`,
    { input: { roster: roster.id, ...CHANGES[name].input, ...more } },
  )
  return { result: data?.[name], errors }
}

/** One eligible row, and one that asks. */
const aSmallRoster = (state: RosterState = 'SCREENED') =>
  aRoster(program).inState(state).withRow({ outcome: 'ELIGIBLE', rank: 1 }).withRow({ outcome: 'REVIEW' })

async function stateOf({ id }: Inserted) {
  const { data } = await asking(hub)(`query ($id: ID!) { roster(id: $id) { ${STEPS} } }`, { id })
  return data.roster
}

describe.each(changes)('%s', (name) => {
  test.each(Object.keys(RosterState) as RosterState[])('of a roster that is %s', async (state) => {
    const roster = await aSmallRoster(state).submittedBy('somebody').in(hub)
    const before = await stateOf(roster)
    const { result, errors } = await change(name, roster)
    expect(errors).toBeUndefined()
    if ((CHANGES[name].from as readonly string[]).includes(state)) {
      expect(result).toMatchObject({ __typename: 'Roster', state: CHANGES[name].to })
      const subject = CHANGES[name].by().subject
      if (name === 'decideRow') expect(result.steps).toEqual(before.steps)
      else {
        const reason = (CHANGES[name].input as { reason?: string }).reason ?? null
        expect(result.steps.at(-1)).toEqual({ state: CHANGES[name].to, actor: subject, reason })
        expect(result.steps).toHaveLength(before.steps.length + 1)
      }
    } else {
      expect(result).toMatchObject({ __typename: 'RosterRefusal', code: 'WRONG_STATE', state })
      expect(result.message).toMatch(new RegExp(`^The roster is ${state}: this cannot be done\\. .{20}`))
      expect(await stateOf(roster)).toEqual(before)
    }
  })

  test('is recorded with the roster it is about, done or refused', async () => {
    const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
    await change(name, roster)
    const ended = await aSmallRoster('ENROLLED').in(hub)
    await change(name, ended)
    const event = { actor: CHANGES[name].by().subject, action: 'MUTATION', what: `Mutation.${name}` }
    expect(await recorded()).toMatchObject([
      { ...event, outcome: 'DONE' },
      { ...event, outcome: 'REFUSED' },
    ])
    expect(await lastSubjects(2)).toEqual([`Roster:${ended.id}`, `Roster:${roster.id}`])
  })

  test('sent twice with one key is done once', async () => {
    const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
    const key = { idempotencyKey: `${name} of ${roster.id}` }
    const first = await change(name, roster, key)
    expect(first.result.__typename).toBe('Roster')
    expect(await change(name, roster, key)).toEqual(first)
    const again = await change(name, roster, { ...key, roster: '999999' })
    expect(again.errors).toMatchObject([{ code: 'CONFLICT' }])
  })

  test('of what is not there, or is another payer’s, changes nothing', async () => {
    const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
    const before = await stateOf(roster)
    const by = CHANGES[name].by()
    const unknown = [{ code: 'BAD_USER_INPUT', field: 'input.roster' }]
    for (const id of ['999999', 'x', `0${roster.id}`])
      expect((await change(name, { id })).errors).toMatchObject(unknown)
    // Neighbors see the same people, and not the roster.
    // Nor does who sees a part of its area only.
    for (const viewer of [{ ...by, payer: other.id }, withoutPayer(by), { ...by, areas: ['36.03.01'] }])
      expect((await change(name, roster, {}, viewer)).errors).toMatchObject(unknown)
    const seeing = { ...by, payer: other.id, areas: ['*'] }
    expect((await change(name, roster, {}, seeing)).errors).toMatchObject([
      { code: 'FORBIDDEN', field: 'input.roster' },
    ])
    expect(await stateOf(roster)).toEqual(before)
  })

  test('needs its own permission', async () => {
    const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
    const wrong = CHANGES[name].by() === clerk ? approver : clerk
    expect((await change(name, roster, {}, wrong)).errors).toMatchObject([{ code: 'FORBIDDEN' }])
    expect((await change(name, roster, {}, ANONYMOUS)).errors).toMatchObject([{ code: 'UNAUTHENTICATED' }])
  })

  test('is told to whoever follows the roster', async () => {
    const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
    const told: unknown[] = []
    const stop = await hub.db.listen(ROSTER_CHANNEL, (id) => told.push(id))
    await change(name, roster)
    await change(name, { id: '999999' })
    stop()
    expect(told).toEqual([roster.id])
  })
})

test.each<[Change, unknown]>([
  ['submitRoster', ' '],
  ['rejectRoster', ''],
  ['withdrawRoster', 'x'.repeat(501)],
  ['decideRow', 'NIK 3603014505839001'],
])('%s with the reason %j is bad input', async (name, reason) => {
  const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
  expect((await change(name, roster, { reason })).errors).toMatchObject([
    { code: 'BAD_USER_INPUT', field: 'input.reason' },
  ])
})

test('a roster in which nobody is eligible is not submitted', async () => {
  const roster = await aRoster(program)
    .withRow({ outcome: 'INELIGIBLE' })
    .withRow({ outcome: 'REVIEW' })
    .in(hub)
  const { result } = await change('submitRoster', roster)
  expect(result).toMatchObject({ __typename: 'RosterRefusal', code: 'NOTHING_TO_DO', state: 'SCREENED' })
  expect(await stateOf(roster)).toMatchObject({ state: 'SCREENED' })
})

test('what is said when submitting stands in the steps', async () => {
  const roster = await aSmallRoster().in(hub)
  const { result } = await change('submitRoster', roster, { reason: ' All visited ' })
  expect(result.steps).toMatchObject([
    { state: 'DRAFT', actor: 'clerk', reason: 'The June sweep' },
    { state: 'SCREENED', actor: null, reason: null },
    { state: 'SUBMITTED', actor: 'clerk', reason: 'All visited' },
  ])
})

test('nobody approves what he submitted, whatever he may; somebody else does', async () => {
  const roster = await aSmallRoster().in(hub)
  const both = { ...clerk, permissions: new Set([...clerk.permissions, ...approver.permissions]) }
  await change('submitRoster', roster, {}, both)
  const { result } = await change('approveRoster', roster, {}, both)
  expect(result).toMatchObject({ __typename: 'RosterRefusal', code: 'SUBMITTED_BY_YOU', state: 'SUBMITTED' })
  expect(await stateOf(roster)).toMatchObject({ state: 'SUBMITTED' })
  const second = await change('approveRoster', roster, {}, { ...both, subject: 'somebody else' })
  expect(second.result).toMatchObject({ state: 'APPROVED' })
})

test('an administrator of the whole country acts for any payer, and is told apart like anybody', async () => {
  const roster = await aSmallRoster().in(hub)
  expect((await change('submitRoster', roster, {}, ADMIN)).result).toMatchObject({ state: 'SUBMITTED' })
  expect((await change('approveRoster', roster, {}, ADMIN)).result).toMatchObject({
    code: 'SUBMITTED_BY_YOU',
  })
})

test('who has no name neither submits nor approves', async () => {
  const { subject: _, ...nameless } = ADMIN
  for (const name of ['submitRoster', 'approveRoster'] as const) {
    const roster = await aSmallRoster(CHANGES[name].from[0]).in(hub)
    expect((await change(name, roster, {}, nameless)).errors).toMatchObject([{ code: 'UNAUTHENTICATED' }])
  }
})

describe('decideRow', () => {
  const ROW = `row(number: 1) { outcome match sameAsRow identityDecision identityReason decision decisionReason decidedBy worker { id }
    reasons { code level } }`
  const DECIDE = `mutation ($input: DecideRowInput!) { decideRow(input: $input) {
    __typename ... on RosterRefusal { code message state } ... on Roster { ${ROW} } } }`

  async function decide(roster: Inserted, decision: string, viewer: Viewer = clerk, row = 1) {
    const input = { roster: roster.id, row, decision, reason: 'Seen by the village' }
    const { data, errors } = await asking(hub, viewer)(DECIDE, { input })
    return { result: data?.decideRow, row: data?.decideRow?.row, errors }
  }

  let serials = 0
  /** Serials that differ in one digit are alike. */
  const aNik = (serial: number) =>
    composeNik({ district: '36.03.02', birthDate: '1983-05-01', sex: 'FEMALE', serial })

  const person = (nik: Nik, fullName = 'Siti Rahasia'): RowPerson => ({
    nik,
    fullName,
    birthDate: '1983-05-01',
  })

  const UNKNOWN = { code: 'DECILE_UNKNOWN', level: 'REVIEW', message: 'Not known.', fact: null }

  /** A row of somebody new, who lives in Balaraja. */
  const rosterOf = (who: RowPerson, columns: RowColumns = {}) =>
    aRoster(program)
      .withRow({ outcome: 'REVIEW', welfare_decile: null, findings: [UNKNOWN], ...columns }, who)
      .in(hub)

  /** Somebody whom the hub knows, and a row that is one slip away. */
  async function suspected({ village = '36.03.01.2003' } = {}) {
    const serial = 9_100 + 10 * serials++
    const known = await aWorker()
      .bornIn('1983-05')
      .livingIn(village)
      .inDecile(1)
      .identifiedBy(aNik(serial + 1))
      .in(hub)
    const columns = { outcome: 'SUSPECT_MATCH', match: 'SUSPECT', worker_id: known.id, welfare_decile: 1 }
    const roster = await rosterOf(person(aNik(serial + 2), nameOf(known.id)), columns)
    return { known, roster }
  }

  test('admits what was found for review, and takes that back until the roster is submitted', async () => {
    const roster = await rosterOf(person(aNik(9_500)))
    const admitted = await decide(roster, 'ADMIT')
    expect(admitted.row).toMatchObject({
      outcome: 'ELIGIBLE',
      decision: 'ADMIT',
      decisionReason: 'Seen by the village',
      decidedBy: 'clerk',
      reasons: [{ code: 'DECILE_UNKNOWN', level: 'REVIEW' }],
    })
    expect((await decide(roster, 'REFUSE')).row).toMatchObject({ outcome: 'REVIEW', decision: 'REFUSE' })
    expect((await decide(roster, 'ADMIT')).row).toMatchObject({ outcome: 'ELIGIBLE' })
    await change('submitRoster', roster)
    expect((await decide(roster, 'REFUSE')).result).toMatchObject({ code: 'WRONG_STATE', state: 'SUBMITTED' })
  })

  test('tells a suspect from somebody else, or knows him again', async () => {
    const { known, roster } = await suspected()
    expect((await decide(roster, 'REFUSE')).row).toMatchObject({
      outcome: 'SUSPECT_MATCH',
      identityDecision: 'REFUSE',
      identityReason: 'Seen by the village',
      decision: null,
    })
    expect((await decide(roster, 'OTHER_PERSON')).row).toMatchObject({
      outcome: 'ELIGIBLE',
      match: 'SUSPECT',
      worker: { id: known.id },
    })
    expect((await decide(roster, 'SAME_PERSON')).row).toMatchObject({
      outcome: 'ELIGIBLE',
      worker: { id: known.id },
    })
    const [, , event] = await recorded()
    expect(event).toMatchObject({ outcome: 'DONE', workers: [known.id] })
  })

  test('asks who a suspect is and whether he is admitted one after the other', async () => {
    const serial = 9_100 + 10 * serials++
    const known = await aWorker()
      .bornIn('1983-05')
      .inDecile(1)
      .identifiedBy(aNik(serial + 1))
      .in(hub)
    const columns = { outcome: 'SUSPECT_MATCH', match: 'SUSPECT', worker_id: known.id, findings: [] }
    const roster = await rosterOf(person(aNik(serial + 2), nameOf(known.id)), columns)
    expect((await decide(roster, 'OTHER_PERSON')).row).toMatchObject({
      outcome: 'REVIEW',
      identityDecision: 'OTHER_PERSON',
      decision: null,
    })
    expect((await decide(roster, 'ADMIT')).row).toMatchObject({
      outcome: 'ELIGIBLE',
      identityDecision: 'OTHER_PERSON',
      decision: 'ADMIT',
    })
    // He is somebody else now, and nobody has admitted that one.
    expect((await decide(roster, 'SAME_PERSON')).row).toMatchObject({
      outcome: 'ELIGIBLE',
      decision: null,
      reasons: [{ code: 'SUSPECT_MATCH' }],
    })
    expect((await decide(roster, 'OTHER_PERSON')).row).toMatchObject({ outcome: 'REVIEW', decision: null })
  })

  test('admits nothing that is found later', async () => {
    const roster = await rosterOf(person(aNik(9_520)), { birth_month: '2006-03-01' })
    await hub.db.query(
      `/* test.admitted */ update roster_row set decision = 'ADMIT', decision_reason = 'x', admitted = '{DECILE_UNKNOWN}' where roster_id = $1`,
      [roster.id],
    )
    const matched = await matchRows(hub.db.query, roster.id, [1], hub.nikKeys)
    await screenRows(hub.db.query, hub.context({}), roster.id, matched)
    const { data } = await asking(hub)(`query ($id: ID!) { roster(id: $id) { ${ROW} } }`, { id: roster.id })
    expect(data.roster.row).toMatchObject({
      outcome: 'REVIEW',
      decision: 'ADMIT',
      reasons: [{ code: 'UNDER_AGE' }, { code: 'DECILE_UNKNOWN' }],
    })
  })

  test('knows nobody again whom the viewer may not see', async () => {
    const { roster } = await suspected({ village: '36.71.01.1001' })
    const { result } = await decide(roster, 'SAME_PERSON')
    expect(result).toMatchObject({ __typename: 'RosterRefusal', code: 'SUSPECT_MATCH', state: 'SCREENED' })
    expect((await recorded()).at(-1)).toMatchObject({ outcome: 'REFUSED', workers: [] })
    expect((await decide(roster, 'OTHER_PERSON')).row).toMatchObject({ outcome: 'ELIGIBLE', worker: null })
  })

  test('settles a suspect within the file without anybody in the hub', async () => {
    const serial = 9_876
    const name = 'Siti Rahasia Dua'
    const roster = await aRoster(program)
      .withRow({ outcome: 'ELIGIBLE', rank: 1 }, person(aNik(serial), name))
      .withRow(
        { outcome: 'SUSPECT_MATCH', match: 'NEW', in_file: 'SUSPECT', same_as_row: 1 },
        person(aNik(serial + 1), name),
      )
      .in(hub)
    const outcome = async (decision: string) => {
      const { errors } = await decide(roster, decision, clerk, 2)
      expect(errors).toBeUndefined()
      const { data } = await asking(hub)(
        `query ($id: ID!) { roster(id: $id) { row(number: 2) { outcome } } }`,
        { id: roster.id },
      )
      return data.roster.row.outcome
    }
    expect(await outcome('SAME_PERSON')).toBe('DUPLICATE_IN_FILE')
    expect(await outcome('OTHER_PERSON')).toBe('ELIGIBLE')
  })

  test.each<[string, string]>([
    ['REVIEW', 'OTHER_PERSON'],
    ['REVIEW', 'SAME_PERSON'],
    ['SUSPECT_MATCH', 'ADMIT'],
  ])('a row that is %s is not settled by %s', async (outcome, decision) => {
    const roster = await aRoster(program).withRow({ outcome }).in(hub)
    const { errors } = await decide(roster, decision)
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.decision' }])
  })

  test.each(['ELIGIBLE', 'INELIGIBLE', 'ALREADY_COVERED', 'INVALID_NIK', 'IDENTITY_CONFLICT'])(
    'a row that is %s asks nobody',
    async (outcome) => {
      const roster = await aRoster(program).withRow({ outcome }).in(hub)
      for (const decision of ['ADMIT', 'REFUSE', 'OTHER_PERSON', 'SAME_PERSON']) {
        expect((await decide(roster, decision)).result).toMatchObject({
          __typename: 'RosterRefusal',
          code: 'NOTHING_TO_DO',
        })
      }
    },
  )

  test.each([0, 2, -1, 2_147_483_647])('there is no row %d', async (number) => {
    const roster = await aRoster(program).withRow({ outcome: 'REVIEW' }).in(hub)
    expect((await decide(roster, 'ADMIT', clerk, number)).errors).toMatchObject([
      { code: 'BAD_USER_INPUT', field: 'input.row' },
    ])
  })
})

function withoutPayer({ payer: _, ...viewer }: Viewer): Viewer {
  return viewer
}

async function lastSubjects(count: number): Promise<string[]> {
  const events = await hub.db.query<{ subject: string }>(
    '/* test.subjects */ select subject from audit_event order by id desc limit $1',
    [count],
  )
  return events.map(({ subject }) => subject)
}
