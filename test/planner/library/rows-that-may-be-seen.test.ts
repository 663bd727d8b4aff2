import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFast, runPlain, type Variables } from '../../harness/operations.ts'
import { type Library, openLibrary } from './library.ts'

// Real: PGlite, planner, Apollo. Of this suite: the schema of a library, with a row predicate for readers.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

async function ask(
  query: string,
  variables: Variables = {},
  of: Pick<Library, 'planner' | 'context'> = library,
) {
  const fast = await runFast(of, query, variables)
  const plain = await runPlain(of, query, variables)
  expect(plain.data).toEqual(fast.data)
  expect(fast.errors).toBeUndefined()
  expect(fast.path).toBe('fast')
  return fast.data
}

const ids = (nodes: readonly { id: string }[]) => nodes.map(({ id }) => id)

test('hidden rows are absent from a list at the root', async () => {
  expect(ids((await ask('{ newestFirst { id } }')).newestFirst)).toEqual(['7', '5', '3', '4', '1'])
})

test('hidden rows are absent from a page, and from its count', async () => {
  const { books } = await ask('{ books(first: 2) { totalCount nodes { id } pageInfo { hasNextPage } } }')
  expect([books.totalCount, ids(books.nodes), books.pageInfo.hasNextPage]).toEqual([5, ['7', '5'], true])
})

test('a hidden row is null when it is asked for by its key', async () => {
  const { seen, hidden } = await ask('{ seen: book(id: 1) { title } hidden: book(id: 2) { title } }')
  expect([seen, hidden]).toEqual([{ title: 'One' }, null])
})

test('hidden rows are absent from nested lists, nested pages, their counts and the first of them', async () => {
  const { authors, shelves } = await ask(`{
    authors { id books { id } newest { id } }
    shelves { id bookCount genres books { totalCount nodes { id } } } }`)
  expect(authors).toEqual([
    { id: '1', books: [{ id: '1' }, { id: '7' }], newest: { id: '7' } },
    { id: '2', books: [{ id: '3' }, { id: '5' }], newest: { id: '5' } },
    { id: '3', books: [], newest: null },
  ])
  expect(shelves).toEqual([
    { id: '1', bookCount: 2, genres: ['NOVEL'], books: { totalCount: 2, nodes: [{ id: '1' }, { id: '5' }] } },
    {
      id: '2',
      bookCount: 2,
      genres: ['NOVEL', 'SCIENCE'],
      books: { totalCount: 2, nodes: [{ id: '3' }, { id: '4' }] },
    },
  ])
})

test('a join to a hidden row is null, and nothing behind it shows', async () => {
  const { loans } = await ask('{ loans { id book { title shelf { name } author { name } } } }')
  expect(loans).toEqual([
    { id: '1', book: { title: 'One', shelf: { name: 'East' }, author: { name: 'Ani' } } },
    { id: '2', book: null },
    // The shelf of this book is closed: the predicate of one table looks into another.
    { id: '3', book: { title: 'Seven', shelf: null, author: { name: 'Ani' } } },
  ])
})

test('hidden rows are absent from subqueries inside a description', async () => {
  const { authors } = await ask('{ authors { name isRead } }')
  expect(authors.map(({ isRead }: { isRead: boolean }) => isRead)).toEqual([true, false, false])
  await library.db.query('insert into loan (id, book_id, reader) values (99, 6, $1)', ['Fajar'])
  const again = await ask('{ authors { isRead } }')
  expect(again.authors[2]).toEqual({ isRead: false })
  await library.db.query('delete from loan where id = 99')
})

test('hidden rows are absent from sums of a derived table', async () => {
  expect((await ask('{ byGenre { genre books } }')).byGenre).toEqual([
    { genre: 'SCIENCE', books: 2 },
    { genre: 'NOVEL', books: 3 },
  ])
})

test('a hidden entity is null to a gateway', async () => {
  const representations = ['1', '2', '3'].map((id) => ({ __typename: 'Book', id }))
  const { _entities } = await ask(
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Book { id shelf { bookCount } } } }',
    { r: representations },
  )
  expect(_entities).toEqual([
    { id: '1', shelf: { bookCount: 2 } },
    null,
    { id: '3', shelf: { bookCount: 2 } },
  ])
})

test('a hidden row of a union is null, and another kind may be found in its place', async () => {
  const data = await ask(
    '{ a: item(id: 2) { __typename } b: item(id: 3) { __typename } c: item(id: 101) { __typename } }',
  )
  expect(data).toEqual({ a: null, b: { __typename: 'Book' }, c: { __typename: 'Magazine' } })
})

test('two viewers of one document see each their own rows, one after the other', async () => {
  const query = '{ books { totalCount } shelves { id } loans { book { id } } }'
  const reader = {
    books: { totalCount: 5 },
    shelves: [{ id: '1' }, { id: '2' }],
    loans: [{ book: { id: '1' } }, { book: null }, { book: { id: '7' } }],
  }
  const staff = {
    books: { totalCount: 7 },
    shelves: [{ id: '1' }, { id: '2' }, { id: '3' }],
    loans: [{ book: { id: '1' } }, { book: { id: '2' } }, { book: { id: '7' } }],
  }
  for (let round = 0; round < 2; round++) {
    expect(await ask(query)).toEqual(reader)
    expect(await ask(query, {}, library.forStaff)).toEqual(staff)
  }
})
