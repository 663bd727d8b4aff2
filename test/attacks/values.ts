import { type Attack, failed, harmless, refused } from './attack.ts'
import { asking, many, posting } from './operations.ts'

const BY_SEARCH = 'query ($v: String) { regencies(search: $v) { totalCount } }'
const BY_STATES = 'query ($v: EnrollmentFilter) { enrollments(filter: $v) { totalCount } }'
const BY_ID = 'query ($v: ID!) { worker(id: $v) { id } }'
const PAGE = 'query ($v: Int) { workers(first: $v) { totalCount } }'
const AFTER = 'query ($v: String) { workers(after: $v) { nodes { id } } }'
const CHECK = 'query ($v: CheckCoverageInput!) { checkCoverage(input: $v) { known } }'
const QUERY = JSON.stringify('{ regency(code: "36.03") { name } }')

const NOBODY = 'no row has such an id'

function withValue(query: string, v: unknown) {
  return asking(query, { as: 'admin', variables: { v } })
}

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

function cursorOf(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

/** Variables, bodies and cursors that are too large, too deep or of another kind. */
export const VALUES: readonly Attack[] = [
  {
    name: 'a list of 1,001',
    request: withValue(BY_STATES, { states: Array(1_001).fill('ACTIVE') }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a list of a hundred thousand',
    request: withValue(BY_STATES, { states: Array(100_000).fill('A') }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a list of 1,001 written into the operation',
    request: asking(`{ enrollments(filter: { states: [${many(1_001, 'ACTIVE')}] }) { totalCount } }`, {
      as: 'admin',
    }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'objects and lists eleven deep',
    request: withValue(BY_STATES, nested(11)),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'lists of lists, two hundred thousand deep',
    request: posting(`{"query":${QUERY},"variables":{"v":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'objects in objects, a hundred thousand deep, where nobody reads',
    request: posting(`{"query":${QUERY},"extensions":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'objects that lead back to themselves, as some libraries write them',
    request: withValue(BY_STATES, { $ref: '#', area: { $ref: '#/variables/v' } }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'eleven thousand variables',
    request: asking(BY_SEARCH, {
      variables: Object.fromEntries(Array.from({ length: 11_000 }, (_, n) => [`v${n}`, n])),
    }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a text of ten thousand and one characters',
    request: withValue(BY_SEARCH, 'x'.repeat(10_001)),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a text of nine hundred thousand characters',
    request: withValue(BY_SEARCH, '\u{1F302}'.repeat(200_000)),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'the name of an operation, of ten thousand and one characters',
    request: asking('query Q { __typename }', { operationName: 'Q'.repeat(10_001) }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'another prototype for the body',
    request: posting(`{"query":${QUERY},"__proto__":{"polluted":true}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'another prototype for the body, escaped',
    request: posting(`{"query":${QUERY},"\\u005f_proto__":{"polluted":true}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'another prototype for the variables',
    request: posting(`{"query":${QUERY},"variables":{"__proto__":{"polluted":true}}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'another prototype deep in the variables',
    request: posting(`{"query":${QUERY},"variables":{"v":[{"a":{"__proto__":{"polluted":true}}}]}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'another prototype for the extensions',
    request: posting(`{"query":${QUERY},"extensions":{"__proto__":{"polluted":true}}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'the prototype of a constructor in the variables',
    request: posting(`{"query":${QUERY},"variables":{"constructor":{"prototype":{"polluted":true}}}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'the prototype of a constructor in the extensions',
    request: posting(`{"query":${QUERY},"extensions":{"constructor":{"prototype":{"polluted":true}}}}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a variable called constructor',
    request: posting(
      '{"query":"query ($constructor: Int) { workers(first: $constructor) { totalCount } }","variables":{"constructor":1}}',
      'admin',
    ),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an alias called __proto__',
    request: asking('{ __proto__: regency(code: "36.03") { name } }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a variable called hasOwnProperty',
    request: posting(
      '{"query":"query ($hasOwnProperty: String) { regencies(search: $hasOwnProperty) { totalCount } }","variables":{"hasOwnProperty":"nowhere"}}',
    ),
    expected: harmless('a name like any other, and no area is called so', { regencies: { totalCount: 0 } }),
  },
  {
    name: 'variables that are a list',
    request: asking(BY_SEARCH, { variables: [1] }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'variables that are a text',
    request: asking(BY_SEARCH, { variables: '{}' }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an operation that is a list',
    request: asking(['{ __typename }']),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an operation that is parsed already',
    request: asking({ kind: 'Document', definitions: [] }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a name of an operation that is an object',
    request: asking('{ __typename }', { operationName: { a: 1 } }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'extensions that are a list',
    request: asking('{ __typename }', { extensions: [1] }),
    expected: refused('BAD_USER_INPUT'),
  },
  ...[-1, 0, 201, 2_147_483_647].map((first) => ({
    name: `a page of ${first}`,
    request: withValue(PAGE, first),
    expected: failed('BAD_USER_INPUT'),
  })),
  ...['2147483648', '1e400', '-1e400', '1.5', '"50"', 'true', '[50]', '{}'].map((first) => ({
    name: `a page of ${first}`,
    request: posting(`{"query":${JSON.stringify(PAGE)},"variables":{"v":${first}}}`, 'admin'),
    // A list input coerces nothing for Int: a list of one is no number either.
    expected: refused('BAD_USER_INPUT'),
  })),
  {
    name: 'an id beyond every number',
    request: posting(`{"query":${JSON.stringify(BY_ID)},"variables":{"v":${'9'.repeat(400)}}}`, 'admin'),
    expected: refused('BAD_USER_INPUT'),
  },
  ...['9223372036854775808', '-9223372036854775809', '1e3', ' 1', '0x1', '١', '1; --', 'NaN', ''].map(
    (id) => ({
      name: `the id ${JSON.stringify(id)}`,
      request: withValue(BY_ID, id),
      expected: harmless(NOBODY, { worker: null }),
    }),
  ),
  {
    name: 'a NIK where a kind is meant: it is not repeated',
    request: (target) => withValue(BY_STATES, { states: [target.planted[0]] })(target),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a NIK where a month is meant, in the operation: it is not repeated',
    request: (target) => asking(`{ contributionRates(on: "${target.planted[0]}") { benefit } }`)(target),
    expected: refused('BAD_USER_INPUT'),
  },
  ...(
    [
      ['a zero byte', 'a\0b'],
      ['half a character', '\ud800'],
    ] as const
  ).map(([what, reference]) => ({
    name: `${what} where something is to be stored`,
    request: asking('mutation ($v: CreateAgreementInput!) { createAgreement(input: $v) { id } }', {
      as: 'admin',
      variables: { v: { first: '1', second: '2', from: '2023-01-01', reference } },
    }),
    expected: refused('BAD_USER_INPUT'),
  })),
  {
    name: 'a check of 1,001 people',
    request: withValue(CHECK, {
      people: Array(1_001).fill({ nik: '1' }),
      from: '2023-01',
      purpose: 'OVERLAP_CHECK',
    }),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'a check of 1,001 people written into the operation',
    request: asking(
      `{ checkCoverage(input: { people: [${many(1_001, '{nik:"1"}')}] from: "2023-01" purpose: AUDIT }) { known } }`,
      { as: 'admin' },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'checks of a thousand people, twenty times',
    request: asking(
      `query ($v: CheckCoverageInput!) { ${many(20, (n) => `a${n}: checkCoverage(input: $v) { known worker { id } }`)} }`,
      {
        as: 'admin',
        variables: {
          v: { people: Array(1_000).fill({ nik: '1' }), from: '2023-01', purpose: 'AUDIT' },
        },
      },
    ),
    expected: refused('TOO_COMPLEX'),
  },
  ...(
    [
      ['that is no base64', '!!!'],
      ['that is empty', ''],
      ['that is no JSON', cursorOf('not json')],
      ['of another order', cursorOf(['1', '2', '3'])],
      ['with numbers', cursorOf([1])],
      ['with an object', cursorOf([{ a: 1 }])],
      ['with a prototype', cursorOf('{"__proto__":["1"],"length":1}')],
      ['with SQL', cursorOf(["1' or '1'='1"])],
      ['with a number that is none', cursorOf(['1e3'])],
      ['with a number beyond all', cursorOf(['9'.repeat(40)])],
      ['with a zero byte', cursorOf(['1\0'])],
      ['that is deep', cursorOf(`${'['.repeat(3_000)}${']'.repeat(3_000)}`)],
      ['of ten thousand characters', 'A'.repeat(10_000)],
    ] as const
  ).map(([what, cursor]) => ({
    name: `a cursor ${what}`,
    request: withValue(AFTER, cursor),
    expected: failed('BAD_USER_INPUT'),
  })),
  {
    name: 'a cursor of ten thousand and one characters',
    request: withValue(AFTER, 'A'.repeat(10_001)),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'the cursor of another list',
    request: withValue(
      'query ($v: String) { workers(orderBy: BIRTH_MONTH, after: $v) { nodes { id } } }',
      cursorOf(['1']),
    ),
    expected: failed('BAD_USER_INPUT'),
  },
  {
    name: 'a cursor with months that do not exist',
    request: withValue(
      'query ($v: String) { workers(orderBy: BIRTH_MONTH, after: $v) { nodes { id } } }',
      cursorOf(['2023-13-45', '1']),
    ),
    expected: failed('BAD_USER_INPUT'),
  },
]
