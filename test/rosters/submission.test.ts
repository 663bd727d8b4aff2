import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ROLES } from '../../src/access/permission.ts'
import { ANONYMOUS, type Viewer } from '../../src/access/viewer.ts'
import type { Hub } from '../../src/app.ts'
import { parsePeriod } from '../../src/kernel/period.ts'
import { rosterSubmission } from '../../src/rosters/bpjs/submission.ts'
import { submissionLines } from '../../src/rosters/bpjs/submission-lines.ts'
import { openRatedHub } from '../enrollments/world.ts'
import { aBudget, aPayer, aProgram, type InsertedProgram } from '../harness/builders.ts'
import { PLANTED_NAME } from '../harness/planted-name.ts'
import { auditReader, aViewer } from '../harness/viewers.ts'
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

  test('is recorded before its first byte, with how many people, and for what', async () => {
    const roster = await anEnrolledRoster(hub, program, { people: 3 })
    await audit()
    await rosterSubmission(hub.context({ viewer: clerk }), roster.id)
    expect(await audit()).toEqual([
      {
        actor: 'siti',
        action: 'IDENTITY_READ',
        outcome: 'DONE',
        purpose: 'ROSTER_PREP',
        what: 'Roster.submission',
        workers: [],
        people: 3,
        reason: null,
      },
    ])
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
      identity: undefined,
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
