import { recordFailure, recordRefusal } from '../../access/audit/audit.ts'
import { checkPermission } from '../../access/check-permission.ts'
import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import type { Query } from '../../db/database.ts'
import { Fault } from '../../kernel/errors.ts'
import { scrubText } from '../../kernel/scrub.ts'
import { ref, sql } from '../../planner/sql.ts'
import { type CsvValue, writeCsv } from '../file/write-csv.ts'
import { type Page, pagesOnRecord } from '../pages-on-record.ts'
import { mayUse, type SentRoster } from '../reach.ts'
import { reasonsOf } from '../reasons-of-row.ts'
import { RosterRowEntity } from '../roster-row.entity.ts'

export interface RosterReport {
  readonly id: string
  /** Text of a CSV, in pieces; reads the database while it is read. */
  readonly csv: AsyncIterable<string>
}

/** Rows that are read at a time. */
const PAGE = 1_000

const HEADER = [
  'row',
  'outcome',
  'screened_as',
  'reasons',
  'same_as_row',
  'covered',
  'identity_decision',
  'identity_reason',
  'decision',
  'decision_reason',
  'enrollment',
  'acceptance',
  'acceptance_reason',
] as const

/**
 * What came of each row of a roster, for its payer: with the names that he uploaded, if the viewer may see names, and never
 * with a NIK. Each page is recorded with the workers in it before it is handed out.
 *
 * @returns undefined for a roster that is not there, another payer's, or one with areas that the viewer does not see.
 * @throws Fault UNAUTHENTICATED or FORBIDDEN without the permission registry:read, CONFLICT before it is screened.
 */
export async function rosterReport(context: Context, id: string): Promise<RosterReport | undefined> {
  const { db, viewer } = context
  const hasNames = viewer.permissions.has('identity:read')
  const event = {
    // Without names it still says of people whether somebody pays for them.
    action: hasNames ? ('IDENTITY_READ' as const) : ('COVERAGE_CHECK' as const),
    what: 'Roster.report',
    purpose: 'ROSTER_PREP' as const,
  }
  try {
    checkPermission(viewer, 'registry:read', 'The report of a roster')
    const [roster] = await db.query<SentRoster & { id: string; state: string }>(
      '/* report.roster */ select id, payer_id as payer, areas, state from roster where id = $1',
      [idValue(id)],
    )
    if (!roster || !mayUse(viewer, roster)) {
      await recordRefusal(db, context, { ...event, reason: 'FORBIDDEN' })
      return undefined
    }
    if (roster.state === 'DRAFT' || roster.state === 'SCREENING') {
      throw new Fault('CONFLICT', 'The roster is still being screened.', { remedy: 'Try again in a minute.' })
    }
    const header = hasNames ? [...HEADER, 'name'] : HEADER
    const pages = pagesOnRecord(context, { ...event, subject: `Roster:${roster.id}` }, (query, row) =>
      pageAfter(query, row, { id: roster.id, hasNames, context }),
    )
    return { id: roster.id, csv: writeCsv(header, pages) }
  } catch (error) {
    await recordFailure(context, event, error)
    throw error
  }
}

interface Reporting {
  /** Of the roster. */
  readonly id: string
  readonly hasNames: boolean
  readonly context: Context
}

async function pageAfter(query: Query, after: number, { id, hasNames, context }: Reporting): Promise<Page> {
  const rows = await rowsAfter(query, after, { id, context })
  const last = rows.at(-1)?.row
  const names = hasNames && last !== undefined ? await namesOf(query, id, after, last) : undefined
  return {
    lines: rows.map((row) => (names ? [...valuesOf(row), names.get(row.row) ?? null] : valuesOf(row))),
    workers: [...new Set(rows.map(({ worker }) => worker).filter((worker) => worker !== null))],
    people: rows.length,
    last,
  }
}

interface ReportedRow {
  readonly row: number
  readonly outcome: string | null
  /** What screening said, where enrolling found otherwise. */
  readonly screened_as: string | null
  /** Code and message of each; not those that are normal, and not the months that `covered` has. */
  readonly reasons: readonly string[] | null
  readonly same_as_row: number | null
  /** Benefit, kind of payer and months of each. */
  readonly covered: readonly string[] | null
  readonly identity_decision: string | null
  readonly identity_reason: string | null
  readonly decision: string | null
  readonly decision_reason: string | null
  readonly enrollment_id: string | null
  /** What BPJS said. */
  readonly acceptance: string | null
  readonly acceptance_reason: string | null
  /** Who it is or may be. */
  readonly worker: string | null
}

/** Under the rules of who asks, as everything of a roster. */
function rowsAfter(
  query: Query,
  after: number,
  { id, context }: Pick<Reporting, 'id' | 'context'>,
): Promise<ReportedRow[]> {
  const row = ref(RosterRowEntity)
  return context.read(
    sql`/* report.page */ select ${row.row}, ${row.outcome}, ${row.screenedAs}, ${row.sameAsRow}, ${row.identityDecision}, ${row.identityReason}, ${row.decision}, ${row.decisionReason},
      ${row.enrollmentId}, ${row.acceptance}, ${row.acceptanceReason}, ${row.workerId} as worker,
      (select array_agg(concat(code, ': ', message, ' (' || fact || ')') order by part, n) from (${reasonsOf(row)}) as reasons where level <> 'INFO' and code <> 'ALREADY_COVERED') as reasons,
      (select array_agg(concat_ws(' ', months ->> 'payerKind', months ->> 'benefit', concat(months ->> 'from', '..', months ->> 'to')) order by n) from jsonb_array_elements(${row.covered}) with ordinality as covered(months, n)) as covered
      from ${row} where ${row.roster} = ${id}::bigint and ${row.row} > ${after}::int order by ${row.row} limit ${PAGE}`,
    query,
  )
}

/** A NIK in the column of names is taken out. @param last the row up to which, itself included. */
async function namesOf(query: Query, id: string, after: number, last: number): Promise<Map<number, string>> {
  const rows = await query<{ row: number; full_name: string }>(
    `/* report.names */ select row, full_name from roster_identity
      where roster_id = $1 and row > $2 and row <= $3 and full_name is not null`,
    [id, after, last],
  )
  return new Map(rows.map(({ row, full_name }) => [row, scrubText(full_name)]))
}

function valuesOf(row: ReportedRow): CsvValue[] {
  return [
    row.row,
    row.outcome,
    row.screened_as,
    row.reasons?.join(' ') ?? null,
    row.same_as_row,
    row.covered?.join(', ') ?? null,
    row.identity_decision,
    row.identity_reason,
    row.decision,
    row.decision_reason,
    row.enrollment_id,
    row.acceptance,
    row.acceptance_reason,
  ]
}
