import { type GraphQLObjectType, getNamedType } from 'graphql'
import { cursorText } from './cursor.ts'
import type { AnyRows } from './description.ts'
import { Joins } from './joins.ts'
import { type Json, jsonArray, jsonObject, jsonText, orNull } from './json.ts'
import { afterCursor, type BoundPage, boundPage, orderBy, orderKeys } from './order.ts'
import type { SelectedField } from './selection.ts'
import {
  AliasOf,
  allOf,
  Column,
  PageName,
  PageSource,
  type Ref,
  refTo,
  type Sql,
  sourceOf,
  sql,
  verbatim,
} from './sql.ts'
import type { Tables } from './tables.ts'

/** Writes the JSON object of a row for the fields selected below `field`. */
export type ObjectWriter = (row: Ref<unknown>, field: SelectedField, joins: Joins) => Promise<Json>

const ROW_NUMBER = '"#"'

/**
 * A connection. When one part reads the page, the rows are limited where they are read. When several do (nodes,
 * edges, pageInfo, or one of them twice under aliases), the page is cut once, in a CTE, for all of them.
 * `totalCount` is a subquery of its own, there only when asked.
 */
export async function connectionJson(
  described: AnyRows,
  field: SelectedField,
  type: GraphQLObjectType,
  tables: Tables,
  writeObject: ObjectWriter,
): Promise<Json> {
  const parts = field.on(type)
  const cut = readersOf(parts) === 1 ? new LimitedRows(described, tables) : new SharedPage(described, tables)
  const members: [string, Json][] = []
  for (const part of parts) members.push([part.key, await partJson(part, type, cut, writeObject)])
  return cut.around(jsonObject(members))
}

/** How many times the page is read: once for an array of rows; page information has several questions of its own. */
function readersOf(parts: readonly SelectedField[]): number {
  const reads: Readonly<Record<string, number>> = { nodes: 1, edges: 1, pageInfo: 2 }
  return parts.reduce((sum, { definition }) => sum + (reads[definition.name] ?? 0), 0)
}

async function partJson(
  part: SelectedField,
  type: GraphQLObjectType,
  cut: Cut,
  write: ObjectWriter,
): Promise<Json> {
  if (part.isTypename) return [`"${type.name}"`]
  switch (part.definition.name) {
    case 'totalCount':
      return [cut.count()]
    case 'nodes':
      return [await cut.array((row, joins) => write(row, part, joins))]
    case 'edges':
      return [await cut.array((row, joins) => edgeJson(part, row, joins, cut, write))]
    case 'pageInfo':
      return pageInfoJson(part, cut)
    default:
      throw new Error(`${type.name}.${part.definition.name} is no part of a connection`)
  }
}

async function edgeJson(
  field: SelectedField,
  row: Ref<unknown>,
  joins: Joins,
  cut: Cut,
  write: ObjectWriter,
) {
  const type = getNamedType(field.definition.type) as GraphQLObjectType
  const members: [string, Json][] = []
  for (const part of field.on(type)) {
    if (part.isTypename) members.push([part.key, [`"${type.name}"`]])
    else if (part.definition.name === 'cursor') members.push([part.key, ['"', cut.cursor(row), '"']])
    else members.push([part.key, await write(row, part, joins)])
  }
  return jsonObject(members)
}

function pageInfoJson(field: SelectedField, cut: Cut): Json {
  const type = getNamedType(field.definition.type) as GraphQLObjectType
  const memberJson = (part: SelectedField): Json => {
    if (part.isTypename) return [`"${type.name}"`]
    switch (part.definition.name) {
      case 'hasNextPage':
        return [cut.hasNext()]
      case 'hasPreviousPage':
        return [cut.page.after === undefined ? 'false' : 'true']
      case 'startCursor':
        return orNull(cut.endCursor('asc'))
      case 'endCursor':
        return orNull(cut.endCursor('desc'))
      default:
        throw new Error(`${type.name}.${part.definition.name} is not of Relay's PageInfo`)
    }
  }
  return jsonObject(field.on(type).map((part) => [part.key, memberJson(part)]))
}

/** A page, to be read by the parts of its connection. */
abstract class Cut {
  readonly page: BoundPage
  protected readonly first: Sql

  constructor(
    readonly described: AnyRows,
    readonly tables: Tables,
  ) {
    this.page = boundPage(described, tables)
    this.first = verbatim(String(this.page.first))
  }

  /** The JSON array of the page's rows. */
  abstract array(write: (row: Ref<unknown>, joins: Joins) => Promise<Json>): Promise<Sql>

  /** The connection's JSON, with what its parts read from in front of it. */
  abstract around(json: Json): Json

  abstract hasNext(): Sql

  /** The quoted cursor of the page's first (`asc`) or last (`desc`) row; null for an empty page. */
  abstract endCursor(from: 'asc' | 'desc'): Sql

  count(): Sql {
    const { row, conditions } = this.described
    return sql`(select count(*) from ${row} where ${allOf(...conditions)})`
  }

  cursor(row: Ref<unknown>): Sql {
    return cursorText(orderKeys(this.described, this.tables, row))
  }

  protected get order(): Sql {
    return orderBy(this.described, this.tables) ?? verbatim('1')
  }

  /** The rows after the cursor, at most so many, in place of their table and under its alias. */
  protected limited(rows: Sql): Sql {
    const { row, conditions } = this.described
    const condition = allOf(...conditions, afterCursor(this.described, this.tables, this.page))
    return sql`(select ${allColumns(row)} from ${row} where ${condition} order by ${this.order} limit ${rows}) as ${new AliasOf(sourceOf(row))}`
  }
}

/** A page that one part reads. */
class LimitedRows extends Cut {
  async array(write: (row: Ref<unknown>, joins: Joins) => Promise<Json>): Promise<Sql> {
    const { row } = this.described
    const joins = new Joins()
    const array = jsonArray(await write(row, joins), this.order)
    return sql`(select ${array} from ${joins.from(row, this.limited(this.first))})`
  }

  around(json: Json): Json {
    return json
  }

  hasNext(): never {
    throw new Error('a page with page information is shared')
  }

  endCursor(): never {
    throw new Error('a page with page information is shared')
  }
}

/** A page that several parts read: a CTE with one row more than the page holds, numbered in the page's order. */
class SharedPage extends Cut {
  readonly #name = new PageName()
  #isRead = false

  async array(write: (row: Ref<unknown>, joins: Joins) => Promise<Json>): Promise<Sql> {
    const row = this.#row()
    const joins = new Joins()
    const number = rowNumber(row)
    const array = jsonArray(await write(row, joins), sql`${number}`)
    return sql`(select ${array} from ${joins.from(row)} where ${number} <= ${this.first})`
  }

  around(json: Json): Json {
    if (!this.#isRead) return json
    const all = allColumns(this.described.row)
    const numbered = sql`select ${all}, row_number() over (order by ${this.order}) as ${verbatim(ROW_NUMBER)} from ${this.limited(sql`${this.first} + 1`)}`
    return [sql`(with ${this.#name} as materialized (${numbered}) select ${jsonText(json)})`]
  }

  hasNext(): Sql {
    return sql`(select count(*) > ${this.first} from ${this.#row()})::text`
  }

  endCursor(from: 'asc' | 'desc'): Sql {
    const row = this.#row()
    const number = rowNumber(row)
    return sql`(select '"' || ${this.cursor(row)} || '"' from ${row} where ${number} <= ${this.first} order by ${number} ${verbatim(from)} limit 1)`
  }

  #row(): Ref<unknown> {
    this.#isRead = true
    return refTo(new PageSource(this.#name, sourceOf(this.described.row)))
  }
}

function rowNumber(row: Ref<unknown>): Column {
  return Column.named(sourceOf(row), ROW_NUMBER)
}

function allColumns(row: Ref<unknown>): Sql {
  return sql`${Column.named(sourceOf(row), '*')}`
}
