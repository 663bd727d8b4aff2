// Real: a PostgreSQL server, clerks who enroll while a file is applied, through Apollo and the rules of access.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hub } from '../../src/app.ts'
import { verifyLedger } from '../../src/enrollments/verify-ledger.ts'
import { applySetup } from '../../src/setup/apply-setup.ts'
import { SetupFile } from '../../src/setup/setup-file.ts'
import { aClerk, aCrowd, openHubForMany, shared } from '../enrollments/crowd.ts'
import { balanceOf, ENROLL } from '../enrollments/world.ts'
import { describeOnServer, type ServerDatabase, withServerDatabase } from '../harness/server-database.ts'
import { askAs } from '../harness/viewers.ts'

const TODAY = '2023-05-15'
const YEARS = [2024, 2023]

describeOnServer('a file that is applied while clerks enroll', { timeout: 120_000 }, () => {
  let server: ServerDatabase
  let hub: Hub

  beforeAll(async () => {
    server = await withServerDatabase()
    hub = await openHubForMany(server.url)
  })
  afterAll(async () => {
    await hub?.close()
    await server?.drop()
  })

  /** The n-th state of two programs and two budgets, whose rows stand in the order opposite to that of the hub. */
  const file = (n: number) =>
    SetupFile.parse({
      payers: [{ key: 'kab', kind: 'REGENCY', name: 'Tangerang', area: '36.03' }],
      programs: ['TWO', 'ONE'].map((code) => ({
        code,
        name: `Program ${n}`,
        payer: 'kab',
        fundingSource: 'APBD_REGENCY',
        segment: 'BPU',
        benefits: ['JKK', 'JKM'],
        from: '2023-01',
        to: '2024-12',
        contribution: 16_800,
        legalBasis: 'Perbup 1/2023',
      })),
      budgets: YEARS.map((year) => ({
        payer: 'kab',
        year,
        fundingSource: 'APBD_REGENCY',
        agency: 'Dinas Tenaga Kerja',
        ceiling: Array.from({ length: n + 1 }, (_, line) => ({
          on: TODAY,
          amount: line === 0 ? 1_000_000_000 : 1_000,
          note: `Line ${line}`,
        })),
      })),
      rates: [
        {
          segment: 'BPU',
          benefit: 'JHT',
          variant: 'LOWEST_BAND',
          payer: 'ANY',
          sector: 'ANY',
          amount: 20_000,
          from: '2023-01',
          to: '2023-12',
          legalBasis: `Surat ${n}`,
          standing: 'VERIFIED',
        },
      ],
    })

  const apply = (n: number, dryRun: boolean) => applySetup(hub.db, file(n), { today: TODAY, dryRun })

  test('waits for nobody who waits for it, be it done or only shown', async () => {
    await apply(0, false)
    const [payer] = await hub.db.query<{ id: string }>(
      `/* test.payer */ select id from payer where name = 'Tangerang'`,
    )
    const clerk = aClerk({ id: payer!.id, kind: 'REGENCY' }, ['36.03'], 'clerk')
    const people = await aCrowd(hub, 400)
    let isOver = false
    const applying = async () => {
      const outcomes: string[] = []
      for (let n = 1; !isOver; n++) {
        const { rows } = await apply(n, true)
        outcomes.push(
          ...rows.map(({ outcome }) => outcome),
          ...(await apply(n, false)).rows.map(({ outcome }) => outcome),
        )
      }
      return outcomes
    }
    const applied = applying()
    const answers = await shared(12, people.entries().toArray(), async ([at, worker]) => {
      const input = { worker, program: at % 2 === 0 ? 'ONE' : 'TWO', from: '2023-07', to: '2024-06' }
      const { data, errors } = await askAs(hub, clerk, ENROLL, { input })
      return [errors, data?.enrollWorker?.__typename]
    }).finally(() => {
      isOver = true
    })
    expect(new Set((await applied).filter((outcome) => outcome === 'REFUSED'))).toEqual(new Set())
    expect(answers).toEqual(people.map(() => [undefined, 'Enrollment']))
    const budgets = await hub.db.query<{ id: string }>(
      '/* test.budgets */ select id from budget order by fiscal_year',
    )
    for (const budget of budgets)
      expect(await balanceOf(hub, budget)).toMatchObject({ committed: BigInt(people.length) * 6n * 16_800n })
    expect(await verifyLedger(hub.db)).toMatchObject({ broken: [] })
  })
})
