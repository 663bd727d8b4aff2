import { type Attack, refused } from './attack.ts'
import { bearer, getting } from './operations.ts'
import { bare } from './sending.ts'

const NAME = '{ regency(code: "36.03") { name } }'
const IDENTITY = '{ workers(first: 1) { nodes { identity(purpose: AUDIT) { fullName } } } }'

/** What stands in an address: operations by GET, files, other servers. */
export const ADDRESSES: readonly Attack[] = [
  {
    name: 'a change by GET',
    request: getting(
      { query: 'mutation { revealIdentity(worker: "1", purpose: AUDIT) { nik } }' },
      { as: 'admin' },
    ),
    expected: refused('BAD_USER_INPUT', 405),
  },
  {
    name: 'an identity by GET',
    request: getting({ query: IDENTITY }, { as: 'admin' }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a check of a NIK by GET',
    request: (target) =>
      getting(
        {
          query: `{ checkCoverage(input: { people: [{ nik: "${target.planted[0]}" }] from: "2023-01" purpose: AUDIT }) { known } }`,
        },
        { as: 'admin' },
      )(target),
    expected: refused('BAD_USER_INPUT'),
  },
  ...(
    [
      ['no header', {}],
      ['the type of a form', { 'content-type': 'text/plain' }],
      ['an empty header', { 'apollo-require-preflight': '' }],
    ] as const
  ).map(([what, headers]) => ({
    name: `a GET as any page can send it, with ${what}`,
    request: getting({ query: NAME }, { headers }),
    expected: refused('BAD_USER_INPUT'),
  })),
  ...(
    [
      ['variables that are no JSON', { query: NAME, variables: '{' }],
      ['variables that are a list', { query: NAME, variables: '[1]' }],
      ['extensions that are no JSON', { query: NAME, extensions: '{' }],
      ['another prototype', { query: NAME, variables: '{"__proto__":{"polluted":true}}' }],
      [
        'another prototype for the extensions',
        { query: NAME, extensions: '{"__proto__":{"polluted":true}}' },
      ],
      ['no operation', {}],
    ] as const
  ).map(([what, parameters]) => ({
    name: `a GET with ${what}`,
    request: getting(parameters),
    expected: refused('BAD_USER_INPUT'),
  })),
  {
    name: 'a GET that asks two things',
    request: {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(NAME)}&query=${encodeURIComponent(IDENTITY)}`,
      headers: { 'apollo-require-preflight': '1' },
    },
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a GET of thirty thousand characters',
    request: getting({ query: `{ ${'a'.repeat(30_000)} }` }),
    expected: refused('BAD_USER_INPUT', 431),
  },
  {
    name: 'a GET that says it is another method',
    request: (target) => ({
      ...getting(
        { query: 'mutation { revealIdentity(worker: "1", purpose: AUDIT) { nik } }' },
        { as: 'admin' },
      )(target),
      headers: {
        ...bearer(target, 'admin'),
        'apollo-require-preflight': '1',
        'x-http-method-override': 'POST',
      },
    }),
    expected: refused('BAD_USER_INPUT', 405),
  },
  ...[
    '/graphiql/assets/..%2f..%2f..%2fpackage.json',
    '/graphiql/assets/../../../package.json',
    '/graphiql/assets/..%5c..%5cpackage.json',
    '/graphiql/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/graphiql/assets/..%252f..%252fpackage.json',
    '/graphiql/assets/%00.js',
    '/graphiql/assets//etc/passwd',
    '/graphiql/assets/',
    '/graphiql/assets/.env',
    '/graphiql/../health/live',
    '/graphiql',
    '/graphiql/viewers',
    '/graphql/',
    '/GRAPHQL',
    '/graphql;a=b',
    '/graphql%00',
    '/graphql%2f..%2fmetrics',
    '//graphql',
    '/../../etc/passwd',
    '/.git/config',
    '/.payung/nik-keys',
    '/constructor',
    '/__proto__',
    '/%E0%A4%A',
    '/%ff',
    `/${'a'.repeat(10_000)}`,
  ].map((path) => ({
    name: `the address ${path.slice(0, 60)}`,
    request: { method: 'GET', path, headers: { 'apollo-require-preflight': '1' } },
    expected: refused('BAD_USER_INPUT', 400, 404, 414),
  })),
  {
    name: 'the whole address of another server',
    request: bare([
      'GET http://169.254.169.254/latest/meta-data HTTP/1.1',
      'host: 169.254.169.254',
      'connection: close',
    ]),
    expected: refused('BAD_USER_INPUT', 400, 404),
  },
]
