import type { EntitySchema } from '@mikro-orm/core'
import {
  type Column,
  type DerivedRef,
  DerivedSource,
  type Ref,
  type RowOf,
  ref,
  refTo,
  type Source,
  type Sql,
  sourceOf,
} from './sql.ts'

/** What a resolver of a planned field returns instead of data: what is wanted, not how it is fetched. */
export type Description = ValueDescription | AnyRows | AlternativesDescription

/** A description of rows, whatever they are rows of. */
export type AnyRows = RowsDescription<Ref<unknown>>

/** A computed scalar: one SQL expression, shown in the form of the field's GraphQL type. */
export class ValueDescription {
  constructor(readonly expression: Sql) {}
}

/** The first row that exists, of several kinds: how an interface or a union is described. */
export class AlternativesDescription {
  constructor(readonly alternatives: readonly AnyRows[]) {}
}

/** A page of a connection: `first` rows (1-200) after the one the cursor `after` names. */
export interface Page {
  readonly first: number
  readonly after?: string | undefined
}

/** A page as a caller asked for it. */
export interface AskedPage {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
}

/** How many rows a page has when nobody says. */
export const DEFAULT_ROWS = 50

/** Keys to order by, all ascending or all descending. */
export type Direction = 'asc' | 'desc'

/**
 * Rows of one source: a list, a connection or (for a field of one object) the first of them. Every method
 * returns a new description.
 */
export class RowsDescription<Row> {
  readonly source: Source

  constructor(
    readonly row: Row,
    readonly conditions: readonly Sql[] = [],
    readonly keys: readonly Column[] = [],
    readonly direction: Direction = 'asc',
    readonly pageArgs: Page | undefined = undefined,
  ) {
    this.source = sourceOf(row as Ref<unknown>)
  }

  /** Keeps the rows for which the condition holds; an undefined condition keeps all. */
  where(condition: (row: Row) => Sql | undefined): RowsDescription<Row> {
    const given = condition(this.row)
    if (!given) return this
    return new RowsDescription(
      this.row,
      [...this.conditions, given],
      this.keys,
      this.direction,
      this.pageArgs,
    )
  }

  /** Orders by columns that are never null; the primary key is added where the order is not total without it. */
  orderBy(keys: (row: Row) => readonly Column[], direction: Direction = 'asc'): RowsDescription<Row> {
    return new RowsDescription(this.row, this.conditions, keys(this.row), direction, this.pageArgs)
  }

  /** Cuts a page, for a field that is a connection. */
  page({ first, after }: AskedPage): RowsDescription<Row> {
    const page = { first: first ?? DEFAULT_ROWS, after: after ?? undefined }
    return new RowsDescription(this.row, this.conditions, this.keys, this.direction, page)
  }
}

/**
 * Rows of an entity.
 *
 * ```ts
 * rows(WorkerEntity)
 *   .where((worker) => sql`${worker.regency} = ${regency.code}`)
 *   .page(page)
 * ```
 */
export function rows<Entity extends EntitySchema>(entity: Entity): RowsDescription<Ref<RowOf<Entity>>> {
  return new RowsDescription(ref(entity))
}

/**
 * Rows of a subquery whose columns are named by the fields that read them (quote camel case). `carried` reaches
 * the resolvers of the fields below as `row.$`.
 *
 * ```ts
 * derived<{ benefit: string; coveredWorkers: number }>(sql`select … as benefit, count(*) as "coveredWorkers" …`)
 * ```
 */
export function derived<Row, Carried = undefined>(
  body: Sql,
  carried?: Carried,
): RowsDescription<DerivedRef<Row, Carried>> {
  return new RowsDescription(refTo(new DerivedSource(body, carried)) as DerivedRef<Row, Carried>)
}

/** A computed scalar. */
export function value(expression: Sql): ValueDescription {
  return new ValueDescription(expression)
}

/** The first of the described rows that exists, for a field whose type is an interface or a union. */
export function firstOf(...alternatives: readonly AnyRows[]): AlternativesDescription {
  return new AlternativesDescription(alternatives)
}

export function isDescription(result: unknown): result is Description {
  return (
    result instanceof RowsDescription ||
    result instanceof ValueDescription ||
    result instanceof AlternativesDescription
  )
}
