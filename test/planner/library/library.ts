import { defineEntity, p } from '@mikro-orm/core'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { derived, firstOf, rows, value } from '../../../src/planner/description.ts'
import { embeddedExecutor } from '../../../src/planner/executor.ts'
import { marked, rowsOf } from '../../../src/planner/marks.ts'
import type { PlannedRequest } from '../../../src/planner/planner.ts'
import type { RowPredicate } from '../../../src/planner/render.ts'
import { allOf, type Ref, type RowOf, ref, sql } from '../../../src/planner/sql.ts'
import { Tables } from '../../../src/planner/tables.ts'
import type { Asked } from '../../harness/operations.ts'
import { planSchema, type SchemaOfTest } from './planned-schema.ts'

// A library: books on shelves, some of them hidden from readers. It has what the hub does not have yet: row
// predicates, mutations, unions, descending lists.

export const Genre = { NOVEL: 'NOVEL', POETRY: 'POETRY', SCIENCE: 'SCIENCE' } as const

export const ShelfEntity = defineEntity({
  name: 'Shelf',
  tableName: 'shelf',
  properties: { id: p.integer().primary(), name: p.text(), closed: p.boolean() },
})

export const AuthorEntity = defineEntity({
  name: 'Author',
  tableName: 'author',
  properties: { id: p.bigint('string').primary(), name: p.text() },
})

export const BookEntity = defineEntity({
  name: 'Book',
  tableName: 'book',
  properties: {
    id: p.bigint('string').primary(),
    title: p.text(),
    year: p.integer(),
    genre: p.enum(() => Genre),
    shelf: () => p.manyToOne(ShelfEntity),
    author: () => p.manyToOne(AuthorEntity).nullable(),
    hidden: p.boolean(),
    subtitle: p.text().nullable(),
  },
})

export const MagazineEntity = defineEntity({
  name: 'Magazine',
  tableName: 'magazine',
  properties: { id: p.bigint('string').primary(), title: p.text() },
})

export const LoanEntity = defineEntity({
  name: 'Loan',
  tableName: 'loan',
  properties: { id: p.bigint('string').primary(), book: () => p.manyToOne(BookEntity), reader: p.text() },
})

export const libraryEntities = [ShelfEntity, AuthorEntity, BookEntity, MagazineEntity, LoanEntity] as const

const TABLES = `
  create table shelf (id int primary key, name text not null, closed boolean not null);
  create table author (id bigint primary key, name text not null);
  create table book (
    id bigint primary key, title text not null, year int not null, genre text not null,
    shelf_id int not null references shelf, author_id bigint references author, hidden boolean not null, subtitle text);
  create table magazine (id bigint primary key, title text not null);
  create table loan (id bigserial primary key, book_id bigint not null references book, reader text not null);
  insert into shelf values (1, 'East', false), (2, 'West', false), (3, 'Vault', true);
  insert into author values (1, 'Ani'), (2, 'Budi'), (3, 'Nobody reads');
  insert into book values
    (1, 'One', 1990, 'NOVEL', 1, 1, false, null), (2, 'Two', 2000, 'POETRY', 1, 1, true, 'hidden'),
    (3, 'Three', 2000, 'NOVEL', 2, 2, false, 'a'), (4, 'Four', 1990, 'SCIENCE', 2, null, false, null),
    (5, 'Five', 2000, 'NOVEL', 1, 2, false, 'b'), (6, 'Six', 1980, 'POETRY', 2, 3, true, null),
    (7, 'Seven', 2000, 'SCIENCE', 3, 1, false, null);
  insert into magazine values (101, 'Weekly'), (102, 'Monthly');
  insert into loan (book_id, reader) values (1, 'Citra'), (2, 'Dewi'), (7, 'Eka');
`

type Books = Ref<RowOf<typeof BookEntity>>
type Shelves = Ref<RowOf<typeof ShelfEntity>>
type Authors = Ref<RowOf<typeof AuthorEntity>>
interface PageArgs {
  readonly first: number
  readonly after?: string | null
}
interface LibraryRequest extends PlannedRequest {
  readonly db: Database
}

export const librarySchema: SchemaOfTest = {
  sdl: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    scalar Day
    enum Genre { NOVEL POETRY SCIENCE }
    enum BookOrder { NEWEST GENRE_AND_YEAR TITLE_BACKWARDS }
    type Shelf { id: ID! name: String! bookCount: Int! books(first: Int! = 50, after: String): BookConnection!
      genres: [Genre!]! days: [Day] maybeGenres: [Genre] }
    type Author { id: ID! name: String! isRead: Boolean! books: [Book!]! newest: Book }
    type Book @key(fields: "id") { id: ID! title: String! year: Int! genre: Genre! subtitle: String shelf: Shelf author: Author loans: [Loan!]! }
    type Magazine @key(fields: "id") { id: ID! title: String! }
    type Loan { id: ID! reader: String! book: Book }
    type GenreCount { genre: Genre! books: Int! }
    type BookEdge { cursor: String! node: Book! }
    type BookConnection { nodes: [Book!]! edges: [BookEdge!]! pageInfo: PageInfo! totalCount: Int! }
    type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    union Item = Book | Magazine
    type AlreadyLent { message: String! reader: String }
    union LendResult = Loan | AlreadyLent
    type Query {
      shelves: [Shelf!]!  shelf(id: ID!): Shelf  authors: [Author!]!  book(id: ID!): Book  loans: [Loan!]!
      books(order: BookOrder! = NEWEST, first: Int! = 50, after: String, genres: [Genre!]): BookConnection!
      item(id: ID!): Item  byGenre: [GenreCount!]!  newestFirst: [Book!]!
    }
    type Mutation { lend(book: ID!, reader: String!): LendResult!  rename(book: ID!, title: String!): Book  count: Int! }
  `,
  marks: {
    Shelf: rowsOf(ShelfEntity),
    Author: rowsOf(AuthorEntity),
    Book: rowsOf(BookEntity, 'id'),
    Magazine: rowsOf(MagazineEntity, 'id'),
    Loan: rowsOf(LoanEntity),
    GenreCount: marked('derived'),
    BookEdge: marked('edge'),
    BookConnection: marked('connection'),
    PageInfo: marked('pageInfo'),
  },
  resolvers: {
    Query: {
      shelves: () => rows(ShelfEntity),
      shelf: (_, { id }: { id: string }) => rows(ShelfEntity).where((shelf) => sql`${shelf.id} = ${id}`),
      authors: () => rows(AuthorEntity),
      book: (_, { id }: { id: string }) => bookOf(id),
      loans: () => rows(LoanEntity),
      newestFirst: () => rows(BookEntity).orderBy((book) => [book.year], 'desc'),
      books: (_, { order, genres, ...page }: PageArgs & { order: string; genres?: readonly string[] }) =>
        inOrder(order)
          .where((book) => allOf(genres && sql`${book.genre} = any(${genres})`))
          .page(page),
      item: (_, { id }: { id: string }) =>
        firstOf(
          bookOf(id),
          rows(MagazineEntity).where((magazine) => sql`${magazine.id} = ${id}`),
        ),
      byGenre: () => {
        const book = ref(BookEntity)
        return derived<{ genre: string }>(
          sql`select ${book.genre}, count(*) as books from ${book} group by ${book.genre}`,
        ).orderBy((count) => [count.genre], 'desc')
      },
    },
    Shelf: {
      bookCount: (shelf: Shelves) => {
        const book = ref(BookEntity)
        return value(sql`(select count(*) from ${book} where ${book.shelf} = ${shelf.id})`)
      },
      books: (shelf: Shelves, page: PageArgs) =>
        rows(BookEntity)
          .where((book) => sql`${book.shelf} = ${shelf.id}`)
          .page(page),
      genres: (shelf: Shelves) => {
        const book = ref(BookEntity)
        return value(
          sql`array(select distinct ${book.genre} from ${book} where ${book.shelf} = ${shelf.id} order by 1)`,
        )
      },
      days: () => value(sql`array['2023-05-15', null]::date[]`),
      maybeGenres: () => value(sql`array['NOVEL', null]`),
    },
    Author: {
      isRead: (author: Authors) => {
        const [loan, book] = [ref(LoanEntity), ref(BookEntity)]
        return value(
          sql`exists (select 1 from ${loan} join ${book} on ${book.id} = ${loan.book} where ${book.author} = ${author.id})`,
        )
      },
      books: (author: Authors) => rows(BookEntity).where((book) => sql`${book.author} = ${author.id}`),
      newest: (author: Authors) =>
        rows(BookEntity)
          .where((book) => sql`${book.author} = ${author.id}`)
          .orderBy((book) => [book.year], 'desc'),
    },
    Book: {
      loans: (book: Books) => rows(LoanEntity).where((loan) => sql`${loan.book} = ${book.id}`),
    },
    Mutation: {
      lend: async (_, { book, reader }: { book: string; reader: string }, { db }: LibraryRequest) => {
        const [lent] = await db.query<{ reader: string }>('select reader from loan where book_id = $1', [
          book,
        ])
        if (lent) return { __typename: 'AlreadyLent', message: `"${book}" is lent`, reader: lent.reader }
        const [made] = await db.query<{ id: string }>(
          'insert into loan (book_id, reader) values ($1, $2) returning id',
          [book, reader],
        )
        return rows(LoanEntity).where((loan) => sql`${loan.id} = ${made!.id}`)
      },
      rename: async (_, { book, title }: { book: string; title: string }, { db }: LibraryRequest) => {
        await db.query('update book set title = $2 where id = $1', [book, title])
        return bookOf(book)
      },
      count: () => 42,
    },
  },
}

function bookOf(id: string) {
  return rows(BookEntity).where((book) => sql`${book.id} = ${id}`)
}

function inOrder(order: string) {
  const books = rows(BookEntity)
  switch (order) {
    case 'NEWEST':
      return books.orderBy((book) => [book.year], 'desc')
    case 'GENRE_AND_YEAR':
      return books.orderBy((book) => [book.genre, book.year])
    default:
      return books.orderBy((book) => [book.title], 'desc')
  }
}

/** Readers see no hidden books, and of the shelves those that are open and have a book they see. */
const forReaders: RowPredicate = (entity, row) => {
  if (entity === BookEntity) return sql`not ${(row as Books).hidden}`
  if (entity !== ShelfEntity) return undefined
  const [shelf, book] = [row as Shelves, ref(BookEntity)]
  return sql`not ${shelf.closed} and exists (select 1 from ${book} where ${book.shelf} = ${shelf.id})`
}

export interface Library extends Asked {
  readonly db: Database
  readonly tables: Tables
  /** The same library, as somebody sees it who sees every row. */
  readonly forStaff: Asked
  close(): Promise<void>
}

/** A new library on PGlite, as readers see it. */
export async function openLibrary(): Promise<Library> {
  const db = await openDatabase({ dataDir: 'memory' }, libraryEntities)
  await db.query(TABLES)
  const tables = new Tables(db.orm, libraryEntities)
  const guarded = new Set<unknown>([BookEntity, ShelfEntity])
  const planner = planSchema(librarySchema, {
    tables,
    execute: embeddedExecutor(db.pglite!),
    guarded: (entity) => guarded.has(entity),
  })
  const contextWith = (predicate: RowPredicate) => (): LibraryRequest => ({ db, predicate, trace: [] })
  return {
    db,
    tables,
    planner,
    context: contextWith(forReaders),
    forStaff: { planner, context: contextWith(() => undefined) },
    close: () => db.close(),
  }
}
