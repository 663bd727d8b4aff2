import type { NikKeys } from '../../access/vault/nik-keys.ts'
import { keyNamed, openNik } from '../../access/vault/vault.ts'
import type { Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import type { Nik } from '../../kernel/nik.ts'
import {
  areSameName,
  knownByToken,
  type Match,
  matchPeople,
} from '../../workers/registration/match-people.ts'
import { isComplete } from '../incomplete.ts'
import type { InFile } from '../roster-row.entity.ts'
import { suspectsInFile } from '../suspects-in-file.ts'

/** What the vault and the file itself know of the person of a row. */
export interface MatchedRow {
  readonly row: number
  /** What the vault knows. Null: it does not say enough of a person to look for him, or is one of many guesses. */
  readonly match: Match['kind'] | null
  /** Id of the worker found. */
  readonly worker: string | null
  /** What another row says of it; null: nothing. */
  readonly inFile: InFile | null
  /** That row. */
  readonly sameAs: number | null
  /** Who it is, of somebody whom the vault does not know by his NIK. */
  readonly person: RowPerson | null
  /** Whether the row has all that it needs besides a NIK; of one that is matched again, false. */
  readonly isComplete: boolean
  /** Whether somebody has said that the suspect is this person. */
  readonly isSettled: boolean
}

/** Somebody as a row says who he is. */
export interface RowPerson {
  readonly nik: Nik
  readonly fullName: string
  /** `YYYY-MM-DD` */
  readonly birthDate: string
}

/** From so many rows born on one day on, that day is what somebody typed for want of a better one. */
const CROWD = 200

/** More rows with the very same name and birth date than these are no people, but guesses at a NIK: nobody is looked for. */
const NAMESAKES = 50

/**
 * Finds the people of rows in the vault, and among the other rows of their file: a person whom two rows spell differently
 * is one, and a NIK that two people have is nobody's.
 *
 * @param rows numbers, in any order.
 * @param inFile false takes what was found in the file before, which is the same each time. Whom the roster itself has
 *   registered by then is not suspected once more: whether rows are one person does not hang on their order.
 * @returns a row each, by number; rows that do not exist are not in it.
 */
export async function matchRows(
  query: Query,
  roster: string,
  rows: readonly number[],
  keys: NikKeys,
  { inFile = true } = {},
): Promise<MatchedRow[]> {
  const found = await query<IdentityRow>(IDENTITIES, [roster, rows, CROWD, NAMESAKES, inFile])
  const opened = found.map((row) => ({ row, person: personOf(row, keys) }))
  const matches = await inVault(query, roster, opened, keys, { forgetsOwn: !inFile })
  const matched = opened.map(({ row, person }) => {
    const match = matches.get(row.row)
    return {
      row: row.row,
      person,
      match: match?.kind ?? null,
      worker: match && match.kind !== 'NEW' ? match.worker : null,
      isComplete: row.is_complete,
      isSettled: row.is_same_person,
      ...(inFile ? amongOthers(row, match) : { inFile: row.in_file, sameAs: row.same_as }),
    }
  })
  if (!inFile) return matched
  const suspects = await suspectsInFile(
    query,
    roster,
    matched.filter(({ match, inFile }) => match === 'NEW' && inFile === null).map(namedRow),
    keys,
  )
  return matched.map((row) => {
    const suspect = suspects.get(row.row)
    return suspect === undefined ? row : { ...row, inFile: 'SUSPECT' as const, sameAs: suspect }
  })
}

interface Opened {
  readonly row: IdentityRow
  readonly person: (RowPerson & { readonly isOfCrowd: boolean }) | null
}

/** @returns a match for each row that says who it is about. */
async function inVault(
  query: Query,
  roster: string,
  opened: readonly Opened[],
  keys: NikKeys,
  { forgetsOwn }: { readonly forgetsOwn: boolean },
): Promise<Map<number, Match>> {
  const known = opened.flatMap(({ row }) => {
    const match = knownMatch(row)
    return match ? [[row.row, match] as const] : []
  })
  const searched = opened.filter(({ row, person }) => person !== null && row.namesake === null)
  const matches = await matchPeople(
    query,
    searched.map(({ person }) => person!),
    keys,
  )
  const own = forgetsOwn ? await registeredBy(query, roster, matches) : new Set()
  const isOwn = (match: Match) => match.kind === 'SUSPECT' && own.has(match.worker)
  const found = searched.map(({ row }, index): [number, Match] => {
    const match = matches[index]!
    return [row.row, isOwn(match) ? { kind: 'NEW' } : match]
  })
  return new Map([...known, ...found])
}

function knownMatch({ worker, same_name }: IdentityRow): Match | undefined {
  return worker === null ? undefined : { kind: same_name ? 'EXACT' : 'CONFLICT', worker }
}

/** What the other rows with its NIK, or with its name, say of a row. Whom the vault knows by NIK and name, has the NIK. */
function amongOthers(row: IdentityRow, match: Match | undefined): Pick<MatchedRow, 'inFile' | 'sameAs'> {
  if (row.namesake !== null) return { inFile: 'SUSPECT', sameAs: row.namesake }
  if (row.first !== null) return { inFile: 'DUPLICATE', sameAs: row.first }
  if (row.other !== null && match?.kind !== 'EXACT') return { inFile: 'CONFLICT', sameAs: row.other }
  return { inFile: null, sameAs: null }
}

function namedRow({ row, person }: Pick<MatchedRow, 'row' | 'person'>) {
  return { row, ...person! }
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
  and match <> 'EXACT' and identity_decision is distinct from 'SAME_PERSON'`

interface IdentityRow {
  readonly row: number
  /** Whom the vault knows by the token of the row; of everybody else the row says who he is. */
  readonly worker: string | null
  readonly same_name: boolean | null
  readonly key_id: string | null
  readonly nik_token: Uint8Array | null
  readonly nik_cipher: Uint8Array | null
  readonly full_name: string | null
  readonly birth_date: string | null
  readonly is_complete: boolean
  readonly is_of_crowd: boolean
  /** Whether somebody has said that the suspect is this person. */
  readonly is_same_person: boolean
  /** The first row with the same NIK and the same name, where this is a later one. */
  readonly first: number | null
  /** The first row with the same NIK under another name. */
  readonly other: number | null
  /** The first other row with the same name and birth date, where they are too many. */
  readonly namesake: number | null
  readonly in_file: InFile | null
  readonly same_as: number | null
}

function personOf(row: IdentityRow, keys: NikKeys): Opened['person'] {
  const { key_id, nik_token, nik_cipher, full_name: fullName, birth_date: birthDate } = row
  if (key_id === null || fullName === null || birthDate === null) return null
  const nik = openNik(nik_cipher!, nik_token!, keyNamed(key_id, keys))
  return { nik, fullName, birthDate, isOfCrowd: row.is_of_crowd }
}

// A row that has to be completed first takes nobody's place: of two with one NIK the other is taken. The rows asked about
// come first: PostgreSQL knows nothing yet of a roster that has just arrived, and would look at the others of all its rows.
//
// Most people of a file are known by the very token that the row was given when it arrived: their NIKs stay sealed.
const IDENTITIES = prepared(`/* roster.identities */ with asked as materialized (
  select identity.row, identity.key_id, identity.nik_token, identity.nik_cipher, identity.full_name, identity.normal_name,
    identity.birth_date, line.in_file, line.same_as_row as same_as, $5::bool and ${isComplete('line')} as is_complete,
    coalesce(line.identity_decision = 'SAME_PERSON', false) as is_same_person
  from unnest($2::int[]) as asked (row)
    cross join lateral (
      select * from roster_identity as identity where identity.roster_id = $1 and identity.row = asked.row offset 0
    ) as identity
    cross join lateral (
      select * from roster_row as line where line.roster_id = $1 and line.row = asked.row offset 0
    ) as line
)
select asked.row, in_file, same_as, is_complete, is_same_person, known.worker, known.same_name,
  same_nik.first, same_nik.other, namesakes.namesake,
  known.worker is null and exists (
    select from roster_identity as born where born.roster_id = $1 and born.birth_date = asked.birth_date offset $3::int
  ) as is_of_crowd,
  case when known.worker is null then key_id end as key_id, case when known.worker is null then nik_token end as nik_token,
  case when known.worker is null then nik_cipher end as nik_cipher,
  case when known.worker is null then full_name end as full_name,
  case when known.worker is null then birth_date end as birth_date
from asked
  left join lateral (
    select min(line.row) filter (where is_same and line.row < asked.row) as first,
      min(line.row) filter (where not is_same) as other
    from roster_identity as sharing
      join roster_row as line on line.roster_id = $1 and line.row = sharing.row
      cross join lateral (
        select coalesce(${areSameName('sharing.normal_name', 'asked.normal_name')}, true) as is_same
      ) as names
    where $5::bool and sharing.roster_id = $1 and sharing.nik_token = asked.nik_token and sharing.row <> asked.row
      and ${isComplete('line')}
  ) as same_nik on true
  cross join lateral (
    select case when count(*) > $4::int then min(row) filter (where row <> asked.row) end as namesake from (
      select row from roster_identity as named
      where $5::bool and named.roster_id = $1 and named.birth_date = asked.birth_date and named.normal_name = asked.normal_name
      order by row limit $4::int + 1
    ) as named
  ) as namesakes
  left join lateral (
    ${knownByToken({ token: 'asked.nik_token', key: 'asked.key_id', name: 'asked.normal_name' })}
      and asked.full_name is not null and asked.birth_date is not null and namesakes.namesake is null
  ) as known on true
order by asked.row`)
