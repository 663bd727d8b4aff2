import { type Ref, type RowOf, type Sql, sql } from '../planner/sql.ts'
import type { RosterRowEntity } from './roster-row.entity.ts'

const DUPLICATE_IN_FILE = 'An earlier row has the same NIK.'
const IDENTITY_CONFLICT = 'The NIK is that of a person with another name here.'
const SUSPECT_IN_FILE =
  'An earlier row has a NIK very like this one, and a similar name: perhaps a typing error.'
const SUSPECT_MATCH =
  'Somebody with a NIK very like this one and a similar name is known: perhaps a typing error.'
const ALREADY_COVERED = 'Somebody pays for some of these months already.'

/**
 * All reasons of a row as one list, in the order in which they are looked for: cells, NIK, the rest of the file, the vault,
 * what covers the person, eligibility. Columns `part` and `n` order it; the others are the fields of `RowReason`.
 */
export function reasonsOf(row: Ref<RowOf<typeof RosterRowEntity>>): Sql {
  return sql`select 1 as part, n, reason ->> 'code' as code, 'ERROR' as level, reason ->> 'message' as message, reason ->> 'field' as field, null as fact from jsonb_array_elements(${row.problems}) with ordinality as problems(reason, n)
    union all select 2, n, reason ->> 'code', reason ->> 'level', reason ->> 'message', 'nik', null from jsonb_array_elements(${row.nikFindings}) with ordinality as findings(reason, n)
    union all select 3, 1, 'DUPLICATE_IN_FILE', 'ERROR', ${DUPLICATE_IN_FILE}, 'nik', (${row.sameAsRow})::text where ${row.sameAsRow} is not null and ${row.match} is null
    union all select 4, 1, 'IDENTITY_CONFLICT', 'ERROR', ${IDENTITY_CONFLICT}, 'nik', null where ${row.match} = 'CONFLICT'
    union all select 4, 1, 'SUSPECT_MATCH', 'REVIEW', case when ${row.sameAsRow} is null then ${SUSPECT_MATCH} else ${SUSPECT_IN_FILE} end, 'nik', (${row.sameAsRow})::text where ${row.match} = 'SUSPECT'
    union all select 5, n, 'ALREADY_COVERED', 'INELIGIBLE', ${ALREADY_COVERED}, null, concat_ws(' ', reason ->> 'benefit', reason ->> 'payerKind', concat(reason ->> 'from', '..', reason ->> 'to')) from jsonb_array_elements(${row.covered}) with ordinality as covered(reason, n)
    union all select 6, n, reason ->> 'code', reason ->> 'level', reason ->> 'message', null, reason ->> 'fact' from jsonb_array_elements(${row.findings}) with ordinality as findings(reason, n)`
}
