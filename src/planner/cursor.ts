import { badInput } from '../kernel/errors.ts'
import { type Column, join, type Sql, sql, verbatim } from './sql.ts'

/** SQL for the cursor of a row: its order keys as a JSON array of texts, in base64url without padding. */
export function cursorText(keys: readonly Column[]): Sql {
  const texts = join(
    keys.map((key) => sql`(${key})::text`),
    ', ',
  )
  const bytes = sql`convert_to(json_build_array(${texts})::text, 'UTF8')`
  return sql`translate(encode(${bytes}, 'base64'), ${verbatim(`E'+/=\\n'`)}, '-_')`
}

/** The order keys a cursor names. Throws BAD_USER_INPUT for a cursor that this order did not make. */
export function readCursor(cursor: string, keys: number): readonly string[] {
  const values = parseOrUndefined(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (Array.isArray(values) && values.length === keys && values.every(isKeyText)) {
    return values
  }
  throw badInput(
    'after',
    'The cursor is not one of this list.',
    'Pass an endCursor or cursor of the same list and order.',
  )
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text that PostgreSQL takes: no text of it holds a zero byte. */
function isKeyText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}
