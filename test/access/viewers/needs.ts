import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { Permission } from '../../../src/access/permission.ts'

/** What a type shows needs a permission, and so does every field that leads to it. Everything else is public. */
const NEEDED_BY_TYPE: Readonly<Record<string, Permission>> = {
  Worker: 'registry:read',
  Enrollment: 'registry:read',
  EnrollmentCount: 'registry:read',
  SettledFinding: 'registry:read',
  WorkerEvent: 'registry:read',
  Refund: 'registry:read',
  Charge: 'registry:read',
  CoverageLine: 'registry:read',
  Budget: 'registry:read',
  BudgetEntry: 'registry:read',
  BudgetBalance: 'registry:read',
  BudgetForecast: 'registry:read',
  Agreement: 'registry:read',
  RegisteredWorker: 'registry:write',
  CorrectedIdentity: 'registry:write',
  IdentityRefusal: 'registry:write',
  NikFinding: 'registry:write',
  Dispute: 'registry:read',
  ClaimCheck: 'registry:read',
  Roster: 'registry:read',
  RosterStep: 'registry:read',
  RosterRow: 'registry:read',
  RowReason: 'registry:read',
  RowCoveredMonths: 'registry:read',
  RosterSummary: 'registry:read',
  OutcomeCount: 'registry:read',
  RosterMonth: 'registry:read',
  RosterBudget: 'registry:read',
  Screening: 'enrollment:write',
  LifeEvent: 'registry:write',
  Consequence: 'registry:write',
  MergedWorkers: 'registry:write',
  UndoneMerge: 'registry:write',
  MergeRefusal: 'registry:write',
  Identity: 'identity:read',
  AuditEvent: 'audit:read',
  CoverageCheck: 'coverage:check',
  FundingSourceCoverage: 'statistics:exact',
  PayerCoverage: 'statistics:exact',
}

/** Conditions that no rounded number meets. */
const NARROW = ['fundingSources', 'payers', 'programs']

/**
 * By coordinate, what an operation needs: the access rules of fields in other words than those of the hub. What is
 * skipped counts; a condition that is null does not.
 */
export function neededFor(
  schema: GraphQLSchema,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Permission> {
  const needed = new Map<string, Permission>()
  const add = (typeName: string, field: string, permission: Permission | undefined) =>
    permission && needed.set(`${typeName}.${field}`, permission)
  const condition = (typeName: string, name: string) =>
    typeName === 'CoverageFilter' && NARROW.includes(name) && add(typeName, name, 'statistics:exact')
  const withDefault = new Set(
    document.definitions.flatMap((definition) =>
      definition.kind === 'OperationDefinition'
        ? (definition.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
            defaultValue && defaultValue.kind !== 'NullValue' ? [variable.name.value] : [],
          )
        : [],
    ),
  )
  const isNullVariable = (name: string) =>
    variables[name] === undefined ? !withDefault.has(name) : variables[name] === null
  const typeInfo = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field({ name: { value: name } }) {
        const parent = typeInfo.getParentType()!
        const field = typeInfo.getFieldDef()!
        if (name === '__typename') return
        const shown = getNamedType(field.type)
        const nodes = isObjectType(shown) ? shown.getFields().nodes : undefined
        const leadsTo = nodes ? getNamedType(nodes.type).name : shown.name
        for (const type of isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent]) {
          const permission = NEEDED_BY_TYPE[type.name]
          add(
            type.name,
            name,
            leadsTo === 'Identity' || (type.name === 'CoverageCheck' && leadsTo === 'Worker')
              ? 'identity:read'
              : (permission ?? NEEDED_BY_TYPE[leadsTo]),
          )
        }
      },
      ObjectField({ name: { value: name }, value }) {
        const parent = getNamedType(typeInfo.getParentInputType())
        const isNull =
          value.kind === 'NullValue' || (value.kind === 'Variable' && isNullVariable(value.name.value))
        if (isInputObjectType(parent) && !isNull) condition(parent.name, name)
      },
      VariableDefinition({ variable, type }) {
        let named = type
        while (named.kind !== 'NamedType') named = named.type
        const given = variables[variable.name.value]
        const names =
          typeof given === 'object' && given !== null
            ? Object.entries(given).flatMap(([name, below]) => (below === null ? [] : [name]))
            : []
        for (const name of names) condition(named.name.value, name)
      },
    }),
  )
  return needed
}
