import type { Hub } from '../../../src/app.ts'
import type { NaiveReference } from '../../harness/naive-reference.ts'
import { runFast } from '../../harness/operations.ts'

/** Every list of the hub that has cursors: its rows in every order it can be asked for. */
const LISTS: readonly { node: string; entity: string; orderedBy: readonly string[]; query: string }[] = [
  list('Regency', 'Regency', ['code'], 'regencies(first: 200)', 'code'),
  list('Payer', 'Payer', [], 'payers(first: 200)', 'id'),
  list('CoverageProgram', 'CoverageProgram', [], 'programs(first: 200)', 'code'),
  list('Budget', 'Budget', [], 'budgets(first: 200)', 'id'),
  list('Worker', 'Worker', [], 'workers(first: 200)', 'id'),
  list('Worker', 'Worker', ['birthMonth'], 'workers(first: 200, orderBy: BIRTH_MONTH)', 'id'),
  list('Enrollment', 'Enrollment', ['id'], 'enrollments(first: 200)', 'id'),
  list('Roster', 'Roster', [], 'rosters(first: 200)', 'id'),
  list('AuditEvent', 'AuditEvent', ['at'], 'auditTrail(first: 200)', 'id'),
  {
    node: 'BudgetEntry',
    entity: 'BudgetEntry',
    orderedBy: [],
    query:
      '{ lists: budgets(first: 200) { nodes { list: entries(first: 200) { edges { cursor node { key: id } } } } } }',
  },
  {
    node: 'RosterRow',
    entity: 'RosterRow',
    orderedBy: [],
    query:
      '{ lists: rosters(first: 200) { nodes { owner: id list: rows(first: 200) { edges { cursor node { key: row } } } } } }',
  },
]

function list(node: string, entity: string, orderedBy: readonly string[], field: string, key: string) {
  return { node, entity, orderedBy, query: `{ list: ${field} { edges { cursor node { key: ${key} } } } }` }
}

interface List {
  /** The key of what the list is of, where its rows have none without it. */
  readonly owner?: string
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly key: string | number } }[]
}

/** Teaches the reference which row each cursor names; gives the cursors of each type of node. */
export async function learnEveryCursor(
  hub: Hub,
  reference: NaiveReference,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const cursors = new Map<string, string[]>()
  for (const { node, entity, orderedBy, query } of LISTS) {
    const { data, errors } = await runFast(hub, query)
    if (errors) throw new Error(`${query}: ${JSON.stringify(errors)}`)
    const lists: readonly List[] = data.lists
      ? data.lists.nodes.map(({ owner, list }: { owner?: string; list: List }) => ({ ...list, owner }))
      : [data.list]
    const edges = lists.flatMap(({ owner, edges }) => edges.map((edge) => ({ ...edge, owner })))
    for (const { cursor, node: row, owner } of edges) {
      const key = owner === undefined ? String(row.key) : `${owner} ${row.key}`
      reference.learnCursor(entity, orderedBy, cursor, key)
      cursors.set(node, [...(cursors.get(node) ?? []), cursor])
    }
  }
  return cursors
}
