import { createHash } from 'node:crypto'
import { getIntrospectionQuery } from 'graphql'
import { type Attack, harmless, refused } from './attack.ts'
import { asking, posting } from './operations.ts'

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function persisted(sha256Hash: unknown, more: object = {}) {
  return { persistedQuery: { version: 1, sha256Hash, ...more } }
}

/** What a hub in production does not tell: its schema, its SQL, documents that it does not know. */
export const SCHEMA: readonly Attack[] = [
  { name: 'the whole schema', request: asking(getIntrospectionQuery()), expected: refused('BAD_USER_INPUT') },
  {
    name: 'the whole schema, as an administrator',
    request: asking(getIntrospectionQuery(), { as: 'admin' }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a type of the schema',
    request: asking('{ __type(name: "Worker") { fields { name } } }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'the schema by an alias in a fragment',
    request: asking('{ ...F } fragment F on Query { a: __schema { types { name } } }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a stack trace',
    request: asking('{ regency(code: 36.03) { name } }'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'inline traces',
    request: (target) => {
      const { headers, ...asked } = asking('{ regency(code: "99.99") { name } }')(target)
      return { ...asked, headers: { ...headers, 'apollo-federation-include-trace': 'ftv1' } }
    },
    expected: harmless('no trace comes along, and no regency has the code', { regency: null }),
  },
  {
    name: 'the SQL of an operation',
    request: asking('{ regency(code: "99.99") { name } }', { extensions: { sql: true, trace: true } }),
    expected: harmless('no SQL comes along, and no regency has the code', { regency: null }),
  },
  {
    name: 'an id that no document has',
    request: posting(`{"documentId":"sha256:${'0'.repeat(64)}"}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an id that is a path',
    request: posting('{"documentId":"../../../etc/passwd"}'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an id that every object has',
    request: posting('{"documentId":"constructor"}'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an id that is a list',
    request: posting('{"documentId":["a"]}'),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'an id and another text',
    request: posting(`{"documentId":"sha256:${'0'.repeat(64)}","query":"{ __typename }"}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a hash that nobody registered',
    request: asking(undefined, { extensions: persisted('0'.repeat(64)) }),
    expected: { code: 'BAD_USER_INPUT', statuses: [200, 400, 404] },
  },
  {
    name: 'a text under the hash of another',
    request: asking('{ regency(code: "36.71") { name } }', {
      extensions: persisted(hashOf('{ regency(code: "36.03") { name } }')),
    }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'the hash of another, after a text was to be put under it',
    request: asking(undefined, { extensions: persisted(hashOf('{ regency(code: "36.03") { name } }')) }),
    expected: { code: 'BAD_USER_INPUT', statuses: [200, 400, 404] },
  },
  {
    name: 'a hash of another version',
    request: asking('{ __typename }', { extensions: persisted(hashOf('{ __typename }'), { version: 7 }) }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a hash that is an object',
    request: asking('{ __typename }', { extensions: persisted({ a: 1 }) }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a hash of nothing',
    request: asking(undefined, { extensions: { persistedQuery: null } }),
    expected: refused('BAD_USER_INPUT'),
  },
]

const WRONG_NAMES: readonly (readonly [what: string, query: string])[] = [
  ['of a field', '{ workerz { totalCount } }'],
  ['of a field of a type', '{ regency(code: "36.03") { naem } }'],
  ['of an argument', '{ regency(cod: "36.03") { name } }'],
  ['of a value', '{ workers(filter: { categories: [FARMERS] }) { totalCount } }'],
  ['of a type', '{ regency(code: "36.03") { ... on Regancy { name } } }'],
  ['of a variable’s type', 'query ($v: WorkerFiltr) { workers(filter: $v) { totalCount } }'],
  ['of a member', '{ workers(filter: { categorie: [FARMER] }) { totalCount } }'],
  ['of a directive', '{ regency(code: "36.03") { name @inlude(if: true) } }'],
]

/** Slips of the pen by which a schema is guessed: in production they are not corrected. */
export const GUESSES: readonly Attack[] = [
  ...WRONG_NAMES.map(([what, query]) => ({
    name: `a wrong name ${what}`,
    request: asking(query, { as: 'admin' }),
    expected: refused('BAD_USER_INPUT'),
  })),
  {
    name: 'a wrong member of a variable',
    request: asking('query ($v: WorkerFilter) { workers(filter: $v) { totalCount } }', {
      as: 'admin',
      variables: { v: { categorie: 1 } },
    }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a wrong value of a variable',
    request: asking('query ($v: WorkerFilter) { workers(filter: $v) { totalCount } }', {
      as: 'admin',
      variables: { v: { lifeStatus: 'ALIVED' } },
    }),
    expected: refused('BAD_USER_INPUT'),
  },
]
