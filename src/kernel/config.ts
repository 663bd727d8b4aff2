import { z } from 'zod'
import { isDate } from './date.ts'
import { SetupError } from './errors.ts'
import type { NikKey } from './nikKeys.ts'
import { parseNikKeys } from './nikKeys.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** How this process is set up. Read once at the start and passed on; nothing else reads the environment. */
export interface Config {
  /** 0 lets the system choose a free one. */
  readonly port: number
  readonly host: string
  /** A PostgreSQL server, password included. Absent: the embedded database in `dataDir`. */
  readonly databaseUrl?: string
  readonly dataDir: string
  /** The scenario for an empty hub, or `none`. */
  readonly seed: string
  /** The business day `YYYY-MM-DD` to stay on. */
  readonly today?: string
  /** The keys of the vault, the current one first. Absent: to be generated; never absent in production. */
  readonly nikKeys?: readonly [NikKey, ...NikKey[]]
  readonly production: boolean
  /** Connections to PostgreSQL at most. */
  readonly poolSize: number
  /** Whether responses may carry the SQL they ran. */
  readonly exposeSql: boolean
  readonly graphiql: boolean
  readonly logLevel: LogLevel
}

/** Completes `<variable> <message>.` with what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  PORT: 'Leave it out for 4000.',
  HOST: 'Leave it out for 127.0.0.1.',
  DATABASE_URL: 'Leave it out to use the embedded database.',
  PAYUNG_SEED: 'Leave it out for tangerang-2022.',
  PAYUNG_TODAY: 'Leave it out to follow the calendar.',
  PAYUNG_NIK_KEYS:
    'Write id:base64 of 64 random bytes, for instance from: openssl rand -base64 64 | tr -d "\\n"',
  PAYUNG_DATABASE_POOL: 'Leave it out for 10.',
  PAYUNG_EXPOSE_SQL: 'Leave it out to switch it off in production only.',
  PAYUNG_GRAPHIQL: 'Leave it out to switch it off in production only.',
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
  const result = variables(production).safeParse(present)
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
    dataDir: read.PAYUNG_DATA,
    seed: read.PAYUNG_SEED,
    today: read.PAYUNG_TODAY,
    nikKeys: read.PAYUNG_NIK_KEYS,
    production,
    poolSize: read.PAYUNG_DATABASE_POOL,
    exposeSql: read.PAYUNG_EXPOSE_SQL,
    graphiql: read.PAYUNG_GRAPHIQL,
    logLevel: read.LOG_LEVEL,
  })
}

/** One rule per variable and no rule across them: zod skips those as soon as one variable is wrong. */
function variables(production: boolean) {
  return z.object({
    PORT: wholeNumber(0, 65_535).default(4000),
    HOST: z
      .string()
      .refine(isLoopback, {
        error:
          'must be a loopback address (127.0.0.1, ::1, localhost): there are no access rules yet, so whoever ' +
          'reaches the hub reads everything in it',
      })
      .default('127.0.0.1'),
    DATABASE_URL: z
      .string()
      .refine(isPostgresUrl, {
        error: 'must look like postgres://user:password@host:5432/database, with special characters encoded',
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
    PAYUNG_DATABASE_POOL: wholeNumber(1, 200).default(10),
    PAYUNG_EXPOSE_SQL: z.stringbool({ error: 'must be true or false' }).default(!production),
    PAYUNG_GRAPHIQL: z.stringbool({ error: 'must be true or false' }).default(!production),
    // Any other word would quietly run a production hub with the settings of development.
    NODE_ENV: z
      .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
      .optional(),
    LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
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

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(host)
}

function isPostgresUrl(text: string): boolean {
  return ['postgres:', 'postgresql:'].includes(URL.parse(text)?.protocol ?? '')
}
