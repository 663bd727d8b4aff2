import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrayText } from '../../src/db/array-text.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { entities } from '../harness/entities.ts'

let db: Database

beforeAll(async () => {
  db = await openDatabase({}, entities)
})
afterAll(() => db?.close())

const texts = fc.array(
  fc.option(
    fc.oneof(
      fc.constantFrom(
        '',
        'null',
        'NULL',
        'Null',
        ' ',
        'a b',
        '{}',
        '{a,b}',
        ',',
        '"',
        '\\',
        '\\"',
        "'",
        '\t',
        '\n',
        '-',
        '+',
        '1e3',
      ),
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      fc.stringMatching(/^[\w.:+-]{1,12}$/),
    ),
  ),
  { maxLength: 8 },
)

test('PostgreSQL reads back the texts that were written', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (values) => {
      const [read] = await db.query<{ values: unknown }>('select ($1::text)::text[] as values', [
        arrayText(values),
      ])
      expect(read!.values).toEqual(values)
    }),
    { numRuns: 300 },
  )
})

test('numbers, whole numbers without limit and truth values are read as what they are', async () => {
  const [read] = await db.query(
    'select ($1::text)::int[] as ints, ($2::text)::bigint[] as bigints, ($3::text)::bool[] as bools, ($4::text)::float8[] as floats',
    [
      arrayText([1, -2, undefined]),
      arrayText([9_007_199_254_740_993n, '7', null]),
      arrayText([true, false]),
      arrayText([1.5, -1e21]),
    ],
  )
  expect(read).toEqual({
    ints: [1, -2, null],
    bigints: ['9007199254740993', '7', null],
    bools: [true, false],
    floats: [1.5, -1e21],
  })
})

test('anything else is left to the driver', () => {
  for (const value of [new Date(0), Buffer.from('a'), ['nested'], { json: 1 }]) {
    expect(arrayText(['a', value])).toBeUndefined()
  }
})
