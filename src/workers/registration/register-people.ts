import type { NikKeys } from '../../access/vault/nik-keys.ts'
import type { Query } from '../../db/database.ts'
import { firstDay, monthOf } from '../../kernel/month.ts'
import type { Nik } from '../../kernel/nik.ts'
import type { NikTokenKey } from '../../kernel/nik-keys.ts'
import type { WorkerCategory } from '../../programs/worker-category.ts'
import { insertIdentities } from '../identity.ts'
import { type Acting, actor } from '../record-events.ts'
import type { Sex } from '../worker.entity.ts'

/**
 * Somebody whom the vault does not know yet: everything about him was checked, and he was matched while nobody else could
 * write him (`match-people.ts`). Days are `YYYY-MM-DD`.
 */
export interface NewPerson {
  readonly nik: Nik
  readonly fullName: string
  readonly birthDate: string
  readonly sex: Sex
  readonly category: WorkerCategory
  /** `36.03.01.2001`, of the domicile. */
  readonly village: string
  readonly domicileSince: string
  /** 1 to 10; null together with its day. */
  readonly welfareDecile: number | null
  readonly decileAsOf: string | null
  readonly civilServant: boolean
  /** Why a suspect is somebody else. */
  readonly reason: string | null
}

/** Who registers, and with which keys. */
export interface Registering extends Acting {
  readonly nikKeys: NikKeys
  /** Of the partners who will find these people by their tokens. */
  readonly partnerKeys: readonly NikTokenKey[]
}

/**
 * Registers people, however many, in two statements: workers, each with the first event of his history, then their
 * identities with tokens for all keys.
 *
 * @returns ids of the workers, in the order given.
 * @throws Fault CONFLICT about `nik` when one of these NIKs is known already or given twice; the transaction is lost.
 * @throws Fault INTERNAL when this process does not hold the keys in force.
 */
export async function registerPeople(
  query: Query,
  people: readonly NewPerson[],
  registering: Registering,
): Promise<readonly string[]> {
  if (people.length === 0) return []
  const workers = await insertWorkers(query, people, registering)
  const identities = people.map(({ nik, fullName, birthDate }, index) => ({
    worker: workers[index]!,
    nik,
    fullName,
    birthDate,
  }))
  await insertIdentities(query, identities, registering.nikKeys, registering.partnerKeys)
  return workers
}

// Ids are drawn before anything is written: only so is it certain whose each of them is.
const REGISTER = `/* worker.register */ with given as materialized (
  select nextval('worker_id_seq') as id, given.*
  from unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::date[], $6::smallint[], $7::date[], $8::bool[],
    $9::text[]) with ordinality
    as given(category, sex, birth_month, village, domicile_since, decile, decile_as_of, civil_servant, reason, place)
), registered as (
  insert into worker (id, category, sex, birth_month, village_code, domicile_since, welfare_decile, decile_as_of,
    civil_servant)
  select id, category, sex, birth_month, village, domicile_since, decile, decile_as_of, civil_servant from given
), event as (
  insert into worker_event (worker_id, kind, reason, entered_on, actor, actor_payer_id)
  select id, 'REGISTERED', reason, $10::date, $11, $12::bigint from given
)
select id from given order by place`

async function insertWorkers(
  query: Query,
  people: readonly NewPerson[],
  acting: Acting,
): Promise<readonly string[]> {
  const column = <Value>(of: (person: NewPerson) => Value) => people.map(of)
  const rows = await query<{ id: string }>(REGISTER, [
    column(({ category }) => category),
    column(({ sex }) => sex),
    column(({ birthDate }) => firstDay(monthOf(birthDate))),
    column(({ village }) => village),
    column(({ domicileSince }) => domicileSince),
    column(({ welfareDecile }) => welfareDecile),
    column(({ decileAsOf }) => decileAsOf),
    column(({ civilServant }) => civilServant),
    column(({ reason }) => reason),
    ...actor(acting),
  ])
  return rows.map(({ id }) => id)
}
