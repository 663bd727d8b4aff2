import { buildSchema, type OperationDefinitionNode, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { coordinatesOf } from '../../../src/planner/coordinates.ts'

// Which fields of object types an operation may select: access rules and late fields are told by it.

const schema = buildSchema(`
  interface Named { name: String }
  interface Owned implements Named { name: String owner: Person }
  type Person implements Named { name: String secret: String friends: [Person!]! }
  type Book implements Named & Owned { name: String owner: Person pages: Int }
  type Tree { height: Int }
  union Thing = Book | Tree
  type Query { named: [Named!]! owned: Owned thing: Thing person(name: String): Person }
  type Mutation { plant: Tree }
`)

function coordinates(text: string, operationName?: string): string[] {
  const document = parse(text)
  expect(validate(schema, document).filter(({ message }) => !message.includes('never used'))).toEqual([])
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === 'OperationDefinition' &&
      (operationName === undefined || definition.name?.value === operationName),
  )!
  return [...coordinatesOf(schema, document, operation)].sort()
}

test.each([
  [
    'fields by their names, whatever their aliases',
    '{ a: person { b: name name } }',
    ['Person.name', 'Query.person'],
  ],
  [
    'a field of an interface as that of each of its types',
    '{ named { name } }',
    ['Book.name', 'Person.name', 'Query.named'],
  ],
  [
    'only the types that an inline fragment or another interface leaves',
    '{ named { ... on Owned { owner { name } } } }',
    ['Book.owner', 'Person.name', 'Query.named'],
  ],
  [
    'inline fragments without a type, and nested ones',
    '{ person { ... { ... @include(if: true) { secret } } } }',
    ['Person.secret', 'Query.person'],
  ],
  [
    'types of a union apart',
    '{ thing { __typename ... on Tree { height } ... on Book { name } } }',
    ['Book.name', 'Query.thing', 'Tree.height'],
  ],
  ['what is skipped', '{ person { secret @skip(if: true) } }', ['Person.secret', 'Query.person']],
  ['mutations', 'mutation { plant { height } }', ['Mutation.plant', 'Tree.height']],
  ['no field of its own where it asks for a type', '{ __typename person { __typename } }', ['Query.person']],
])('an operation selects %s', (_, text, expected) => {
  expect(coordinates(text)).toEqual(expected)
})

test('fragments count as far as an operation reaches them, also through others and many times', () => {
  const text = `
    query one { person { ...a ...a } }
    query other { thing { ... on Tree { ...tall } } }
    fragment a on Person { friends { ...b } }
    fragment b on Named { ... on Person { secret } ...c }
    fragment c on Owned { name }
    fragment tall on Tree { height }`
  expect(coordinates(text, 'one')).toEqual(['Book.name', 'Person.friends', 'Person.secret', 'Query.person'])
  expect(coordinates(text, 'other')).toEqual(['Query.thing', 'Tree.height'])
})
