import { afterAll, beforeAll, expect, test } from 'vitest'
import { conceal, grant, grantAll, type Policy, readFor, unruled } from '../../../src/access/policy.ts'
import { tableRules } from '../../../src/access/table-rules.ts'
import { ANONYMOUS, type Viewer } from '../../../src/access/viewer.ts'
import { render } from '../../../src/planner/render.ts'
import { ref, sql } from '../../../src/planner/sql.ts'
import {
  AuthorEntity,
  BookEntity,
  type Library,
  LoanEntity,
  libraryEntities,
  MagazineEntity,
  openLibrary,
  ShelfEntity,
} from '../../planner/library/library.ts'

// Real: PGlite, the engine of table rules and the planner's rendering. Of this suite: rules about a library.

let library: Library

beforeAll(async () => {
  library = await openLibrary()
})
afterAll(() => library?.close())

const POLICY: Policy = {
  tables: [
    grantAll(ShelfEntity),
    grant(BookEntity, {
      needs: 'registry:read',
      words: 'of the shelves the viewer reaches',
      rows: (book, { areas }) => areas.includes('*') || sql`${book.shelf} = any(${areas}::int[])`,
    }),
    grant(BookEntity, {
      needs: 'identity:read',
      words: 'that are lent',
      rows: (book) => {
        const loan = unruled(LoanEntity)
        return sql`exists (select 1 from ${loan} where ${loan.book} = ${book.id})`
      },
    }),
    grant(BookEntity, { needs: 'anyone', words: 'of 1980', rows: (book) => sql`${book.year} = 1980` }),
    conceal(BookEntity, ['subtitle'], {
      words: 'the viewer is told',
      unless: (_, { permissions }, { today }) =>
        permissions.has('admin') || sql`${today}::text = '2023-05-15'`,
    }),
    conceal(BookEntity, ['author'], { words: 'never', unless: () => false }),
    grant(AuthorEntity, { needs: 'registry:read', words: 'never', rows: () => false }),
    readFor(BookEntity, 'inventory', { needs: 'anyone', words: 'counted' }),
    readFor(BookEntity, 'audit', { needs: 'audit:read', words: 'counted' }),
  ],
}

const rules = tableRules([POLICY], libraryEntities)

type Row = Record<string, unknown>

async function read(
  viewer: Viewer,
  entity: (typeof libraryEntities)[number],
  reading?: string,
  today = '2023-05-15',
): Promise<Row[]> {
  const row = ref(entity, reading) as unknown as { id: never }
  const { text, values } = render(
    sql`select * from ${row} order by ${row.id}`,
    library.tables,
    rules.visibility(viewer, { today }),
  )
  return library.db.query<Row>(
    text,
    values.map(({ value }) => value),
  )
}

const viewer = (areas: string[], ...permissions: string[]): Viewer => ({
  subject: 'x',
  permissions: new Set(permissions) as never,
  areas,
})
const ids = async (...args: Parameters<typeof read>) => (await read(...args)).map(({ id }) => Number(id))

test('a row is seen when any grant says so whose permission the viewer has', async () => {
  expect(await ids(ANONYMOUS, BookEntity)).toEqual([6])
  expect(await ids(viewer(['1'], 'registry:read'), BookEntity)).toEqual([1, 2, 5, 6])
  expect(await ids(viewer(['1']), BookEntity)).toEqual([6])
  expect(await ids(viewer([], 'identity:read'), BookEntity)).toEqual([1, 2, 6, 7])
  expect(await ids(viewer(['1'], 'registry:read', 'identity:read'), BookEntity)).toEqual([1, 2, 5, 6, 7])
  expect(await ids(viewer(['*'], 'registry:read'), BookEntity)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('a table without a grant shows nothing, and so does one whose grants all say no', async () => {
  const everything = viewer(['*'], 'registry:read', 'identity:read', 'audit:read', 'admin')
  expect(await ids(everything, MagazineEntity)).toEqual([])
  expect(await ids(everything, LoanEntity)).toEqual([])
  expect(await ids(everything, AuthorEntity)).toEqual([])
  expect(await ids(ANONYMOUS, ShelfEntity)).toEqual([1, 2, 3])
})

test('a concealed value is null unless its rule holds, and every column is there under its name', async () => {
  const subtitles = async (who: Viewer, today?: string) =>
    (await read(who, BookEntity, undefined, today)).map(({ subtitle }) => subtitle)
  const reader = viewer(['2'], 'registry:read')
  expect(await subtitles(reader)).toEqual(['a', null, null])
  expect(await subtitles(reader, '2023-05-16')).toEqual([null, null, null])
  expect(await subtitles(viewer(['2'], 'registry:read', 'admin'), '2023-05-16')).toEqual(['a', null, null])
  const [book] = await read(reader, BookEntity)
  expect(book).toEqual({
    id: '3',
    title: 'Three',
    year: 2000,
    genre: 'NOVEL',
    shelf_id: 2,
    author_id: null,
    hidden: false,
    subtitle: 'a',
  })
})

test('a table is read whole for what a rule allows, by whoever has the permission for it', async () => {
  expect(await ids(ANONYMOUS, BookEntity, 'inventory')).toHaveLength(7)
  expect(await ids(ANONYMOUS, BookEntity, 'audit')).toEqual([])
  expect(await ids(viewer([], 'audit:read'), BookEntity, 'audit')).toHaveLength(7)
})

test('a reading that no policy declares is an error that names it', async () => {
  await expect(read(ANONYMOUS, BookEntity, 'gossip')).rejects.toThrow(
    'Book is read for gossip, which no policy allows',
  )
  await expect(read(ANONYMOUS, ShelfEntity, 'inventory')).rejects.toThrow('Shelf is read for inventory')
})

test('rules about tables the hub does not have, and tables without rules, are errors', () => {
  expect(() => tableRules([POLICY], [ShelfEntity])).toThrow(
    'a policy is about Book, which is no table of the hub',
  )
  const { visibility } = tableRules([], [ShelfEntity])
  const attempt = () =>
    visibility(ANONYMOUS, { today: '2023-05-15' })(BookEntity, ref(BookEntity) as never, undefined)
  expect(attempt).toThrow('nobody said who may see Book')
})

test('the planner is told what may be hidden from somebody', () => {
  const { guarded } = rules
  expect([ShelfEntity, BookEntity, MagazineEntity].map((entity) => guarded.rows(entity))).toEqual([
    false,
    true,
    true,
  ])
  expect(['subtitle', 'author', 'title'].map((name) => guarded.column(BookEntity, name))).toEqual([
    true,
    true,
    false,
  ])
})
