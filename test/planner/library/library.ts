import { defineEntity, p } from '@mikro-orm/core'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { derived, firstOf, rows, value } from '../../../src/planner/description.ts'
import { embeddedExecutor } from '../../../src/planner/executor.ts'
import { marked, rowsOf } from '../../../src/planner/marks.ts'
import type { PlannedRequest } from '../../../src/planner/planner.ts'
import type { Visibility } from '../../../src/planner/render.ts'
import { allOf, type Ref, type RowOf, ref, sql } from '../../../src/planner/sql.ts'
import { Tables } from '../../../src/planner/tables.ts'
import type { Asked } from '../../harness/operations.ts'
import { planSchema, type SchemaOfTest } from './planned-schema.ts'

// A library: books on shelves, some of them hidden from readers, and visitors, from whom parts of a book are hidden.
// It has what the hub has not, or has little of: unions, descending lists, orders and filters by what is concealed.

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
  /** What the late resolvers were asked, in order. */
  readonly notes: string[]
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
    type Book @key(fields: "id") { id: ID! title: String! year: Int! genre: Genre! subtitle: String shelf: Shelf author: Author loans: [Loan!]!
      note(to: String! = "anyone"): String record: Record }
    type Magazine @key(fields: "id") { id: ID! title: String! note(to: String! = "anyone"): String }
    type Record { of: ID! lines: [String!]! }
    type SubtitleCount { subtitle: String books: Int! }
    type Loan { id: ID! reader: String! book: Book }
    type Count { books: Int! }
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
      subtitled(subtitle: String!): [Book!]!  writtenBy(author: String!): [Book!]!  bySubtitle: [Book!]!
      subtitles: [SubtitleCount!]!  inventory(as: String! = "inventory"): Count!  lookup(title: String!): Book
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
    SubtitleCount: marked('derived'),
    Count: marked('derived'),
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
      subtitled: (_, { subtitle }: { subtitle: string }) =>
        rows(BookEntity).where((book) => sql`${book.subtitle} = ${subtitle}`),
      writtenBy: (_, { author: name }: { author: string }) => {
        const author = ref(AuthorEntity)
        return rows(BookEntity).where(
          (book) =>
            sql`exists (select 1 from ${author} where ${author.id} = ${book.author} and ${author.name} = ${name})`,
        )
      },
      bySubtitle: () => rows(BookEntity).orderBy((book) => [book.subtitle]),
      subtitles: () => {
        const book = ref(BookEntity)
        return derived<{ subtitle: string }>(
          sql`select ${book.subtitle}, count(*) as books from ${book} group by ${book.subtitle}`,
        ).orderBy((count) => [count.subtitle])
      },
      inventory: (_, { as: reading }: { as: string }) => {
        const book = ref(BookEntity, reading)
        return derived<{ books: number }>(sql`select count(*) as books from ${book}`)
      },
      lookup: async (_, { title }: { title: string }, { db }: LibraryRequest) => {
        const [found] = await db.query<{ id: string }>('select id from book where title = $1', [title])
        return bookOf(found?.id ?? '0')
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
      note: (key: string, { to }: { to: string }, { notes }: LibraryRequest) =>
        noteOf('book', key, to, notes),
      record: (key: string, _, { notes }: LibraryRequest) => {
        notes.push(`record ${key}`)
        return { of: key, lines: [`${typeof key} ${key}`] }
      },
    },
    Magazine: {
      note: (key: string, { to }: { to: string }, { notes }: LibraryRequest) =>
        noteOf('magazine', key, to, notes),
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
  late: ['Book.note', 'Book.record', 'Magazine.note', 'Query.lookup'],
}

/** There is no note about the first book, and none to be had about the fourth. */
function noteOf(kind: string, key: string, to: string, notes: string[]): string | null {
  notes.push(`${kind} ${key} to ${to}`)
  if (key === '4') throw new Error('the fourth book has lost its note')
  return key === '1' ? null : `${kind} ${key} for ${to}`
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

/**
 * Readers see no hidden books, and of the shelves those that are open and have a book they see; their inventory
 * counts all books.
 */
const forReaders: Visibility = (entity, row, reading) => {
  if (reading === 'inventory') return undefined
  if (reading !== undefined) throw new Error(`nobody reads books for ${reading}`)
  if (entity === BookEntity) return { rows: sql`not ${(row as Books).hidden}` }
  if (entity !== ShelfEntity) return undefined
  const [shelf, book] = [row as Shelves, ref(BookEntity)]
  return {
    rows: sql`not ${shelf.closed} and exists (select 1 from ${book} where ${book.shelf} = ${shelf.id})`,
  }
}

/** Visitors see no hidden books either, and subtitles and authors only of books that are lent or from 2000 on. */
const forVisitors: Visibility = (entity, row) => {
  if (entity !== BookEntity) return undefined
  const [book, loan] = [row as Books, ref(LoanEntity)]
  const known = sql`${book.year} >= ${2000} or exists (select 1 from ${loan} where ${loan.book} = ${book.id})`
  return { rows: sql`not ${book.hidden}`, columns: [{ properties: ['subtitle', 'author'], shown: known }] }
}

export interface LibraryAsked extends Asked {
  context(facts?: object): LibraryRequest
}

export interface Library extends LibraryAsked {
  readonly db: Database
  readonly tables: Tables
  /** The same library, as somebody sees it who sees every row. */
  readonly forStaff: LibraryAsked
  /** The same library, as visitors see it. */
  readonly forVisitors: LibraryAsked
  /** The same library under other rules. */
  under(visibility: Visibility): LibraryAsked
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
    guarded: {
      rows: (entity) => guarded.has(entity),
      column: (entity, property) => entity === BookEntity && ['subtitle', 'author'].includes(property),
    },
  })
  const under = (visibility: Visibility): LibraryAsked => ({
    planner,
    context: () => ({ db, visibility, trace: [], notes: [] }),
  })
  return {
    db,
    tables,
    ...under(forReaders),
    forStaff: under(() => undefined),
    forVisitors: under(forVisitors),
    under,
    close: () => db.close(),
  }
}
