import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedHub } from '../../seeds/seed-hub.ts'
import { generateRoster } from '../../seeds/tangerang-2022/roster.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { toldOfRoster } from '../../src/cli/rosters/import-here.ts'
import { inWords } from '../../src/cli/rosters/imported-roster.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { packageRoot } from '../../src/kernel/package-root.ts'
import { silentProgress } from '../../src/kernel/progress.ts'
import { planEnrollment } from '../../src/rosters/plan-enrollment.ts'
import { receiveRoster } from '../../src/rosters/receiving/receive-roster.ts'
import { workOnRosters } from '../../src/rosters/roster-work.ts'
import { demoViewer } from '../demo/demo-viewer.ts'
import { IMPORTED, PROMISED_OF_LIST } from '../demo/readme.ts'
import { ADMIN } from '../harness/hub.ts'
import { askAs } from '../harness/viewers.ts'
import { afterwards } from './roster-world.ts'

// Real: the demo and its file of 75,000 rows, from bytes to enrolled, on PGlite in memory.

const FILE = join(packageRoot, 'seeds', 'tangerang-2022', 'roster-2023-06.csv.gz')

let hub: Hub
let roster: string

beforeAll(async () => {
  hub = await openHub({
    dataDir: 'memory',
    poolSize: 4,
    nikKeys: undefined,
    production: false,
    exposeSql: false,
  })
  await seedHub(hub.db, 'tangerang-2022', { keys: hub.nikKeys, progress: silentProgress })
  await hub.refresh()
}, 240_000)
afterAll(() => hub?.close())

async function outcomes(): Promise<Record<string, number>> {
  const rows = await hub.db.query<{ outcome: string; count: number }>(
    '/* test.outcomes */ select outcome, count(*)::int as count from roster_row where roster_id = $1 group by 1 order by 1',
    [roster],
  )
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]))
}

test('every row of the file is screened as it was planted', async () => {
  const body = Readable.from([gunzipSync(readFileSync(FILE))])
  const received = await receiveRoster(
    hub.context({ viewer: ADMIN }),
    { program: 'KAB-TANGERANG-RENTAN-2023', from: '2023-06', to: '2023-12', format: 'csv' },
    body,
    { rows: 200_000, bytes: 67_108_864 },
  )
  roster = received.id
  await workOnRosters(hub)
  const rows = await hub.db.query<{
    row: number
    outcome: string
    findings: object
    nik_findings: object
    problems: object
    match: string
  }>(
    '/* test.rows */ select row, outcome, findings, nik_findings, problems, match from roster_row where roster_id = $1 order by row',
    [roster],
  )
  const planted = await generateRoster()
  const wrong = planted.filter(({ planted: outcome }, n) => rows[n]!.outcome !== (outcome ?? 'ELIGIBLE'))
  expect(wrong.slice(0, 10).map((p) => [p, rows[p.row - 1]])).toEqual([])
}, 240_000)

test('the budget lasts for 70,780 of the 71,196 who are eligible', async () => {
  const plan = await planEnrollment(hub.db.query, roster)
  expect(plan).toMatchObject({ fits: 70_780, cost: 8_323_728_000n })
  expect(plan.leftOut).toHaveLength(416)
})

test('the README tells the story of the list as it goes, and enrolling comes to what was foreseen', async () => {
  const plan = await planEnrollment(hub.db.query, roster)
  const told = await toldOfRoster(roster, hub.context({ viewer: ADMIN }))
  expect(`${inWords({ ...told, isNew: true })}\n`).toBe(IMPORTED)
  for (const { query, name, answer } of PROMISED_OF_LIST) {
    const { data, errors } = await askAs(hub, await demoViewer(hub, name), query)
    expect([name, errors, data]).toEqual([name, undefined, JSON.parse(answer)])
    await workOnRosters(hub)
  }
  expect(PROMISED_OF_LIST).toHaveLength(4)
  expect(await outcomes()).toMatchObject({ ENROLLED: 70_780, OVER_BUDGET: 416 })
  expect(await planEnrollment(hub.db.query, roster)).toEqual(afterwards(plan))
  expect((await verifyLedger(hub.db)).broken).toEqual([])
}, 240_000)
