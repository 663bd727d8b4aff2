import type { Context } from '../../contract/context.ts'
import { refusal } from '../../contract/outcome.ts'
import type { Query } from '../../db/database.ts'
import { badInput } from '../../kernel/errors.ts'
import type { Month } from '../../kernel/month.ts'
import type { DisputeSubject } from '../../workers/dispute.entity.ts'
import type { Consequence } from './consequence.ts'

/** What is recorded of a worker who is held, as far as events change it. */
export interface Person {
  readonly id: string
  readonly birthMonth: Month
  /** Null: alive. */
  readonly deathMonth: Month | null
  /** Code of the village of the domicile. */
  readonly village: string
  /** `YYYY-MM-DD` */
  readonly domicileSince: string
  readonly civilServant: boolean
}

/** An event that is told of a worker who is held. */
export interface Telling {
  readonly query: Query
  readonly context: Context
  readonly person: Person
  /** Checked already. */
  readonly reason: string
}

/** What follows from an event: computed first, so that it can be shown without being done. */
export interface Plan {
  readonly consequences: readonly Consequence[]
  /** Does what was planned, and adds the event to the history. */
  write(): Promise<void>
}

/** What is recorded of a worker; the caller holds him. */
export async function readPerson(query: Query, worker: string): Promise<Person> {
  const [person] = await query<Person>(
    `/* life_event.person */ select id, to_char(birth_month, 'YYYY-MM') as "birthMonth",
      to_char(death_month, 'YYYY-MM') as "deathMonth", village_code as village,
      to_char(domicile_since, 'YYYY-MM-DD') as "domicileSince", civil_servant as "civilServant"
    from worker where id = $1`,
    [worker],
  )
  return person!
}

/**
 * @param subjects disputes about others of his records do not matter.
 * @throws Refused by DisputeRefusal while one of these records of the worker is disputed.
 */
export async function checkNotDisputed(
  query: Query,
  worker: string,
  subjects: readonly DisputeSubject[],
): Promise<void> {
  const open = await query<{ id: string }>(
    `/* life_event.disputes */ select id from dispute
      where worker_id = $1 and subject = any($2) and decision is null order by id`,
    [worker, subjects],
  )
  if (open.length === 0) return
  throw refusal('DisputeRefusal', {
    code: 'DISPUTED',
    message: 'The record of this person is disputed: decide that first.',
    disputes: open.map(({ id }) => id),
  })
}

/**
 * Checks that a month lies in a person's life.
 *
 * @throws Fault BAD_USER_INPUT about the field that names it.
 */
export function checkInLife({ birthMonth, deathMonth }: Person, month: Month, field: string): void {
  if (month < birthMonth) throw badInput(field, 'This is before the birth.')
  if (deathMonth !== null && month > deathMonth) throw badInput(field, 'This is after the death.')
}

/** @throws Fault BAD_USER_INPUT for a month that has not begun. */
export function checkHasBegun({ currentMonth }: Context, month: Month, field: string): void {
  if (month > currentMonth) throw badInput(field, 'This month has not begun.', 'Record it when it has.')
}

/** What the ledger says of money that an event frees; entries of all budgets say the same, so it names no program. */
export function noteFrom(month: Month): string {
  return `1 person less from ${month} on`
}
