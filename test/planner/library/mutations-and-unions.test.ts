import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, runFast, runPlain, type Variables } from '../../harness/operations.ts'
import { type Library, openLibrary } from './library.ts'

// Real: PGlite, planner, Apollo. Of this suite: the schema of a library.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

async function ask(query: string, variables: Variables = {}): Promise<Answer> {
  const fast = await runFast(library.forStaff, query, variables)
  const plain = await runPlain(library.forStaff, query, variables)
  expect(plain.data).toEqual(fast.data)
  return fast
}

const LEND = `mutation ($book: ID!) { lend(book: $book, reader: "Gita") {
  __typename ... on Loan { reader lent: book { title shelf { bookCount } } } ... on AlreadyLent { message lentTo: reader } } }`

test('a mutation that returns a description is answered with what it describes, by one statement', async () => {
  const { data, errors, statements, path } = await runFast(library.forStaff, LEND, { book: '4' })
  expect(errors).toBeUndefined()
  expect(data.lend).toEqual({
    __typename: 'Loan',
    reader: 'Gita',
    lent: { title: 'Four', shelf: { bookCount: 3 } },
  })
  expect([statements, path]).toEqual([1, 'plain'])
})

test('a mutation that returns a plain refusal is answered with the refusal, by no statement', async () => {
  const { data, errors, statements } = await runFast(library.forStaff, LEND, { book: '1' })
  expect(errors).toBeUndefined()
  expect(data.lend).toEqual({ __typename: 'AlreadyLent', message: '"1" is lent', lentTo: 'Citra' })
  expect(statements).toBe(0)
})

test('a mutation reads what it has written, also through aliases, and returns plain scalars as they are', async () => {
  const { data } = await runFast(
    library.forStaff,
    'mutation { a: rename(book: 5, title: "Fifth") { t: title u: title year } count b: rename(book: 999, title: "x") { id } }',
  )
  expect(data).toEqual({ a: { t: 'Fifth', u: 'Fifth', year: 2000 }, count: 42, b: null })
})

test('what a mutation returns is hidden from those who may not see it', async () => {
  const { data } = await runFast(library, 'mutation { rename(book: 2, title: "Still hidden") { id } }')
  expect(data).toEqual({ rename: null })
})

test('a union is answered per concrete type', async () => {
  const { data, statements } = await ask(`{
    book: item(id: 3) { __typename ... on Book { id author { name } } ... on Magazine { title } }
    magazine: item(id: 101) { ...M ... on Book { year } } none: item(id: 0) { __typename } }
    fragment M on Magazine { title }`)
  expect(data).toEqual({
    book: { __typename: 'Book', id: '3', author: { name: 'Budi' } },
    magazine: { title: 'Weekly' },
    none: null,
  })
  expect(statements).toBe(3)
})

test('lists of enums and of scalars may be empty, and may hold nulls', async () => {
  await library.db.query(`insert into shelf values (4, 'Empty', false)`)
  const { data } = await ask('{ shelf(id: 4) { genres maybeGenres days } }')
  expect(data.shelf).toEqual({ genres: [], maybeGenres: ['NOVEL', null], days: ['2023-05-15', null] })
})
