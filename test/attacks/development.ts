import { type Attack, failed, refused } from './attack.ts'
import { asking, bearer, many } from './operations.ts'

const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }'

/** In development the schema may be seen; but what it is asked has bounds, and tokens are for the own page. */
export const IN_DEVELOPMENT: readonly Attack[] = [
  {
    name: 'the schema, seventeen deep',
    request: asking(`{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'the schema, sixteen times',
    request: asking(`{ ${many(16, (n) => `a${n}: __schema { types { fields { name } } }`)} }`),
    expected: refused('TOO_COMPLEX'),
  },
  {
    name: 'the types of the schema, twenty times',
    request: asking(`{ ${many(20, (n) => `a${n}: __type(name: "Worker") { fields { type { name } } }`)} }`),
    expected: refused('TOO_COMPLEX'),
  },
  ...[
    '/graphiql/assets/..%2f..%2f..%2fpackage.json',
    '/graphiql/assets/..%2findex.html',
    '/graphiql/assets/%2e%2e/index.html',
    '/graphiql/assets/..%5cindex.html',
    '/graphiql/assets/..%252findex.html',
    '/graphiql/assets/%00index.js',
    '/graphiql/assets/',
    '/graphiql/assets',
    '/graphiql/index.html',
    '/graphiql/../package.json',
    '/graphiql/assets/....//....//package.json',
  ].map((path) => ({
    name: `the address ${path}`,
    request: { method: 'GET', path },
    expected: { code: 'BAD_USER_INPUT' as const, statuses: [400, 403, 404] },
  })),
  {
    name: 'the demo’s tokens, by another page',
    request: {
      method: 'GET',
      path: '/graphiql/viewers',
      headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    },
    expected: { code: 'FORBIDDEN' as const, statuses: [403] },
  },
  {
    name: 'entities, without a token',
    request: asking(ENTITIES, { variables: { r: [] } }),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'a failing operation, for its stack',
    request: (target) => ({
      body: '{"query":"{ workers(first: 0) { totalCount } }"}',
      headers: { 'content-type': 'application/json', ...bearer(target, 'admin') },
    }),
    expected: failed('BAD_USER_INPUT'),
  },
]
