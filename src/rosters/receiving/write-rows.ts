import type { NikKeys } from '../../access/vault/nik-keys.ts'
import { nikToken, sealNik } from '../../access/vault/vault.ts'
import type { Query } from '../../db/database.ts'
import { Fault } from '../../kernel/errors.ts'
import { firstDay, type Month } from '../../kernel/month.ts'
import { inspectNik, type Nik, type NikInspection } from '../../kernel/nik.ts'
import type { NikKey } from '../../kernel/nik-keys.ts'
import type { FileRow } from '../file/file-row.ts'

/** What NIKs are compared with, and sealed with. */
export interface Sealing {
  /** The business day `YYYY-MM-DD`. */
  readonly today: string
  readonly nikKeys: NikKeys
  /** `36.03.01`: the districts there are. */
  readonly districts: ReadonlySet<string>
}

/** Rows as they are written: nothing of them says a NIK any more. */
export interface SealedRows {
  readonly count: number
  /** In the order of {@link COLUMNS}, a value for each row. */
  readonly columns: readonly (readonly (string | number | null)[])[]
}

/** Says what can be said of the NIKs of rows, and seals them. Numbers of family cards are not kept: nothing needs them. */
export function sealRows(rows: readonly FileRow[], sealing: Sealing): SealedRows {
  const sealed = rows.map((row) => valuesOf(row, sealing))
  return { count: rows.length, columns: COLUMNS.map((_, column) => sealed.map((values) => values[column]!)) }
}

/**
 * Writes rows as they were read, and apart from that who they are, in one statement.
 *
 * @param roster id of the draft.
 * @throws Fault CONFLICT when the roster is no draft anymore.
 */
export async function writeRows(query: Query, roster: string, { count, columns }: SealedRows): Promise<void> {
  const [done] = await query<{ count: string }>(INSERT, [roster, ...columns])
  if (Number(done!.count) === count) return
  throw new Fault('CONFLICT', 'The roster was given up before all of its file had arrived.', {
    remedy: 'Send the file again.',
  })
}

/** Of each value of a row the type in SQL, in the order of {@link valuesOf}. */
const COLUMNS = [
  ['row', 'int'],
  ['category', 'text'],
  ['sex', 'text'],
  ['birth_month', 'date'],
  ['village_code', 'text'],
  ['welfare_decile', 'smallint'],
  ['problems', 'jsonb'],
  ['nik_findings', 'jsonb'],
  ['key_id', 'text'],
  ['nik_token', 'text'],
  ['nik_cipher', 'text'],
  ['full_name', 'text'],
  ['birth_date', 'date'],
] as const

function valuesOf(row: FileRow, sealing: Sealing): readonly (string | number | null)[] {
  const { nik, findings } = inspect(row, sealing)
  return [
    row.row,
    row.category,
    row.sex,
    row.birthDate === null ? null : firstDay(row.birthDate.slice(0, 7) as Month),
    row.village,
    row.decile,
    jsonOf(row.problems),
    jsonOf(findings),
    ...sealed(nik, sealing.nikKeys[0]),
    row.fullName,
    row.birthDate,
  ]
}

/** Key, token and ciphertext of a NIK; bytes as text, because with arrays of bytes this process works a fifth longer. */
function sealed(nik: Nik | undefined, key: NikKey): readonly (string | null)[] {
  if (nik === undefined) return [null, null, null]
  const token = nikToken(nik, key)
  return [key.id, token.toString('hex'), sealNik(nik, token, key).toString('hex')]
}

/** What a row does not say is not compared. */
function inspect({ nik, birthDate, sex, village }: FileRow, { today, districts }: Sealing): NikInspection {
  return inspectNik(nik, {
    today,
    ...(birthDate !== null && { declaredBirthDate: birthDate }),
    ...(sex !== null && { declaredSex: sex }),
    ...(village !== null && { domicileRegency: village.slice(0, 5) }),
    knownDistrict: (code) => districts.has(code),
  })
}

/** Of most rows there is nothing to say. */
function jsonOf(findings: readonly object[]): string {
  return findings.length === 0 ? '[]' : JSON.stringify(findings)
}

// Whoever discards a draft waits for the rows that are just being written, and no row follows them.
const INSERT = `/* roster.write_rows */ with draft as (
  select id from roster where id = $1 and state = 'DRAFT' for share
), given as (
  select draft.id as roster_id, given.*
  from draft, unnest(${COLUMNS.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ')})
    as given (${COLUMNS.map(([name]) => name).join(', ')})
), rows as (
  insert into roster_row (roster_id, row, category, sex, birth_month, village_code, welfare_decile, problems, nik_findings)
  select roster_id, row, category, sex, birth_month, village_code, welfare_decile, problems, nik_findings from given
), identities as (
  insert into roster_identity (roster_id, row, key_id, nik_token, nik_cipher, full_name, birth_date)
  select roster_id, row, key_id, decode(nik_token, 'hex'), decode(nik_cipher, 'hex'), full_name, birth_date from given
  returning 1
)
select count(*) as count from identities`
