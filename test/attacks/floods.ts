import { type Attack, failed, refused } from './attack.ts'
import { asking, atStream, many } from './operations.ts'

const NAME = 'regency(code: "36.03") { name }'

/** `workers { nodes { enrollments { nodes { worker { enrollments … } } } } }`, so many pages inside each other. */
function pages(depth: number, first: number | string): string {
  if (depth === 0) return 'id'
  return `enrollments(first: ${first}) { nodes { worker { ${pages(depth - 1, first)} } } }`
}

/** Small texts that make much work, and large ones. */
export const FLOODS: readonly Attack[] = [
  {
    name: 'a thousand aliases of a field of the root',
    request: asking(`{ ${many(1_000, (n) => `a${n}: ${NAME}`)} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'twenty-one fields of the root',
    request: asking(`{ ${many(21, (n) => `a${n}: ${NAME}`)} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'twenty-one changes in one operation',
    request: asking(
      `mutation { ${many(21, (n) => `a${n}: revealIdentity(worker: "1", purpose: AUDIT) { nik }`)} }`,
      { as: 'admin' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a hundred and one aliases below one field',
    request: asking(`{ regency(code: "36.03") { ${many(101, (n) => `a${n}: name`)} } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'aliases that two fragments multiply',
    request: asking(
      `{ regency(code: "36.03") { ...A ... on Regency { ...A } } } fragment A on Regency { ...B ...B }
       fragment B on Regency { ${many(40, (n) => `a${n}: name`)} }`,
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'one name asked for a thousand times as __typename',
    request: asking(`{ ${many(1_001, '__typename')} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'one field written a thousand times',
    request: asking(`{ regency(code: "36.03") { ${many(1_001, 'name')} } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'fields of one name that all disagree',
    request: asking(`{ provinces { ${many(90, (n) => `a: workers(first: ${n + 1}) { totalCount }`)} } }`, {
      as: 'admin',
    }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'fields sixteen deep',
    request: asking(`{ provinces { ${'payers { area { '.repeat(8)} name ${'} }'.repeat(8)} } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'fields three hundred deep',
    request: asking(`${'{ a '.repeat(300)}${'}'.repeat(300)}`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'inline fragments a thousand deep',
    request: asking(`{ ${'... { '.repeat(1_000)} __typename ${'}'.repeat(1_000)} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'three thousand brackets that nobody closes',
    request: asking(`{ regency(code: ${'['.repeat(3_000)}`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a variable whose type is a list of lists of lists',
    request: asking(`query ($v: ${'['.repeat(1_000)}Int${']'.repeat(1_000)}) { ${NAME} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a fragment that contains itself',
    request: asking('{ regency(code: "36.03") { ...A } } fragment A on Regency { name ...A }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'three fragments in a circle, never used',
    request: asking(
      `{ ${NAME} } fragment A on Regency { province { ...B } } fragment B on Province { regencies { ...C } }
       fragment C on Regency { ...A }`,
    ),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'sixty fragments that each double the next',
    request: asking(
      `{ ...F0 } ${many(60, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on Query { __typename }`,
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a chain of three hundred fragments',
    request: asking(
      `{ ...F0 } ${many(300, (n) => `fragment F${n} on Query { ...F${n + 1} }`)} fragment F300 on Query { __typename }`,
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a thousand fragments that nobody uses',
    request: asking(`{ ${NAME} } ${many(500, (n) => `fragment F${n} on Regency { name }`)}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'two thousand fragments',
    request: asking(`{ ${NAME} } ${many(2_000, (n) => `fragment F${n} on Regency { name }`)}`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'two hundred operations',
    request: asking(
      many(200, (n) => `query Q${n} { ${NAME} }`),
      { operationName: 'Q7' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'one operation twice under one name',
    request: asking(`query Q { ${NAME} } query Q { ${NAME} }`, { operationName: 'Q' }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'six hundred directives on a field',
    request: asking(`{ regency(code: "36.03") { name ${many(600, '@skip(if: false)')} } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'directives that nobody knows',
    request: asking(`{ regency(code: "36.03") ${many(90, (n) => `@evil${n}`)} { name } }`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a field that comes later',
    request: asking('{ regency(code: "36.03") { ... @defer { name } } }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a subscription',
    request: asking('subscription { regency(code: "36.03") { name } }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a query for which a stream is to be kept open',
    request: atStream(asking(`{ ${NAME} }`)),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a subscription whose field a variable leaves out',
    request: asking('subscription ($v: Boolean!) { regency(code: "36.03") @skip(if: $v) { name } }', {
      variables: { v: true },
    }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a subscription to what there is not',
    request: atStream(asking('subscription { regency(code: "36.03") { name } }', { as: 'clerk' })),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a subscription of two hundred aliases',
    request: atStream(asking(`subscription { ${many(200, (n) => `a${n}: __typename`)} }`)),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'two thousand variables',
    request: asking(`query (${many(2_000, (n) => `$v${n}: Int`)}) { ${NAME} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'five thousand tokens',
    request: asking(`{ regency(code: "36.03") { ${many(5_000, 'name')} } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'half a million commas, which mean nothing',
    request: asking(`{ ${','.repeat(500_000)} ${NAME} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a comment of half a million characters',
    request: asking(`# ${'x'.repeat(500_000)}\n{ ${NAME} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a text of twenty thousand characters in the operation',
    request: asking(`{ regencies(search: "${'x'.repeat(20_000)}") { totalCount } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'pages of pages of pages',
    request: asking(`{ workers(first: 200) { nodes { ${pages(3, 200)} } } }`, { as: 'admin' }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'pages of pages whose size is a variable',
    request: asking(`query ($n: Int!) { workers(first: $n) { nodes { ${pages(3, '$n')} } } }`, {
      as: 'admin',
      variables: { n: 200 },
    }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'pages of pages that a fragment hides',
    request: asking(
      `{ workers(first: 200) { nodes { ...A } } } fragment A on Worker { ${pages(1, 200)} ...B }
       fragment B on Worker { ${pages(3, 200)} }`,
      { as: 'admin' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'trends of sixty months, twenty times',
    request: asking(
      `{ ${many(20, (n) => `a${n}: coverageTrend(from: "2018-07", to: "2023-06") { coveredWorkers uncoveredWorkers }`)} }`,
      { as: 'admin' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a trend of a hundred years',
    request: asking('{ coverageTrend(from: "1923-01", to: "2023-06") { coveredWorkers } }', { as: 'admin' }),
    expected: failed('BAD_USER_INPUT'),
  },
  {
    name: 'the coverage of every village of a regency with its payers, twenty times',
    request: asking(
      `{ ${many(20, (n) => `a${n}: coverageByArea(level: VILLAGE, within: "36.03") { coveredWorkers area { payers { name } } }`)} }`,
      { as: 'admin' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'the coverage of every area of every province',
    request: asking(
      '{ provinces { regencies { districts { villages { coverage { coveredWorkers byPayer { coveredWorkers } } } } } } }',
      { as: 'admin' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'the whole count of lists, ninety times',
    request: asking(`{ provinces { ${many(90, (n) => `a${n}: workers(first: 1) { totalCount }`)} } }`, {
      as: 'admin',
    }),
    expected: refused('TOO_COMPLEX'),
  },
]
