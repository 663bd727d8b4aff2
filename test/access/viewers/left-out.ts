import { MapperKind, mapSchema, pruneSchema } from '@graphql-tools/utils'
import type { GraphQLSchema } from 'graphql'

/**
 * What a world of fewer rows would answer differently although nothing is wrong: fields that are computed over more
 * than the rows a viewer sees, or that write. Everything else is asked, so a new field is in by default.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'Query.coverageSummary': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Query.coverageByArea': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Query.coverageTrend': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Province.coverage': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Regency.coverage': 'counts everybody, exact or rounded: see statistics.test.ts',
  'District.coverage': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Village.coverage': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Area.coverage': 'counts everybody, exact or rounded: see statistics.test.ts',
  'Budget.balanceOn': 'sums all entries of a budget, also to who sees none of them: see its own suite',
  'Budget.forecast': 'sums all charges of a budget, also to who sees none of them: see its own suite',
  'CoverageLine.payerKind': 'is told where the payer is not: the test of the payers of lines below asks it',
  'Roster.summary':
    'reads all rows and budgets of the payer, and not only those that are seen: see its own suite',
  'Query.checkCoverage': 'tells of people by NIK whoever sees them, and is recorded: see its own suite',
  'Query.screenWorker': 'reads what rules need, whoever sees it: see its own suite',
  'Worker.history': 'leads to what happened to rows that were merged, which nobody sees: see its own suite',
  'Worker.identity': 'opens the vault, and is recorded: see its own suite',
}

/** Whether a world of fewer rows may answer a field, by its coordinate, differently. */
export function isLeftOut(coordinate: string): boolean {
  return coordinate in LEFT_OUT
}

/** The schema without the fields that are left out. */
export function withoutLeftOut(schema: GraphQLSchema): GraphQLSchema {
  const met = new Set<string>()
  const drop = (_config: unknown, fieldName: string, typeName: string) => {
    const coordinate = `${typeName}.${fieldName}`
    if (!isLeftOut(coordinate)) return undefined
    met.add(coordinate)
    return null
  }
  const reduced = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: drop as never,
    [MapperKind.INTERFACE_FIELD]: drop as never,
  })
  const unknown = Object.keys(LEFT_OUT).filter((coordinate) => !met.has(coordinate))
  if (unknown.length > 0) throw new Error(`left out, but no fields: ${unknown.join(', ')}`)
  return pruneSchema(reduced)
}
