import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFast, runPlain, type Variables } from '../../harness/operations.ts'
import { type Library, openLibrary } from './library.ts'

// Real: PGlite, planner, Apollo. Of this suite: a library whose visitors see subtitle and author of a book only when
// it is lent or from 2000 on: of the books they see (1, 3, 4, 5, 7) that is all but the fourth.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
  await library.db.query(`update book set subtitle = 'concealed', author_id = 2 where id = 4`)
})
afterAll(() => library?.close())

async function ask(query: string, variables: Variables = {}) {
  const fast = await runFast(library.forVisitors, query, variables)
  const plain = await runPlain(library.forVisitors, query, variables)
  expect(plain.data).toEqual(fast.data)
  expect(fast.errors).toBeUndefined()
  expect(fast.path).toBe('fast')
  return fast.data
}

const ids = (nodes: readonly { id: string }[]) => nodes.map(({ id }) => id)

test('a value is null in the rows where it may not be seen, and everything else of them is there', async () => {
  const { books } = await ask(
    '{ books(order: TITLE_BACKWARDS) { totalCount nodes { title year subtitle } } }',
  )
  expect(books).toEqual({
    totalCount: 5,
    nodes: [
      { title: 'Three', year: 2000, subtitle: 'a' },
      { title: 'Seven', year: 2000, subtitle: null },
      { title: 'One', year: 1990, subtitle: null },
      { title: 'Four', year: 1990, subtitle: null },
      { title: 'Five', year: 2000, subtitle: 'b' },
    ],
  })
})

test('a row asked for by its key, by a gateway or through an edge shows no more of itself', async () => {
  const representations = [{ __typename: 'Book', id: '4' }]
  const data = await ask(
    `query ($r: [_Any!]!) { book(id: 4) { ...seen } item(id: 4) { ... on Book { ...seen } }
      _entities(representations: $r) { ... on Book { ...seen } }
      shelf(id: 2) { books { nodes { ...seen } edges { node { ...seen } } } } }
    fragment seen on Book { id subtitle author { name } }`,
    { r: representations },
  )
  const [third, fourth] = [
    { id: '3', subtitle: 'a', author: { name: 'Budi' } },
    { id: '4', subtitle: null, author: null },
  ]
  expect([data.book, data.item, data._entities]).toEqual([fourth, fourth, [fourth]])
  expect(data.shelf.books).toEqual({
    nodes: [third, fourth],
    edges: [{ node: third }, { node: fourth }],
  })
})

test('a filter does not find a row by a value that may not be seen', async () => {
  const data = await ask(
    '{ concealed: subtitled(subtitle: "concealed") { id } seen: subtitled(subtitle: "a") { id } }',
  )
  expect(data).toEqual({ concealed: [], seen: [{ id: '3' }] })
  expect(
    ids((await runFast(library.forStaff, '{ subtitled(subtitle: "concealed") { id } }')).data.subtitled),
  ).toEqual(['4'])
})

test('a list joined through a concealed relation leaves the row out, on both sides of it', async () => {
  const data = await ask('{ writtenBy(author: "Budi") { id } authors { name books { id } newest { id } } }')
  expect(ids(data.writtenBy)).toEqual(['3', '5'])
  expect(data.authors[1]).toEqual({ name: 'Budi', books: [{ id: '3' }, { id: '5' }], newest: { id: '5' } })
})

test('an order does not tell the values that may not be seen', async () => {
  const orderedFor = async (asked: Parameters<typeof runFast>[0]) =>
    ids((await runFast(asked, '{ bySubtitle { id } }')).data.bySubtitle)
  // Nulls come last, by id: the fourth book stands among those that have no subtitle.
  expect(await orderedFor(library.forVisitors)).toEqual(['3', '5', '1', '4', '7'])
  expect(await orderedFor(library.forStaff)).toEqual(['3', '5', '4', '2', '1', '6', '7'])
})

test('a count by a concealed value counts it as absent', async () => {
  expect((await ask('{ subtitles { subtitle books } }')).subtitles).toEqual([
    { subtitle: 'a', books: 1 },
    { subtitle: 'b', books: 1 },
    { subtitle: null, books: 3 },
  ])
})

test('the statement of one viewer is not reused for another whose rules conceal less', async () => {
  const query = '{ book(id: 4) { subtitle author { name } } }'
  for (let round = 0; round < 2; round++) {
    expect((await runFast(library.forVisitors, query)).data.book).toEqual({ subtitle: null, author: null })
    const { book } = (await runFast(library.forStaff, query)).data
    expect(book).toEqual({ subtitle: 'concealed', author: { name: 'Budi' } })
  }
})
