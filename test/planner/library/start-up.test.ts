import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows } from '../../../src/planner/description.ts'
import { embeddedExecutor } from '../../../src/planner/executor.ts'
import { marked, rowsOf } from '../../../src/planner/marks.ts'
import type { Guarded } from '../../../src/planner/model.ts'
import { AuthorEntity, BookEntity, type Library, LoanEntity, openLibrary, ShelfEntity } from './library.ts'
import { planSchema, type SchemaOfTest } from './planned-schema.ts'

// What cannot be planned is said when the schema is planned, not when somebody asks.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

const MARKS = {
  Book: rowsOf(BookEntity, 'id'),
  Author: rowsOf(AuthorEntity),
  Shelf: rowsOf(ShelfEntity),
  Loan: rowsOf(LoanEntity),
  Count: marked('derived'),
}

const hidesBooks: Partial<Guarded> = { rows: (entity) => entity === BookEntity }

/** Plans a schema of one root field and the given types. */
function plan(
  types: string,
  resolvers: SchemaOfTest['resolvers'] = {},
  guarded: Partial<Guarded> = {},
  late: readonly string[] = [],
) {
  const sdl = `type Query { books: [Book!]! } ${types}`
  const marks = Object.fromEntries(Object.entries(MARKS).filter(([name]) => sdl.includes(`type ${name} `)))
  return planSchema(
    { sdl, marks, resolvers: { Query: { books: () => rows(BookEntity) }, ...resolvers }, late },
    {
      tables: library.tables,
      execute: embeddedExecutor(library.db.pglite!),
      guarded: { rows: () => false, column: () => false, ...guarded },
    },
  )
}

test('a schema whose fields all have a column, a relation or a resolver is planned', () => {
  const types = `type Book { id: ID! title: String! subtitle: String author: Author } type Author { name: String! }`
  expect(plan(types).model.get('Book').fields.size).toBe(4)
})

test.each([
  [
    'a non-null field over a nullable column',
    'type Book { subtitle: String! }',
    'Book.subtitle: is non-null',
  ],
  [
    'a non-null edge over a nullable column',
    'type Book { author: Author! } type Author { name: String! }',
    'Book.author: is non-null',
  ],
  [
    'a field with neither column nor resolver',
    'type Book { isbn: String }',
    'Book.isbn: "book" has no such column',
  ],
  [
    'an edge with neither relation nor resolver',
    'type Book { loan: Loan } type Loan { id: ID! }',
    'Book.loan: "book" has no such relation',
  ],
  [
    'a list without a resolver',
    'type Book { shelf: [Shelf!]! } type Shelf { id: ID! }',
    'Book.shelf: "book" has no such relation to one row',
  ],
  [
    'an enum that lacks a value of its column',
    'type Book { genre: Genre! } enum Genre { NOVEL POETRY }',
    'Book.genre: Genre has no value SCIENCE',
  ],
  [
    'a scalar without a form in SQL',
    'type Book { title: Title! } scalar Title',
    'Book.title: the scalar Title',
  ],
  [
    'a scalar without a form in SQL, of a derived type',
    'type Book { id: ID! } type Count { title: Title } scalar Title',
    'Count.title: the scalar Title',
  ],
])('%s stops the start', (_, types, message) => {
  expect(() => plan(types)).toThrow(message)
})

test('a non-null edge to rows that may be hidden stops the start, a nullable one does not', () => {
  const types = (edge: string) => `type Book { id: ID! } type Loan { book: ${edge} }`
  expect(() => plan(types('Book!'), {}, hidesBooks)).toThrow(
    'Loan.book: is non-null, but rows of Book may be hidden',
  )
  expect(() => plan(types('Book'), {}, hidesBooks)).not.toThrow()
  expect(() => plan(types('Book!'))).not.toThrow()
})

test('a resolver stands in for a column that is missing', () => {
  expect(() => plan('type Book { isbn: String }', { Book: { isbn: () => undefined } })).not.toThrow()
})

test('every mistake is said at once', () => {
  const mistakes = () =>
    plan('type Book { subtitle: String! isbn: String genre: Genre! } enum Genre { NOVEL }')
  expect(mistakes).toThrow(/Book\.subtitle[\s\S]*Book\.isbn[\s\S]*Book\.genre/)
})

test('a non-null field or edge over a column that may be concealed stops the start, a nullable one does not', () => {
  const conceals = (property: string) => ({
    rows: () => false,
    column: (entity: unknown, name: string) => entity === BookEntity && name === property,
  })
  const types = (title: string, shelf: string) =>
    `type Book { title: ${title} shelf: ${shelf} } type Shelf { name: String! }`
  expect(() => plan(types('String!', 'Shelf'), {}, conceals('title'))).toThrow(
    'Book.title: is non-null, but its value may be hidden from a viewer',
  )
  expect(() => plan(types('String', 'Shelf!'), {}, conceals('shelf'))).toThrow('Book.shelf: is non-null')
  expect(() => plan(types('String', 'Shelf!'), {}, conceals('title'))).not.toThrow()
  expect(() => plan(types('String!', 'Shelf'), {}, conceals('shelf'))).not.toThrow()
})

test('a described non-null edge to rows that may be hidden stops the start, a list of them does not', () => {
  const resolvers = { Author: { newest: () => rows(BookEntity), books: () => rows(BookEntity) } }
  const types = (edge: string) => `type Book { id: ID! } type Author { newest: ${edge} books: [Book!]! }`
  expect(() => plan(types('Book!'), resolvers, hidesBooks)).toThrow(
    'Author.newest: is non-null, but rows of Book may be hidden',
  )
  expect(() => plan(types('Book'), resolvers, hidesBooks)).not.toThrow()
})

test('a field that is answered late stops the start where its type has no key to be told', () => {
  const planned = (type: string) => () =>
    plan(
      `type Book { id: ID! } type ${type} { id: ID! note: String }`,
      { [type]: { note: () => null } },
      {},
      [`${type}.note`],
    )
  expect(planned('Loan')).toThrow('Loan.note: is answered late, but its type has no key')
  expect(() =>
    plan('type Book { id: ID! note: String }', { Book: { note: () => null } }, {}, ['Book.note']),
  ).not.toThrow()
})
