import { buildSchema, type OperationDefinitionNode, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { accessTable } from '../../../src/access/access-table.ts'
import { type FieldRules, fieldRules, readByInput } from '../../../src/access/field-rules.ts'
import type { Permission } from '../../../src/access/permission.ts'
import type { Policy } from '../../../src/access/policy.ts'
import { ANONYMOUS, type Viewer } from '../../../src/access/viewer.ts'
import { marked } from '../../../src/planner/marks.ts'

// Real: the engine. Of this suite: a small clinic and its policy.

const SDL = `
  interface Person { name: String diagnosis: String }
  type Patient implements Person { name: String diagnosis: String doctor: Doctor visits: VisitConnection }
  type Doctor implements Person { name: String diagnosis: String salary: Int }
  type VisitConnection { nodes: [Patient] totalCount: Int }
  enum PersonOrder { NAME SALARY }
  enum Color { RED }
  input Range { least: Int most: Int }
  input PersonFilter { name: String salary: Range any: [PersonFilter!] color: Color }
  type Query { people(filter: PersonFilter, filters: [PersonFilter!], orderBy: PersonOrder, color: Color): [Person] patient: Patient doctor: Doctor }
  type Mutation { hire(input: PersonFilter): Doctor }
`

const POLICY: Policy = {
  fields: {
    Query: { anyone: ['people', 'patient', 'doctor'] },
    Mutation: { admin: ['hire'] },
    Patient: { anyone: ['name', 'doctor', 'visits'], 'identity:read': ['diagnosis'] },
    Doctor: { anyone: ['name', 'diagnosis'], 'budget:write': ['salary'] },
  },
  inputs: {
    Range: { least: 'Doctor.name', most: 'Doctor.name' },
    PersonFilter: {
      name: 'Doctor.name',
      salary: 'Doctor.salary',
      any: 'Doctor.name',
      color: 'Doctor.name',
    },
    PersonOrder: { NAME: 'Doctor.name', SALARY: 'Doctor.salary' },
  },
}

function clinic(sdl = SDL) {
  const schema = buildSchema(sdl)
  const visits = schema.getType('VisitConnection')!
  visits.extensions = marked('connection')
  return schema
}

const schema = clinic()
const rules = fieldRules(schema, [POLICY])

const somebody = (...permissions: Permission[]): Viewer => ({
  subject: 'somebody',
  permissions: new Set(permissions),
  areas: [],
})

/** What the rules refuse, as `code coordinate`; undefined when they do not. */
function refused(
  text: string,
  variables?: unknown,
  viewer = somebody(),
  { check }: FieldRules = rules,
): string | undefined {
  const document = parse(text)
  expect(validate(schema, document)).toEqual([])
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  )!
  try {
    check(document, operation, viewer, variables)
    return undefined
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message.split(' ')[0]}`
  }
}

test.each([
  ['a field', '{ doctor { name salary } }', 'Doctor.salary'],
  ['an alias', '{ doctor { name: salary } }', 'Doctor.salary'],
  [
    'a fragment',
    '{ doctor { ...d } } fragment d on Doctor { ...e } fragment e on Doctor { salary }',
    'Doctor.salary',
  ],
  ['an inline fragment', '{ people { ... on Doctor { ... { salary } } } }', 'Doctor.salary'],
  ['an interface that one of its types lets nobody see', '{ people { diagnosis } }', 'Patient.diagnosis'],
  [
    'a fragment on an interface',
    '{ patient { ...p } } fragment p on Person { diagnosis }',
    'Patient.diagnosis',
  ],
  [
    'what may be skipped',
    'query ($no: Boolean = false) { doctor { salary @include(if: $no) } }',
    'Doctor.salary',
  ],
  [
    'a part of a connection',
    '{ patient { visits { totalCount nodes { diagnosis } } } }',
    'Patient.diagnosis',
  ],
  ['a mutation', 'mutation { hire { name } }', 'Mutation.hire'],
])('a field without its permission is refused by name, also behind %s', (_, text, coordinate) => {
  expect(refused(text)).toBe(`FORBIDDEN ${coordinate}`)
  expect(refused(text, {}, ANONYMOUS)).toBe(`UNAUTHENTICATED ${coordinate}`)
  expect(refused(text, {}, somebody('identity:read', 'budget:write', 'admin'))).toBeUndefined()
})

test('the parts of a connection, names of types and introspection need nothing', () => {
  expect(
    refused('{ __typename patient { visits { totalCount } } __schema { types { name } } }'),
  ).toBeUndefined()
})

test('a fragment that is there for another operation refuses nothing of this one', () => {
  const text = `query a { doctor { name } } query b { doctor { ...s } } fragment s on Doctor { salary }`
  expect(refused(text)).toBeUndefined()
})

const FILTERED = 'query ($f: PersonFilter) { people(filter: $f) { name } }'
const LISTED = 'query ($f: [PersonFilter!]) { people(filters: $f) { name } }'
const ORDERED = 'query ($o: PersonOrder) { people(orderBy: $o) { name } }'
const most = { salary: { most: 1 } }

test.each<[string, string, unknown, string]>([
  ['in the text', '{ people(filter: { salary: { least: 1 } }) { name } }', {}, 'PersonFilter.salary'],
  [
    'nested in the text',
    '{ people(filter: { any: [{ any: { salary: {} } }] }) { name } }',
    {},
    'PersonFilter.salary',
  ],
  [
    'with a variable for the value',
    'query ($r: Range) { people(filter: { salary: $r }) { name } }',
    { r: {} },
    'PersonFilter.salary',
  ],
  ['as a variable', FILTERED, { f: most }, 'PersonFilter.salary'],
  [
    "with a variable for the value, by the variable's default",
    'query ($r: Range = {}) { people(filter: { salary: $r }) { name } }',
    {},
    'PersonFilter.salary',
  ],
  [
    'nested in a variable',
    FILTERED,
    { f: { name: 'x', any: [{ name: 'y' }, { any: [most] }] } },
    'PersonFilter.salary',
  ],
  ['as the only one where a list is meant', FILTERED, { f: { any: most } }, 'PersonFilter.salary'],
  ['in a list of variables', LISTED, { f: [{}, most] }, 'PersonFilter.salary'],
  ['alone for a list', LISTED, { f: most }, 'PersonFilter.salary'],
  [
    "as a variable's default",
    'query ($f: PersonFilter = { salary: { least: 1 } }) { people(filter: $f) { name } }',
    {},
    'PersonFilter.salary',
  ],
  [
    'in a fragment',
    '{ ...q } fragment q on Query { people(filter: { salary: {} }) { name } }',
    {},
    'PersonFilter.salary',
  ],
  ['as an order', '{ people(orderBy: SALARY) { name } }', {}, 'PersonOrder.SALARY'],
  ['as an order in a variable', ORDERED, { o: 'SALARY' }, 'PersonOrder.SALARY'],
  [
    'as an order by default',
    'query ($o: PersonOrder = SALARY) { people(orderBy: $o) { name } }',
    {},
    'PersonOrder.SALARY',
  ],
])('a filter or order needs what the field needs that it reads: %s', (_, text, variables, coordinate) => {
  expect(refused(text, variables)).toBe(`FORBIDDEN ${coordinate}`)
  expect(refused(text, variables, ANONYMOUS)).toBe(`UNAUTHENTICATED ${coordinate}`)
  expect(refused(text, variables, somebody('budget:write'))).toBeUndefined()
})

test.each<[string, string, unknown]>([
  ['a filter by what he may read', FILTERED, { f: { name: 'x', any: [{ name: 'y' }] } }],
  ['no filter', FILTERED, undefined],
  ['null instead of one', FILTERED, { f: null }],
  ['an order by what he may read', ORDERED, { o: 'NAME' }],
  ['a filter that is null in the text', '{ people(filter: { salary: null }) { name } }', {}],
  ['a filter that is null in a variable', FILTERED, { f: { salary: null, any: [{ salary: null }] } }],
  [
    'a filter whose variable is null',
    'query ($r: Range = {}) { people(filter: { salary: $r }) { name } }',
    { r: null },
  ],
  [
    'a filter whose variable is not given',
    'query ($r: Range) { people(filter: { salary: $r }) { name } }',
    {},
  ],
  ['names that no field has', FILTERED, { f: { constructor: 1, toString: 1, ['__proto__']: 1 } }],
])('%s is refused to nobody', (_, text, variables) => {
  expect(refused(text, variables, ANONYMOUS)).toBeUndefined()
})

test('variables are looked at each time, whatever an operation brought before', () => {
  const document = parse(FILTERED)
  const [operation] = document.definitions as OperationDefinitionNode[]
  const check = (f: object) => () => rules.check(document, operation!, somebody(), { f })
  expect(check({ name: 'x' })).not.toThrow()
  expect(check(most)).toThrow('PersonFilter.salary')
  expect(check({ name: 'x' })).not.toThrow()
})

const without = (type: string, name: string): Policy => ({
  fields: Object.fromEntries(
    Object.entries(POLICY.fields!).map(([owner, byPermission]) => [
      owner,
      Object.fromEntries(
        Object.entries(byPermission).map(([needed, names]) => [
          needed,
          names.filter((each) => `${owner}.${each}` !== `${type}.${name}`),
        ]),
      ),
    ]),
  ),
  inputs: Object.fromEntries(
    Object.entries(POLICY.inputs!).map(([owner, reads]) => [
      owner,
      Object.fromEntries(Object.entries(reads).filter(([each]) => `${owner}.${each}` !== `${type}.${name}`)),
    ]),
  ),
})

test.each([
  ['a field', 'Doctor', 'name', 'Doctor.name has no policy'],
  ['a mutation', 'Mutation', 'hire', 'Mutation.hire has no policy'],
  ['a filter', 'PersonFilter', 'salary', 'PersonFilter.salary has no policy: say which field it reads'],
  ['a filter inside a filter', 'Range', 'most', 'Range.most has no policy'],
  ['an order', 'PersonOrder', 'SALARY', 'PersonOrder.SALARY has no policy'],
])('%s without a policy stops the start and is named', (_, type, name, message) => {
  expect(() => fieldRules(schema, [without(type, name)])).toThrow(message)
})

test('a type, a field, an input and an order that are new stop the start, each by its name', () => {
  const grown = clinic(
    `${SDL.replace('salary: Int }', 'salary: Int bonus: Int }').replace('SALARY }', 'SALARY AGE }')} type Nurse { shift: Int } input NurseFilter { shift: Int } extend type Query { nurse(filter: NurseFilter): Nurse }`,
  )
  const attempt = () => fieldRules(grown, [POLICY])
  for (const name of ['Doctor.bonus', 'PersonOrder.AGE', 'Nurse.shift', 'NurseFilter.shift', 'Query.nurse'])
    expect(attempt).toThrow(`${name} has no policy`)
})

test('a new input says by its own name that it reads a field without a policy', () => {
  const reads = (read: string): Policy => ({
    ...POLICY,
    inputs: { ...POLICY.inputs, Range: { least: read, most: read } },
  })
  expect(() => fieldRules(schema, [reads('Doctor.rank')])).toThrow(
    'Range.least reads Doctor.rank, which has no policy',
  )
})

test.each<[string, Policy, string]>([
  ['a field', { fields: { Doctor: { anyone: ['rank'] } } }, 'Doctor.rank has a policy, but is no field'],
  [
    'a field of an interface',
    { fields: { Person: { anyone: ['name'] } } },
    'Person.name has a policy, but is no field',
  ],
  ['a type', { fields: { Nurse: { anyone: ['name'] } } }, 'Nurse.name has a policy, but is no field'],
  [
    'an input',
    { inputs: { PersonFilter: { rank: 'Doctor.name' } } },
    'PersonFilter.rank has a policy, but is no input',
  ],
  [
    'an order',
    { inputs: { PersonOrder: { RANK: 'Doctor.name' } } },
    'PersonOrder.RANK has a policy, but is no input',
  ],
])('a policy about %s that is not there stops the start and names it', (_, policy, message) => {
  expect(() => fieldRules(schema, [POLICY, policy])).toThrow(message)
})

test('enums that nobody orders by need no policy', () => {
  expect(readByInput([POLICY]).get('Color.RED')).toBeUndefined()
  expect(() => fieldRules(schema, [POLICY])).not.toThrow()
})

test('the table for people says of every field what it needs, and of every input what it reads', () => {
  const table = accessTable(schema, [POLICY])
  expect(table).toContain(
    '### Doctor\n\n| needs | fields |\n| --- | --- |\n| anyone | name, diagnosis |\n| budget:write | salary |',
  )
  expect(table).toContain('| PersonFilter.salary | Doctor.salary |')
  expect(table).toContain('| PersonOrder.SALARY | Doctor.salary |')
  expect(table).toContain('### Mutation\n\n| needs | fields |\n| --- | --- |\n| admin | hire |')
})
