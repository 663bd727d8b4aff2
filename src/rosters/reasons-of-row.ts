import { type Ref, type RowOf, type Sql, sql } from '../planner/sql.ts'
import { NEEDED_CELLS } from './incomplete.ts'
import type { RosterRowEntity } from './roster-row.entity.ts'

const DUPLICATE_IN_FILE = 'An earlier row is the same person.'
const IDENTITY_CONFLICT = 'The NIK is that of a person with another name here.'
const CONFLICT_IN_FILE = 'Another row has the same NIK under another name: both have to be checked.'
const SUSPECT_IN_FILE =
  'Another row has a NIK very like this one, or the same birth date, and a similar name: perhaps it is the same person.'
const SUSPECT_MATCH =
  'Somebody with a NIK very like this one and a similar name is known: perhaps a typing error.'
const ALREADY_COVERED = 'Somebody pays for some of these months already.'

/**
 * All reasons of a row as one list, in the order in which they are looked for: cells, NIK, the rest of the file, the vault,
 * what covers the person, eligibility. Columns `part` and `n` order it; the others are the fields of `RowReason`.
 */
export function reasonsOf(row: Ref<RowOf<typeof RosterRowEntity>>): Sql {
  return sql`select 1 as part, n, reason ->> 'code' as code, case when reason ->> 'field' = any(${NEEDED_CELLS}) then 'ERROR' else 'WARN' end as level, reason ->> 'message' as message, reason ->> 'field' as field, null as fact from jsonb_array_elements(${row.problems}) with ordinality as problems(reason, n)
    union all select 2, n, reason ->> 'code', reason ->> 'level', reason ->> 'message', 'nik', null from jsonb_array_elements(${row.nikFindings}) with ordinality as findings(reason, n)
    union all select 3, 1, 'DUPLICATE_IN_FILE', 'ERROR', ${DUPLICATE_IN_FILE}, 'nik', (${row.sameAsRow})::text where ${row.inFile} = 'DUPLICATE' or (${row.inFile} = 'SUSPECT' and ${row.identityDecision} = 'SAME_PERSON')
    union all select 3, 2, 'IDENTITY_CONFLICT', 'ERROR', ${CONFLICT_IN_FILE}, 'nik', (${row.sameAsRow})::text where ${row.inFile} = 'CONFLICT'
    union all select 3, 3, 'SUSPECT_MATCH', 'REVIEW', ${SUSPECT_IN_FILE}, 'nik', (${row.sameAsRow})::text where ${row.inFile} = 'SUSPECT'
    union all select 4, 1, 'IDENTITY_CONFLICT', 'ERROR', ${IDENTITY_CONFLICT}, 'nik', null where ${row.match} = 'CONFLICT'
    union all select 4, 1, 'SUSPECT_MATCH', 'REVIEW', ${SUSPECT_MATCH}, 'nik', null where ${row.match} = 'SUSPECT'
    union all select 5, n, 'ALREADY_COVERED', 'INELIGIBLE', ${ALREADY_COVERED}, null, concat_ws(' ', reason ->> 'benefit', reason ->> 'payerKind', concat(reason ->> 'from', '..', reason ->> 'to')) from jsonb_array_elements(${row.covered}) with ordinality as covered(reason, n)
    union all select 6, n, reason ->> 'code', reason ->> 'level', reason ->> 'message', null, reason ->> 'fact' from jsonb_array_elements(${row.findings}) with ordinality as findings(reason, n)`
}
