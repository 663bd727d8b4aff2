import { isIP } from 'node:net'
import { z } from 'zod'
import { isDate } from './date.ts'
import { SetupError } from './errors.ts'
import type { NikKey } from './nik-keys.ts'
import { parseNikKeys } from './nik-keys.ts'
import { isSameKey, type PartnerKey, parsePartnerKeys } from './partner-keys.ts'
import { parseTokenKey, type TokenKey } from './token-key.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

const FEDERATION = ['any-token', 'gateway'] as const

/** Who may ask what the subgraph tells gateways (`_service`, `_entities`): whoever has a token, or gateways only. */
export type Federation = (typeof FEDERATION)[number]

/** Whose tokens are believed. */
export interface TokenTrust {
  /** `iss` of the tokens. */
  readonly issuer: string
  /** `aud` of the tokens. */
  readonly audience: string
  /** Where the issuer publishes its keys; never together with `publicKey`. */
  readonly jwksUrl?: string
  /** Its one key. Without either: a local development key; never so in production. */
  readonly publicKey?: TokenKey
}

/** A local key signs, for this hub alone. */
export const DEVELOPMENT_TOKENS: TokenTrust = Object.freeze({
  issuer: 'payung-development',
  audience: 'payung',
})

/** What the server lets one client, one request and itself have. 0 sets no limit, where that is said. */
export interface HttpLimits {
  /** Of one subject; 0 sets no limit. */
  readonly requestsPerMinute: number
  /** Of one address without a token, or with wrong ones; 0 sets no limit. */
  readonly anonymousRequestsPerMinute: number
  /** Of one client at the same time; 0 sets no limit. */
  readonly concurrentRequests: number
  /** Bytes. */
  readonly bodyBytes: number
  /** Milliseconds for a request, from its headers to the finished answer. */
  readonly requestMs: number
  /** Milliseconds the event loop may lag on average of a second before requests are turned away; 0 sets no limit. */
  readonly eventLoopDelayMs: number
  /** Of the memory that JavaScript may use, likewise; 0 sets no limit. */
  readonly heapPercent: number
  /** Addresses and networks (CIDR) whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** Origins whose pages may read answers. */
  readonly corsOrigins: readonly string[]
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = Object.freeze({
  requestsPerMinute: 6_000,
  anonymousRequestsPerMinute: 600,
  concurrentRequests: 32,
  bodyBytes: 1_048_576,
  requestMs: 30_000,
  eventLoopDelayMs: 1_000,
  heapPercent: 90,
  trustedProxies: [],
  corsOrigins: [],
})

/** Which operations are answered. */
export interface OperationLimits {
  /** What one operation may cost, in rows. */
  readonly maxComplexity: number
  /** Fields inside fields, the root field being the first. */
  readonly maxDepth: number
  /** Whether nothing but the documents of `schema/documents.json` is answered. */
  readonly trustedDocumentsOnly: boolean
  /** How many people one client may look up by NIK or token within an hour; 0 sets no limit. */
  readonly peopleCheckedPerHour: number
}

export const DEFAULT_OPERATION_LIMITS: OperationLimits = Object.freeze({
  // Twice the page of 50 workers with all relations; a page of 200 rows with 200 rows each costs 44,000.
  maxComplexity: 30_000,
  // The page of workers with charges, budgets, payers and their areas needs 9; one more connection costs 2 or 3.
  maxDepth: 15,
  trustedDocumentsOnly: false,
  peopleCheckedPerHour: 10_000,
})

/** How large a file of people may be. */
export interface RosterLimits {
  readonly rows: number
  readonly bytes: number
}

/** And how many of them a server reads at the same time. */
export interface RosterServerLimits extends RosterLimits {
  readonly files: number
  /** Among them: each is held in memory as it came, and may be as large as `bytes`. */
  readonly workbooks: number
  /** Days for which who the rows are is kept after a roster has come to its end. */
  readonly identityDays: number
}

export const DEFAULT_ROSTER_LIMITS: RosterServerLimits = Object.freeze({
  rows: 200_000,
  bytes: 64_000_000,
  files: 8,
  workbooks: 2,
  identityDays: 90,
})

/** How this process is set up. Read once at the start and passed on; nothing else reads the environment. */
export interface Config {
  /** 0 lets the system choose a free one. */
  readonly port: number
  readonly host: string
  /** A PostgreSQL server, password included. Absent: the embedded database in `dataDir`. */
  readonly databaseUrl?: string
  /** The same database as the role that owns the tables, for migrations only. Absent: `databaseUrl` does it. */
  readonly migrationUrl?: string
  readonly dataDir: string
  /** The scenario for an empty hub, or `none`. */
  readonly seed: string
  /** The business day `YYYY-MM-DD` to stay on. */
  readonly today?: string
  /** The keys of the vault, the current one first. Absent: to be generated; never absent in production. */
  readonly nikKeys?: readonly [NikKey, ...NikKey[]]
  /** What partners compute their tokens of NIKs with, one key each. */
  readonly partnerKeys: readonly PartnerKey[]
  readonly tokens: TokenTrust
  readonly federation: Federation
  readonly production: boolean
  /** Connections to PostgreSQL at most. */
  readonly poolSize: number
  /** Whether responses may carry the SQL they ran. */
  readonly exposeSql: boolean
  readonly graphiql: boolean
  /** Whether the schema tells about itself. */
  readonly introspection: boolean
  readonly http: HttpLimits
  readonly operations: OperationLimits
  readonly rosters: RosterServerLimits
  /** Milliseconds after which PostgreSQL gives a statement of the server up; 0 never. */
  readonly statementTimeoutMs: number
  readonly logLevel: LogLevel
}

/** Completes `<variable> <message>.` with what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  PORT: 'Leave it out for 4000.',
  HOST: 'Leave it out for 127.0.0.1.',
  DATABASE_URL: 'Leave it out to use the embedded database.',
  DATABASE_MIGRATION_URL: 'Leave it out to migrate through DATABASE_URL.',
  PAYUNG_SEED: 'Leave it out for tangerang-2022.',
  PAYUNG_TODAY: 'Leave it out to follow the calendar.',
  PAYUNG_NIK_KEYS:
    'Write id:base64 of 64 random bytes, for instance from: openssl rand -base64 64 | tr -d "\\n"',
  PAYUNG_PARTNER_KEYS: 'Write partner:base64 of 32 random bytes, for instance from: openssl rand -base64 32',
  JWKS_URL: 'Write the address of the key set of whoever signs tokens, or its key in JWT_PUBLIC_KEY.',
  JWT_PUBLIC_KEY:
    'Write an SPKI PEM (-----BEGIN PUBLIC KEY-----, line ends as \\n) or a JWK, or leave it out for JWKS_URL.',
  JWT_ISSUER: 'Write what the tokens say in iss.',
  JWT_AUDIENCE: 'Write what the tokens say in aud.',
  PAYUNG_FEDERATION: 'Leave it out for gateway in production and any-token elsewhere.',
  PAYUNG_DATABASE_POOL: 'Leave it out for 10.',
  PAYUNG_EXPOSE_SQL: 'Leave it out to switch it off in production only.',
  PAYUNG_GRAPHIQL: 'Leave it out to switch it off in production only.',
  PAYUNG_INTROSPECTION: 'Leave it out to switch it off in production only.',
  PAYUNG_MAX_COMPLEXITY: 'Leave it out for 30000.',
  PAYUNG_MAX_DEPTH: 'Leave it out for 15.',
  PAYUNG_TRUSTED_DOCUMENTS_ONLY: 'Leave it out to answer every operation within the limits.',
  PAYUNG_RATE_LIMIT: 'Leave it out for 6000 requests a minute, or write 0 for no limit.',
  PAYUNG_ANONYMOUS_RATE_LIMIT: 'Leave it out for 600 requests a minute, or write 0 for no limit.',
  PAYUNG_CONCURRENT_REQUESTS: 'Leave it out for 32, or write 0 for no limit.',
  PAYUNG_BODY_LIMIT: 'Leave it out for 1048576 bytes.',
  PAYUNG_REQUEST_TIMEOUT_MS: 'Leave it out for 30000.',
  PAYUNG_STATEMENT_TIMEOUT_MS: 'Leave it out for 10000, or write 0 for no limit.',
  PAYUNG_EVENT_LOOP_DELAY_MS: 'Leave it out for 1000, or write 0 for no limit.',
  PAYUNG_HEAP_PERCENT: 'Leave it out for 90, or write 0 for no limit.',
  PAYUNG_TRUSTED_PROXIES: 'Leave it out to believe no X-Forwarded-For.',
  PAYUNG_PEOPLE_CHECKED_PER_HOUR: 'Leave it out for 10000, or write 0 for no limit.',
  PAYUNG_ROSTER_MAX_ROWS: 'Leave it out for 200000 rows.',
  PAYUNG_ROSTER_MAX_BYTES: 'Leave it out for 64000000 bytes.',
  PAYUNG_ROSTER_FILES: 'Leave it out for 8 files at the same time.',
  PAYUNG_ROSTER_WORKBOOKS: 'Leave it out for 2 workbooks at the same time.',
  PAYUNG_ROSTER_IDENTITY_DAYS: 'Leave it out for 90 days.',
  PAYUNG_CORS_ORIGINS: 'Leave it out to let no other page read answers.',
  NODE_ENV: 'Leave it out for development.',
  LOG_LEVEL: 'Leave it out for info.',
}

/**
 * Reads and checks the environment. A variable that is set to nothing counts as absent.
 *
 * @throws SetupError with all mistakes at once, each naming the variable, what is wrong and the remedy.
 *   Values are not repeated: they may be secret, or a secret put into the wrong variable.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const production = present.NODE_ENV === 'production'
  const result = variables(production, present).safeParse(present)
  if (!result.success) {
    const problems = result.error.issues.map(({ path: [variable], message }) =>
      `${String(variable)} ${message}. ${REMEDIES[String(variable)] ?? ''}`.trim(),
    )
    throw new SetupError('The configuration has mistakes:', problems)
  }
  const read = result.data
  return Object.freeze({
    port: read.PORT,
    host: read.HOST,
    databaseUrl: read.DATABASE_URL,
    migrationUrl: read.DATABASE_MIGRATION_URL,
    dataDir: read.PAYUNG_DATA,
    seed: read.PAYUNG_SEED,
    today: read.PAYUNG_TODAY,
    nikKeys: read.PAYUNG_NIK_KEYS,
    partnerKeys: read.PAYUNG_PARTNER_KEYS,
    tokens: Object.freeze({
      issuer: read.JWT_ISSUER,
      audience: read.JWT_AUDIENCE,
      jwksUrl: read.JWKS_URL,
      publicKey: read.JWT_PUBLIC_KEY,
    }),
    federation: read.PAYUNG_FEDERATION,
    production,
    poolSize: read.PAYUNG_DATABASE_POOL,
    exposeSql: read.PAYUNG_EXPOSE_SQL,
    graphiql: read.PAYUNG_GRAPHIQL,
    introspection: read.PAYUNG_INTROSPECTION,
    http: Object.freeze({
      requestsPerMinute: read.PAYUNG_RATE_LIMIT,
      anonymousRequestsPerMinute: read.PAYUNG_ANONYMOUS_RATE_LIMIT,
      concurrentRequests: read.PAYUNG_CONCURRENT_REQUESTS,
      bodyBytes: read.PAYUNG_BODY_LIMIT,
      requestMs: read.PAYUNG_REQUEST_TIMEOUT_MS,
      eventLoopDelayMs: read.PAYUNG_EVENT_LOOP_DELAY_MS,
      heapPercent: read.PAYUNG_HEAP_PERCENT,
      trustedProxies: read.PAYUNG_TRUSTED_PROXIES,
      corsOrigins: read.PAYUNG_CORS_ORIGINS,
    }),
    operations: Object.freeze({
      maxComplexity: read.PAYUNG_MAX_COMPLEXITY,
      maxDepth: read.PAYUNG_MAX_DEPTH,
      trustedDocumentsOnly: read.PAYUNG_TRUSTED_DOCUMENTS_ONLY,
      peopleCheckedPerHour: read.PAYUNG_PEOPLE_CHECKED_PER_HOUR,
    }),
    rosters: Object.freeze({
      rows: read.PAYUNG_ROSTER_MAX_ROWS,
      bytes: read.PAYUNG_ROSTER_MAX_BYTES,
      files: read.PAYUNG_ROSTER_FILES,
      workbooks: read.PAYUNG_ROSTER_WORKBOOKS,
      identityDays: read.PAYUNG_ROSTER_IDENTITY_DAYS,
    }),
    statementTimeoutMs: read.PAYUNG_STATEMENT_TIMEOUT_MS,
    logLevel: read.LOG_LEVEL,
  })
}

/**
 * One rule per variable and no rule across them: zod skips those as soon as one variable is wrong. Where a variable
 * depends on another, its own rule is written for what is present.
 */
function variables(production: boolean, present: Readonly<Record<string, unknown>>) {
  const hasIssuer = 'JWKS_URL' in present || 'JWT_PUBLIC_KEY' in present
  return z.object({
    PORT: wholeNumber(0, 65_535).default(4000),
    HOST: (hasIssuer ? anyHost() : loopbackHost()).default('127.0.0.1'),
    DATABASE_URL: postgresUrl().optional(),
    DATABASE_MIGRATION_URL: postgresUrl()
      .refine(() => 'DATABASE_URL' in present, {
        error:
          'is nothing without DATABASE_URL: it names the same database, as the role that owns the tables',
      })
      .optional(),
    PAYUNG_DATA: z.string().default('.payung'),
    PAYUNG_SEED: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, {
        error: 'must be the name of a scenario (small letters, digits, dashes) or none',
      })
      .default('tangerang-2022'),
    PAYUNG_TODAY: z
      .string()
      .refine(isDate, { error: 'must be a day that exists, written as 2022-06-15' })
      .optional(),
    PAYUNG_NIK_KEYS: production
      ? nikKeys('is required in production: a key generated on the spot would be lost with its folder')
      : nikKeys('').optional(),
    PAYUNG_PARTNER_KEYS: partnerKeys(present.PAYUNG_NIK_KEYS).default([]),
    JWKS_URL:
      production && !hasIssuer
        ? jwksUrl(
            'or JWT_PUBLIC_KEY is required in production: whoever has a development key may do everything',
          )
        : jwksUrl('').optional(),
    JWT_PUBLIC_KEY: publicKey('JWKS_URL' in present).optional(),
    JWT_ISSUER: production ? required() : z.string().default(DEVELOPMENT_TOKENS.issuer),
    JWT_AUDIENCE: production ? required() : z.string().default(DEVELOPMENT_TOKENS.audience),
    PAYUNG_FEDERATION: z
      .enum(FEDERATION, { error: `must be ${FEDERATION.join(' or ')}` })
      .default(production ? 'gateway' : 'any-token'),
    PAYUNG_DATABASE_POOL: wholeNumber(1, 200).default(10),
    PAYUNG_EXPOSE_SQL: z.stringbool({ error: 'must be true or false' }).default(!production),
    PAYUNG_GRAPHIQL: z.stringbool({ error: 'must be true or false' }).default(!production),
    PAYUNG_INTROSPECTION: z.stringbool({ error: 'must be true or false' }).default(!production),
    PAYUNG_MAX_COMPLEXITY: wholeNumber(1, 999_999_999).default(DEFAULT_OPERATION_LIMITS.maxComplexity),
    PAYUNG_MAX_DEPTH: wholeNumber(1, 50).default(DEFAULT_OPERATION_LIMITS.maxDepth),
    PAYUNG_PEOPLE_CHECKED_PER_HOUR: wholeNumber(0, 100_000_000).default(
      DEFAULT_OPERATION_LIMITS.peopleCheckedPerHour,
    ),
    PAYUNG_TRUSTED_DOCUMENTS_ONLY: z
      .stringbool({ error: 'must be true or false' })
      .default(DEFAULT_OPERATION_LIMITS.trustedDocumentsOnly),
    PAYUNG_RATE_LIMIT: wholeNumber(0, 999_999_999).default(DEFAULT_HTTP_LIMITS.requestsPerMinute),
    PAYUNG_ANONYMOUS_RATE_LIMIT: wholeNumber(0, 999_999_999).default(
      DEFAULT_HTTP_LIMITS.anonymousRequestsPerMinute,
    ),
    PAYUNG_CONCURRENT_REQUESTS: wholeNumber(0, 999_999).default(DEFAULT_HTTP_LIMITS.concurrentRequests),
    PAYUNG_BODY_LIMIT: wholeNumber(1_024, 999_999_999).default(DEFAULT_HTTP_LIMITS.bodyBytes),
    PAYUNG_REQUEST_TIMEOUT_MS: wholeNumber(100, 600_000).default(DEFAULT_HTTP_LIMITS.requestMs),
    PAYUNG_STATEMENT_TIMEOUT_MS: wholeNumber(0, 600_000).default(10_000),
    PAYUNG_EVENT_LOOP_DELAY_MS: wholeNumber(0, 600_000).default(DEFAULT_HTTP_LIMITS.eventLoopDelayMs),
    PAYUNG_HEAP_PERCENT: wholeNumber(0, 100).default(DEFAULT_HTTP_LIMITS.heapPercent),
    PAYUNG_ROSTER_MAX_ROWS: wholeNumber(1, 10_000_000).default(DEFAULT_ROSTER_LIMITS.rows),
    PAYUNG_ROSTER_MAX_BYTES: wholeNumber(1_024, 999_999_999).default(DEFAULT_ROSTER_LIMITS.bytes),
    PAYUNG_ROSTER_FILES: wholeNumber(1, 1_000).default(DEFAULT_ROSTER_LIMITS.files),
    PAYUNG_ROSTER_WORKBOOKS: wholeNumber(1, 1_000).default(DEFAULT_ROSTER_LIMITS.workbooks),
    PAYUNG_ROSTER_IDENTITY_DAYS: wholeNumber(1, 36_500).default(DEFAULT_ROSTER_LIMITS.identityDays),
    PAYUNG_TRUSTED_PROXIES: list(isNetwork, {
      error: 'must be IP addresses or networks such as 10.0.0.0/8, with commas between',
    }).default([]),
    PAYUNG_CORS_ORIGINS: list(isOrigin, {
      error: 'must be origins such as https://dashboard.example, with commas between',
    }).default([]),
    // Any other word would quietly run a production hub with the settings of development.
    NODE_ENV: z
      .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
      .optional(),
    LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  })
}

function postgresUrl() {
  return z.string().refine(isPostgresUrl, {
    error: 'must look like postgres://user:password@host:5432/database, with special characters encoded',
  })
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number)
}

/** Entries with commas between, spaces around them allowed. */
function list(isEntry: (entry: string) => boolean, wrong: { readonly error: string }) {
  return z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every(isEntry), wrong)
}

function nikKeys(absent: string) {
  return z.string({ error: absent }).transform((text, context): readonly [NikKey, ...NikKey[]] => {
    const { keys, problems } = parseNikKeys(text)
    const [current, ...older] = keys
    if (current !== undefined && problems.length === 0) return [current, ...older]
    for (const problem of problems) {
      context.issues.push({ code: 'custom', message: `is wrong: ${problem}`, input: undefined })
    }
    return z.NEVER
  })
}

/** A partner who held a key of the vault could find everybody by himself. */
function partnerKeys(nikKeysText: unknown) {
  return z.string().transform((text, context): readonly PartnerKey[] => {
    const { keys, problems } = parsePartnerKeys(text)
    const vaultKeys = typeof nikKeysText === 'string' ? parseNikKeys(nikKeysText).keys : []
    const shared = keys.filter((key) => vaultKeys.some((other) => isSameKey(key, other)))
    const wrong = [...problems, ...shared.map(({ partner }) => `${partner} has a key of the vault`)]
    if (wrong.length === 0) return keys
    for (const problem of wrong) {
      context.issues.push({ code: 'custom', message: `is wrong: ${problem}`, input: undefined })
    }
    return z.NEVER
  })
}

function required() {
  return z.string({ error: 'is required in production: it is checked in every token' })
}

function jwksUrl(absent: string) {
  return z.string({ error: absent }).refine(isKeySetUrl, {
    error: 'must be an https address without a password (http for loopback addresses only)',
  })
}

function publicKey(besideJwksUrl: boolean) {
  return z.string().transform((text, context): TokenKey => {
    const key = besideJwksUrl
      ? 'is set together with JWKS_URL, and only one can say who signs'
      : parseTokenKey(text)
    if (typeof key !== 'string') return key
    context.issues.push({ code: 'custom', message: key, input: undefined })
    return z.NEVER
  })
}

function loopbackHost() {
  return z.string().refine(isLoopback, {
    error:
      'must be a loopback address (127.0.0.1, ::1, localhost) until JWKS_URL or JWT_PUBLIC_KEY says who signs ' +
      'tokens: a development key must not face a network',
  })
}

function anyHost() {
  return z.string().refine((host) => isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host), {
    error: 'must be an IP address or the name of a host',
  })
}

/** Whether a name or address is this machine's own, so that nobody else can answer to it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host)
}

function isPostgresUrl(text: string): boolean {
  return ['postgres:', 'postgresql:'].includes(URL.parse(text)?.protocol ?? '')
}

function isKeySetUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '') return false
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[|\]$/g, '')))
  )
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** As browsers send it: scheme, host and port, and nothing after. `*` is no origin: it would be everybody. */
function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return (url?.protocol === 'https:' || url?.protocol === 'http:') && url.origin === text
}
