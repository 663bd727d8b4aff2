import { badInput } from '../../kernel/errors.ts'
import type { Cells } from './cells.ts'
import { plainWord } from './plain-word.ts'

/** How a column may be headed, by field; {@link plainWord} says what else counts as the same. */
export type Headers<Field extends string> = Readonly<Record<Field, readonly string[]>>

/** Number of each field's column from 0. */
export type ColumnsOf<Field extends string> = Readonly<Partial<Record<Field, number>>>

/**
 * Where fields stand, by the header of a file. Columns of other headers mean nothing.
 *
 * @throws Fault BAD_USER_INPUT about `file` when two columns say the same.
 */
export function namedColumns<Field extends string>(header: Cells, headers: Headers<Field>): ColumnsOf<Field> {
  const fields = Object.keys(headers) as Field[]
  const fieldOfHeader = new Map(
    fields.flatMap((field) => headers[field].map((title) => [plainWord(title), field])),
  )
  const named = Array.from(header, (title) => fieldOfHeader.get(plainWord(title ?? '')))
  const [twice] = fields.filter((field) => named.indexOf(field) !== named.lastIndexOf(field))
  if (twice !== undefined) {
    throw badInput('file', `Two columns of the file are ${spelled(twice, headers)}.`, 'Keep one of them.')
  }
  return Object.fromEntries(
    fields.filter((field) => named.includes(field)).map((field) => [field, named.indexOf(field)]),
  ) as ColumnsOf<Field>
}

/** Every way in which a field's column may be headed. */
export function spelled<Field extends string>(field: Field, headers: Headers<Field>): string {
  return headers[field].join(' or ')
}
