import type { EntitySchema } from '@mikro-orm/core'
import { getOrSet } from '../kernel/get-or-set.ts'
import {
  AliasOf,
  allOf,
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

/** What a request may see of a table. */
export interface Visible {
  /** The condition under which a row may be seen; absent: every row. */
  readonly rows?: Sql | undefined
  /** Properties whose values may be seen under a condition only; elsewhere they are null. */
  readonly columns?: readonly Concealed[] | undefined
}

export interface Concealed {
  readonly properties: readonly string[]
  readonly shown: Sql
}

/**
 * What this request may see of a table; undefined is all of it. Asked once for a statement and applied wherever the
 * table enters it, so that no list, count, join, filter, order or subquery can forget it. `reading` is what the table
 * is read for: see {@link TableSource}.
 */
export type Visibility = (
  entity: EntitySchema,
  row: Ref<unknown>,
  reading: string | undefined,
) => Visible | undefined

/** Gives a fragment its final text: aliases in order of appearance, values as `$n`, tables as far as they may be seen. */
export function render(fragment: Sql, tables: Tables, visibility: Visibility): Rendered {
  return new Rendering(tables, visibility).statement(fragment)
}

/** What may be seen of a table, and the row of it that the conditions are about. */
interface RulesOfTable {
  readonly inner: TableSource
  readonly visible: Visible | undefined
}

class Rendering {
  #text = ''
  readonly #values: Value[] = []
  readonly #numbers = new Map<Value, number>()
  readonly #aliases = new Map<Source | PageName, string>()
  readonly #rules = new Map<EntitySchema, Map<string | undefined, RulesOfTable>>()
  /** The tables whose rules are being written: a rule that reads its own table through itself would never end. */
  readonly #ruling: TableSource[] = []

  constructor(
    readonly tables: Tables,
    readonly visibility: Visibility,
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
    if (source instanceof TableSource) this.#writeTable(source, alias)
    else if (source instanceof PageSource) this.#text += `${this.#alias(source.page, 'page')} as ${alias}`
    else if (source instanceof DerivedSource) {
      this.#text += '('
      this.#writeAll(source.body.parts)
      this.#text += `) as ${alias}`
    }
  }

  #writeTable(source: TableSource, alias: string): void {
    const { entity } = source
    const { name, allColumns } = this.tables.get(entity)
    const { inner, visible } = this.#rulesOf(source)
    if (!visible?.rows && !visible?.columns) {
      this.#text += `${name} as ${alias}`
      return
    }
    this.#enter(inner)
    const from = this.#alias(inner, 't')
    this.#text += '(select '
    if (visible.columns) this.#writeColumns(entity, from, allColumns, visible.columns)
    else this.#text += `${from}.*`
    this.#text += ` from ${name} as ${from}`
    if (visible.rows) {
      this.#text += ' where '
      this.#writeAll(visible.rows.parts)
    }
    this.#text += `) as ${alias}`
    this.#ruling.pop()
  }

  /**
   * A table's rules are asked for once in a statement. Where the table enters again it is read under the same alias,
   * in a subquery of its own, so that the two do not meet.
   */
  #rulesOf({ entity, reading }: TableSource): RulesOfTable {
    const known = getOrSet(this.#rules, entity, () => new Map<string | undefined, RulesOfTable>())
    return getOrSet(known, reading, () => {
      const inner = new TableSource(entity, reading)
      return { inner, visible: this.visibility(entity, refTo(inner), reading) }
    })
  }

  #enter(table: TableSource): void {
    const same = ({ entity, reading }: TableSource) => entity === table.entity && reading === table.reading
    if (this.#ruling.some(same)) {
      throw new Error(`the rule of ${table.entity.meta.className} reads its own table through itself`)
    }
    this.#ruling.push(table)
  }

  /** Every column of the table, null where it may not be seen. */
  #writeColumns(
    entity: EntitySchema,
    from: string,
    allColumns: readonly string[],
    concealed: readonly Concealed[],
  ): void {
    const conditions = new Map<string, Sql[]>()
    for (const { properties, shown } of concealed) {
      for (const column of properties.flatMap((property) => this.tables.ownColumns(entity, property))) {
        getOrSet(conditions, column, () => []).push(shown)
      }
    }
    allColumns.forEach((column, i) => {
      if (i > 0) this.#text += ', '
      const shown = conditions.get(column)
      if (!shown) {
        this.#text += `${from}.${column}`
        return
      }
      this.#text += 'case when '
      this.#writeAll(allOf(...shown).parts)
      this.#text += ` then ${from}.${column} end as ${column}`
    })
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
