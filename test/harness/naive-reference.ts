import type { PGlite } from '@electric-sql/pglite'
import { MapperKind, mapSchema } from '@graphql-tools/utils'
import {
  defaultFieldResolver,
  type GraphQLFieldConfig,
  GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLUnionType,
  getNamedType,
  getNullableType,
  graphql,
  isListType,
  isObjectType,
} from 'graphql'
import { badInput } from '../../src/kernel/errors.ts'
import {
  AlternativesDescription,
  type AnyRows,
  RowsDescription,
  ValueDescription,
} from '../../src/planner/description.ts'
import type { PlannedType } from '../../src/planner/model.ts'
import type { PlannedRequest } from '../../src/planner/planner.ts'
import { render } from '../../src/planner/render.ts'
import {
  allOf,
  Column,
  entityOf,
  type Ref,
  ref,
  refTo,
  type Sql,
  sourceOf,
  sql,
  verbatim,
} from '../../src/planner/sql.ts'
import { quoted, type Tables } from '../../src/planner/tables.ts'
import { type Answer, type Asked, formattedErrors } from './operations.ts'
import { type CellText, javaScriptValue } from './values-in-javascript.ts'

/** A row that was fetched: every column as the text PostgreSQL shows, and its SQL type. */
interface Row {
  readonly typeName: string
  readonly cells: ReadonlyMap<string, Cell>
  /** What describing resolvers take for their symbolic parent: its columns are this row's values. */
  readonly values: Ref<unknown>
}

interface Cell {
  readonly text: CellText
  readonly type: string
}

interface Fetched {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly CellText[])[]
}

/** Rows of a list that a cursor of the planner names, by the list's order. */
type KnownCursors = Map<string, Map<string, string>>

/**
 * What an operation means, computed the slow way: graphql-js walks the operation and calls a resolver per field and
 * per row; each described field calls its describing resolver with the values of a fetched row and runs a plain
 * `select` of its own; pages are cut and values are formatted in JavaScript. It shares the resolvers, `sql` and
 * `render` with the planner, and nothing of its joins, JSON, connections, cursors, selections and arguments.
 *
 * Cursors are opaque, so the reference cannot read one: it must be told once which row a cursor names
 * ({@link learnCursor}), and then works by the row's position.
 */
export class NaiveReference {
  readonly #schema: GraphQLSchema
  readonly #cursors: KnownCursors = new Map()
  readonly #answers = new Map<string, Promise<Fetched>>()
  #types: Promise<ReadonlyMap<number, string>> | undefined

  constructor(
    readonly hub: Asked,
    readonly tables: Tables,
    readonly pglite: PGlite,
  ) {
    const { model } = hub.planner
    this.#schema = mapSchema(model.schema, {
      [MapperKind.OBJECT_FIELD]: (config, fieldName, typeName) =>
        fieldName === '_service' || typeName === '_Service'
          ? config
          : this.#resolving(config, fieldName, typeName),
      [MapperKind.INTERFACE_TYPE]: (type) => new GraphQLInterfaceType({ ...type.toConfig(), resolveType }),
      [MapperKind.UNION_TYPE]: (type) => new GraphQLUnionType({ ...type.toConfig(), resolveType }),
    })
  }

  /** Teaches the reference that a cursor of an entity's list in the order of the properties names the row of a key. */
  learnCursor(entityName: string, orderedBy: readonly string[], cursor: string, key: string): void {
    const list = listName(entityName, orderedBy)
    if (!this.#cursors.has(list)) this.#cursors.set(list, new Map())
    this.#cursors.get(list)!.set(cursor, key)
  }

  async run(query: string, variables: Record<string, unknown>): Promise<Pick<Answer, 'data' | 'errors'>> {
    const contextValue = this.hub.context({})
    const result = await graphql({
      schema: this.#schema,
      source: query,
      variableValues: variables,
      contextValue,
    })
    const errors = formattedErrors(result)
    return {
      data: result.data === undefined ? undefined : JSON.parse(JSON.stringify(result.data)),
      ...(errors && {
        errors: errors.map(({ message, path, extensions }) => ({
          message,
          path,
          code: extensions?.code as string,
        })),
      }),
    }
  }

  #resolving(
    config: GraphQLFieldConfig<unknown, PlannedRequest>,
    fieldName: string,
    typeName: string,
  ): GraphQLFieldConfig<unknown, PlannedRequest> {
    if (typeName === this.hub.planner.model.schema.getQueryType()!.name) {
      return { ...config, resolve: (_, args, request, info) => this.#root(fieldName, args, request, info) }
    }
    const planned = this.hub.planner.model.find(typeName)
    if (!planned?.fields.has(fieldName)) return { ...config, resolve: defaultFieldResolver }
    return {
      ...config,
      resolve: (row, args, request, info) => this.#field(planned, row as Row, args, request, info),
    }
  }

  async #root(
    fieldName: string,
    args: Record<string, unknown>,
    request: PlannedRequest,
    { returnType }: GraphQLResolveInfo,
  ): Promise<unknown> {
    const { model } = this.hub.planner
    if (fieldName === '_entities') return this.#entities(args.representations as readonly unknown[], request)
    const field = model.schema.getQueryType()!.getFields()[fieldName]!
    const description = await model.rootDescriber(field)(undefined, args, request, undefined as never)
    return this.#meaning(description, returnType, request)
  }

  async #field(
    planned: PlannedType,
    row: Row,
    args: Record<string, unknown>,
    request: PlannedRequest,
    { fieldName, returnType }: GraphQLResolveInfo,
  ): Promise<unknown> {
    const field = planned.fields.get(fieldName)!
    if (field.kind === 'described') {
      const description = await field.describe(row.values, args, request, undefined as never)
      return this.#meaning(description, returnType, request)
    }
    if (field.kind === 'derived') return javaScriptValue(row.cells.get(fieldName)!.text, returnType)
    const entity = entityOf(row.values)!
    if (field.kind === 'column') {
      const [name] = this.tables.get(entity).columns.get(fieldName)!.names
      return javaScriptValue(row.cells.get(unquoted(name!))!.text, returnType)
    }
    if (field.kind === 'late') throw new Error(`${fieldName} is answered by the application`)
    const { columns, target, targetColumns } = field.relation
    const referenced = ref(target) as Ref<unknown>
    const equal = columns.map((column, i) => {
      const { text, type } = row.cells.get(unquoted(column))!
      return sql`${Column.named(sourceOf(referenced), targetColumns[i]!)} = ${text}::${verbatim(type)}`
    })
    const found = await this.#rows(
      new RowsDescription(referenced).where(() => allOf(...equal)),
      request,
    )
    return found[0] ?? null
  }

  async #meaning(description: unknown, type: GraphQLOutputType, request: PlannedRequest): Promise<unknown> {
    if (description instanceof ValueDescription) {
      const { rows } = await this.#fetch(sql`select ${description.expression}`, request)
      return javaScriptValue(rows[0]![0]!, type)
    }
    if (description instanceof AlternativesDescription) {
      for (const alternative of description.alternatives) {
        const [first] = await this.#rows(alternative, request)
        if (first) return first
      }
      return null
    }
    if (!(description instanceof RowsDescription)) throw new Error('a description was expected')
    const bare = getNullableType(type)
    const named = getNamedType(type)
    if (isObjectType(named) && 'pageInfo' in named.getFields()) return this.#page(description, named, request)
    const rows = await this.#rows(description, request, named.name)
    return isListType(bare) ? rows : (rows[0] ?? null)
  }

  /** Every row of a list is fetched; the page is a slice of the array. */
  async #page(described: AnyRows, connection: GraphQLObjectType, request: PlannedRequest): Promise<unknown> {
    const { first, after } = described.pageArgs!
    if (!(first >= 1 && first <= 200)) throw badInput('first', 'A page has 1 to 200 rows.')
    const node = getNamedType(connection.getFields().nodes!.type).name
    const rows = await this.#rows(described, request, node)
    const cursors = this.#cursorsOf(described)
    const start = after == null ? 0 : await this.#positionAfter(after, described, rows, request)
    const page = rows.slice(start, start + first)
    const edges = page.map((row) => ({ node: row, cursor: cursors.ofKey.get(this.#keyOf(row)) }))
    return {
      nodes: page,
      edges,
      totalCount: rows.length,
      pageInfo: {
        hasNextPage: rows.length > start + first,
        hasPreviousPage: after != null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    }
  }

  /** How many rows of a list come up to the row a cursor names, whether that row is in the list or not. */
  async #positionAfter(
    after: string,
    described: AnyRows,
    rows: readonly Row[],
    request: PlannedRequest,
  ): Promise<number> {
    const key = this.#cursorsOf(described).ofCursor.get(after)
    if (key === undefined) throw badInput('after', 'The cursor is not one of this list.')
    const unfiltered = new RowsDescription(described.row, [], described.keys, described.direction)
    const order = (await this.#rows(unfiltered, request)).map((row) => this.#keyOf(row))
    const last = order.indexOf(key)
    return rows.filter((row) => order.indexOf(this.#keyOf(row)) <= last).length
  }

  #cursorsOf(described: AnyRows) {
    const orderedBy = described.keys.map(({ property }) => property)
    const list = listName(entityOf(described.row)!.meta.className!, orderedBy)
    const ofCursor = this.#cursors.get(list) ?? new Map<string, string>()
    return { ofCursor, ofKey: new Map([...ofCursor].map(([cursor, key]) => [key, cursor])) }
  }

  #keyOf({ cells }: Row): string {
    const key = cells.get('id') ?? cells.get('code')
    // A row of a roster has no key alone.
    return key ? key.text! : `${cells.get('roster_id')!.text} ${cells.get('row')!.text}`
  }

  async #entities(representations: readonly unknown[], request: PlannedRequest): Promise<unknown[]> {
    const asked = representations.map((given) => {
      const { __typename, ...fields } = given as Record<string, unknown>
      const planned = this.hub.planner.model.find(String(__typename))
      const { mark } = planned ?? {}
      const key = mark?.kind === 'entity' && mark.key ? fields[mark.key] : undefined
      if (typeof key !== 'string' && typeof key !== 'number') throw badInput('representations', 'No entity.')
      return { mark: mark as typeof mark & { kind: 'entity'; key: string }, key: String(key) }
    })
    return Promise.all(
      asked.map(async ({ mark, key }) => {
        const row = ref(mark.entity) as Ref<Record<string, unknown>>
        const keyed = new RowsDescription(row).where(() => sql`(${row[mark.key]})::text = ${key}::text`)
        return (await this.#rows(keyed, request))[0] ?? null
      }),
    )
  }

  /** All described rows, in their order; a primary key makes the order of an entity's rows total. */
  async #rows(described: AnyRows, request: PlannedRequest, derivedType?: string): Promise<Row[]> {
    const { row, conditions, keys, direction } = described
    const entity = entityOf(row)
    const primary = entity ? this.tables.get(entity).primaryKey : []
    const order = [
      ...keys.map((key) => sql`${key} ${verbatim(direction)}`),
      ...primary.map((column) => sql`${Column.named(sourceOf(row), column)} ${verbatim(direction)}`),
    ]
    const orderBy = order.length > 0 ? sql` order by ${joined(order)}` : sql``
    const all = sql`select ${Column.named(sourceOf(row), '*')} from ${row} where ${allOf(...conditions)}${orderBy}`
    const fetched = await this.#fetch(all, request)
    const typeName = entity ? this.hub.planner.model.typeOf(entity).type.name : derivedType!
    return fetched.rows.map((texts) => {
      const cells = new Map(
        fetched.columns.map(({ name, type }, i) => [name, { text: texts[i]!, type }] as const),
      )
      return { typeName, cells, values: this.#valuesOf(row, cells) }
    })
  }

  /** A row whose columns are values: it stands for the symbolic row, and is of the same entity. */
  #valuesOf(row: Ref<unknown>, cells: ReadonlyMap<string, Cell>): Ref<unknown> {
    const symbolic = refTo<unknown>(sourceOf(row))
    const entity = entityOf(row)
    const columns = entity && this.tables.get(entity).columns
    return new Proxy(symbolic as object, {
      get: (target, property) => {
        if (typeof property === 'symbol' || property === 'then' || property === '$') {
          return Reflect.get(target, property)
        }
        const names = columns ? columns.get(property)!.names.map(unquoted) : [property]
        const values = names.map((name) => typedValue(cells.get(name)!))
        return values.length === 1 ? values[0] : sql`(${joined(values)})`
      },
    }) as Ref<unknown>
  }

  /** Runs a statement, once: the data of a test do not change. */
  #fetch(statement: Sql, request: PlannedRequest): Promise<Fetched> {
    const rendered = render(statement, this.tables, request.visibility)
    const { text } = rendered
    const values = rendered.values.map(({ value }) => value)
    const asked = JSON.stringify([text, values])
    let answer = this.#answers.get(asked)
    if (!answer) {
      answer = this.#run(text, values)
      this.#answers.set(asked, answer)
    }
    return answer
  }

  async #run(text: string, values: readonly unknown[]): Promise<Fetched> {
    this.#types ??= this.#readTypes()
    const types = await this.#types
    // Every value stays the text that PostgreSQL sends.
    const parsers = Object.fromEntries([...types.keys()].map((id) => [id, (sent: string) => sent]))
    const { rows, fields } = await this.pglite.query<CellText[]>(text, [...values], {
      rowMode: 'array',
      parsers,
    })
    const columns = fields.map(({ name, dataTypeID }) => ({ name, type: types.get(dataTypeID)! }))
    return { columns, rows }
  }

  async #readTypes(): Promise<ReadonlyMap<number, string>> {
    const { rows } = await this.pglite.query<[number, string]>(
      'select oid::int, oid::regtype::text from pg_type',
      [],
      { rowMode: 'array' },
    )
    return new Map(rows)
  }
}

const resolveType = (row: Row) => row.typeName

function typedValue({ text, type }: Cell): Sql {
  return sql`${text}::${verbatim(type)}`
}

function joined(fragments: readonly Sql[]): Sql {
  return fragments.reduce((all, fragment) => sql`${all}, ${fragment}`)
}

function listName(entityName: string, orderedBy: readonly string[]): string {
  return `${entityName} by ${orderedBy.join(', ')}`
}

function unquoted(name: string): string {
  return name === quoted(name.slice(1, -1)) ? name.slice(1, -1) : name
}
