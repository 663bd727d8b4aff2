import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
} from 'graphql'
import { connectionJson } from './connection.ts'
import { AlternativesDescription, type AnyRows, isDescription, ValueDescription } from './description.ts'
import { Joins } from './joins.ts'
import { type Json, jsonArray, jsonObject, jsonText, literal, orNull } from './json.ts'
import { keyColumn } from './key.ts'
import { leafFormat, leafJson } from './leaf.ts'
import type { Model, PlannedType, RelationField } from './model.ts'
import { orderBy } from './order.ts'
import type { SelectedField } from './selection.ts'
import {
  allOf,
  Column,
  entityOf,
  join,
  type Ref,
  ref,
  type Sql,
  sourceOf,
  sql,
  type Value,
  verbatim,
} from './sql.ts'

/** Where an object of an abstract type names its concrete type on the plain path; no response key looks like it. */
export const CONCRETE_TYPE = '#type'

/** Asks a describing resolver, with the symbolic parent it is told about. */
export type Ask = (
  asked: { describe: GraphQLFieldResolver<unknown, unknown>; field: SelectedField },
  parent: Ref<unknown> | undefined,
) => unknown

/** Turns descriptions and selections into the SQL expression that yields the JSON text of a field. */
export class Plan {
  constructor(
    readonly model: Model,
    readonly ask: Ask,
    /** Whether objects of abstract types carry their concrete type, for graphql-js to read. */
    readonly namesConcreteTypes: boolean,
  ) {}

  /** The statement of a root field: one row, one column, the JSON text of the field. */
  async ofRootField(field: SelectedField): Promise<Sql> {
    const describe = this.model.rootDescriber(field.definition)
    return this.ofDescription(await this.ask({ describe, field }, undefined), field)
  }

  /** The statement of a field whose value is already described. */
  async ofDescription(description: unknown, field: SelectedField): Promise<Sql> {
    return sql`${nameOf(field)}select ${jsonText(await this.#value(description, field))} as data`
  }

  /**
   * The statement of many rows of one type by key: one row `(n, JSON text)` for each key, n its position in
   * `keys`, an array, from 1. A key that names no row gives null.
   */
  async ofKeys(planned: PlannedType, keys: Value, field: SelectedField): Promise<Sql> {
    const { entity, name, type } = keyColumn(planned, this.model.tables)
    const row = ref(entity) as Ref<unknown>
    const joins = new Joins()
    const object = jsonText(await this.#object(planned, row, field, joins))
    const key = new Column(sourceOf(row), name)
    return sql`${nameOf(field)}select k.n, (select ${object} from ${joins.from(row)} where ${key} = k.key limit 1) as data from unnest(${keys}::${verbatim(type)}[]) with ordinality as k(key, n)`
  }

  async #value(description: unknown, field: SelectedField): Promise<Json> {
    const { type, name } = field.definition
    if (!isDescription(description)) throw new Error(`the resolver of ${name} describes nothing`)
    if (description instanceof ValueDescription) {
      return leafJson(leafFormat(type, this.model.formats), description.expression, true)
    }
    if (description instanceof AlternativesDescription) {
      const found: Sql[] = []
      for (const rows of description.alternatives) found.push(await this.#firstRow(rows, field))
      return [sql`coalesce(${join([...found, literal('null')], ', ')})`]
    }
    const nullable = getNullableType(type)
    if (isListType(nullable)) return [await this.#list(description, field)]
    if (isObjectType(nullable) && this.model.find(nullable.name)?.mark.kind === 'connection') {
      const write = (row: Ref<unknown>, node: SelectedField, joins: Joins) =>
        this.#object(this.#typeOf(description.row, node.definition.type), row, node, joins)
      return connectionJson(description, field, nullable, this.model.tables, write)
    }
    return orNull(await this.#firstRow(description, field))
  }

  /** A scalar subquery: the JSON text of the first described row, null without one. */
  async #firstRow(described: AnyRows, field: SelectedField): Promise<Sql> {
    const { row, conditions } = described
    const joins = new Joins()
    const object = jsonText(await this.#object(this.#typeOf(row, field.definition.type), row, field, joins))
    const order =
      described.keys.length > 0 ? sql` order by ${orderBy(described, this.model.tables)}` : verbatim('')
    return sql`(select ${object} from ${joins.from(row)} where ${allOf(...conditions)}${order} limit 1)`
  }

  /** A scalar subquery: all described rows as a JSON array. */
  async #list(described: AnyRows, field: SelectedField): Promise<Sql> {
    const { row, conditions } = described
    const joins = new Joins()
    const object = await this.#object(this.#typeOf(row, field.definition.type), row, field, joins)
    const array = jsonArray(object, orderBy(described, this.model.tables))
    return sql`(select ${array} from ${joins.from(row)} where ${allOf(...conditions)})`
  }

  /** The JSON object of one row. */
  async #object(planned: PlannedType, row: Ref<unknown>, field: SelectedField, joins: Joins): Promise<Json> {
    const members: [string, Json][] = []
    if (this.namesConcreteTypes && isAbstractType(getNamedType(field.definition.type))) {
      members.push([CONCRETE_TYPE, [`"${planned.type.name}"`]])
    }
    for (const selected of field.on(planned.type)) {
      members.push([selected.key, await this.#member(planned, row, selected, joins)])
    }
    return jsonObject(members)
  }

  async #member(
    planned: PlannedType,
    row: Ref<unknown>,
    selected: SelectedField,
    joins: Joins,
  ): Promise<Json> {
    if (selected.isTypename) return [`"${planned.type.name}"`]
    const { name } = selected.definition
    const field = planned.fields.get(name)
    switch (field?.kind) {
      case 'column':
        return leafJson(field.format, sql`${new Column(sourceOf(row), name)}`, field.nullable)
      case 'derived':
        return leafJson(field.format, sql`${new Column(sourceOf(row), name)}`, true)
      case 'relation':
        return this.#relation(field, row, selected, joins)
      case 'late':
        return leafJson(field.format, sql`${new Column(sourceOf(row), field.key)}`, false)
      case 'described':
        return this.#value(await this.ask({ describe: field.describe, field: selected }, row), selected)
      default:
        throw new Error(`${planned.type.name}.${name} is not planned`)
    }
  }

  async #relation(
    field: RelationField,
    row: Ref<unknown>,
    selected: SelectedField,
    joins: Joins,
  ): Promise<Json> {
    const target = joins.along(row, field)
    const json = await this.#object(this.model.get(field.target.name), target, selected, joins)
    if (!field.nullable) return json
    const absent = Column.named(sourceOf(target), field.relation.targetColumns[0]!)
    return [sql`case when ${absent} is null then 'null' else ${jsonText(json)} end`]
  }

  #typeOf(row: Ref<unknown>, type: GraphQLOutputType): PlannedType {
    const named = getNamedType(type)
    if (isObjectType(named)) return this.model.get(named.name)
    const entity = entityOf(row)
    if (!entity) throw new Error(`${named.name} is not an object type: describe rows of an entity for it`)
    return this.model.typeOf(entity)
  }
}

/** A comment that names the field, so that a log of slow statements can be read. */
function nameOf(field: SelectedField): Sql {
  return verbatim(`/* ${field.definition.name} */ `)
}
