import type { EntityMetadata, EntitySchema, MikroORM } from '@mikro-orm/core'

/** What the planner needs to know of an entity's table, read once from MikroORM's metadata. */
export interface Table {
  readonly entity: EntitySchema
  /** Quoted name, ready for SQL. */
  readonly name: string
  readonly columns: ReadonlyMap<string, TableColumn>
  readonly relations: ReadonlyMap<string, Relation>
  /** Quoted names of all columns. */
  readonly allColumns: readonly string[]
  /** Quoted names of the primary key's columns. */
  readonly primaryKey: readonly string[]
  /** Properties that are unique alone, so that an order ending in one is total. */
  readonly uniqueAlone: ReadonlySet<string>
}

export interface TableColumn {
  /** Quoted names, ready for SQL; several for a key of several columns, which is then a tuple. */
  readonly names: readonly string[]
  /** Those of the names that are this property's alone, and not another's too, as a composite key's may be. */
  readonly own: readonly string[]
  /** SQL type, for keys that arrive as text. */
  readonly type: string
  readonly nullable: boolean
  /** The closed list of values of an enum column. */
  readonly items?: readonly unknown[]
}

/** A to-one relation: the own columns that hold the key, and the columns of the target it names. */
export interface Relation {
  readonly columns: readonly string[]
  readonly target: EntitySchema
  readonly targetColumns: readonly string[]
  readonly nullable: boolean
}

export class Tables {
  readonly #byEntity = new Map<EntitySchema, Table>()

  constructor(orm: MikroORM, entities: readonly EntitySchema[]) {
    const schemaByName = new Map(entities.map((entity) => [entity.meta.className, entity]))
    for (const entity of entities) {
      this.#byEntity.set(entity, readTable(entity, orm.getMetadata().get(entity), schemaByName))
    }
  }

  get(entity: EntitySchema): Table {
    const table = this.#byEntity.get(entity)
    if (!table) throw new Error(`${entity.meta.className} is not among the entities this hub was opened with`)
    return table
  }

  /** Quoted names of the columns that are a property's own. */
  ownColumns(entity: EntitySchema, property: string): readonly string[] {
    const column = this.get(entity).columns.get(property)
    if (!column) throw new Error(`${entity.meta.className} has no column "${property}"`)
    return column.own
  }
}

function readTable(
  entity: EntitySchema,
  meta: EntityMetadata,
  schemaByName: ReadonlyMap<string, EntitySchema>,
): Table {
  const columns = new Map<string, TableColumn>()
  const relations = new Map<string, Relation>()
  const uniqueAlone = new Set<string>()
  for (const prop of meta.props) {
    const nullable = prop.nullable === true
    if (prop.fieldNames?.length) {
      columns.set(prop.name, {
        names: prop.fieldNames.map(quoted),
        own: (prop.ownColumns ?? prop.fieldNames).map(quoted),
        type: storedType(prop.columnTypes[0]!),
        nullable,
        ...(prop.items ? { items: prop.items } : {}),
      })
    }
    const target = prop.targetMeta ? schemaByName.get(prop.targetMeta.className) : undefined
    if (target) {
      relations.set(prop.name, {
        columns: prop.joinColumns.map(quoted),
        target,
        targetColumns: prop.referencedColumnNames.map(quoted),
        nullable,
      })
    }
    if (prop.primary && (meta.primaryKeys.length === 1 || prop.autoincrement)) uniqueAlone.add(prop.name)
  }
  return {
    entity,
    name: quoted(meta.tableName),
    allColumns: [...new Set([...columns.values()].flatMap(({ names }) => names))],
    columns,
    relations,
    primaryKey: [...new Set(meta.getPrimaryProps().flatMap((prop) => prop.fieldNames.map(quoted)))],
    uniqueAlone,
  }
}

/** `bigserial` is no type but a way to declare a `bigint`. */
function storedType(declared: string): string {
  return declared.replace(/serial$/, declared === 'serial' ? 'integer' : 'int')
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
