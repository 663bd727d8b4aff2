import { getOrSet } from '../kernel/get-or-set.ts'
import type { RelationField } from './model.ts'
import { allOf, Column, type Ref, ref, type Source, type Sql, sourceOf, sql } from './sql.ts'

/** The to-one joins of one FROM. A relation followed twice, under two aliases, is one join. */
export class Joins {
  readonly #targets = new Map<Source, Map<RelationField, Ref<unknown>>>()
  #joined = sql``

  /** The symbolic row at the other end of a relation. */
  along(row: Ref<unknown>, field: RelationField): Ref<unknown> {
    const source = sourceOf(row)
    const followed = getOrSet(this.#targets, source, () => new Map<RelationField, Ref<unknown>>())
    return getOrSet(followed, field, () => this.#join(source, field))
  }

  #join(source: Source, { relation }: RelationField): Ref<unknown> {
    const target = ref(relation.target) as Ref<unknown>
    const on = relation.columns.map(
      (column, i) =>
        sql`${Column.named(sourceOf(target), relation.targetColumns[i]!)} = ${Column.named(source, column)}`,
    )
    this.#joined = sql`${this.#joined} left join ${target} on ${allOf(...on)}`
    return target
  }

  /** FROM items: what the row comes from, its table unless told, and everything joined to it so far. */
  from(row: Ref<unknown>, item: Sql = sql`${row}`): Sql {
    return sql`${item}${this.#joined}`
  }
}
