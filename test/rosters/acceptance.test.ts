import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { firstDay, type Month } from '../../src/kernel/month.ts'
import { composeNik } from '../../src/kernel/nik.ts'
import { receiveAnswers } from '../../src/rosters/bpjs/receive-answers.ts'
import { rosterSubmission } from '../../src/rosters/bpjs/submission.ts'
import { asking, balanceOf, entriesOf, openRatedHub } from '../enrollments/world.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedProgram,
} from '../harness/builders.ts'
import { auditReader, aViewer } from '../harness/viewers.ts'
import { anEnrolledRoster, aSubmittedRoster, decisionsOf } from './enrolled.ts'
import { aWorkbook } from './file/a-workbook.ts'
import { aRoster, type RowPerson } from './world.ts'

// Real: the hub on PGlite in memory, the vault, the work that enrolls, the ledger, the audit trail.

const LIMITS = { rows: 10_000, bytes: 10_000_000 }
/** Of one person, from June to December. */
const COST = 7n * 16_800n

let hub: Hub
let program: InsertedProgram
let budget: InsertedBudget
let clerk: Viewer
let stranger: Viewer
let audit: ReturnType<typeof auditReader>
beforeAll(async () => {
  hub = await openRatedHub()
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const other = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  program = await aProgram(regency).in(hub)
  budget = await aBudget(regency, 2023, 1_000_000_000n).in(hub)
  clerk = aViewer('clerk', ['36.03'], { subject: 'siti', payer: regency.id })
  stranger = aViewer('clerk', ['36.71'], { subject: 'budi', payer: other.id })
  audit = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(() => audit())

function send(
  id: string,
  file: string | Uint8Array,
  { viewer = clerk, format = 'csv' as 'csv' | 'xlsx' } = {},
) {
  return receiveAnswers(hub.context({ viewer }), id, Readable.from([Buffer.from(file)]), {
    format,
    limits: LIMITS,
  })
}

const taken = (counts: object) => ({
  accepted: 0,
  refused: 0,
  unchanged: 0,
  problems: [],
  moreProblems: 0,
  ...counts,
})

const lines = (...rows: string[]) => rows.join('\n')

async function rowsOf(id: string) {
  return hub.db.query(
    '/* test.rows */ select row, acceptance, acceptance_reason as reason from roster_row where roster_id = $1 order by row',
    [id],
  )
}

async function historyOf(worker: string) {
  return hub.db.query(
    `/* test.history */ select kind, period, amount, reason, actor, entered_on as "on" from worker_event
      where worker_id = $1 and kind not in ('REGISTERED', 'ENROLLED') order by id`,
    [worker],
  )
}

/** How many of these are without any coverage in a month. */
async function uncovered(workers: readonly string[], month: Month): Promise<number> {
  const [counted] = await hub.db.query<{ people: number }>(
    `/* test.uncovered */ select count(*)::int as people from unnest($1::bigint[]) as worker (id)
      where not exists (select from coverage_line where worker_id = worker.id and period @> $2::date)`,
    [workers, firstDay(month)],
  )
  return counted!.people
}

async function ledgerHolds() {
  expect((await verifyLedger(hub.db)).broken).toEqual([])
}

describe('what BPJS answers', () => {
  test('takes people on, or gives their months and money back: 6 of 100 become gaps again', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 100 })
    const before = await balanceOf(hub, budget)
    const refused = new Map([
      [7, 'AGE_LIMIT'],
      [20, 'NIK_MISMATCH'],
      [21, 'NIK_MISMATCH'],
      [50, 'ALREADY_ACTIVE'],
      [51, 'DECEASED'],
      [100, 'INCOMPLETE'],
    ])
    const file = lines(
      'baris,status,alasan',
      ...Array.from({ length: 100 }, (_, n) =>
        refused.has(n + 1) ? `${n + 1},DITOLAK,${refused.get(n + 1)}` : `${n + 1},DITERIMA,`,
      ),
    )
    expect(await uncovered(roster.workers, '2023-06' as Month)).toBe(0)
    expect(await send(roster.id, file)).toEqual(taken({ accepted: 94, refused: 6 }))

    expect(await uncovered(roster.workers, '2023-06' as Month)).toBe(6)
    expect(await uncovered(roster.workers, '2023-12' as Month)).toBe(6)
    const after = await balanceOf(hub, budget)
    expect(after).toEqual({ ...before, committed: before.committed - 6n * COST })
    expect((await entriesOf(hub, budget)).slice(-5).sort()).toEqual(
      [1n, 1n, 1n, 1n, 2n].map((people) => `RELEASE ${-people * COST} 0`).sort(),
    )
    await ledgerHolds()
    expect(await rowsOf(roster.id)).toEqual(
      Array.from({ length: 100 }, (_, n) => ({
        row: n + 1,
        acceptance: refused.has(n + 1) ? 'REFUSED' : 'ACCEPTED',
        reason: refused.get(n + 1) ?? null,
      })),
    )
    const decisions = await decisionsOf(hub, roster.enrollments)
    expect(decisions.map((decision, n) => [n + 1, decision])).toEqual(
      decisions.map((_, n) => [n + 1, refused.has(n + 1) ? 'REJECTED' : 'ACCEPTED']),
    )
    const common = { period: '[2023-06-01,2024-01-01)', actor: 'siti', on: '2023-05-15' }
    expect(await historyOf(roster.workers[0]!)).toEqual([
      { ...common, kind: 'ACCEPTED', amount: null, reason: null },
    ])
    expect(await historyOf(roster.workers[6]!)).toEqual([
      { ...common, kind: 'REJECTED', amount: String(COST), reason: 'AGE_LIMIT' },
    ])
    expect(await audit()).toMatchObject([
      { what: 'roster.enroll' },
      { what: 'Roster.submission', people: 100 },
      {
        actor: 'siti',
        action: 'MUTATION',
        outcome: 'DONE',
        purpose: 'ROSTER_PREP',
        what: 'Roster.acceptance',
        people: 100,
        workers: expect.arrayContaining([...roster.workers]),
      },
    ])

    expect(await send(roster.id, file)).toEqual(taken({ unchanged: 100 }))
    expect(await balanceOf(hub, budget)).toEqual(after)
    expect(await historyOf(roster.workers[6]!)).toHaveLength(1)
    await ledgerHolds()
  })

  test('may be the submission itself with two columns more, and the NIK alone is enough', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 3 })
    const csv = (await rosterSubmission(hub.context({ viewer: clerk }), roster.id))!.csv
    const [header, ...people] = (await Readable.from(csv).toArray()).join('').trimEnd().split('\r\n')
    const file = lines(`${header},STATUS,ALASAN`, ...people.map((line: string) => `${line},diterima,`))
    expect(await send(roster.id, file)).toEqual(taken({ accepted: 3 }))
    const byNik = lines('nik;status;keterangan', ...roster.people.map(({ nik }) => `${nik};ACCEPTED;fine`))
    expect(await send(roster.id, byNik)).toEqual(taken({ unchanged: 3 }))
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['ACCEPTED', 'ACCEPTED', 'ACCEPTED'])
  })

  test('is understood in the words of either language', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 2 })
    const [first, second] = roster.people
    const file = lines(
      'nik,status,alasan',
      `${second!.nik},Ditolak,NIK tidak padan`,
      `${first!.nik},REJECTED,meninggal`,
    )
    expect(await send(roster.id, file)).toEqual(taken({ refused: 2 }))
    expect(await rowsOf(roster.id)).toMatchObject([{ reason: 'DECEASED' }, { reason: 'NIK_MISMATCH' }])
    await ledgerHolds()
  })

  test('finds by NIK whoever was merged into another row since', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 2 })
    const kept = await aWorker().aged(40).in(hub)
    const { data } = await asking(hub)(
      `mutation ($input: MergeWorkersInput!) { mergeWorkers(input: $input) { __typename } }`,
      { input: { keep: kept.id, merge: roster.workers[0], reason: 'One person' } },
    )
    expect(data.mergeWorkers.__typename).toBe('MergedWorkers')
    const file = lines('nik,status,alasan', `${roster.people[0]!.nik},Ditolak,usia`)
    expect(await send(roster.id, file)).toEqual(taken({ refused: 1 }))
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['REJECTED', 'SUBMITTED'])
    expect((await historyOf(kept.id)).at(-1)).toMatchObject({ kind: 'REJECTED' })
    await ledgerHolds()
  })

  test('comes as a workbook too', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 2 })
    const workbook = await aWorkbook([
      ['Row', 'Status', 'Reason'],
      ['1', 'Accepted'],
      ['2', 'Rejected', 'sudah terdaftar'],
    ])
    expect(await send(roster.id, workbook, { format: 'xlsx' })).toEqual(taken({ accepted: 1, refused: 1 }))
  })

  test('is taken a part at a time, and says of every line it does not understand why', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 4 })
    await hub.db.query(
      `/* test.not_enrolled */ insert into roster_row (roster_id, row, outcome) values ($1, 5, 'OVER_BUDGET')`,
      [roster.id],
    )
    const nik = (row: number) => roster.people[row - 1]!.nik
    const nobody = (await aSubmittedRoster(hub, program, { viewer: clerk, people: 1 })).people[0]!.nik
    const file = lines(
      'row,nik,status,reason',
      '1,,DITERIMA,',
      '1,,DITERIMA,',
      '1,,DITOLAK,usia',
      ',,DITERIMA,',
      'one,,DITERIMA,',
      ',12345,DITERIMA,',
      '2,,MAYBE,',
      '2,,DITOLAK,',
      '2,,DITOLAK,because',
      '2,,DITERIMA,,,more',
      '99,,DITERIMA,',
      `,${nobody},DITERIMA,`,
      `2,${nik(3)},DITERIMA,`,
      '5,,DITERIMA,',
      `3,${nik(3)},DITERIMA,`,
    )
    const answer = await send(roster.id, file)
    expect(answer).toMatchObject({ accepted: 2, refused: 0, unchanged: 1 })
    expect(answer!.problems.map(({ row, code }) => `${row} ${code}`)).toEqual([
      '3 SAID_OTHERWISE',
      '4 NOBODY',
      '5 UNREADABLE_ROW',
      '6 UNREADABLE_NIK',
      '7 UNKNOWN_STATUS',
      '8 NO_REASON',
      '9 UNKNOWN_REASON',
      '10 SHIFTED',
      '11 UNKNOWN_ROW',
      '12 UNKNOWN_ROW',
      '13 OTHER_PERSON',
      '14 NOT_ENROLLED',
    ])
    expect(JSON.stringify(answer)).not.toMatch(/\d{16}/)
    expect(await decisionsOf(hub, roster.enrollments)).toEqual([
      'ACCEPTED',
      'SUBMITTED',
      'ACCEPTED',
      'SUBMITTED',
    ])
  })

  test('that is changed later is a problem, and changes nothing', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 2 })
    await send(roster.id, lines('baris,status,alasan', '1,DITERIMA,', '2,DITOLAK,usia'))
    const later = await send(roster.id, lines('baris,status,alasan', '1,DITOLAK,usia', '2,DITOLAK,meninggal'))
    expect(later).toMatchObject({ refused: 0, unchanged: 0 })
    expect(later!.problems.map(({ code }) => code)).toEqual(['SAID_OTHERWISE', 'SAID_OTHERWISE'])
    expect(await rowsOf(roster.id)).toMatchObject([{ acceptance: 'ACCEPTED' }, { reason: 'AGE_LIMIT' }])
  })

  test('asks paid months of the refused back, and leaves alone who has no months or a claim', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 3 })
    const pay = `mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }`
    await asking(hub)(pay, { input: { roster: roster.id, through: '2023-07', reference: 'SP2D 1' } })
    const [paid, released, dead] = roster.workers
    await hub.db.query(`/* test.released */ update enrollment set decision = 'RELEASED' where id = $1`, [
      roster.enrollments[1],
    ])
    await hub.db.query(
      `/* test.claim */ insert into claim_check (worker_id, event, month, opened_on) values ($1, 'DEATH', '2023-06-01', '2023-06-20')`,
      [dead],
    )
    const answer = await send(
      roster.id,
      lines('baris,status,alasan', '1,DITOLAK,usia', '2,DITOLAK,usia', '3,DITOLAK,meninggal'),
    )
    expect(answer).toMatchObject({ refused: 1 })
    expect(answer!.problems.map(({ code }) => code)).toEqual(['NOT_RUNNING', 'CLAIM_OPEN'])
    expect(await uncovered([paid!], '2023-06' as Month)).toBe(1)
    expect(await uncovered([dead!], '2023-06' as Month)).toBe(0)
    expect((await historyOf(paid!)).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['PAID', String(2n * 16_800n)],
      ['REJECTED', String(5n * 16_800n)],
      ['REFUND_REQUESTED', String(2n * 16_800n)],
    ])
    await hub.db.query(
      `/* test.restore */ update enrollment set decision = 'SUBMITTED' where worker_id = $1`,
      [released],
    )
    await ledgerHolds()
  })
})

describe('an answer about people of whom BPJS was never told', () => {
  test('is a problem that says what to do, and changes nothing until it was', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 2 })
    const file = lines('baris,status,alasan', '1,DITERIMA,', '2,DITOLAK,usia')
    const answer = await send(roster.id, file)
    expect(answer).toMatchObject({ accepted: 0, refused: 0, unchanged: 0 })
    expect(answer!.problems.map(({ row, code, message }) => [row, code, message])).toEqual([
      [1, 'NOT_SUBMITTED', expect.stringContaining('submission.csv')],
      [2, 'NOT_SUBMITTED', expect.stringContaining('submission.csv')],
    ])
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['COMMITTED', 'COMMITTED'])
    for await (const _ of (await rosterSubmission(hub.context({ viewer: clerk }), roster.id))!.csv);
    expect(await send(roster.id, file)).toEqual(taken({ accepted: 1, refused: 1 }))
  })
})

describe('an answer whose NIKs went through a spreadsheet', () => {
  const born = '1991-04-07'
  const withSerial = (serial: number, fullName: string): RowPerson => ({
    nik: composeNik({ district: '36.03.01', birthDate: born, sex: 'FEMALE', serial }),
    fullName,
    birthDate: born,
  })
  const rounded = (nik: string) => `${nik.slice(0, 15)}0`

  test('is believed where it names rows too, unless another person stands in one', async () => {
    const roster = await aSubmittedRoster(hub, program, {
      viewer: clerk,
      people: [
        withSerial(9_012, 'Sumiati'),
        withSerial(9_025, 'Kartini'),
        withSerial(1, 'Wagiyem'),
        withSerial(9_033, 'Ponirah'),
      ],
    })
    const [, second, third] = roster.people
    const answer = await send(
      roster.id,
      lines(
        'baris;nik;status',
        '1;3,6E+15;DITERIMA',
        `2;${rounded(second!.nik)};DITERIMA`,
        `3;${rounded(third!.nik)};DITERIMA`,
        `4;${rounded(second!.nik)};DITERIMA`,
      ),
    )
    expect(answer).toMatchObject({ accepted: 3 })
    expect(answer!.problems).toMatchObject([{ row: 4, code: 'OTHER_PERSON' }])
  })

  test('hits nobody by a NIK alone that may be several people’s', async () => {
    const roster = await aSubmittedRoster(hub, program, {
      viewer: clerk,
      people: [withSerial(9_110, 'Sumiati'), withSerial(9_112, 'Kartini'), withSerial(9_130, 'Ponirah')],
    })
    const [first, second, third] = roster.people
    const answer = await send(
      roster.id,
      lines(
        'nik;status',
        `${rounded(second!.nik)};DITERIMA`,
        '3,60302E+15;DITERIMA',
        `${third!.nik};DITERIMA`,
        `${second!.nik};DITERIMA`,
      ),
    )
    expect(first!.nik).toBe(rounded(second!.nik))
    // A NIK may end in 0 all the same.
    expect(answer).toMatchObject({ accepted: 2 })
    expect(answer!.problems).toMatchObject([
      { row: 1, code: 'ROUNDED_NIK' },
      { row: 2, code: 'ROUNDED_NIK' },
    ])
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['SUBMITTED', 'ACCEPTED', 'ACCEPTED'])
  })

  test('is refused as a whole where NIKs alone say who is meant, before anything of it is taken', async () => {
    const roster = await aSubmittedRoster(hub, program, { viewer: clerk, people: 60 })
    const file = (row: (n: number) => string) =>
      lines(
        'baris;nik;status',
        ...roster.people.map(({ nik }, n) => `${row(n + 1)};${n < 30 ? nik : rounded(nik)};DITERIMA`),
      )
    await expect(
      send(
        roster.id,
        file(() => ''),
      ),
    ).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'file',
      remedy: expect.stringContaining('BARIS'),
    })
    expect(new Set(await decisionsOf(hub, roster.enrollments))).toEqual(new Set(['SUBMITTED']))
    expect(await send(roster.id, file(String))).toEqual(taken({ accepted: 60 }))
  })
})

describe('an answer is refused', () => {
  const ANSWER = lines('baris,status', '1,DITERIMA')

  test('to who may not write rosters, and to other payers as if there were none, on the record', async () => {
    const { id } = await aRoster(program).inState('ENROLLED').in(hub)
    const viewer = { ...clerk, permissions: new Set(['roster:approve', 'budget:write'] as const) }
    await expect(send(id, ANSWER, { viewer })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await send(id, ANSWER, { viewer: stranger })).toBeUndefined()
    expect(await send('nonsense', ANSWER)).toBeUndefined()
    expect(await audit()).toMatchObject(
      Array(3).fill({ what: 'Roster.acceptance', outcome: 'REFUSED', reason: 'FORBIDDEN' }),
    )
  })

  test('before everybody is enrolled', async () => {
    const { id } = await aRoster(program).inState('SUBMITTED').in(hub)
    await expect(send(id, ANSWER)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test.each([
    ['is empty', '', 'The file is empty.'],
    ['names nobody', 'status,alasan\nDITERIMA,', /missing: baris or row, or nik\.$/],
    ['says nothing', 'baris,alasan\n1,', /missing: status or /],
    ['says it twice', 'baris,row,status\n1,1,DITERIMA', /^Two columns of the file are baris/],
  ])('that %s', async (_, file, message) => {
    const { id } = await aRoster(program).inState('ENROLLED').in(hub)
    await expect(send(id, file)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'file',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })
})
