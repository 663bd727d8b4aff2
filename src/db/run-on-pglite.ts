import type { PGlite, Results, Transaction } from '@electric-sql/pglite'

/** Several statements in one text need the simple protocol, which has no parameters; it is also the faster one. */
export async function runOn(
  on: PGlite | Transaction,
  text: string,
  values: readonly unknown[] = [],
): Promise<Results> {
  if (values.length > 0) return on.query(text, [...values])
  return (await on.exec(text)).at(-1) ?? { rows: [], fields: [] }
}
