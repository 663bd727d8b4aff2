import { type Attack, harmless, refused, refusedByNode } from './attack.ts'
import { asking } from './operations.ts'
import { bare } from './sending.ts'

const NAME = '{ regency(code: "36.03") { name } }'
const JSON_NAME = JSON.stringify({ query: NAME })
const AS_JSON = { 'content-type': 'application/json' }
const THE_NAME = { regency: { name: 'Kabupaten Tangerang' } }
const IDENTITY = '{ workers(first: 1) { nodes { identity(purpose: AUDIT) { fullName } } } }'
const POST = ['POST /graphql HTTP/1.1', 'host: hub', 'content-type: application/json']
/** A request that hides in the body of another: it would be answered on its own. */
const HIDDEN = 'GET /health/live HTTP/1.1\r\nhost: hub\r\n\r\n'

/** Methods, headers and bytes that are not as HTTP wants them, or lead round the door. */
export const CONNECTIONS: readonly Attack[] = [
  ...(['PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS', 'PROPFIND', 'QUERY'] as const).map((method) => ({
    name: `the method ${method}`,
    request: { method, headers: AS_JSON, ...(method !== 'TRACE' && { body: JSON_NAME }) },
    expected: refused('BAD_USER_INPUT', 404),
  })),
  {
    name: 'a method that is none',
    request: bare(['EVIL /graphql HTTP/1.1', 'host: hub']),
    expected: refused('BAD_USER_INPUT'),
  },
  { name: 'a tunnel', request: bare(['CONNECT 127.0.0.1:5432 HTTP/1.1', 'host: hub']), expected: 'hung up' },
  ...(
    [
      [
        'a WebSocket',
        [
          'connection: upgrade',
          'upgrade: websocket',
          'sec-websocket-version: 13',
          'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
        ],
      ],
      ['HTTP/2', ['connection: upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQAAP__']],
    ] as const
  ).map(([what, headers]) => ({
    name: `a way round through ${what}`,
    request: bare(['GET /graphql HTTP/1.1', 'host: hub', ...headers, 'connection: close']),
    expected: refused('BAD_USER_INPUT'),
  })),
  {
    name: 'two lengths that disagree',
    request: bare(
      [...POST, `content-length: ${JSON_NAME.length}`, `content-length: ${JSON_NAME.length + HIDDEN.length}`],
      `${JSON_NAME}${HIDDEN}`,
    ),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a length and chunks',
    request: bare(
      [...POST, `content-length: ${5 + HIDDEN.length}`, 'transfer-encoding: chunked'],
      `0\r\n\r\n${HIDDEN}`,
    ),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'chunks that are called otherwise',
    request: bare([...POST, 'transfer-encoding: xchunked', 'content-length: 4'], `0\r\n\r\n${HIDDEN}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'chunks, twice',
    request: bare([...POST, 'transfer-encoding: chunked, identity'], `0\r\n\r\n${HIDDEN}`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a chunk whose size is no number',
    request: bare([...POST, 'transfer-encoding: chunked'], `zz\r\n${JSON_NAME}\r\n0\r\n\r\n`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a chunk larger than any',
    request: bare([...POST, 'transfer-encoding: chunked'], `fffffffffffffffff\r\n${JSON_NAME}\r\n0\r\n\r\n`),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a chunk with a megabyte of remarks',
    request: bare([...POST, 'transfer-encoding: chunked'], `1;${'x'.repeat(1_000_000)}\r\n{\r\n0\r\n\r\n`),
    expected: refused('BAD_USER_INPUT', 400, 413),
  },
  {
    name: 'a length that is no number',
    request: bare([...POST, 'content-length: -1'], JSON_NAME),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a space before the colon',
    request: bare([...POST, 'content-length : 5'], JSON_NAME),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a header that goes on in the next line',
    request: bare([...POST, 'x-a: b', ' c: d', 'content-length: 2', 'connection: close'], '{}'),
    expected: refused('BAD_USER_INPUT'),
  },
  { name: 'no host', request: bare(['GET /graphql HTTP/1.1']), expected: refusedByNode(400) },
  {
    name: 'HTTP of another century',
    request: bare(['GET /graphql HTTP/9.9', 'host: hub']),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'no HTTP at all',
    request: { bytes: '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003' },
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a line end in an address',
    request: bare(['GET /graphql\r\nx: y HTTP/1.1', 'host: hub']),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'one header of twenty thousand characters',
    request: { body: JSON_NAME, headers: { ...AS_JSON, 'x-long': 'x'.repeat(20_000) } },
    expected: refused('BAD_USER_INPUT', 431),
  },
  {
    name: 'two thousand headers',
    request: {
      body: JSON_NAME,
      headers: {
        ...AS_JSON,
        ...Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`x-${n}`, 'y'])),
      },
    },
    expected: refused('BAD_USER_INPUT', 431),
  },
  {
    name: 'a request id that is a NIK',
    request: (target) => ({ body: '{}', headers: { ...AS_JSON, 'x-request-id': target.planted[0] } }),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'a request id of another line',
    request: { body: '{}', headers: { ...AS_JSON, 'x-request-id': 'a\u00e9" onload=' } },
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'headers of an object’s prototype',
    request: {
      body: JSON_NAME,
      headers: { ...AS_JSON, ['__proto__']: 'polluted', constructor: 'polluted' } as Record<string, string>,
    },
    expected: harmless('headers that nobody reads', THE_NAME),
  },
  {
    name: 'a thousand media types of an answer, none of them ours',
    request: { body: JSON_NAME, headers: { ...AS_JSON, accept: Array(1_000).fill('a/b;q=0.1').join() } },
    expected: refused('BAD_USER_INPUT', 406),
  },
  {
    name: 'a page of another origin',
    request: (target) => ({
      ...asking(IDENTITY)(target),
      headers: { ...AS_JSON, origin: 'https://evil.example', cookie: 'token=admin' },
    }),
    expected: refused('UNAUTHENTICATED'),
  },
]
