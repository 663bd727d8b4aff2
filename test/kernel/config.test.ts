import { createHmac } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/kernel/config.ts'
import { SetupError } from '../../src/kernel/errors.ts'
import { generateNikKey } from '../../src/kernel/nikKeys.ts'

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
    production: false,
    poolSize: 10,
    exposeSql: true,
    graphiql: true,
    logLevel: 'info',
  })
})

test('every variable is read', () => {
  const env = {
    PORT: '8080',
    HOST: '::1',
    DATABASE_URL: 'postgresql://payung:secret@db/payung',
    PAYUNG_DATA: '/var/lib/payung',
    PAYUNG_SEED: 'none',
    PAYUNG_TODAY: '2022-06-15',
    PAYUNG_NIK_KEYS: generateNikKey('k1'),
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
    dataDir: '/var/lib/payung',
    seed: 'none',
    today: '2022-06-15',
    nikKeys: [{ id: 'k1' }],
    production: true,
    poolSize: 200,
    exposeSql: true,
    graphiql: true,
    logLevel: 'debug',
  })
})

test('production shows neither SQL nor GraphiQL unless allowed', () => {
  const env = { NODE_ENV: 'production', PAYUNG_NIK_KEYS: generateNikKey('k1') }
  expect(readConfig(env)).toMatchObject({ exposeSql: false, graphiql: false })
  expect(readConfig({ ...env, PAYUNG_GRAPHIQL: '1' })).toMatchObject({ exposeSql: false, graphiql: true })
})

test('a variable set to nothing counts as absent', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: ' ', PAYUNG_TODAY: '' })).toEqual(readConfig({}))
})

test('all mistakes are told at once, each with its variable and a remedy', () => {
  const problems = problemsOf({
    PORT: '65536',
    HOST: '0.0.0.0',
    DATABASE_URL: 'mysql://db',
    PAYUNG_SEED: '../etc',
    PAYUNG_TODAY: '2022-02-30',
    NODE_ENV: 'production',
    PAYUNG_DATABASE_POOL: '0',
    PAYUNG_EXPOSE_SQL: 'maybe',
    PAYUNG_GRAPHIQL: 'perhaps',
    LOG_LEVEL: 'loud',
  })
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
    'DATABASE_URL',
    'HOST',
    'LOG_LEVEL',
    'PAYUNG_DATABASE_POOL',
    'PAYUNG_EXPOSE_SQL',
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
  'the hub does not listen on %s before there are access rules, and says why',
  (HOST) => {
    expect(problemsOf({ HOST })).toEqual([expect.stringContaining('no access rules yet')])
  },
)

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
