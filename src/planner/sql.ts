import type { EntitySchema, InferEntity } from '@mikro-orm/core'

/**
 * SQL as data. A fragment keeps its text, its values, its columns and its tables apart until a whole statement
 * is rendered: only then are values numbered (`$1`), tables given an alias, and the row predicate of every
 * table added. So a fragment can be written in one room, nested in another and used twice.
 */
export class Sql {
  constructor(readonly parts: readonly Part[]) {}
}

/** One piece of a fragment: literal text, a value, a column of a row, a row source in FROM position, or a page. */
export type Part = string | Value | Column | Source | AliasOf | PageName

/** A value that travels as a parameter. The same instance, used twice, is one parameter. */
export class Value {
  constructor(readonly value: unknown) {}
}

/** A column of a symbolic row: `property` is the entity's property, or a derived table's column. */
export class Column {
  /** A column by its name in the table, for keys of several columns and for `*`. */
  static named(source: Source, name: string): Column {
    return new Column(source, `#${name}`)
  }

  constructor(
    readonly source: Source,
    readonly property: string,
  ) {}
}

/** Something that can stand in FROM. Its identity is its alias in the statement. */
export abstract class Source {}

/**
 * The rows of an entity's table, as far as the request may see them. `reading` says for what the table is read,
 * where that is not to show its rows: a count of people, say, may read what no list would show.
 */
export class TableSource extends Source {
  constructor(
    readonly entity: EntitySchema,
    readonly reading?: string,
  ) {
    super()
  }
}

/** The rows of a subquery whose columns are named by the fields that read them. */
export class DerivedSource extends Source {
  constructor(
    readonly body: Sql,
    readonly carried: unknown,
  ) {
    super()
  }
}

/** The rows of a page that a connection has already cut (a CTE of the same columns). */
export class PageSource extends Source {
  constructor(
    readonly page: PageName,
    readonly of: Source,
  ) {
    super()
  }
}

/** The alias of a source where the source itself does not stand: behind a subquery that takes its place. */
export class AliasOf {
  constructor(readonly source: Source) {}
}

/** The name of a connection's page; rendered as one identifier wherever it is used. */
export class PageName {}

const SOURCE = Symbol('source')
const COLUMNS = Symbol('columns')

/**
 * A symbolic row: `worker.category` is the column, not a value. Written into an `sql` template, a column is
 * itself and the row is its table in FROM position:
 *
 * ```ts
 * const line = ref(CoverageLineEntity)
 * sql`exists (select 1 from ${line} where ${line.worker} = ${worker.id})`
 * // exists (select 1 from "coverage_line" as t2 where t2.worker_id = t1.id)
 * ```
 *
 * A relation to one row is its foreign-key column.
 */
export type Ref<Row> = { readonly [P in keyof Row & string]-?: Column } & { readonly [SOURCE]: Source }

/** A symbolic row of a derived table, with what its description carried along for the fields below it. */
export type DerivedRef<Row, Carried = undefined> = Ref<Row> & { readonly $: Carried }

/** The row type of an entity made by `defineEntity`. */
export type RowOf<Entity> = Entity extends EntitySchema ? InferEntity<Entity> : never

/** A new symbolic row of an entity's table, read to show its rows or for what `reading` says. */
export function ref<Entity extends EntitySchema>(entity: Entity, reading?: string): Ref<RowOf<Entity>> {
  return refTo(new TableSource(entity, reading))
}

/** The symbolic row of a source. */
export function refTo<Row>(source: Source): Ref<Row> {
  return new Proxy({ [SOURCE]: source, [COLUMNS]: new Map() }, symbolicRow) as unknown as Ref<Row>
}

const symbolicRow: ProxyHandler<{ [SOURCE]: Source; [COLUMNS]: Map<string, Column> }> = {
  get(target, property) {
    if (property === SOURCE) return target[SOURCE]
    // A symbolic row travels through promises; `then` must not look like a column of it.
    if (typeof property === 'symbol' || property === 'then') return undefined
    if (property === '$') return target[SOURCE] instanceof DerivedSource ? target[SOURCE].carried : undefined
    let column = target[COLUMNS].get(property)
    if (!column) {
      column = new Column(target[SOURCE], property)
      target[COLUMNS].set(property, column)
    }
    return column
  },
}

/** The source behind a symbolic row. */
export function sourceOf(row: Ref<unknown>): Source {
  return row[SOURCE]
}

/** The entity whose table a symbolic row is of, also behind a page; undefined for a derived table. */
export function entityOf(row: Ref<unknown>): EntitySchema | undefined {
  return entityBehind(row[SOURCE])
}

export function entityBehind(source: Source): EntitySchema | undefined {
  if (source instanceof TableSource) return source.entity
  if (source instanceof PageSource) return entityBehind(source.of)
  return undefined
}

/**
 * An SQL fragment. Interpolated fragments are inlined, columns and rows are named when the statement is
 * rendered, and everything else travels as a parameter:
 *
 * ```ts
 * sql`${worker.category} = ${'FISHER'} and ${worker.regency} = ${regency.code}`
 * // t1.category = $1 and t1.regency_code = t2.code
 * ```
 */
export function sql(texts: TemplateStringsArray, ...inserts: readonly unknown[]): Sql {
  const parts: Part[] = [texts[0]!]
  for (let i = 0; i < inserts.length; i++) {
    append(parts, inserts[i])
    parts.push(texts[i + 1]!)
  }
  return new Sql(parts)
}

function append(parts: Part[], insert: unknown): void {
  if (insert instanceof Sql) parts.push(...insert.parts)
  else if (isPart(insert)) parts.push(insert)
  else if (isRef(insert)) parts.push(insert[SOURCE])
  else parts.push(new Value(insert))
}

function isPart(insert: unknown): insert is Exclude<Part, string> {
  return (
    insert instanceof Column ||
    insert instanceof Value ||
    insert instanceof Source ||
    insert instanceof AliasOf ||
    insert instanceof PageName
  )
}

function isRef(insert: unknown): insert is Ref<unknown> {
  return typeof insert === 'object' && insert !== null && (insert as Ref<unknown>)[SOURCE] instanceof Source
}

/** Text that goes into the statement as it is: for constants of the code, never for anything a caller sent. */
export function verbatim(text: string): Sql {
  return new Sql([text])
}

/** Fragments in a row, with a constant text between them. */
export function join(fragments: readonly Sql[], separator: string): Sql {
  const parts: Part[] = []
  fragments.forEach((fragment, i) => {
    if (i > 0) parts.push(separator)
    parts.push(...fragment.parts)
  })
  return new Sql(parts)
}

const TRUE = verbatim('true')

/** All of the conditions that are given; true when none is. */
export function allOf(...conditions: readonly (Sql | undefined | null | false)[]): Sql {
  const given = conditions.filter((condition) => condition instanceof Sql && condition !== TRUE) as Sql[]
  if (given.length === 0) return TRUE
  return given.length === 1
    ? given[0]!
    : join(
        given.map((condition) => sql`(${condition})`),
        ' and ',
      )
}
