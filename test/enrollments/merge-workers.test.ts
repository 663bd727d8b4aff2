import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { temporaryNikKeys } from '../../src/access/vault/nik-keys.ts'
import type { Viewer } from '../../src/access/viewer.ts'
import { ANONYMOUS } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'
import { mergeWorkers } from '../../src/enrollments/merge/merge-workers.ts'
import { composeNik, type Nik } from '../../src/kernel/nik.ts'
import { holdVisibleWorkers } from '../../src/workers/hold-workers.ts'
import { statementsOf } from '../access/statements.ts'
import { someAreas } from '../harness/areas.ts'
import {
  aBudget,
  aPayer,
  aProgram,
  aWorker,
  type InsertedBudget,
  type InsertedPayer,
  type InsertedProgram,
  type InsertedWorker,
} from '../harness/builders.ts'
import { ADMIN, TODAY } from '../harness/hub.ts'
import { describeOnServer, withServerDatabase } from '../harness/server-database.ts'
import { askAs, auditReader, aViewer, type RecordedEvent } from '../harness/viewers.ts'
import { emptyRegistry, historyOf } from '../workers/registry.ts'

// Real: the hub on PGlite and, with TEST_DATABASE_URL, on a PostgreSQL server; its schema, gate, vault and audit trail.

const MERGE = `mutation ($input: MergeWorkersInput!) { mergeWorkers(input: $input) {
  __typename
  ... on MergedWorkers { merge worker { id } covered { benefit payerKind from to } }
  ... on OverlapRefusal { code covered { benefit payerKind from to } findings { code } }
  ... on StateRefusal { code message possibleFrom } } }`

const UNDO = `mutation ($input: UndoMergeInput!) { undoMerge(input: $input) {
  __typename
  ... on UndoneMerge { merge kept { id } restored { id } }
  ... on MergeRefusal { code merge } } }`

const nikOf = (serial: number): Nik =>
  composeNik({ district: '36.03.01', birthDate: '1983-05-01', sex: 'FEMALE', serial: 9_000 + serial })

for (const [where, describeThere, databaseOf] of [
  ['PGlite', describe, async () => undefined],
  ['a server', describeOnServer, withServerDatabase],
] as const) {
  describeThere(`merging two rows on ${where}`, () => {
    let drop: (() => Promise<void>) | undefined
    let hub: Hub
    let recorded: () => Promise<RecordedEvent[]>
    let statements: string[]
    let regency: InsertedPayer
    let program: InsertedProgram
    let other: InsertedProgram
    let savings: InsertedProgram
    let budget: InsertedBudget
    let employer: InsertedPayer

    beforeAll(async () => {
      const database = await databaseOf()
      drop = database?.drop
      hub = await openHub({
        ...(database && { databaseUrl: database.url }),
        dataDir: 'memory',
        poolSize: 10,
        nikKeys: database && temporaryNikKeys(),
        production: false,
        today: TODAY,
        exposeSql: true,
      })
      await someAreas(hub)
      regency = await aPayer('REGENCY', { area: '36.03' }).in(hub)
      const banten = await aPayer('PROVINCE', { area: '36' }).in(hub)
      employer = await aPayer('EMPLOYER').in(hub)
      program = await aProgram(regency).in(hub)
      other = await aProgram(banten).in(hub)
      savings = await aProgram(regency).paying('JHT').in(hub)
      budget = await aBudget(regency, 2023, 100_000_000n).committing(10_000_000n).in(hub)
      recorded = auditReader(hub)
      statements = statementsOf(hub.db)
    })
    afterAll(async () => {
      await hub?.close()
      await drop?.()
    })
    beforeEach(async () => {
      await emptyRegistry(hub)
      await recorded()
    })

    const clerk = aViewer('clerk', ['36.03'])
    const REASON = 'Same person: both cards were seen'

    const merge = (keep: string, merged: string, more: object = {}, viewer: Viewer = clerk) =>
      askAs(hub, viewer, MERGE, { input: { keep, merge: merged, reason: REASON, ...more } })

    const undo = (id: string, more: object = {}, viewer: Viewer = clerk) =>
      askAs(hub, viewer, UNDO, { input: { merge: id, reason: 'They are twins', ...more } })

    /** Merges, and gives the id of the merge. */
    async function merged(keep: string, from: string): Promise<string> {
      const { data, errors } = await merge(keep, from)
      expect(errors).toBeUndefined()
      expect(data.mergeWorkers).toMatchObject({ __typename: 'MergedWorkers', worker: { id: keep } })
      return data.mergeWorkers.merge
    }

    const TABLES = ['enrollment', 'charge', 'coverage_line', 'refund', 'dispute', 'claim_check'] as const

    /** Every row of the tables that hang on a worker, in order. */
    async function everything(): Promise<Record<string, readonly string[]>> {
      const tables = await Promise.all(
        [...TABLES, 'worker'].map(async (table) => {
          const rows = await hub.db.query<{ row: string }>(
            `/* test.rows */ select ${table}::text as row from ${table} order by 1`,
          )
          return [table, rows.map(({ row }) => row)] as const
        }),
      )
      return Object.fromEntries(tables)
    }

    /** How many rows of each table a worker has. */
    async function countsOf(worker: string): Promise<number[]> {
      const counts: number[] = []
      for (const table of TABLES) {
        const rows = await hub.db.query(`/* test.count */ select from ${table} where worker_id = $1`, [
          worker,
        ])
        counts.push(rows.length)
      }
      return counts
    }

    /** Somebody with something in every table, and in two forms where there are two. */
    async function somebodyBusy(): Promise<InsertedWorker> {
      const worker = await aWorker()
        .identifiedBy(nikOf(2))
        .coveredBy(program, '2023-01..2023-03', { chargedTo: [budget], paidThrough: '2023-02' })
        .coveredBy(program, '2023-05..2023-06', { decision: 'PROPOSED' })
        .reportedBy(employer, '2023-02..2023-04', { segment: 'PU' })
        .in(hub)
      const { id, enrollments } = worker
      await hub.db.query(
        `/* test.refund */ insert into refund (worker_id, enrollment_id, budget_id, period, amount, requested_on)
          values ($1, $2, $3, '[2023-02-01,2023-03-01)', 16800, '2023-03-01')`,
        [id, enrollments[0], budget.id],
      )
      await dispute(id)
      await claimCheck(id, '2023-01-01')
      await claimCheck(id, '2023-02-01')
      return worker
    }

    const dispute = (id: string) =>
      hub.db.query(
        `/* test.dispute */ insert into dispute (worker_id, subject, reason, opened_on) values ($1, 'IDENTITY', 'x', '2023-03-01')`,
        [id],
      )

    const claimCheck = (id: string, month: string) =>
      hub.db.query(
        `/* test.claim */ insert into claim_check (worker_id, event, month, opened_on) values ($1, 'DEATH', $2, '2023-03-01')`,
        [id, month],
      )

    test('everything of the one goes to the other, in one statement, and comes back when it is undone', async () => {
      const kept = await aWorker()
        .identifiedBy(nikOf(1))
        .coveredBy(other, '2023-04..2023-06')
        .coveredBy(savings, '2023-01..2023-12')
        .in(hub)
      const twin = await somebodyBusy()
      // Both have this one: it stays with each.
      await claimCheck(kept.id, '2023-01-01')
      const before = await everything()

      statements.splice(0)
      const id = await merged(kept.id, twin.id)
      expect(statements.map((text) => /\/\* ([\w.]+) \*\//.exec(text)?.[1]).filter(Boolean)).toEqual([
        'worker.hold_visible',
        'merge.lives',
        'merge.common_months',
        'merge.beside',
        'merge.move',
        'worker_event.record',
        'audit.record',
        // To answer with him.
        'worker',
      ])
      expect(await countsOf(kept.id)).toEqual([4, 1, 6, 1, 1, 2])
      expect(await countsOf(twin.id)).toEqual([0, 0, 0, 0, 0, 1])
      for (const worker of [kept.id, twin.id]) {
        expect((await historyOf(hub, worker)).at(-1)).toEqual({
          kind: 'MERGED',
          reason: REASON,
          actor: 'clerk',
          entered_on: TODAY,
        })
      }
      const [event] = await recorded()
      expect(event).toMatchObject({ what: 'Mutation.mergeWorkers', outcome: 'DONE', people: 2 })
      expect(event!.workers).toEqual([kept.id, twin.id])

      const { data } = await undo(id)
      expect(data.undoMerge).toEqual({
        __typename: 'UndoneMerge',
        merge: id,
        kept: { id: kept.id },
        restored: { id: twin.id },
      })
      expect(await everything()).toEqual(before)
      expect((await historyOf(hub, twin.id)).map(({ kind }) => kind)).toEqual(['MERGED', 'MERGE_UNDONE'])
      expect(await recorded()).toMatchObject([{ what: 'Mutation.undoMerge', outcome: 'DONE', people: 2 }])
    })

    test('a merged row is seen by nobody, in no list, no count and no statistics', async () => {
      const kept = await aWorker().inDecile(1).in(hub)
      const twin = await aWorker()
        .inDecile(1)
        .identifiedBy(nikOf(2))
        .coveredBy(program, '2023-01..2023-12')
        .in(hub)
      await merged(kept.id, twin.id)
      const payerClerk = aViewer('clerk', [], { payer: regency.id })
      for (const viewer of [ADMIN, clerk, payerClerk, aViewer('admin', ['*'], { payer: regency.id })]) {
        const { data } = await askAs(
          hub,
          viewer,
          `query ($id: ID!) { worker(id: $id) { id } workers { totalCount nodes { id covered } }
            coverageSummary(scope: "36.03") { exact eligibleWorkers coveredWorkers eligibleCoveredWorkers byCategory { category } } }`,
          { id: twin.id },
        )
        expect(data.worker).toBeNull()
        expect(data.workers).toEqual({ totalCount: 1, nodes: [{ id: kept.id, covered: true }] })
        if (!data.coverageSummary.exact) continue
        expect(data.coverageSummary).toMatchObject({
          eligibleWorkers: 1,
          coveredWorkers: 1,
          eligibleCoveredWorkers: 1,
        })
      }
      const { data } = await askAs(
        hub,
        ADMIN,
        'mutation ($id: ID!) { revealIdentity(worker: $id, purpose: AUDIT) { nik } }',
        { id: twin.id },
      )
      expect(data.revealIdentity).toBeNull()
    })

    test('a check by the NIK of either answers for the one person', async () => {
      const kept = await aWorker().identifiedBy(nikOf(1)).in(hub)
      const twin = await aWorker().identifiedBy(nikOf(2)).coveredBy(program, '2023-01..2023-12').in(hub)
      await merged(kept.id, twin.id)
      const { data } = await askAs(
        hub,
        clerk,
        `query ($input: CheckCoverageInput!) { checkCoverage(input: $input) { known covered worker { id } } }`,
        { input: { people: [{ nik: nikOf(1) }, { nik: nikOf(2) }], from: '2023-05', purpose: 'CLAIM' } },
      )
      const found = { known: true, covered: true, worker: { id: kept.id } }
      expect(data.checkCoverage).toEqual([found, found])
    })

    describe('two who are paid for in the same months', () => {
      test('are not merged, and it says by which kind of payer, for what and when', async () => {
        const kept = await aWorker().coveredBy(program, '2023-01..2023-04').in(hub)
        const twin = await aWorker().coveredBy(other, '2023-03..2023-06').in(hub)
        const before = await everything()
        const { data, errors } = await merge(kept.id, twin.id)
        expect(errors).toBeUndefined()
        const common = { payerKind: 'REGENCY', from: '2023-03', to: '2023-04' }
        expect(data.mergeWorkers).toEqual({
          __typename: 'OverlapRefusal',
          code: 'ALREADY_COVERED',
          covered: [
            { benefit: 'JKK', ...common },
            { benefit: 'JKM', ...common },
          ],
          findings: [],
        })
        expect(await everything()).toEqual(before)
        expect(await recorded()).toMatchObject([{ outcome: 'REFUSED', workers: [kept.id, twin.id] }])
      })

      test.each([
        ['one after the other', () => aWorker().coveredBy(other, '2023-05..2023-06')],
        ['for other benefits', () => aWorker().coveredBy(savings, '2023-01..2023-06')],
        ['by a reported line', () => aWorker().reportedBy(employer, '2023-01..2023-06')],
      ])('are merged when it is %s', async (_, twin) => {
        const kept = await aWorker().coveredBy(program, '2023-01..2023-04').in(hub)
        await merged(kept.id, (await twin().in(hub)).id)
      })
    })

    test.each<[string, () => ReturnType<typeof aWorker>, object[]]>([
      [
        'a wage earner of an employer',
        () => aWorker().reportedBy(employer, '2023-03..2023-12', { segment: 'PU' }),
        [{ benefit: 'JKK', payerKind: 'EMPLOYER', from: '2023-03', to: '2023-04' }],
      ],
      [
        'reported by another payer',
        () => aWorker().reportedBy(regency, '2023-04..2023-12'),
        [{ benefit: 'JKK', payerKind: 'REGENCY', from: '2023-04', to: '2023-04' }],
      ],
      [
        'a worker of a project',
        () => aWorker().reportedBy(employer, '2023-01..2023-12', { segment: 'JAKON' }),
        [],
      ],
      ['reported in other months', () => aWorker().reportedBy(regency, '2023-05..2023-12'), []],
    ])('of a subsidized one with %s says what is paid for twice from then on', async (_, twin, covered) => {
      const [subsidized, reported] = [
        await aWorker().coveredBy(program, '2023-01..2023-04').in(hub),
        await twin().in(hub),
      ]
      const there = (await merge(subsidized.id, reported.id)).data.mergeWorkers
      expect(there).toMatchObject({ __typename: 'MergedWorkers', covered })
      await undo(there.merge)
      const back = (await merge(reported.id, subsidized.id)).data.mergeWorkers
      expect(back).toMatchObject({ __typename: 'MergedWorkers', covered })
    })

    describe('two of whose life not the same is recorded', () => {
      type Worker = ReturnType<typeof aWorker>

      test.each<[string, () => readonly [Worker, Worker], string]>([
        [
          'the one who stays',
          () => [aWorker().died('2023-02'), aWorker()],
          'the death on the other one first',
        ],
        [
          'the one who goes',
          () => [aWorker(), aWorker().died('2023-02')],
          'the death on the other one first',
        ],
        [
          'both, in two months',
          () => [aWorker().died('2023-01'), aWorker().died('2023-02')],
          'different months',
        ],
        ['one as a civil servant', () => [aWorker(), aWorker().civilServant()], 'on the other one first'],
      ])('are not merged while %s is recorded so', async (_, two, message) => {
        const [kept, twin] = two()
        const { id: keep } = await kept.in(hub)
        const { id: other } = await twin.coveredBy(program, '2023-01..2023-12').in(hub)
        const before = await everything()
        const { data, errors } = await merge(keep, other)
        expect(errors).toBeUndefined()
        expect(data.mergeWorkers).toEqual({
          __typename: 'StateRefusal',
          code: 'RECORDS_DIFFER',
          message: expect.stringContaining(message),
          possibleFrom: null,
        })
        expect(await everything()).toEqual(before)
        expect(await recorded()).toMatchObject([{ outcome: 'REFUSED', workers: [keep, other] }])
      })

      test('are merged once it is recorded of both', async () => {
        const kept = await aWorker().died('2023-02').in(hub)
        const twin = await aWorker().coveredBy(program, '2023-01..2023-12').in(hub)
        const { errors } = await askAs(
          hub,
          clerk,
          `mutation ($worker: ID!) { recordLifeEvent(input: { worker: $worker, reason: "Seen", death: { month: "2023-02" } }) {
            __typename } }`,
          { worker: twin.id },
        )
        expect(errors).toBeUndefined()
        await merged(kept.id, twin.id)
        const [lines] = await hub.db.query<{ until: string }>(
          '/* test.until */ select max(upper(period))::text as until from coverage_line where worker_id = $1',
          [kept.id],
        )
        expect(lines).toEqual({ until: '2023-03-01' })
      })
    })

    describe('undoing', () => {
      test('leaves with the kept one what was enrolled since, and takes along what has become of the rest', async () => {
        const kept = await aWorker().in(hub)
        const twin = await aWorker().coveredBy(program, '2023-01..2023-04').in(hub)
        const id = await merged(kept.id, twin.id)
        const [moved] = twin.enrollments
        // Suspended in March, as a suspension splits it, and enrolled in another program since.
        await hub.db.query(
          `/* test.split */ with first as (
            update coverage_line set period = '[2023-01-01,2023-03-01)' where enrollment_id = $1
            returning worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit, exclusive_group, origin
          )
          insert into coverage_line (worker_id, enrollment_id, program_code, payer_id, funding_source, segment, benefit,
            exclusive_group, origin, period)
          select *, '[2023-04-01,2023-05-01)' from first`,
          [moved],
        )
        await hub.db.query(
          `/* test.later */ insert into enrollment (worker_id, program_code, period, decision, decided_on)
            values ($1, $2, '[2023-06-01,2023-07-01)', 'PROPOSED', '2023-05-01')`,
          [kept.id, savings.code],
        )
        expect((await undo(id)).data.undoMerge.__typename).toBe('UndoneMerge')
        expect(await countsOf(kept.id)).toEqual([1, 0, 0, 0, 0, 0])
        expect(await countsOf(twin.id)).toEqual([1, 0, 4, 0, 0, 0])
      })

      test('an enrollment that replaces another goes on replacing it', async () => {
        const [kept, twin, third] = [
          await aWorker().in(hub),
          await aWorker().coveredBy(program, '2023-01..2023-02', { decision: 'SUBSTITUTED' }).in(hub),
          await aWorker().coveredBy(program, '2023-03..2023-04').in(hub),
        ]
        const replaced = async () =>
          (
            await hub.db.query<{ worker: string }>(
              '/* test.replaced */ select replaces_worker_id as worker from enrollment where id = $1',
              [third.enrollments[0]],
            )
          )[0]!.worker
        await hub.db.query(
          '/* test.replace */ update enrollment set replaces_worker_id = $1, replaces_id = $2 where worker_id = $3',
          [twin.id, twin.enrollments[0], third.id],
        )
        const first = await merged(kept.id, twin.id)
        expect(await replaced()).toBe(kept.id)
        // Who replaced him is the same person too.
        const second = await merged(kept.id, third.id)
        expect(await countsOf(kept.id)).toEqual([2, 0, 2, 0, 0, 0])
        await undo(second)
        expect(await replaced()).toBe(kept.id)
        await undo(first)
        expect(await replaced()).toBe(twin.id)
      })

      test('is done once', async () => {
        const [kept, twin] = [await aWorker().in(hub), await aWorker().in(hub)]
        const id = await merged(kept.id, twin.id)
        await undo(id)
        const { data } = await undo(id)
        expect(data.undoMerge).toEqual({ __typename: 'MergeRefusal', code: 'NOTHING_TO_DO', merge: id })
        // And a merge after that is another one.
        const again = await merged(kept.id, twin.id)
        expect(again).not.toBe(id)
        expect((await undo(id)).data.undoMerge.code).toBe('NOTHING_TO_DO')
      })

      test('goes backwards through merges of merges', async () => {
        const [a, b, c] = [
          await aWorker().identifiedBy(nikOf(1)).coveredBy(program, '2023-01..2023-02').in(hub),
          await aWorker().identifiedBy(nikOf(2)).coveredBy(program, '2023-03..2023-04').in(hub),
          await aWorker().identifiedBy(nikOf(3)).coveredBy(program, '2023-05..2023-06').in(hub),
        ]
        const before = await everything()
        const first = await merged(b.id, a.id)
        const middle = await everything()
        const second = await merged(c.id, b.id)
        const owners = await hub.db.query<{ id: string; owner: string }>(
          '/* test.owners */ select id, merged_into_id as owner from worker where merged_into_id is not null order by id',
        )
        expect(owners).toEqual([
          { id: a.id, owner: c.id },
          { id: b.id, owner: c.id },
        ])
        expect((await undo(first)).data.undoMerge).toMatchObject({ code: 'BREAKS_THE_PAST' })
        await undo(second)
        expect(await everything()).toEqual(middle)
        await undo(first)
        expect(await everything()).toEqual(before)
      })

      test('of two merges into one, either may go first', async () => {
        const [a, b, c] = [
          await aWorker().coveredBy(program, '2023-01..2023-02').in(hub),
          await aWorker().coveredBy(program, '2023-03..2023-04').in(hub),
          await aWorker().coveredBy(program, '2023-05..2023-06').in(hub),
        ]
        const before = await everything()
        const first = await merged(c.id, a.id)
        const second = await merged(c.id, b.id)
        await undo(first)
        await undo(second)
        expect(await everything()).toEqual(before)
      })
    })

    test('who is not there, or not to be seen, is not merged, and it says which', async () => {
      const [kept, twin] = [await aWorker().in(hub), await aWorker().in(hub)]
      const away = await aWorker().livingIn('36.71.01.1001').in(hub)
      for (const [keep, from, field] of [
        [away.id, twin.id, 'input.keep'],
        [kept.id, away.id, 'input.merge'],
        ['999999', twin.id, 'input.keep'],
        [kept.id, 'x', 'input.merge'],
        [kept.id, kept.id, 'input.merge'],
      ] as const) {
        const { data, errors } = await merge(keep, from)
        expect(data).toEqual({ mergeWorkers: null })
        expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field }])
      }
      await merged(kept.id, twin.id)
      for (const [keep, from] of [
        [kept.id, twin.id],
        [twin.id, kept.id],
      ] as const) {
        expect((await merge(keep, from)).errors).toMatchObject([{ code: 'BAD_USER_INPUT' }])
      }
    })

    test('a merge of people whom the viewer may not see is not there', async () => {
      const [kept, twin] = [await aWorker().in(hub), await aWorker().in(hub)]
      const id = await merged(kept.id, twin.id)
      for (const [wanted, viewer] of [
        [id, aViewer('clerk', ['36.71'])],
        ['999999', clerk],
        ['x', clerk],
      ] as const) {
        const { errors } = await undo(wanted, {}, viewer)
        expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.merge' }])
      }
    })

    describe('a merge across two regencies', () => {
      let id: string
      let tangerangCity: InsertedPayer

      beforeEach(async () => {
        tangerangCity = await aPayer('REGENCY', { area: '36.71' }).in(hub)
        const theirs = await aProgram(tangerangCity).in(hub)
        const kept = await aWorker().coveredBy(program, '2023-01..2023-02').in(hub)
        const away = await aWorker().livingIn('36.71.01.1001').coveredBy(theirs, '2023-03..2023-04').in(hub)
        const { data } = await merge(kept.id, away.id, {}, ADMIN)
        id = data.mergeWorkers.merge
      })

      // Each of them sees who both are now.
      test.each<[string, () => Viewer]>([
        ['a clerk where the one lives who was kept', () => clerk],
        ['a clerk of the payer of the other', () => aViewer('clerk', [], { payer: tangerangCity.id })],
        ['a clerk of the payer of the one who was kept', () => aViewer('clerk', [], { payer: regency.id })],
        ['a clerk of another payer there', () => aViewer('clerk', ['36.03'], { payer: employer.id })],
      ])('is not undone by %s: the other is none of his people', async (_, viewer) => {
        const { data, errors } = await undo(id, {}, viewer())
        expect(data).toEqual({ undoMerge: null })
        expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'input.merge' }])
      })

      test.each<[string, () => Viewer]>([
        ['has both in his areas', () => aViewer('clerk', ['36.03', '36.71'])],
        [
          'has the one in his area and pays for the other',
          () => aViewer('clerk', ['36.03'], { payer: tangerangCity.id }),
        ],
        [
          'pays for the one and has the other in his area',
          () => aViewer('clerk', ['36.71'], { payer: regency.id }),
        ],
        ['sees everywhere', () => ADMIN],
      ])('is undone by who %s', async (_, viewer) => {
        const { data, errors } = await undo(id, {}, viewer())
        expect(errors).toBeUndefined()
        expect(data.undoMerge.__typename).toBe('UndoneMerge')
        expect((await undo(id, {}, viewer())).data.undoMerge).toMatchObject({ code: 'NOTHING_TO_DO' })
      })
    })

    test.each<[string, Viewer, string]>([
      ['nobody', ANONYMOUS, 'UNAUTHENTICATED'],
      ['an approver', aViewer('approver', ['36.03']), 'FORBIDDEN'],
    ])('%s may neither merge nor undo', async (_, viewer, code) => {
      expect((await merge('1', '2', {}, viewer)).errors).toMatchObject([{ code }])
      expect((await undo('1', {}, viewer)).errors).toMatchObject([{ code }])
    })

    test('a reason is needed, and holds no NIK', async () => {
      for (const reason of ['', `seen ${nikOf(1)}`]) {
        expect((await merge('1', '2', { reason })).errors).toMatchObject([{ field: 'input.reason' }])
        expect((await undo('1', { reason })).errors).toMatchObject([{ field: 'input.reason' }])
      }
    })

    const onlyWhereOthersMayWait = where === 'PGlite' ? () => {} : test
    onlyWhereOthersMayWait(
      'who holds a worker to cover him, while he is being merged, finds that he is not there',
      async () => {
        const [kept, twin] = [await aWorker().in(hub), await aWorker().in(hub)]
        const [isMerged, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
        const merging = hub.db.transaction(async (query) => {
          const change = { query, note: () => {} }
          const context = Object.create(hub.context({ viewer: clerk }), { change: { value: change } })
          await mergeWorkers({ keep: kept.id, merge: twin.id, reason: REASON }, context)
          isMerged.resolve()
          await mayEnd.promise
        })
        await isMerged.promise
        const holding = hub.db.transaction((query) =>
          holdVisibleWorkers(query, hub.context({ viewer: clerk }), [{ id: twin.id, field: 'input.worker' }]),
        )
        await expect(Promise.race([holding, setTimeout(200, 'waits')])).resolves.toBe('waits')
        mayEnd.resolve()
        await merging
        await expect(holding).rejects.toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.worker' })
      },
    )

    test('sent at once from both sides, one merge is done and nobody waits for ever', async () => {
      const [kept, twin] = [
        await aWorker().coveredBy(program, '2023-01..2023-04').in(hub),
        await aWorker().coveredBy(program, '2023-05..2023-06').in(hub),
      ]
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          i % 2 === 0 ? merge(kept.id, twin.id) : merge(twin.id, kept.id),
        ),
      )
      const done = answers.filter(({ data }) => data.mergeWorkers?.__typename === 'MergedWorkers')
      expect(done).toHaveLength(1)
      const codes = answers.flatMap(({ errors }) => errors?.map(({ code }) => code) ?? [])
      expect(codes).toEqual(Array(7).fill('BAD_USER_INPUT'))
    })
  })
}
