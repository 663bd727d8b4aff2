import { recordAudit, recordFailure } from '../../access/audit/audit.ts'
import { checkPermission } from '../../access/check-permission.ts'
import type { Context } from '../../contract/context.ts'
import { idValue } from '../../contract/id.ts'
import { Fault } from '../../kernel/errors.ts'
import { scrubText } from '../../kernel/scrub.ts'
import { mayActFor } from '../../payers/acting.ts'
import { ref, sql } from '../../planner/sql.ts'
import { type CsvValue, writeCsv } from '../file/write-csv.ts'
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
  'reasons',
  'same_as_row',
  'covered',
  'decision',
  'decision_reason',
  'enrollment',
] as const

/**
 * What came of each row of a roster, for its payer: with the names that he uploaded, if the viewer may see names, and never
 * with a NIK. It is recorded before it is read, as if all of it had been.
 *
 * @returns undefined for a roster that is not there, or another payer's.
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
    const [roster] = await db.query<{ id: string; payer: string; state: string; people: number }>(
      `/* report.roster */ select id, payer_id as payer, state, row_count as people from roster where id = $1`,
      [idValue(id)],
    )
    if (!roster || !mayActFor(viewer, roster.payer)) return undefined
    if (roster.state === 'DRAFT' || roster.state === 'SCREENING') {
      throw new Fault('CONFLICT', 'The roster is still being screened.', { remedy: 'Try again in a minute.' })
    }
    const { people } = roster
    await recordAudit(db.query, context, {
      ...event,
      outcome: 'DONE',
      people,
      subject: `Roster:${roster.id}`,
    })
    const header = hasNames ? [...HEADER, 'name'] : HEADER
    return { id: roster.id, csv: writeCsv(header, pagesOf(roster.id, hasNames, context)) }
  } catch (error) {
    await recordFailure(context, event, error)
    throw error
  }
}

async function* pagesOf(id: string, hasNames: boolean, context: Context): AsyncGenerator<CsvValue[][], void> {
  for (let after = 0; ; ) {
    const rows = await pageAfter(id, after, context)
    const last = rows.at(-1)
    if (last === undefined) return
    const names = hasNames ? await namesOf(id, after, last.row, context) : undefined
    yield rows.map((row) => (names ? [...valuesOf(row), names.get(row.row) ?? null] : valuesOf(row)))
    after = last.row
  }
}

interface ReportedRow {
  readonly row: number
  readonly outcome: string | null
  /** Code and message of each; not those that are normal, and not the months that `covered` has. */
  readonly reasons: readonly string[] | null
  readonly same_as_row: number | null
  /** Benefit, kind of payer and months of each. */
  readonly covered: readonly string[] | null
  readonly decision: string | null
  readonly decision_reason: string | null
  readonly enrollment_id: string | null
}

/** Under the rules of who asks, as everything of a roster. */
function pageAfter(id: string, after: number, { read }: Context): Promise<ReportedRow[]> {
  const row = ref(RosterRowEntity)
  return read(
    sql`/* report.page */ select ${row.row}, ${row.outcome}, ${row.sameAsRow}, ${row.decision}, ${row.decisionReason}, ${row.enrollmentId},
      (select array_agg(concat(code, ': ', message, ' (' || fact || ')') order by part, n) from (${reasonsOf(row)}) as reasons where level <> 'INFO' and code <> 'ALREADY_COVERED') as reasons,
      (select array_agg(concat_ws(' ', months ->> 'payerKind', months ->> 'benefit', concat(months ->> 'from', '..', months ->> 'to')) order by n) from jsonb_array_elements(${row.covered}) with ordinality as covered(months, n)) as covered
      from ${row} where ${row.roster} = ${id}::bigint and ${row.row} > ${after}::int order by ${row.row} limit ${PAGE}`,
  )
}

/** A NIK in the column of names is taken out. @param last the row up to which, itself included. */
async function namesOf(
  id: string,
  after: number,
  last: number,
  { db }: Context,
): Promise<Map<number, string>> {
  const rows = await db.query<{ row: number; full_name: string }>(
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
    row.reasons?.join(' ') ?? null,
    row.same_as_row,
    row.covered?.join(', ') ?? null,
    row.decision,
    row.decision_reason,
    row.enrollment_id,
  ]
}
