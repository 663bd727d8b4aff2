import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ROLES } from '../../src/access/permission.ts'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import type { Nik } from '../../src/kernel/nik.ts'
import { parsePeriod } from '../../src/kernel/period.ts'
import { rosterSubmission } from '../../src/rosters/bpjs/submission.ts'
import { submissionLines } from '../../src/rosters/bpjs/submission-lines.ts'
import { openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram, type InsertedProgram } from '../harness/builders.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { askAs, auditReader, aViewer } from '../harness/viewers.ts'
import { anEnrolledRoster, decisionsOf } from './enrolled.ts'
import { aRoster } from './world.ts'

// Real: the hub on PGlite in memory, the vault, the work that enrolls, the audit trail.

let hub: Hub
let program: InsertedProgram
let clerk: Viewer
let stranger: Viewer
let audit: ReturnType<typeof auditReader>
beforeAll(async () => {
  hub = await openRatedHub()
  const regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
  const other = await aPayer('REGENCY', { area: '36.71' }).in(hub)
  program = await aProgram(regency).in(hub)
  await aBudget(regency, 2023, 1_000_000_000n).in(hub)
  clerk = aViewer('clerk', ['36.03'], { subject: 'siti', payer: regency.id })
  stranger = aViewer('clerk', ['36.71'], { subject: 'budi', payer: other.id })
  audit = auditReader(hub)
})
afterAll(() => hub?.close())
beforeEach(() => audit())

async function submission(id: string, viewer = clerk): Promise<string[][] | undefined> {
  const found = await rosterSubmission(hub.context({ viewer, requestId: 'request-7' }), id)
  if (!found) return undefined
  const text = (await Readable.from(found.csv).toArray()).join('')
  return text
    .replace('\uFEFF', '')
    .trimEnd()
    .split('\r\n')
    .map((line) => line.match(/"(?:[^"]|"")*"|[^,]+|(?<=,)(?=,|$)/g) ?? [])
}

describe('what BPJS needs of a roster', () => {
  test('is who its enrolled people are by the vault, their months and what is paid, traceable line by line', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 2 })
    const [header, ...lines] = (await submission(roster.id))!
    expect(header).toEqual(
      'NIK NAMA TANGGAL_LAHIR JENIS_KELAMIN PEKERJAAN KODE_DESA PROGRAM BULAN_AWAL BULAN_AKHIR IURAN_PER_BULAN BARIS REFERENSI'.split(
        ' ',
      ),
    )
    expect(lines).toHaveLength(2)
    for (const [n, line] of lines.entries()) {
      const { nik, birthDate } = roster.people[n]!
      expect(line).toEqual([
        nik,
        PLANTED_NAME,
        birthDate.split('-').reverse().join('/'),
        'P',
        'petani',
        '36.03.01.2003',
        'JKK+JKM',
        '2023-06',
        '2023-12',
        '16800',
        String(n + 1),
        expect.stringMatching(new RegExp(`^"roster ${roster.id}, 2\\d{3}-.*Z, request-7"$`)),
      ])
    }
  })

  test('does not say what the waiting room says, when the vault has been corrected since', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 1 })
    await hub.db.query(`/* test.rename */ update worker_identity set full_name = $2 where worker_id = $1`, [
      roster.workers[0],
      `${PLANTED_NAME} Corrected`,
    ])
    const [, line] = (await submission(roster.id))!
    expect(line![1]).toBe(`${PLANTED_NAME} Corrected`)
  })

  test('runs nothing in a spreadsheet', async () => {
    const names = () => `=cmd ${PLANTED_NAME}`
    const roster = await anEnrolledRoster(hub, program, { people: 1, names })
    const [, line] = (await submission(roster.id))!
    expect(line![1]).toBe(`'=cmd ${PLANTED_NAME}`)
  })

  test('is recorded with everybody in a page before anybody gets it, and found again by each of them', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 1_003 })
    await audit()
    const found = await rosterSubmission(hub.context({ viewer: clerk }), roster.id)
    expect(await audit()).toEqual([])
    const pages = found!.csv[Symbol.asyncIterator]()
    const common = {
      actor: 'siti',
      action: 'IDENTITY_READ',
      outcome: 'DONE',
      purpose: 'ROSTER_PREP',
      what: 'Roster.submission',
      reason: null,
    }
    await pages.next()
    await pages.next()
    expect(await audit()).toEqual([{ ...common, workers: roster.workers.slice(0, 1_000), people: 1_000 }])
    await pages.next()
    expect(await audit()).toEqual([{ ...common, workers: roster.workers.slice(1_000), people: 3 }])
    expect(await pages.next()).toMatchObject({ done: true })
    expect(await audit()).toEqual([])
    const { data } = await askAs(
      hub,
      aViewer('auditor', ['*']),
      'query ($worker: ID!) { auditTrail(filter: { worker: $worker, actions: [IDENTITY_READ] }) { nodes { what subject } } }',
      { worker: roster.workers[1_001] },
    )
    expect(data.auditTrail.nodes).toEqual([{ what: 'Roster.submission', subject: `Roster:${roster.id}` }])
  })

  test('leaves out whom the vault has lost, and counts and submits only the others', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 3 })
    const [first, lost, third] = roster.workers
    await hub.db.query('/* test.lose */ delete from worker_identity where worker_id = $1', [lost])
    await audit()
    expect((await submission(roster.id))!.slice(1).map((line) => line[10])).toEqual(['1', '3'])
    expect(await audit()).toMatchObject([{ people: 2, workers: [first, third] }])
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['SUBMITTED', 'COMMITTED', 'SUBMITTED'])
  })

  test('that fails on the way is recorded as failed after what was handed out', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 1_001 })
    await hub.db.query(
      `/* test.spoil */ update worker_identity set nik_cipher = set_byte(nik_cipher, 19, get_byte(nik_cipher, 19) # 1) where worker_id = $1`,
      [roster.workers[1_000]],
    )
    await audit()
    await expect(submission(roster.id)).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(await audit()).toMatchObject([
      { outcome: 'DONE', people: 1_000 },
      { outcome: 'FAILED', reason: 'INTERNAL', people: 0, workers: [] },
    ])
  })

  test('of nobody is on the record too', async () => {
    const { id } = await aRoster(program).inState('ENROLLED').in(hub)
    expect(await submission(id)).toHaveLength(1)
    expect(await audit()).toMatchObject([{ outcome: 'DONE', people: 0, workers: [] }])
  })

  test('makes SUBMITTED who was committed, and nothing else, however often it is asked for', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 3 })
    const [, accepted, released] = roster.enrollments
    await hub.db.query(
      `/* test.decide */ update enrollment set decision = case id when $1 then 'ACCEPTED' else 'RELEASED' end where id in ($1, $2)`,
      [accepted, released],
    )
    const first = (await submission(roster.id))!
    expect(first.map((line) => line[10])).toEqual(['BARIS', '1', '2'])
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['SUBMITTED', 'ACCEPTED', 'RELEASED'])
    expect(await submission(roster.id)).toHaveLength(first.length)
    expect(await decisionsOf(hub, roster.enrollments)).toEqual(['SUBMITTED', 'ACCEPTED', 'RELEASED'])
  })

  test('is asked for page by page', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 1_003 })
    const lines = (await submission(roster.id))!
    expect(lines.slice(1).map((line) => Number(line[10]))).toEqual(
      Array.from({ length: 1_003 }, (_, n) => n + 1),
    )
    expect(new Set(lines.slice(1).map(([nik]) => nik))).toEqual(new Set(roster.people.map(({ nik }) => nik)))
  })
})

describe('what BPJS needs of a roster is refused', () => {
  test.each([
    ['nobody known', { ...ANONYMOUS }, 'UNAUTHENTICATED'],
    ['who may not see identities', { permissions: new Set(['roster:write', 'registry:read']) }, 'FORBIDDEN'],
    ['who has nothing to do with rosters', { permissions: new Set(['identity:read']) }, 'FORBIDDEN'],
    ['an approver without identities', { permissions: new Set(ROLES.approver) }, 'FORBIDDEN'],
  ])('to %s, on the record', async (_, more, code) => {
    const { id } = await aRoster(program).inState('ENROLLED').in(hub)
    const viewer = (code === 'UNAUTHENTICATED' ? more : { ...clerk, ...more }) as Viewer
    await expect(submission(id, viewer)).rejects.toMatchObject({ code })
    expect(await audit()).toMatchObject([{ what: 'Roster.submission', outcome: 'REFUSED', reason: code }])
  })

  test('to other payers as if there were none, on the record', async () => {
    const { id } = await aRoster(program).inState('ENROLLED').in(hub)
    expect(await submission(id, stranger)).toBeUndefined()
    expect(await submission('999999')).toBeUndefined()
    expect(await submission('nonsense')).toBeUndefined()
    expect(await audit()).toMatchObject(Array(3).fill({ outcome: 'REFUSED', reason: 'FORBIDDEN', people: 0 }))
  })

  test('before everybody is enrolled', async () => {
    const { id } = await aRoster(program).inState('SCREENED').in(hub)
    await expect(submission(id)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('to nobody who approves rosters and may see identities', async () => {
    const { id } = await aRoster(program).inState('ENROLLED').in(hub)
    const viewer = { ...clerk, permissions: new Set(['roster:approve', 'identity:read'] as const) }
    expect(await submission(id, viewer)).toHaveLength(1)
  })
})

test('a contribution that changes on the way has a line for each run of months; a new year alone has none', () => {
  const lines = submissionLines(
    {
      row: 1,
      identity: { nik: '3603015705909001' as Nik, fullName: PLANTED_NAME, birthDate: '1990-05-17' },
      sex: 'MALE',
      category: 'DRIVER',
      village: '36.03.01.2003',
      benefits: ['JKK', 'JKM'],
      period: parsePeriod('2025-11..2026-06'),
      charges: [
        { period: parsePeriod('2025-11..2025-12'), monthly: 16_800n },
        { period: parsePeriod('2026-01..2026-03'), monthly: 16_800n },
        { period: parsePeriod('2026-04..2026-12'), monthly: 8_400n },
      ],
    },
    'here',
  )
  expect(lines.map((line) => line.slice(7, 11))).toEqual([
    ['2025-11', '2026-03', 16_800n, 1],
    ['2026-04', '2026-06', 8_400n, 1],
  ])
})
