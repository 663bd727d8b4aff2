import { badInput } from '../kernel/errors.ts'
import { getOrSet } from '../kernel/get-or-set.ts'
import { readCursor } from './cursor.ts'
import type { AnyRows } from './description.ts'
import { Column, entityOf, join, type Ref, type Sql, sourceOf, sql, Value, verbatim } from './sql.ts'
import type { Tables } from './tables.ts'

/** The most rows a page may have. */
export const MOST_ROWS = 200

/** The order keys, on a row of the described source; the primary key makes the order of an entity total. */
export function orderKeys(
  described: AnyRows,
  tables: Tables,
  on: Ref<unknown> = described.row,
): readonly Column[] {
  const keys = described.keys.map((key) => new Column(sourceOf(on), key.property))
  const entity = entityOf(described.row)
  if (!entity) return keys
  const table = tables.get(entity)
  if (described.keys.some((key) => table.uniqueAlone.has(key.property))) return keys
  const named = new Set(described.keys.flatMap((key) => table.columns.get(key.property)?.names ?? []))
  const missing = table.primaryKey.filter((column) => !named.has(column))
  return [...keys, ...missing.map((column) => Column.named(sourceOf(on), column))]
}

/** ORDER BY items; undefined for a derived source without keys. */
export function orderBy(
  described: AnyRows,
  tables: Tables,
  on: Ref<unknown> = described.row,
): Sql | undefined {
  const keys = orderKeys(described, tables, on)
  if (keys.length === 0) return undefined
  const direction = verbatim(described.direction)
  return join(
    keys.map((key) => sql`${key} ${direction}`),
    ', ',
  )
}

/**
 * A page whose cursor is in values of the statement. Its size is part of the text: PostgreSQL must know it to plan,
 * and with `limit $1` plans anew at every call, because it believes no plan fits every size. There are 200 sizes.
 */
export interface BoundPage {
  readonly first: number
  /** The order keys of the row before the page. */
  readonly after: readonly Value[] | undefined
}

const boundPages = new WeakMap<AnyRows, BoundPage>()

/**
 * The page of a connection, checked; the same for the same description.
 * Throws BAD_USER_INPUT for a size out of range or a cursor of another list.
 */
export function boundPage(described: AnyRows, tables: Tables): BoundPage {
  return getOrSet(boundPages, described, () => {
    const page = described.pageArgs
    if (!page) throw new Error('a connection must be described with .page(…)')
    return { first: checkedSize(page.first), after: cursorValues(described, tables, page.after) }
  })
}

function checkedSize(first: number): number {
  if (Number.isInteger(first) && first >= 1 && first <= MOST_ROWS) return first
  throw badInput(
    'first',
    `A page has 1 to ${MOST_ROWS} rows.`,
    `Ask for at most ${MOST_ROWS}, then for the next page.`,
  )
}

function cursorValues(described: AnyRows, tables: Tables, after: string | undefined) {
  if (after === undefined) return undefined
  return readCursor(after, orderKeys(described, tables).length).map((text) => new Value(text))
}

/** The condition that a row comes after the page's cursor. */
export function afterCursor(described: AnyRows, tables: Tables, { after }: BoundPage): Sql | undefined {
  if (!after) return undefined
  const comparison = verbatim(described.direction === 'asc' ? '>' : '<')
  const left = join(
    orderKeys(described, tables).map((key) => sql`${key}`),
    ', ',
  )
  const right = join(
    after.map((value) => sql`${value}`),
    ', ',
  )
  return sql`(${left}) ${comparison} (${right})`
}
