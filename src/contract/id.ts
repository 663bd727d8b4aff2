import { keyValue } from '../planner/key.ts'

/** The value of an id argument for SQL; null, which equals nothing, for an id that no row can have. */
export function idValue(id: string): string | null {
  return keyValue('bigint', id)
}
