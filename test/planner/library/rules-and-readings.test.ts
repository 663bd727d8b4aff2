import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Visibility } from '../../../src/planner/render.ts'
import { type Ref, type RowOf, ref, sql } from '../../../src/planner/sql.ts'
import { type Answer, runFast, runPlain } from '../../harness/operations.ts'
import { BookEntity, type Library, openLibrary, ShelfEntity } from './library.ts'

// Real: PGlite, planner, Apollo. Of this suite: rules about a library, good ones and bad ones.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

type Books = Ref<RowOf<typeof BookEntity>>
type Shelves = Ref<RowOf<typeof ShelfEntity>>

test('a table read for something else than to show its rows is read under that rule', async () => {
  const query = '{ inventory { books } books { totalCount } }'
  const { data } = await runFast(library, query)
  expect(data).toEqual({ inventory: { books: 7 }, books: { totalCount: 5 } })
  expect((await runPlain(library, query)).data).toEqual(data)
})

test('a reading that no rule knows shows nothing and says so', async () => {
  const { data, errors } = await runFast(library, '{ inventory(as: "gossip") { books } }')
  expect(data).toBeNull()
  expect(errors).toMatchObject([{ message: 'nobody reads books for gossip', path: ['inventory'] }])
})

const readsItself: Visibility = (entity, row) => {
  if (entity !== BookEntity) return undefined
  const [book, newer] = [row as Books, ref(BookEntity)]
  return { rows: sql`not exists (select 1 from ${newer} where ${newer.year} > ${book.year})` }
}

const concealsByItself: Visibility = (entity, row) => {
  if (entity !== BookEntity) return undefined
  const [book, newer] = [row as Books, ref(BookEntity)]
  return {
    columns: [
      {
        properties: ['subtitle'],
        shown: sql`exists (select 1 from ${newer} where ${newer.subtitle} = ${book.subtitle})`,
      },
    ],
  }
}

const readEachOther: Visibility = (entity, row) => {
  const [book, shelf] = [ref(BookEntity), ref(ShelfEntity)]
  if (entity === BookEntity)
    return { rows: sql`exists (select 1 from ${shelf} where ${shelf.id} = ${(row as Books).shelf})` }
  if (entity === ShelfEntity)
    return { rows: sql`exists (select 1 from ${book} where ${book.shelf} = ${(row as Shelves).id})` }
  return undefined
}

test.each([
  ['a rule that reads its own table', readsItself],
  ['a rule that conceals by its own table', concealsByItself],
  ['two rules that read the tables of each other', readEachOther],
])('%s is an error, not an endless loop', async (_, visibility) => {
  const query = '{ books { nodes { id } } }'
  const refused = (answer: Answer) => {
    expect(answer.data).toBeNull()
    expect(answer.statements).toBe(0)
    expect(answer.errors).toMatchObject([
      { message: 'the rule of Book reads its own table through itself', path: ['books'] },
    ])
  }
  refused(await runFast(library.under(visibility), query))
  refused(await runPlain(library.under(visibility), query))
})

test('a rule may read its own table for something else, and one table twice', async () => {
  const sameYearLent: Visibility = (entity, row, reading) => {
    if (entity !== BookEntity || reading === 'all') return undefined
    const [book, one, other] = [row as Books, ref(BookEntity, 'all'), ref(BookEntity, 'all')]
    const older = sql`exists (select 1 from ${one} where ${one.year} < ${book.year})`
    const newer = sql`exists (select 1 from ${other} where ${other.year} > ${book.year})`
    return { rows: sql`${older} and ${newer}` }
  }
  const { data, errors } = await runFast(
    library.under(sameYearLent),
    '{ books { nodes { id } } again: books { totalCount } }',
  )
  expect(errors).toBeUndefined()
  expect(data).toEqual({ books: { nodes: [{ id: '4' }, { id: '1' }] }, again: { totalCount: 2 } })
})
