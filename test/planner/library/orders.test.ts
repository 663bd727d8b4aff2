import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFast, runPlain } from '../../harness/operations.ts'
import { type Library, openLibrary } from './library.ts'

// Real: PGlite, planner, Apollo. Of this suite: the schema of a library, seen by its staff.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

const PAGE = `query ($order: BookOrder!, $first: Int!, $after: String) {
  books(order: $order, first: $first, after: $after) { totalCount nodes { id } edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

async function page(order: string, first: number, after: string | null) {
  const variables = { order, first, after }
  const fast = await runFast(library.forStaff, PAGE, variables)
  expect((await runPlain(library.forStaff, PAGE, variables)).data).toEqual(fast.data)
  expect(fast.errors).toBeUndefined()
  return fast.data.books
}

// 2000: 2 3 5 7, 1990: 1 4, 1980: 6
const ORDERS = [
  ['NEWEST', ['7', '5', '3', '2', '4', '1', '6']],
  ['GENRE_AND_YEAR', ['1', '3', '5', '6', '2', '4', '7']],
  ['TITLE_BACKWARDS', ['2', '3', '6', '7', '1', '4', '5']],
] as const

for (const [order, expected] of ORDERS) {
  for (const first of [1, 2, 3, 4, 7, 8]) {
    test(`pages of ${first} in the order ${order} hold every row once, also where keys tie`, async () => {
      const seen: string[] = []
      let after: string | null = null
      for (;;) {
        const books = await page(order, first, after)
        seen.push(...books.nodes.map(({ id }: { id: string }) => id))
        expect(books.totalCount).toBe(7)
        expect(books.pageInfo.hasPreviousPage).toBe(after !== null)
        expect(books.pageInfo.startCursor).toBe(books.edges[0].cursor)
        expect(books.pageInfo.hasNextPage).toBe(seen.length < 7)
        if (!books.pageInfo.hasNextPage) break
        after = books.pageInfo.endCursor
      }
      expect(seen).toEqual(expected)
    })
  }
}

test('a list may be in descending order, and a described row the first of it', async () => {
  const query = '{ newestFirst { id } authors { newest { id } } }'
  const { data } = await runFast(library.forStaff, query)
  expect(data.newestFirst.map(({ id }: { id: string }) => id)).toEqual(['7', '5', '3', '2', '4', '1', '6'])
  expect(data.authors).toEqual([{ newest: { id: '7' } }, { newest: { id: '5' } }, { newest: { id: '6' } }])
})

test('a cursor of an order with other keys is refused', async () => {
  const { pageInfo } = await page('NEWEST', 1, null)
  const { errors } = await runFast(library.forStaff, PAGE, {
    order: 'GENRE_AND_YEAR',
    first: 1,
    after: pageInfo.endCursor,
  })
  expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', field: 'after' }])
})
