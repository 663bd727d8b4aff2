import type { PlannedType } from './model.ts'
import type { Tables } from './tables.ts'

const LARGEST: Readonly<Record<string, bigint>> = {
  smallint: 2n ** 15n - 1n,
  integer: 2n ** 31n - 1n,
  int: 2n ** 31n - 1n,
  bigint: 2n ** 63n - 1n,
}

const WHOLE_NUMBER = /^(0|-?[1-9]\d{0,18})$/

/** Whether a column of the SQL type holds whole numbers: nothing in them needs an escape. */
export function isWholeNumber(type: string): boolean {
  return type in LARGEST
}

/**
 * A key as a caller wrote it, for a column of the SQL type; null, which equals nothing, for a key that no row can
 * have. PostgreSQL would read ` 1` and `007` as numbers and fail on `abc`; here they are keys of nobody.
 */
export function keyValue(type: string, text: string): string | null {
  const largest = LARGEST[type]
  if (largest === undefined) return text
  return WHOLE_NUMBER.test(text) && BigInt(text) <= largest && BigInt(text) >= -largest ? text : null
}

/** The column that a federated reference to a type names: its property and SQL type. */
export function keyColumn({ type, mark }: PlannedType, tables: Tables) {
  if (mark.kind !== 'entity' || !mark.key) throw new Error(`${type.name} has no key`)
  return { entity: mark.entity, name: mark.key, type: tables.get(mark.entity).columns.get(mark.key)!.type }
}
