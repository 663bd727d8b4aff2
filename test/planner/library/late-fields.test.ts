import { afterAll, beforeAll, expect, test } from 'vitest'
import { askServer, startedServer, type Variables } from '../../harness/operations.ts'
import { type Library, type LibraryAsked, openLibrary } from './library.ts'

// Real: PGlite, planner, Apollo. Of this suite: a library that answers the notes on its books and magazines itself.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

/** The answer, and what the late resolvers were asked for it. */
async function ask(query: string, variables: Variables = {}, asked: LibraryAsked = library.forStaff) {
  const context = asked.context()
  const answer = await askServer(startedServer(asked.planner), context, { query, variables })
  return { ...answer, notes: context.notes.toSorted() }
}

test('a late field is told the key of its row, and its own arguments, under each alias', async () => {
  const { data, errors, notes, statements, path } = await ask(
    '{ book(id: 2) { title note mine: note(to: "Citra") id } }',
  )
  expect(errors).toBeUndefined()
  expect(data.book).toEqual({ title: 'Two', note: 'book 2 for anyone', mine: 'book 2 for Citra', id: '2' })
  expect(notes).toEqual(['book 2 to Citra', 'book 2 to anyone'])
  expect([statements, path]).toEqual([1, 'plain'])
})

test('the key is there also when nothing else of the row is selected, and as text', async () => {
  const { data } = await ask('{ book(id: 3) { record { of lines } } }')
  expect(data.book).toEqual({ record: { of: '3', lines: ['string 3'] } })
})

test('late fields of lists, pages and edges are asked once for each row, and rows are fetched by one statement', async () => {
  const { data, notes, statements } = await ask(`{
    shelf(id: 1) { books { nodes { id note } edges { node { record { of } } } totalCount } }
    loans { book { note } }
    shelves { books(first: 1) { nodes { shelf { books(first: 1) { nodes { note } } } } } } }`)
  expect(data.shelf.books).toEqual({
    nodes: [
      { id: '1', note: null },
      { id: '2', note: 'book 2 for anyone' },
      { id: '5', note: 'book 5 for anyone' },
    ],
    edges: [
      { node: { record: { of: '1' } } },
      { node: { record: { of: '2' } } },
      { node: { record: { of: '5' } } },
    ],
    totalCount: 3,
  })
  expect(data.loans.map(({ book }: { book: unknown }) => book)).toEqual([
    { note: null },
    { note: 'book 2 for anyone' },
    { note: 'book 7 for anyone' },
  ])
  expect(data.shelves[2]).toEqual({
    books: { nodes: [{ shelf: { books: { nodes: [{ note: 'book 7 for anyone' }] } } }] },
  })
  expect(notes).toHaveLength(3 + 3 + 3 + 3)
  expect(statements).toBe(3)
})

test('nobody is asked about a row that may not be seen', async () => {
  const { data, notes } = await ask(
    '{ book(id: 2) { note } loans { book { note } } authors { books { note } } }',
    {},
    library,
  )
  expect(data.book).toBeNull()
  expect(data.loans.map(({ book }: { book: unknown }) => book)).toEqual([
    { note: null },
    null,
    { note: 'book 7 for anyone' },
  ])
  expect(notes.join()).not.toMatch(/book [26] /)
})

test('entities and unions ask each concrete type for its own late field', async () => {
  const representations = [
    { __typename: 'Book', id: '2' },
    { __typename: 'Magazine', id: '101' },
    { __typename: 'Book', id: '999' },
    { __typename: 'Book', id: '2' },
  ]
  const { data, errors } = await ask(
    `query ($r: [_Any!]!) {
      _entities(representations: $r) { ... on Magazine { note title } ... on Book { note(to: "a gateway") } }
      book: item(id: 3) { ... on Magazine { n: note(to: "x") } ... on Book { n: note } }
      magazine: item(id: 102) { __typename ... on Magazine { note } ... on Book { note } } }`,
    { r: representations },
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({
    _entities: [
      { note: 'book 2 for a gateway' },
      { note: 'magazine 101 for anyone', title: 'Weekly' },
      null,
      { note: 'book 2 for a gateway' },
    ],
    book: { n: 'book 3 for anyone' },
    magazine: { __typename: 'Magazine', note: 'magazine 102 for anyone' },
  })
})

test('a late field that fails is null alone, with its error, and the row stays', async () => {
  const { data, errors } = await ask('{ books(first: 7) { nodes { id note } } }')
  expect(data.books.nodes).toHaveLength(7)
  expect(data.books.nodes).toContainEqual({ id: '4', note: null })
  expect(data.books.nodes).toContainEqual({ id: '5', note: 'book 5 for anyone' })
  expect(errors).toHaveLength(1)
  expect(errors![0]!.path?.at(-1)).toBe('note')
})

test('a late field of what a mutation returns is answered too', async () => {
  const { data, notes } = await ask('mutation { rename(book: 5, title: "Fifth") { title note } }')
  expect(data.rename).toEqual({ title: 'Fifth', note: 'book 5 for anyone' })
  expect(notes).toEqual(['book 5 to anyone'])
})

test('a late field that is skipped asks nobody', async () => {
  const query = 'query ($with: Boolean!) { book(id: 2) { id note @include(if: $with) } }'
  expect((await ask(query, { with: false })).notes).toEqual([])
  expect((await ask(query, { with: true })).notes).toEqual(['book 2 to anyone'])
})

test('a late root field runs before its rows are described, and they are fetched by one statement', async () => {
  const { data, path, statements } = await ask(
    '{ lookup(title: "Three") { id author { name } note } none: lookup(title: "Nobody") { id } newestFirst { id } }',
  )
  expect(data.lookup).toEqual({ id: '3', author: { name: 'Budi' }, note: 'book 3 for anyone' })
  expect(data.none).toBeNull()
  expect([path, statements]).toEqual(['plain', 3])
})

test('operations without late fields keep the fast path', async () => {
  expect((await ask('{ book(id: 2) { id title loans { reader } } }')).path).toBe('fast')
  expect((await ask('{ book(id: 2) { ...b } } fragment b on Book { id note }')).path).toBe('plain')
  expect((await ask('{ item(id: 2) { ... on Magazine { note } } }')).path).toBe('plain')
})
