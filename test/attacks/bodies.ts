import { gzipSync } from 'node:zlib'
import { type Attack, refused } from './attack.ts'
import { posting } from './operations.ts'
import { bare, type HttpRequest } from './sending.ts'

const NAME = '{ regency(code: "36.03") { name } }'
const JSON_NAME = JSON.stringify({ query: NAME })
const AS_JSON = { 'content-type': 'application/json' }
const POST = ['POST /graphql HTTP/1.1', 'host: hub', 'content-type: application/json']

/** 50 MB in 50 kB. */
const BOMB = gzipSync(`{"query":"${' '.repeat(50_000_000)}{ __typename }"}`)

function typed(type: string | undefined, body: string): HttpRequest {
  return { body, headers: type === undefined ? {} : { 'content-type': type } }
}

/** Bodies that are no operation, too large or of another kind. */
export const BODIES: readonly Attack[] = [
  ...(
    [
      ['two operations at once', `[${JSON_NAME},${JSON_NAME}]`],
      ['a thousand operations at once', `[${Array(1_000).fill(JSON_NAME).join()}]`],
      ['an empty list', '[]'],
      ['null', 'null'],
      ['a number', '1e999'],
      ['a text', JSON.stringify(NAME)],
      ['nothing', ''],
      ['an empty object', '{}'],
      ['half an object', JSON_NAME.slice(0, -3)],
      ['an object that never ends', `{"query":"${'x'.repeat(500_000)}`],
      ['two objects', `${JSON_NAME}${JSON_NAME}`],
      ['an object with a comment', `${JSON_NAME.slice(0, -1)} /* nothing */ }`],
      ['an object with NaN', '{"query":"{ __typename }","variables":{"v":NaN}}'],
      ['brackets, half a million', '['.repeat(500_000)],
      ['zero bytes', '\0'.repeat(1_000)],
      [
        'an XML document',
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
      ],
    ] as const
  ).map(([what, body]) => ({
    name: `${what} as the body`,
    request: posting(body),
    expected: refused('BAD_USER_INPUT'),
  })),
  {
    name: 'bytes that are no UTF-8',
    request: posting(
      Buffer.concat([
        Buffer.from('{"query":"{ __typename '),
        Buffer.from([0xc3, 0x28, 0xff, 0xfe]),
        Buffer.from(' }"}'),
      ]),
    ),
    expected: refused('BAD_USER_INPUT'),
  },
  {
    name: 'JSON in UTF-16',
    request: posting(Buffer.from(JSON_NAME, 'utf16le')),
    expected: refused('BAD_USER_INPUT'),
  },
  ...(
    [
      ['a form', 'application/x-www-form-urlencoded', `query=${encodeURIComponent(NAME)}`],
      [
        'a form in parts',
        'multipart/form-data; boundary=x',
        `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON_NAME}\r\n--x--\r\n`,
      ],
      ['plain text', 'text/plain', JSON_NAME],
      ['plain text that says it is JSON', 'text/plain; application/json', JSON_NAME],
      ['nearly JSON', 'application/json-seq', JSON_NAME],
      ['a bare operation', 'application/graphql', NAME],
      ['bytes', 'application/octet-stream', JSON_NAME],
      ['a script', 'text/javascript', JSON_NAME],
      ['no type', undefined, JSON_NAME],
      ['a type that is none', ';;;', JSON_NAME],
      ['a type of ten thousand characters', `application/${'x'.repeat(10_000)}`, JSON_NAME],
    ] as const
  ).map(([what, type, body]) => ({
    name: `${what} as the media type`,
    request: typed(type, body),
    expected: refused('BAD_USER_INPUT', 415),
  })),
  {
    name: 'a body of two megabytes',
    request: posting(`{"query":"${' '.repeat(2_000_000)}{ __typename }"}`),
    expected: refused('BAD_USER_INPUT', 413),
  },
  {
    name: 'a body of two megabytes that nobody announced',
    request: { body: `{"query":"${' '.repeat(2_000_000)}{ __typename }"}`, chunked: true, headers: AS_JSON },
    expected: refused('BAD_USER_INPUT', 413),
  },
  {
    name: 'a body of a terabyte, announced',
    request: bare([...POST, 'content-length: 1099511627776'], '{'),
    expected: refused('BAD_USER_INPUT', 413),
  },
  ...(['gzip', 'deflate', 'br', 'gzip, gzip', 'zstd'] as const).map((encoding) => ({
    name: `a bomb packed by ${encoding}`,
    request: {
      body: BOMB,
      headers: { ...AS_JSON, 'content-encoding': encoding },
    },
    // Nothing is unpacked: packed bytes are no JSON.
    expected: refused('BAD_USER_INPUT'),
  })),
]
