import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  DEFAULT_HTTP_LIMITS,
  DEFAULT_OPERATION_LIMITS,
  DEFAULT_ROSTER_LIMITS,
  readConfig,
} from '../../src/kernel/config.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { generateNikKey } from '../../src/kernel/nik-keys.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const SPKI = publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** The least that production needs. */
const PRODUCTION = {
  NODE_ENV: 'production',
  PAYUNG_NIK_KEYS: generateNikKey('k1'),
  JWT_PUBLIC_KEY: SPKI,
  JWT_ISSUER: 'https://login.example',
  JWT_AUDIENCE: 'payung',
}

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof SetupError) return error.problems
    throw error
  }
  return []
}

test('a developer needs to set nothing', () => {
  expect(readConfig({})).toEqual({
    port: 4000,
    host: '127.0.0.1',
    databaseUrl: undefined,
    dataDir: '.payung',
    seed: 'tangerang-2022',
    today: undefined,
    nikKeys: undefined,
    partnerKeys: [],
    tokens: { issuer: 'payung-development', audience: 'payung', jwksUrl: undefined, publicKey: undefined },
    federation: 'any-token',
    production: false,
    poolSize: 10,
    exposeSql: true,
    graphiql: true,
    introspection: true,
    http: DEFAULT_HTTP_LIMITS,
    operations: DEFAULT_OPERATION_LIMITS,
    rosters: DEFAULT_ROSTER_LIMITS,
    statementTimeoutMs: 10_000,
    logLevel: 'info',
  })
})

test('every variable is read', () => {
  const env = {
    PORT: '8080',
    HOST: '::1',
    DATABASE_URL: 'postgresql://payung:secret@db/payung',
    DATABASE_MIGRATION_URL: 'postgresql://owner:secret@db/payung',
    PAYUNG_DATA: '/var/lib/payung',
    PAYUNG_SEED: 'none',
    PAYUNG_TODAY: '2022-06-15',
    PAYUNG_NIK_KEYS: generateNikKey('k1'),
    JWKS_URL: 'https://login.example/keys',
    JWT_ISSUER: 'https://login.example',
    JWT_AUDIENCE: 'payung-banten',
    PAYUNG_FEDERATION: 'any-token',
    NODE_ENV: 'production',
    PAYUNG_DATABASE_POOL: '200',
    PAYUNG_EXPOSE_SQL: 'true',
    PAYUNG_GRAPHIQL: 'yes',
    LOG_LEVEL: 'debug',
  }
  expect(readConfig(env)).toMatchObject({
    port: 8080,
    host: '::1',
    databaseUrl: env.DATABASE_URL,
    migrationUrl: env.DATABASE_MIGRATION_URL,
    dataDir: '/var/lib/payung',
    seed: 'none',
    today: '2022-06-15',
    nikKeys: [{ id: 'k1' }],
    tokens: { issuer: env.JWT_ISSUER, audience: env.JWT_AUDIENCE, jwksUrl: env.JWKS_URL },
    federation: 'any-token',
    production: true,
    poolSize: 200,
    exposeSql: true,
    graphiql: true,
    logLevel: 'debug',
  })
})

test('the role that owns the tables is nothing without the role of the application', () => {
  expect(problemsOf({ DATABASE_MIGRATION_URL: 'postgres://owner@db/payung' })).toEqual([
    expect.stringMatching(/^DATABASE_MIGRATION_URL is nothing without DATABASE_URL/),
  ])
})

test('production shows neither SQL nor GraphiQL unless allowed', () => {
  expect(readConfig(PRODUCTION)).toMatchObject({ exposeSql: false, graphiql: false })
  const env = { ...PRODUCTION, PAYUNG_GRAPHIQL: '1' }
  expect(readConfig(env)).toMatchObject({ exposeSql: false, graphiql: true })
})

test('a variable set to nothing counts as absent', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: ' ', PAYUNG_TODAY: '' })).toEqual(readConfig({}))
})

test('all mistakes are told at once, each with its variable and a remedy', () => {
  const problems = problemsOf({
    PORT: '65536',
    HOST: '0.0.0.0',
    DATABASE_URL: 'mysql://db',
    DATABASE_MIGRATION_URL: 'db',
    PAYUNG_SEED: '../etc',
    PAYUNG_TODAY: '2022-02-30',
    NODE_ENV: 'production',
    PAYUNG_FEDERATION: 'everybody',
    PAYUNG_DATABASE_POOL: '0',
    PAYUNG_EXPOSE_SQL: 'maybe',
    PAYUNG_GRAPHIQL: 'perhaps',
    LOG_LEVEL: 'loud',
  })
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
    'DATABASE_MIGRATION_URL',
    'DATABASE_URL',
    'HOST',
    'JWKS_URL',
    'JWT_AUDIENCE',
    'JWT_ISSUER',
    'LOG_LEVEL',
    'PAYUNG_DATABASE_POOL',
    'PAYUNG_EXPOSE_SQL',
    'PAYUNG_FEDERATION',
    'PAYUNG_GRAPHIQL',
    'PAYUNG_NIK_KEYS',
    'PAYUNG_SEED',
    'PAYUNG_TODAY',
    'PORT',
  ])
  for (const problem of problems) expect(problem).toMatch(/\. (Leave it out|Write)/)
  expect(problems).toContain('PORT must be a whole number from 0 to 65535. Leave it out for 4000.')
})

test('an environment that is not one of ours does not quietly become development', () => {
  expect(problemsOf({ NODE_ENV: 'prod' })).toEqual([
    'NODE_ENV must be development, test or production. Leave it out for development.',
  ])
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'hub.example', '127.0.0.1.example', '127.0.0.256'])(
  'the hub does not listen on %s with a development key, and says why',
  (HOST) => {
    const reason = 'a development key must not face a network'
    expect(problemsOf({ HOST })).toEqual([expect.stringContaining(reason)])
    // A key with a mistake is told as such, and not as if there were none.
    const problems = problemsOf({ HOST, JWT_PUBLIC_KEY: 'x' })
    expect(problems).toEqual([expect.stringMatching(/^JWT_PUBLIC_KEY is neither/)])
  },
)

test.each(['0.0.0.0', '::', '192.168.1.5', 'hub.example'])(
  'the hub listens on %s when an issuer signs the tokens',
  (HOST) => {
    expect(readConfig({ HOST, JWT_PUBLIC_KEY: SPKI }).host).toBe(HOST)
    expect(readConfig({ HOST, JWKS_URL: 'https://login.example/keys' }).host).toBe(HOST)
  },
)

test.each(['http://hub.example', '0.0.0.0:4000', '-'])('the hub does not listen on %j', (HOST) => {
  expect(problemsOf({ HOST, JWT_PUBLIC_KEY: SPKI })).toEqual([expect.stringMatching(/^HOST must be an IP/)])
})

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('the hub listens on %s', (HOST) => {
  expect(readConfig({ HOST }).host).toBe(HOST)
})

test.each(['', '-1', '4000.5', '0x10', '4e3'])('port %j is never read as another number', (PORT) => {
  if (PORT === '') expect(readConfig({ PORT }).port).toBe(4000)
  else expect(problemsOf({ PORT })).toHaveLength(1)
})

test('the first vault key is the current one, and each key has two halves of its own', () => {
  const bytes = Buffer.from(Array.from({ length: 64 }, (_, index) => index))
  const config = readConfig({ PAYUNG_NIK_KEYS: `new:${bytes.toString('base64')}, ${generateNikKey('old')}` })
  expect(config.nikKeys?.map(({ id }) => id)).toEqual(['new', 'old'])
  const current = config.nikKeys![0]
  expect(current.hmacKey.export()).toEqual(bytes.subarray(0, 32))
  expect(current.encryptionKey.export()).toEqual(bytes.subarray(32))
  expect(createHmac('sha256', current.hmacKey).update('x').digest('hex')).toBe(
    createHmac('sha256', bytes.subarray(0, 32)).update('x').digest('hex'),
  )
})

test('printing the configuration shows no vault key', () => {
  const text = generateNikKey('k1')
  const { nikKeys } = readConfig({ PAYUNG_NIK_KEYS: text })
  const key = Buffer.from(text.slice(3), 'base64')
  const printed = inspect(nikKeys, { depth: 9, showHidden: true }) + JSON.stringify(nikKeys)
  expect(printed).toContain('k1')
  for (const form of [key.toString('base64'), key.toString('hex'), [...key.subarray(0, 4)].join(',')]) {
    expect(printed).not.toContain(form)
  }
})

const zeros = Buffer.alloc(64)
test.each([
  ['no id', zeros.toString('base64'), 'is not an id'],
  ['an id with a space', `a b:${zeros.toString('base64')}`, 'is not an id'],
  ['63 bytes', `k:${Buffer.alloc(63).toString('base64')}`, '63 bytes instead of 64'],
  ['signs that are not base64', `k:${'!'.repeat(88)}`, 'is not base64'],
  ['the same half twice', `k:${zeros.toString('base64')}`, 'the same 32 bytes twice'],
  ['the same id twice', `${generateNikKey('k')},${generateNikKey('k')}`, 'key 2 repeats'],
])('vault keys with %s are refused', (_, PAYUNG_NIK_KEYS, reason) => {
  expect(problemsOf({ PAYUNG_NIK_KEYS })).toEqual([expect.stringContaining(reason)])
})

test('production believes only an issuer it was told of, and lets only gateways ask as gateways', () => {
  const { tokens, federation } = readConfig(PRODUCTION)
  expect(tokens).toMatchObject({ issuer: 'https://login.example', audience: 'payung' })
  expect(federation).toBe('gateway')
  for (const absent of ['JWT_PUBLIC_KEY', 'JWT_ISSUER', 'JWT_AUDIENCE'] as const) {
    const { [absent]: _, ...env } = PRODUCTION
    const told =
      absent === 'JWT_PUBLIC_KEY' ? 'JWKS_URL or JWT_PUBLIC_KEY is required' : `${absent} is required`
    expect(problemsOf(env)).toEqual([expect.stringContaining(told)])
  }
})

test('only one can say who signs tokens', () => {
  const problems = problemsOf({ JWT_PUBLIC_KEY: SPKI, JWKS_URL: 'https://login.example/keys' })
  expect(problems).toEqual([expect.stringMatching(/^JWT_PUBLIC_KEY is set together with JWKS_URL/)])
})

test.each([
  'https://login.example/keys',
  'http://127.0.0.1:8080/keys',
  'http://[::1]/keys',
  'http://localhost',
])('tokens are checked with the keys at %s', (JWKS_URL) => {
  expect(readConfig({ JWKS_URL }).tokens.jwksUrl).toBe(JWKS_URL)
})

test.each([
  'http://login.example/keys',
  'http://127.0.0.1.example/keys',
  'https://payung:secret@login.example/keys',
  'ftp://login.example/keys',
  'login.example/keys',
])('the keys of tokens are not fetched from %s', (JWKS_URL) => {
  const problems = problemsOf({ JWKS_URL })
  expect(problems).toEqual([expect.stringMatching(/^JWKS_URL must be an https address/)])
  expect(problems.join()).not.toContain('secret')
})

test('the key of tokens may be a PEM, a PEM in one line, or a JWK', () => {
  const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }))
  for (const JWT_PUBLIC_KEY of [SPKI, ` ${SPKI.replaceAll('\n', '\\n')} `, jwk]) {
    const { key, algorithms } = readConfig({ JWT_PUBLIC_KEY }).tokens.publicKey!
    expect([key.equals(publicKey), algorithms]).toEqual([true, ['EdDSA']])
  }
})

test('each kind of key checks the signatures of its kind only', () => {
  const pairs = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ]
  const algorithms = pairs.map(({ publicKey: pair }) => {
    const JWT_PUBLIC_KEY = JSON.stringify(pair.export({ format: 'jwk' }))
    return readConfig({ JWT_PUBLIC_KEY }).tokens.publicKey!.algorithms
  })
  expect(algorithms).toEqual([['ES256'], ['RS256', 'PS256']])
})

const jwk = (key: object) => JSON.stringify(key)
const pem = ({ publicKey: key }: { publicKey: KeyObject }) => key.export({ type: 'spki', format: 'pem' })
test.each([
  ['a private PEM', privateKey.export({ type: 'pkcs8', format: 'pem' }), 'holds a secret key'],
  ['a private JWK', jwk(privateKey.export({ format: 'jwk' })), 'holds a secret key'],
  ['a shared secret', jwk({ kty: 'oct', k: 'c2VjcmV0' }), 'holds a secret key'],
  ['a password', 'hunter2', 'is neither an SPKI PEM nor a JWK'],
  ['a PEM cut short', SPKI.slice(0, 50), 'cannot be read as a public key'],
  ['a JWK cut short', '{"kty":"OKP"', 'cannot be read as a public key'],
  ['RSA of 1024 bits', pem(generateKeyPairSync('rsa', { modulusLength: 1024 })), 'another kind'],
  ['a curve of another kind', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })), 'another kind'],
  ['a key for agreement', pem(generateKeyPairSync('x25519')), 'another kind'],
])('%s is no key for tokens, and is not repeated', (_, text, reason) => {
  const problems = problemsOf({ JWT_PUBLIC_KEY: String(text) })
  expect(problems).toEqual([expect.stringContaining(`JWT_PUBLIC_KEY`)])
  expect(problems[0]).toContain(reason)
  expect(problems[0]).not.toContain(String(text).slice(28, 48) || text)
})

test('a mistake never repeats a secret', () => {
  const key = generateNikKey('k1')
  const problems = problemsOf({
    PAYUNG_NIK_KEYS: `${key}AA,hunter2`,
    DATABASE_URL: 'postgress://payung:hunter2@db/payung',
    PORT: 'hunter2',
  })
  expect(problems).toHaveLength(4)
  expect(problems.join()).not.toContain('hunter2')
  expect(problems.join()).not.toContain(key.slice(3, 20))
})

test('an operator says how large operations may be, and whether only trusted documents are answered', () => {
  const env = {
    PAYUNG_MAX_COMPLEXITY: '5000',
    PAYUNG_MAX_DEPTH: '50',
    PAYUNG_TRUSTED_DOCUMENTS_ONLY: 'true',
  }
  const operations = { maxComplexity: 5_000, maxDepth: 50, trustedDocumentsOnly: true }
  expect(readConfig(env)).toMatchObject({ operations })
})

test.each([
  ['PAYUNG_MAX_COMPLEXITY', '0'],
  ['PAYUNG_MAX_DEPTH', '0'],
  ['PAYUNG_MAX_DEPTH', '51'],
  ['PAYUNG_TRUSTED_DOCUMENTS_ONLY', 'perhaps'],
])('%s cannot be %s', (variable, value) => {
  expect(problemsOf({ [variable]: value })).toEqual([
    expect.stringMatching(new RegExp(`^${variable} must be .*\\. Leave it out`)),
  ])
})
