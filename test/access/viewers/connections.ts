import { type GraphQLSchema, getNamedType, isObjectType } from 'graphql'

/** A field that answers a connection, and how to ask it of one row. */
export interface ConnectionField {
  readonly coordinate: string
  /** The type of its nodes. */
  readonly node: string
  /** The type that has the field; undefined for a root field. */
  readonly owner?: string
  /** The operation, with variables `$first`, `$after` and, below an owner, `$owner`. */
  readonly text: string
}

/** The page of an answer to {@link ConnectionField.text}. */
export interface Page {
  readonly totalCount: number
  readonly nodes: readonly Readonly<Record<string, string>>[]
  readonly edges: readonly { readonly cursor: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

/** Every connection of a schema, in every order it can be asked for. */
export function connectionFields(
  schema: GraphQLSchema,
  keys: ReadonlyMap<string, string>,
): readonly ConnectionField[] {
  const found: ConnectionField[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      const connection = getNamedType(field.type)
      if (!isObjectType(connection) || !connection.getFields().pageInfo) continue
      const coordinate = `${type.name}.${field.name}`
      const isRoot = type === schema.getQueryType()
      if (!isRoot && !keys.has(type.name)) throw new Error(`${coordinate} cannot be reached by a key`)
      const node = getNamedType(connection.getFields().nodes!.type)
      const key = isObjectType(node) && ['id', 'code', 'row'].find((name) => name in node.getFields())
      const orders = field.args.some(({ name }) => name === 'orderBy') ? ['', 'orderBy: BIRTH_MONTH, '] : ['']
      for (const order of orders) {
        const list = `list: ${field.name}(${order}first: $first, after: $after) { totalCount nodes { ${key} } edges { cursor } pageInfo { hasNextPage endCursor } }`
        found.push({
          coordinate,
          node: node.name,
          ...(!isRoot && { owner: type.name }),
          text: isRoot
            ? `query($first: Int!, $after: String) { ${list} }`
            : `query($first: Int!, $after: String, $owner: [_Any!]!) { owner: _entities(representations: $owner) { ... on ${type.name} { ${list} } } }`,
        })
      }
    }
  }
  return found
}
