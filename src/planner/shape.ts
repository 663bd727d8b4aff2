import { AlternativesDescription, type AnyRows, RowsDescription, ValueDescription } from './description.ts'
import { boundPage } from './order.ts'
import type { Visible } from './render.ts'
import {
  AliasOf,
  Column,
  DerivedSource,
  type Part,
  type Ref,
  Source,
  type Sql,
  TableSource,
  Value,
} from './sql.ts'
import type { Tables } from './tables.ts'

/** One element of a shape: constant text, or a number that stands for a value, a source or a column's source. */
export type Token = string | number

/**
 * The shapes of what resolvers describe, with values, sources and pages numbered in order of first appearance
 * over all the descriptions of one statement. Two requests whose shapes are equal have the same statement text,
 * and the value numbered n in one stands where the value numbered n stands in the other.
 */
export class Shapes {
  /** Every value met so far, by its number. */
  readonly values: Value[] = []
  /** The symbolic rows of descriptions, by the number of their source. */
  readonly rows = new Map<number, Ref<unknown>>()
  readonly #valueNumbers = new Map<Value, number>()
  readonly #sourceNumbers = new Map<object, number>()

  constructor(readonly tables: Tables) {}

  /** The shape of a description. */
  of(described: unknown): Token[] {
    const tokens: Token[] = []
    this.#write(described, tokens)
    return tokens
  }

  /** The shape of what may be seen of a table. */
  ofVisible(visible: Visible | undefined): Token[] {
    const tokens: Token[] = []
    if (visible?.rows) this.#writeSql(visible.rows, tokens)
    for (const { properties, shown } of visible?.columns ?? []) {
      tokens.push('columns', ...properties)
      this.#writeSql(shown, tokens)
    }
    return tokens
  }

  /** The number of a value; undefined for one that no description holds. */
  numberOf(value: Value): number | undefined {
    return this.#valueNumbers.get(value)
  }

  value(value: Value): number {
    let number = this.#valueNumbers.get(value)
    if (number === undefined) {
      number = this.values.push(value) - 1
      this.#valueNumbers.set(value, number)
    }
    return number
  }

  /** The number of a source or page, also of one that the plan made. */
  source(source: object): number {
    let number = this.#sourceNumbers.get(source)
    if (number === undefined) {
      number = this.#sourceNumbers.size
      this.#sourceNumbers.set(source, number)
    }
    return number
  }

  #write(described: unknown, tokens: Token[]): void {
    if (described instanceof RowsDescription) this.#writeRows(described, tokens)
    else if (described instanceof ValueDescription)
      tokens.push('value') && this.#writeSql(described.expression, tokens)
    else if (described instanceof AlternativesDescription) {
      tokens.push('first of', described.alternatives.length)
      for (const rows of described.alternatives) this.#writeRows(rows, tokens)
    } else tokens.push('nothing')
  }

  #writeRows(rows: AnyRows, tokens: Token[]): void {
    tokens.push('rows')
    this.#writeSource(rows.source, tokens)
    this.rows.set(this.source(rows.source), rows.row)
    for (const condition of rows.conditions) {
      tokens.push('where')
      this.#writeSql(condition, tokens)
    }
    tokens.push(rows.direction)
    for (const key of rows.keys) tokens.push(key.property)
    if (!rows.pageArgs) return
    const { first, after } = boundPage(rows, this.tables)
    tokens.push('page', first)
    for (const value of after ?? []) tokens.push('after', this.value(value))
  }

  #writeSql(fragment: Sql, tokens: Token[]): void {
    for (const part of fragment.parts) this.#writePart(part, tokens)
  }

  #writePart(part: Part, tokens: Token[]): void {
    if (typeof part === 'string') tokens.push(part)
    else if (part instanceof Column) tokens.push('column', this.source(part.source), part.property)
    else if (part instanceof Value) tokens.push('value', this.value(part))
    else if (part instanceof Source) this.#writeSource(part, tokens)
    else if (part instanceof AliasOf) tokens.push('alias', this.source(part.source))
    else tokens.push('page', this.source(part))
  }

  #writeSource(source: Source, tokens: Token[]): void {
    tokens.push('source', this.source(source))
    if (source instanceof TableSource) tokens.push(source.entity.meta.className, source.reading ?? '')
    else if (source instanceof DerivedSource) this.#writeSql(source.body, tokens)
  }
}

export function sameShape(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i])
}
