import { recordAudit } from '../../access/audit/audit.ts'
import type { Viewer } from '../../access/viewer.ts'
import { enterPostings } from '../../budgets/ledger.ts'
import { remainingOf } from '../../budgets/remaining.ts'
import type { Context, Posting } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { type PricedPlan, pricePlans } from '../../enrollments/eligibility/price-plans.ts'
import { type NewEnrollment, writeEnrollments } from '../../enrollments/write-enrollments.ts'
import { formatPeriod, fromDaterange } from '../../kernel/period.ts'
import { holdRates, holdWorkers } from '../../workers/hold-workers.ts'
import { queueForRegistering } from '../../workers/registration/match-people.ts'
import { takeWhoFits } from '../fit.ts'
import { matchRows } from '../screening/match-rows.ts'
import { writeOutcomes } from '../screening/screen-rows.ts'
import type { HeldRoster } from '../steps.ts'
import { type JudgedRow, judgeAgain } from './judge-again.ts'
import { shortfallFindings } from './shortfall-findings.ts'
import { workersOf } from './workers-of.ts'

/** What enrolling needs to know; the viewer is who approved. */
export type Enrolling = Pick<Context, 'nikKeys' | 'partnerKeys' | 'limits' | 'today' | 'requestId'> & {
  readonly viewer: Viewer
}

/**
 * Enrolls the next rows of a held roster in the order of their rank, in the caller's transaction: people are registered,
 * their identities sealed, enrollments, charges, lines, history, ledger and outcomes written together, or nothing of it.
 *
 * What has changed since the screening is found by screening them again while everybody concerned is held: workers first,
 * then the registration of people, then budgets, in the order of the whole hub. Nobody can then be faster, and what was
 * another's in the meantime is the row's outcome. A row whose person somebody registered since then waits for the next time,
 * when he is held; everybody keeps the rank that the screening gave him. Who is eligible and finds no money left is
 * registered all the same: he is not to be lost from sight.
 *
 * @param most rows at once.
 * @returns how many rows are done with.
 */
export async function enrollChunk(
  query: Query,
  roster: HeldRoster,
  most: number,
  enrolling: Enrolling,
): Promise<number> {
  const next = await query<{ row: number; worker: string | null }>(NEXT, [roster.id, most])
  if (next.length === 0) return 0
  const held = new Set(next.map(({ worker }) => worker).filter((worker) => worker !== null))
  await holdWorkers(query, [...held])
  await holdRates(query)
  await queueForRegistering(query)
  const rows = next.map(({ row }) => row)
  const matched = await matchRows(query, roster.id, rows, enrolling.nikKeys, { inFile: false })
  const judged = await judgeAgain(query, roster.id, matched, enrolling)
  const [passed, refused] = split(judged, ({ judgement }) => judgement === 'ELIGIBLE')
  const unheld = passed.filter(({ worker }) => worker !== null && !held.has(worker))
  const eligible = untilOneWaits(passed, held)
  const changed = new Set([...refused, ...unheld].map(({ row }) => row))
  await writeOutcomes(
    query,
    enrolling,
    roster.id,
    matched.filter(({ row }) => changed.has(row)),
    { keepsRank: true },
  )
  const workers = await workersOf(query, eligible, enrolling)
  const { transport, other } = await pricePlans(query, roster.program, roster.period)
  const plans = eligible.map(({ isTransport }) => (isTransport ? transport : other))
  const budgets = [transport, other].flatMap(({ needs }) => [...needs.keys()])
  const lacking = takeWhoFits(
    plans.values().map(({ needs }) => needs),
    await remainingOf(query, budgets, { holds: true }),
  )
  const settled = eligible.map((row, n) => ({
    row,
    plan: plans[n]!,
    worker: workers.get(row.row)!,
    shortfalls: shortfallFindings(plans[n]!.charges, lacking[n]!),
  }))
  const [fitting, over] = split(settled, ({ shortfalls }) => shortfalls.length === 0)
  const postings: Posting[] = []
  const enrollments = await writeEnrollments(
    { query, note: () => {}, post: (more) => postings.push(...more) },
    fitting.map((one) => enrollmentOf(one, roster, enrolling)),
    {
      event: 'ENROLLED',
      note: noteOf(roster, fitting.length),
      viewer: enrolling.viewer,
      today: enrolling.today,
    },
  )
  const done = [...fitting, ...over]
  await query(SETTLE, [
    roster.id,
    done.map(({ row }) => row.row),
    done.map(({ worker }) => worker),
    done.map((_, n) => enrollments[n] ?? null),
    done.map(({ shortfalls }) => JSON.stringify(shortfalls)),
    refused.map(({ row }) => row),
  ])
  await recordAudit(query, enrolling, {
    action: 'MUTATION',
    outcome: 'DONE',
    what: 'roster.enroll',
    subject: `Roster:${roster.id}`,
    workers: fitting.map(({ worker }) => worker),
  })
  await enterPostings(query, postings, enrolling)
  return refused.length + done.length
}

/**
 * The rows before the first that has to wait: its person is not held, or is that of an earlier row, and covered once this is
 * done. Who comes after it waits with it, for the money may not last for both.
 */
function untilOneWaits(rows: readonly JudgedRow[], held: ReadonlySet<string>): readonly JudgedRow[] {
  const seen = new Set<string>()
  const end = rows.findIndex(({ worker }) => {
    if (worker === null) return false
    const waits = !held.has(worker) || seen.has(worker)
    seen.add(worker)
    return waits
  })
  return end === -1 ? rows : rows.slice(0, end)
}

interface Fitting {
  readonly row: JudgedRow
  readonly worker: string
  readonly plan: PricedPlan
}

function enrollmentOf(
  { row: { findings, decisionReason }, worker, plan }: Fitting,
  { program, period }: HeldRoster,
  { limits }: Enrolling,
): NewEnrollment {
  return {
    worker,
    program,
    period: fromDaterange(period),
    rulesVersion: limits.version,
    settled: findings.length === 0 ? undefined : { findings, because: decisionReason! },
    charges: plan.charges,
  }
}

function noteOf({ id, program, period }: HeldRoster, people: number): string {
  return `${program}: ${people} people, ${formatPeriod(fromDaterange(period))}, roster ${id}`
}

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  const [first, second]: [Item[], Item[]] = [[], []]
  for (const item of items) (isFirst(item) ? first : second).push(item)
  return [first, second]
}

const NEXT = prepared(`/* roster.next */
select row, case when match = 'EXACT' or identity_decision = 'SAME_PERSON' then worker_id end as worker
from roster_row where roster_id = $1 and outcome = 'ELIGIBLE' order by rank, row limit $2`)

// For whom the money would not last was written down when the roster was approved: only what differs from that is a change.
const SETTLE = prepared(`/* roster.settle */
with done as (
  select * from unnest($2::int[], $3::bigint[], $4::bigint[], $5::jsonb[])
    as done (row, worker_id, enrollment_id, shortfalls)
), settled as (
  update roster_row set worker_id = done.worker_id, enrollment_id = done.enrollment_id,
    outcome = case when done.enrollment_id is null then 'OVER_BUDGET' else 'ENROLLED' end,
    screened_as = case when done.enrollment_id is not null then screened_as
      when screened_as is null then 'ELIGIBLE' end,
    findings = case when shortfalls = '[]' then findings else findings || shortfalls end
  from done where roster_row.roster_id = $1 and roster_row.row = done.row
)
update roster_row set screened_as = 'ELIGIBLE' where roster_id = $1 and row = any($6::int[])`)
