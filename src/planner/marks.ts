import type { EntitySchema } from '@mikro-orm/core'
import type { GraphQLField, GraphQLObjectType } from 'graphql'

/**
 * What a GraphQL type is to the planner, kept in the type's `extensions`:
 *
 * - `entity`: its objects are rows of the entity's table; `key` is the property a federated reference names;
 * - `derived`: its objects are rows of a subquery that a resolver describes;
 * - `connection`, `edge`, `pageInfo`: the three types of a Relay connection.
 */
export type TypeMark =
  | { readonly kind: 'entity'; readonly entity: EntitySchema; readonly key?: string | undefined }
  | { readonly kind: 'derived' | 'connection' | 'edge' | 'pageInfo' }

/**
 * What a GraphQL field is to the planner: `described` when a resolver says what it means, `late` when the
 * application answers it after the planner has found its row.
 */
export interface FieldMark {
  readonly described?: boolean
  readonly late?: boolean
}

const MARK = 'planner'

/** Extensions of a type whose objects are rows of an entity: `@Extensions(rowsOf(WorkerEntity, 'id'))`. */
export function rowsOf(entity: EntitySchema, key?: string): Record<string, TypeMark> {
  return { [MARK]: { kind: 'entity', entity, key } }
}

/** Extensions of a type whose objects are rows of a described subquery, or a part of a connection. */
export function marked(kind: 'derived' | 'connection' | 'edge' | 'pageInfo'): Record<string, TypeMark> {
  return { [MARK]: { kind } }
}

/** Extensions of a field whose resolver returns a description. */
export function describedField(): Record<string, FieldMark> {
  return { [MARK]: { described: true } }
}

/**
 * Extensions of a field that SQL alone cannot answer, because something must be decrypted or recorded first:
 * `@Extensions(answeredLate())`. Its resolver runs per row and gets the row's key as its root; operations that
 * select it take the plain path.
 */
export function answeredLate(): Record<string, FieldMark> {
  return { [MARK]: { late: true } }
}

export function typeMark(type: GraphQLObjectType): TypeMark | undefined {
  return type.extensions[MARK] as TypeMark | undefined
}

export function fieldMark(field: GraphQLField<unknown, unknown>): FieldMark | undefined {
  return field.extensions[MARK] as FieldMark | undefined
}
