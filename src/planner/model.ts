import type { EntitySchema } from '@mikro-orm/core'
import {
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLID,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { isWholeNumber } from './key.ts'
import { type LeafFormat, type LeafFormats, leafFormat, numericId } from './leaf.ts'
import { fieldMark, type TypeMark, typeMark } from './marks.ts'
import type { Relation, Table, TableColumn, Tables } from './tables.ts'

/** A planned object type: where its objects come from and what each of its fields is. */
export interface PlannedType {
  readonly type: GraphQLObjectType
  readonly mark: TypeMark
  readonly fields: ReadonlyMap<string, PlannedField>
}

export type PlannedField = ColumnField | RelationField | DescribedField | DerivedField | LateField

interface FieldBase {
  readonly definition: GraphQLField<unknown, unknown>
}

/** A column of the entity's table. */
export interface ColumnField extends FieldBase {
  readonly kind: 'column'
  readonly nullable: boolean
  readonly format: LeafFormat
}

/** A to-one relation of the entity; `nullable` also where a row predicate may hide the target. */
export interface RelationField extends FieldBase {
  readonly kind: 'relation'
  readonly relation: Relation
  readonly target: GraphQLObjectType
  readonly nullable: boolean
}

/** A field whose resolver returns a description. */
export interface DescribedField extends FieldBase {
  readonly kind: 'described'
  readonly describe: GraphQLFieldResolver<unknown, unknown>
}

/** A column of a described subquery, named like the field. */
export interface DerivedField extends FieldBase {
  readonly kind: 'derived'
  readonly format: LeafFormat
}

/** A field that the application answers once the planner has found its row: it is told the row's key. */
export interface LateField extends FieldBase {
  readonly kind: 'late'
  /** The property of the key. */
  readonly key: string
  readonly format: LeafFormat
}

/** What may be hidden from a viewer: edges to such rows, and fields of such columns, must be nullable. */
export interface Guarded {
  rows(entity: EntitySchema): boolean
  column(entity: EntitySchema, property: string): boolean
}

/** Every planned type of a schema, checked against the tables. */
export class Model {
  readonly #types = new Map<string, PlannedType>()
  readonly #typeOfEntity = new Map<EntitySchema, PlannedType>()
  /** The fields that the application answers late, as `Type.field`. */
  readonly lateFields = new Set<string>()
  readonly #rootDescribers = new Map<GraphQLField<unknown, unknown>, GraphQLFieldResolver<unknown, unknown>>()

  /**
   * Reads the marks of a schema.
   *
   * Throws one error that lists every field that cannot be planned as it stands.
   */
  constructor(
    readonly schema: GraphQLSchema,
    readonly tables: Tables,
    readonly formats: LeafFormats,
    readonly guarded: Guarded,
  ) {
    const problems: string[] = []
    for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
      if (fieldMark(field)?.described && field.resolve) this.#rootDescribers.set(field, field.resolve)
      if (fieldMark(field)?.late) this.lateFields.add(`Query.${field.name}`)
    }
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type)) continue
      const mark = typeMark(type)
      if (!mark) continue
      const planned = { type, mark, fields: this.#readFields(type, mark, problems) }
      this.#types.set(type.name, planned)
      if (mark.kind === 'entity') this.#typeOfEntity.set(mark.entity, planned)
    }
    if (problems.length > 0) throw new Error(`the schema cannot be planned:\n${problems.join('\n')}`)
  }

  get types(): Iterable<PlannedType> {
    return this.#types.values()
  }

  find(typeName: string): PlannedType | undefined {
    return this.#types.get(typeName)
  }

  get(typeName: string): PlannedType {
    const planned = this.#types.get(typeName)
    if (!planned) throw new Error(`${typeName} is not a planned type`)
    return planned
  }

  isPlannedRoot(field: GraphQLField<unknown, unknown>): boolean {
    return this.#rootDescribers.has(field)
  }

  /** The resolver that describes a root field of Query. */
  rootDescriber(field: GraphQLField<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
    const describe = this.#rootDescribers.get(field)
    if (!describe) throw new Error(`${field.name} is not a planned root field`)
    return describe
  }

  /** The planned type whose objects are rows of the entity. */
  typeOf(entity: EntitySchema): PlannedType {
    const planned = this.#typeOfEntity.get(entity)
    if (!planned) throw new Error(`no type shows rows of ${entity.meta.className}`)
    return planned
  }

  #readFields(type: GraphQLObjectType, mark: TypeMark, problems: string[]): Map<string, PlannedField> {
    const fields = new Map<string, PlannedField>()
    for (const definition of Object.values(type.getFields())) {
      try {
        const field = this.#readField(definition, mark)
        if (field) fields.set(definition.name, field)
        if (field?.kind === 'late') this.lateFields.add(`${type.name}.${definition.name}`)
      } catch (error) {
        problems.push(`${type.name}.${definition.name}: ${(error as Error).message}`)
      }
    }
    return fields
  }

  #readField(definition: GraphQLField<unknown, unknown>, mark: TypeMark): PlannedField | undefined {
    if (fieldMark(definition)?.late) return this.#readLateField(definition, mark)
    if (fieldMark(definition)?.described) {
      if (!definition.resolve) throw new Error('is marked as described, but has no resolver')
      this.#checkDescribedEdge(definition)
      return { kind: 'described', definition, describe: definition.resolve }
    }
    if (mark.kind === 'entity') return this.#readEntityField(definition, this.tables.get(mark.entity))
    if (mark.kind === 'derived') {
      return { kind: 'derived', definition, format: leafFormat(definition.type, this.formats) }
    }
    return undefined
  }

  #readLateField(definition: GraphQLField<unknown, unknown>, mark: TypeMark): LateField {
    if (mark.kind !== 'entity' || !mark.key) throw new Error('is answered late, but its type has no key')
    const isNumber = isWholeNumber(this.tables.get(mark.entity).columns.get(mark.key)!.type)
    const format = isNumber ? numericId : leafFormat(GraphQLID, this.formats)
    return { kind: 'late', definition, key: mark.key, format }
  }

  /** A described edge to one row may lead to a row that is hidden; a list just grows shorter. */
  #checkDescribedEdge({ type }: GraphQLField<unknown, unknown>): void {
    if (!isNonNullType(type) || isListType(type.ofType)) return
    const named = getNamedType(type)
    const targets = isAbstractType(named)
      ? this.schema.getPossibleTypes(named)
      : isObjectType(named)
        ? [named]
        : []
    for (const target of targets) {
      const mark = typeMark(target)
      if (mark?.kind === 'entity' && this.guarded.rows(mark.entity)) {
        throw new Error(`is non-null, but rows of ${mark.entity.meta.className} may be hidden from a viewer`)
      }
    }
  }

  #readEntityField(definition: GraphQLField<unknown, unknown>, table: Table): PlannedField {
    const { name, type } = definition
    if (isLeafType(getNamedType(type))) {
      const column = table.columns.get(name)
      if (!column) throw new Error(`${table.name} has no such column, and no resolver describes it`)
      const hidden = this.guarded.column(table.entity, name)
      checkColumn(definition, column, hidden)
      const format = leafFormat(type, this.formats)
      const isNumericId = getNullableType(type) === GraphQLID && isWholeNumber(column.type)
      return {
        kind: 'column',
        definition,
        nullable: column.nullable || hidden,
        format: isNumericId ? numericId : format,
      }
    }
    const relation = table.relations.get(name)
    if (!relation || isListType(getNullableType(type))) {
      throw new Error(`${table.name} has no such relation to one row, and no resolver describes it`)
    }
    const target = getNamedType(type)
    if (!isObjectType(target)) throw new Error('a relation must lead to an object type')
    const hidden = this.guarded.rows(relation.target) || this.guarded.column(table.entity, name)
    if (isNonNullType(type)) checkEdge(relation, hidden)
    return {
      kind: 'relation',
      definition,
      relation,
      target,
      nullable: relation.nullable || hidden,
    }
  }
}

function checkEdge(relation: Relation, hidden: boolean): void {
  if (relation.nullable) throw new Error('is non-null, but its column may be null')
  if (hidden) {
    throw new Error(`is non-null, but rows of ${relation.target.meta.className} may be hidden from a viewer`)
  }
}

function checkColumn(definition: GraphQLField<unknown, unknown>, column: TableColumn, hidden: boolean): void {
  if (hidden && isNonNullType(definition.type))
    throw new Error('is non-null, but its value may be hidden from a viewer')
  if (column.nullable && isNonNullType(definition.type))
    throw new Error('is non-null, but its column may be null')
  const type = getNullableType(definition.type)
  if (!isEnumType(type) || !column.items) return
  const unknown = column.items.filter((item) => !type.getValue(String(item)))
  if (unknown.length > 0)
    throw new Error(`${type.name} has no value ${unknown.join(', ')}, which its column may hold`)
}
