import type { EntitySchema } from '@mikro-orm/core'
import { type Ref, type RowOf, ref, type Sql } from '../planner/sql.ts'
import type { Permission } from './permission.ts'
import type { Viewer } from './viewer.ts'

/**
 * The rules of a room as data, in its `x.policy.ts`: the same data serve the planner, which applies table rules
 * wherever a table enters a statement, the check of operations, which every door passes, and `schema/access.md`.
 */
export interface Policy {
  /** Which rows may be seen, and which of their columns only sometimes. */
  readonly tables?: readonly TableRule[]
  /** By object type: every field, under the permission it needs. */
  readonly fields?: Readonly<Record<string, FieldsByPermission>>
  /**
   * By input type or enum of orders: the field that each of its fields or values reads, as `Type.field`; it needs
   * what that field needs.
   */
  readonly inputs?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Who may read something; `anyone` is everybody, with a token or without. */
export type Needed = Permission | 'anyone'

export type FieldsByPermission = Readonly<Partial<Record<Needed, readonly string[]>>>

/** What rules know besides the viewer. */
export interface Facts {
  /** `YYYY-MM-DD`: agreements hold from a day to a day. */
  readonly today: string
}

/** All rows, none, or those for which the condition holds. */
export type Answer = Sql | boolean

type RowRule<Entity> = (row: Ref<RowOf<Entity>>, viewer: Viewer, facts: Facts) => Answer

/** One rule about a table. A row may be seen when any of its grants says so; without a grant none may. */
export type TableRule = Grant | Concealment | Reading

export interface Grant {
  readonly kind: 'grant'
  readonly entity: EntitySchema
  readonly needs: Needed
  /** Which rows, in words: completes "rows …". */
  readonly words: string
  /** Whether it shows every row to every viewer: see {@link grantAll}. */
  readonly toEverybody: boolean
  readonly rows: (row: Ref<unknown>, viewer: Viewer, facts: Facts) => Answer
}

export interface Concealment {
  readonly kind: 'concealment'
  readonly entity: EntitySchema
  readonly properties: readonly string[]
  /** When they are shown, in words. */
  readonly words: string
  readonly shown: (row: Ref<unknown>, viewer: Viewer, facts: Facts) => Answer
}

/** A table read for something else than to show its rows: `ref(WorkerEntity, 'statistics')`. */
export interface Reading {
  readonly kind: 'reading'
  readonly entity: EntitySchema
  readonly reading: string
  readonly needs: Needed
  readonly words: string
}

/** Lets viewers with the permission see the rows for which the rule holds. */
export function grant<Entity extends EntitySchema>(
  entity: Entity,
  { rows, ...rest }: { needs: Needed; words: string; rows: RowRule<Entity> },
): Grant {
  return { kind: 'grant', entity, toEverybody: false, rows: rows as Grant['rows'], ...rest }
}

/** Lets everybody see every row. */
export function grantAll(entity: EntitySchema): Grant {
  return { kind: 'grant', entity, needs: 'anyone', words: 'all', toEverybody: true, rows: () => true }
}

/** Keeps values null, wherever the rule does not hold, in rows that may be seen. */
export function conceal<Entity extends EntitySchema>(
  entity: Entity,
  properties: readonly (keyof RowOf<Entity> & string)[],
  { words, unless }: { words: string; unless: RowRule<Entity> },
): Concealment {
  return { kind: 'concealment', entity, properties, words, shown: unless as Concealment['shown'] }
}

/** The fields of an input that only one mutation takes: they need what the mutation needs. */
export function takenBy(mutation: string, ...fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, `Mutation.${mutation}`]))
}

/** Lets a computation read every row of a table; what it shows of them is its own duty. */
export function readFor(
  entity: EntitySchema,
  reading: string,
  { needs, words }: { needs: Needed; words: string },
): Reading {
  return { kind: 'reading', entity, reading, needs, words }
}

const RULE = 'rule'

/** A row of the whole table, for rules themselves: a rule that looked through rules might look through itself. */
export function unruled<Entity extends EntitySchema>(entity: Entity): Ref<RowOf<Entity>> {
  return ref(entity, RULE)
}

export function isUnruled(reading: string | undefined): boolean {
  return reading === RULE
}
