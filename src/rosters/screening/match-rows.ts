import type { NikKeys } from '../../access/vault/nik-keys.ts'
import { keyNamed, openNik } from '../../access/vault/vault.ts'
import type { Query } from '../../db/database.ts'
import type { Nik } from '../../kernel/nik.ts'
import { type Match, matchPeople } from '../../workers/registration/match-people.ts'
import { suspectsInFile } from '../suspects-in-file.ts'

/** What the vault and the file itself know of the person of a row. */
export interface MatchedRow {
  readonly row: number
  /** Null: it does not say enough of a person to look for him. DUPLICATE: an earlier row has the same NIK. */
  readonly match: 'NEW' | 'EXACT' | 'CONFLICT' | 'SUSPECT' | 'DUPLICATE' | null
  /** Id of the worker found. */
  readonly worker: string | null
  /** The earlier row that is the same, or that this one is a suspect of. */
  readonly sameAs: number | null
  /** Who it is, where the row says it. */
  readonly person: RowPerson | null
}

/** Somebody as a row says who he is. */
export interface RowPerson {
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

/**
 * Finds the people of rows in the vault, and among the earlier rows of their file: a person whom two rows spell differently
 * is one.
 *
 * @param rows numbers, in any order.
 * @param inFile false leaves out the look at the file, which is the same each time, for what it said before. Whom the roster
 *   itself has registered by then is not suspected once more: whether rows are one person does not hang on their order.
 * @returns a row each; rows that do not exist are not in it.
 */
export async function matchRows(
  query: Query,
  roster: string,
  rows: readonly number[],
  keys: NikKeys,
  { inFile = true } = {},
): Promise<MatchedRow[]> {
  const found = await query<IdentityRow>(IDENTITIES, [roster, rows])
  const opened = found.map((row) => ({ row, person: personOf(row, keys) }))
  const searched = opened.filter(({ row, person }) => person !== null && row.first === null)
  const matches = await matchPeople(
    query,
    searched.map(({ person }) => person!),
    keys,
  )
  const own = inFile ? new Set() : await registeredBy(query, roster, matches)
  const isOwn = (match: Match) => match.kind === 'SUSPECT' && own.has(match.worker)
  const matchOf = new Map(
    searched.map(({ row }, index): [number, Match] => {
      const match = matches[index]!
      return [row.row, isOwn(match) ? { kind: 'NEW' } : match]
    }),
  )
  const unknown = searched.filter(({ row }) => matchOf.get(row.row)!.kind === 'NEW')
  const earlier = inFile
    ? await suspectsInFile(
        query,
        roster,
        unknown.map(({ row, person }) => ({ row: row.row, ...person! })),
        keys,
      )
    : new Map(found.flatMap(({ row, same_as }) => (same_as === null ? [] : [[row, same_as] as const])))
  return opened.map(({ row: { row, first }, person }) => {
    const match = matchOf.get(row)
    if (first !== null) return { row, person, match: 'DUPLICATE', worker: null, sameAs: first }
    if (!match) return { row, person, match: null, worker: null, sameAs: null }
    if (match.kind !== 'NEW') return { row, person, match: match.kind, worker: match.worker, sameAs: null }
    const sameAs = earlier.get(row) ?? null
    return { row, person, match: sameAs === null ? 'NEW' : 'SUSPECT', worker: null, sameAs }
  })
}

/** Those of suspects who are rows of the roster, registered by it. */
async function registeredBy(
  query: Query,
  roster: string,
  matches: readonly Match[],
): Promise<ReadonlySet<string>> {
  const suspects = matches.flatMap((match) => (match.kind === 'SUSPECT' ? [match.worker] : []))
  if (suspects.length === 0) return new Set()
  const rows = await query<{ worker: string }>(REGISTERED, [roster, suspects])
  return new Set(rows.map(({ worker }) => worker))
}

const REGISTERED = `/* roster.registered */ select worker_id as worker from roster_row
where roster_id = $1 and worker_id = any($2::bigint[]) and outcome in ('ENROLLED', 'OVER_BUDGET')
  and match <> 'EXACT' and decision is distinct from 'SAME_PERSON'`

interface IdentityRow {
  readonly row: number
  readonly key_id: string | null
  readonly nik_token: Uint8Array | null
  readonly nik_cipher: Uint8Array | null
  readonly full_name: string | null
  readonly birth_date: string | null
  /** The first row with the same NIK, where this is a later one. */
  readonly first: number | null
  readonly same_as: number | null
}

function personOf(row: IdentityRow, keys: NikKeys): RowPerson | null {
  const { key_id, nik_token, nik_cipher, full_name: fullName, birth_date: birthDate } = row
  if (key_id === null || fullName === null || birthDate === null) return null
  return { nik: openNik(nik_cipher!, nik_token!, keyNamed(key_id, keys)), fullName, birthDate }
}

const IDENTITIES = `/* roster.identities */
select identity.row, key_id, nik_token, nik_cipher, full_name, birth_date, first.row as first, line.same_as_row as same_as
from unnest($2::int[]) as asked (row)
  join roster_identity as identity on identity.roster_id = $1 and identity.row = asked.row
  join roster_row as line on line.roster_id = $1 and line.row = asked.row
  left join lateral (
    select earlier.row from roster_identity as earlier
    where earlier.roster_id = $1 and earlier.nik_token = identity.nik_token and earlier.row < identity.row
    order by earlier.row limit 1
  ) as first on true
order by identity.row`
