import { createHmac, sign as signBytes } from 'node:crypto'
import { AUDIENCE, aKeyPair, claims, ISSUER, now } from '../access/tokens/issuer.ts'
import { type Attack, refused } from './attack.ts'
import type { HttpRequest } from './sending.ts'
import type { Target } from './target.ts'

const PEOPLE = JSON.stringify({
  query: '{ workers { totalCount nodes { id identity(purpose: AUDIT) { fullName } } } }',
})
const ADMIN = { ...claims(), sub: 'admin', scope: 'admin registry:read identity:read', areas: ['*'] }

type Json = Readonly<Record<string, unknown>>

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

/** A token signed with a key of the attacker's, or by whatever he calls a signature. */
function forged(header: Json, payload: unknown, signature?: string): string {
  const text = `${part(header)}.${part(payload)}`
  return `${text}.${signature ?? signBytes(null, Buffer.from(text), EVIL.privateKey).toString('base64url')}`
}

/** A token that the issuer signed. */
function issued({ issuer, kid }: Target, payload: unknown, header: Json = {}): string {
  const text = `${part({ alg: 'EdDSA', kid, ...header })}.${part(payload)}`
  return `${text}.${signBytes(null, Buffer.from(text), issuer.privateKey).toString('base64url')}`
}

function hmac(header: Json, secret: string | Buffer): string {
  const text = `${part(header)}.${part(ADMIN)}`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const EVIL = aKeyPair()

function publicJwk({ publicKey }: typeof EVIL) {
  return publicKey.export({ format: 'jwk' })
}

function withToken(token: string): HttpRequest {
  return withAuthorization(`Bearer ${token}`)
}

function withAuthorization(authorization: string): HttpRequest {
  return { body: PEOPLE, headers: { 'content-type': 'application/json', authorization } }
}

const TOKENS_OF: readonly (readonly [name: string, token: (target: Target) => string])[] = [
  ['signed by another key', ({ kid }) => forged({ alg: 'EdDSA', kid }, ADMIN)],
  ['that names no key, signed by another', () => forged({ alg: 'EdDSA' }, ADMIN)],
  ['of a key that nobody knows', () => forged({ alg: 'EdDSA', kid: 'unknown' }, ADMIN)],
  ['whose key id is a path', () => forged({ alg: 'EdDSA', kid: '../../../../dev/null' }, ADMIN)],
  ['whose key id is SQL', () => forged({ alg: 'EdDSA', kid: "' union select 'key' --" }, ADMIN)],
  ['whose key id is __proto__', () => forged({ alg: 'EdDSA', kid: '__proto__' }, ADMIN)],
  ['that brings its key along', ({ kid }) => forged({ alg: 'EdDSA', kid, jwk: publicJwk(EVIL) }, ADMIN)],
  [
    'that says where its key is',
    ({ kid, elsewhere }) => forged({ alg: 'EdDSA', kid, jku: elsewhere.url }, ADMIN),
  ],
  [
    'that says where its certificate is',
    ({ kid, elsewhere }) => forged({ alg: 'EdDSA', kid, x5u: elsewhere.url }, ADMIN),
  ],
  ['that brings a certificate', ({ kid }) => forged({ alg: 'EdDSA', kid, x5c: ['AAAA'] }, ADMIN)],
  ['without a signature, alg none', () => forged({ alg: 'none' }, ADMIN, '')],
  ['without a signature, alg NoNe', ({ kid }) => forged({ alg: 'NoNe', kid }, ADMIN, '')],
  ['with a signature, alg none', ({ kid }) => forged({ alg: 'none', kid }, ADMIN)],
  ['without a signature', ({ tokens }) => `${tokens.admin.split('.').slice(0, 2).join('.')}.`],
  [
    'with a signature of zeros',
    ({ kid }) => forged({ alg: 'EdDSA', kid }, ADMIN, Buffer.alloc(64).toString('base64url')),
  ],
  [
    'with an ECDSA signature of zeros',
    ({ kid }) => forged({ alg: 'ES256', kid }, ADMIN, Buffer.alloc(64).toString('base64url')),
  ],
  [
    'with the signature of another',
    ({ kid, tokens }) => forged({ alg: 'EdDSA', kid }, ADMIN, tokens.clerk.split('.')[2]),
  ],
  [
    'signed by HMAC with the issuer’s public key as PEM',
    ({ kid, issuer }) =>
      hmac({ alg: 'HS256', kid }, issuer.publicKey.export({ type: 'spki', format: 'pem' })),
  ],
  [
    'signed by HMAC with the issuer’s public key as bytes',
    ({ kid, issuer }) => hmac({ alg: 'HS256', kid }, Buffer.from(publicJwk(issuer).x!, 'base64url')),
  ],
  ['signed by HMAC with nothing', ({ kid }) => hmac({ alg: 'HS256', kid }, '')],
  [
    'with a header that must be understood',
    (target) => issued(target, ADMIN, { crit: ['evil'], evil: true }),
  ],
  ['whose payload is not encoded', (target) => issued(target, ADMIN, { crit: ['b64'], b64: false })],
  ['that has expired', (target) => issued(target, { ...ADMIN, exp: now() - 60 })],
  ['that never expires', (target) => issued(target, { ...ADMIN, exp: undefined })],
  ['that expires as a text', (target) => issued(target, { ...ADMIN, exp: '9999999999' })],
  ['that is not valid yet', (target) => issued(target, { ...ADMIN, nbf: now() + 3_600 })],
  ['for another audience', (target) => issued(target, { ...ADMIN, aud: 'another' })],
  [
    'for an audience that begins alike',
    (target) => issued(target, { ...ADMIN, aud: `${AUDIENCE}.evil.example` }),
  ],
  ['for nobody', (target) => issued(target, { ...ADMIN, aud: undefined })],
  ['of another issuer', (target) => issued(target, { ...ADMIN, iss: `${ISSUER}.evil.example` })],
  ['of no issuer', (target) => issued(target, { ...ADMIN, iss: undefined })],
  ['of nobody', (target) => issued(target, { ...ADMIN, sub: undefined })],
  ['whose subject is a NIK', (target) => issued(target, { ...ADMIN, sub: target.planted[0] })],
  ['whose subject forges a line', (target) => issued(target, { ...ADMIN, sub: 'a\nb' })],
  ['whose areas are patterns', (target) => issued(target, { ...ADMIN, areas: ['%', '36.__'] })],
  ['whose areas are SQL', (target) => issued(target, { ...ADMIN, areas: ["36' or '1'='1"] })],
  ['whose areas are a text', (target) => issued(target, { ...ADMIN, areas: '*' })],
  ['whose payer is SQL', (target) => issued(target, { ...ADMIN, payer: '1 or 1=1' })],
  ['whose scopes are a list', (target) => issued(target, { ...ADMIN, scope: ['admin'] })],
  ['whose payload is a list', (target) => issued(target, [ADMIN])],
  ['whose payload is a number', (target) => issued(target, '1')],
  ['whose payload is no JSON', (target) => issued(target, '{')],
  ['whose header is no JSON', ({ tokens }) => `${part('{')}.${tokens.admin.split('.').slice(1).join('.')}`],
  ['of ten thousand characters', (target) => issued(target, { ...ADMIN, more: 'x'.repeat(9_000) })],
  ['of ten thousand dots', () => '.'.repeat(10_000)],
  ['of two parts', ({ tokens }) => tokens.admin.split('.').slice(0, 2).join('.')],
  ['of five parts, as encrypted ones have', () => 'e30.e30.e30.e30.e30'],
  ['that is a word', () => 'admin'],
  ['that is null', () => 'null'],
]

/** Tokens that nobody who may issued. All of them ask for people, as an administrator. */
export const TOKENS: readonly Attack[] = [
  ...TOKENS_OF.map(([name, token]) => ({
    name: `a token ${name}`,
    request: (target: Target) => withToken(token(target)),
    expected: refused('UNAUTHENTICATED'),
  })),
  {
    name: 'no token',
    request: { body: PEOPLE, headers: { 'content-type': 'application/json' } },
    expected: refused('UNAUTHENTICATED'),
  },
  { name: 'an empty header', request: withAuthorization(''), expected: refused('UNAUTHENTICATED') },
  {
    name: 'a header without a token',
    request: withAuthorization('Bearer '),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'a name and a password',
    request: withAuthorization('Basic YWRtaW46YWRtaW4='),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'two tokens in a header',
    request: ({ tokens }) => withAuthorization(`Bearer ${tokens.clerk}, Bearer ${tokens.admin}`),
    expected: refused('UNAUTHENTICATED'),
  },
  {
    name: 'a token as a cookie and in the address',
    request: ({ tokens }) => ({
      path: `/graphql?access_token=${tokens.admin}`,
      body: PEOPLE,
      headers: { 'content-type': 'application/json', cookie: `authorization=Bearer ${tokens.admin}` },
    }),
    expected: refused('UNAUTHENTICATED'),
  },
]
