import type { EntitySchema } from '@mikro-orm/core'
import {
  AliasOf,
  Column,
  DerivedSource,
  PageName,
  PageSource,
  type Part,
  type Ref,
  refTo,
  type Source,
  type Sql,
  TableSource,
  Value,
} from './sql.ts'
import { quoted, type Tables } from './tables.ts'

/** A statement ready to be sent: its text depends only on the operation's shape, its values on the request. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** A rendered statement whose values are still the instances that the fragments held. */
export interface Rendered {
  readonly text: string
  readonly values: readonly Value[]
}

/**
 * The condition on a table's rows for this request, or undefined when every row may be seen. Added wherever
 * the table enters a statement, so that no list, count, join or subquery can forget it.
 */
export type RowPredicate = (entity: EntitySchema, row: Ref<unknown>) => Sql | undefined

/** Gives a fragment its final text: aliases in order of appearance, values as `$n`, row predicates in place. */
export function render(fragment: Sql, tables: Tables, predicate: RowPredicate): Rendered {
  return new Rendering(tables, predicate).statement(fragment)
}

class Rendering {
  #text = ''
  readonly #values: Value[] = []
  readonly #numbers = new Map<Value, number>()
  readonly #aliases = new Map<Source | PageName, string>()

  constructor(
    readonly tables: Tables,
    readonly predicate: RowPredicate,
  ) {}

  statement(fragment: Sql): Rendered {
    this.#writeAll(fragment.parts)
    return { text: this.#text, values: this.#values }
  }

  #writeAll(parts: readonly Part[]): void {
    for (const part of parts) {
      if (typeof part === 'string') this.#text += part
      else if (part instanceof Column) this.#text += this.#column(part)
      else if (part instanceof Value) this.#text += `$${this.#number(part)}`
      else if (part instanceof AliasOf) this.#text += this.#alias(part.source, 't')
      else if (part instanceof PageName) this.#text += this.#alias(part, 'page')
      else this.#writeSource(part)
    }
  }

  #writeSource(source: Source): void {
    const alias = this.#alias(source, 't')
    if (source instanceof TableSource) this.#writeTable(source.entity, alias)
    else if (source instanceof PageSource) this.#text += `${this.#alias(source.page, 'page')} as ${alias}`
    else if (source instanceof DerivedSource) {
      this.#text += '('
      this.#writeAll(source.body.parts)
      this.#text += `) as ${alias}`
    }
  }

  #writeTable(entity: EntitySchema, alias: string): void {
    const { name } = this.tables.get(entity)
    const visible = new TableSource(entity)
    const condition = this.predicate(entity, refTo(visible))
    if (!condition) {
      this.#text += `${name} as ${alias}`
      return
    }
    const inner = this.#alias(visible, 't')
    this.#text += `(select ${inner}.* from ${name} as ${inner} where `
    this.#writeAll(condition.parts)
    this.#text += `) as ${alias}`
  }

  #column({ source, property }: Column): string {
    const alias = this.#alias(source, 't')
    const names = this.#columnNames(source, property).map((name) => `${alias}.${name}`)
    return names.length === 1 ? names[0]! : `(${names.join(', ')})`
  }

  #columnNames(source: Source, property: string): readonly string[] {
    // `Column.named`: the name is ready for SQL.
    if (property.startsWith('#')) return [property.slice(1)]
    if (source instanceof PageSource) return this.#columnNames(source.of, property)
    if (source instanceof TableSource) {
      const column = this.tables.get(source.entity).columns.get(property)
      if (!column) throw new Error(`${source.entity.meta.className} has no column "${property}"`)
      return column.names
    }
    return [quoted(property)]
  }

  #number(value: Value): number {
    let number = this.#numbers.get(value)
    if (number === undefined) {
      number = this.#values.push(value)
      this.#numbers.set(value, number)
    }
    return number
  }

  #alias(named: Source | PageName, prefix: string): string {
    let alias = this.#aliases.get(named)
    if (alias === undefined) {
      alias = `${prefix}${this.#aliases.size + 1}`
      this.#aliases.set(named, alias)
    }
    return alias
  }
}
