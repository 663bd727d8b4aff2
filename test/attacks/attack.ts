import { expect } from 'vitest'
import { ERROR_CODES, type ErrorCode } from '../../src/kernel/errors.ts'
import { STATUS_OF } from '../../src/server/refusals.ts'
import { type Answer, type BareRequest, type HttpRequest, send } from './sending.ts'
import type { Target } from './target.ts'

/** One hostile request and what has to come back. */
export interface Attack {
  readonly name: string
  /** Requests that need tokens or ids are made when the target stands. */
  readonly request: HttpRequest | BareRequest | ((target: Target) => HttpRequest | BareRequest)
  readonly expected: Expected
}

export type Expected = Refused | Harmless | HungUp

/** Errors, each with a code of the closed list, and no data. */
export interface Refused {
  /** Any of these. */
  readonly statuses: readonly number[]
  /** Of one of the errors; undefined for a request so wrong that Node answers it, with a status alone. */
  readonly code: ErrorCode | undefined
}

/** The input is simply a value that matches nothing, or is ignored: this data and no error. */
export interface Harmless {
  /** Why an answer is right. */
  readonly because: string
  readonly body: unknown
}

/** No answer: nobody is owed one who does not speak HTTP. */
export type HungUp = 'hung up'

/** Refused before anything ran. */
export function refused(code: ErrorCode, ...statuses: readonly number[]): Refused {
  return { code, statuses: statuses.length > 0 ? statuses : [STATUS_OF[code]] }
}

/** Refused by the field itself, while the operation ran. */
export function failed(code: ErrorCode): Refused {
  return { code, statuses: [200] }
}

/** Refused before anything of ours sees it. */
export function refusedByNode(status: number): Refused {
  return { code: undefined, statuses: [status] }
}

export function harmless(because: string, data: unknown): Harmless {
  return { because, body: { data } }
}

/** What an attack may take of anybody’s time; a machine that stalls may need a second try, a request that hangs fails both times. */
const LONGEST_MS = 1_500

export async function attack(target: Target, { request, expected }: Attack): Promise<Answer> {
  const made = typeof request === 'function' ? request(target) : request
  let answer = await send(target.port, made)
  if (answer.ms > LONGEST_MS) answer = await send(target.port, made)
  expect(answer.ms, 'milliseconds').toBeLessThan(LONGEST_MS)
  expectNothingInternal(answer, target)
  if (expected === 'hung up') {
    expect(answer.responses).toBe(0)
    return answer
  }
  expect(answer.responses).toBe(1)
  if ('because' in expected) expectHarmless(answer, expected)
  else expectRefused(answer, expected)
  return answer
}

function expectHarmless({ status, body }: Answer, expected: Harmless): void {
  expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: expected.body })
}

interface Shown {
  readonly errors?: readonly { readonly extensions?: { readonly code?: unknown } }[]
  readonly data?: unknown
}

function expectRefused({ status, body }: Answer, { statuses, code }: Refused): void {
  expect(statuses, body).toContain(status)
  if (code === undefined) {
    expect(body).toBe('')
    return
  }
  const { errors = [], data } = JSON.parse(body) as Shown
  expect(
    errors.map(({ extensions }) => extensions?.code),
    body,
  ).toContain(code)
  for (const { extensions } of errors) expect(ERROR_CODES).toContain(extensions?.code)
  expect(isWithoutData(data), body).toBe(true)
}

/** Whether nothing but nulls stands in it, at any depth. */
function isWithoutData(data: unknown): boolean {
  if (data === undefined || data === null) return true
  return typeof data === 'object' && Object.values(data).every(isWithoutData)
}

/** What a stranger must not learn: how the hub is made, and who is in it. */
const INTERNAL: readonly RegExp[] = [
  // Stacks and paths.
  /^\s+at /m,
  /\.(ts|js|mjs|tsx):\d+/,
  /node_modules|node:internal|file:\/\/|\/(src|dist|home|work|usr|etc|tmp)\//,
  // SQL and what PostgreSQL says.
  /\b(select|insert into|update|delete from|drop table|from unnest|where)\b[^"]*\b(from|values|set|where|=)\b/i,
  /syntax error at or near|invalid input syntax|violates|relation "|column "|SQLSTATE|invalid byte sequence/i,
  /\b(worker_identity|identity_token|identity_key|coverage_line|coverage_program|budget_entry|audit_(event|seal|pending)|contribution_rate|village_code|nik_token|worker_id)\b/,
  // What it is built of.
  /fastify|FST_ERR|mikro-?orm|pglite|postgres|type-?graphql|graphql-js|\bjose\b|\bpino\b|JWSInvalid|ERR_J|HPE_/i,
  /apollo(?!-require-preflight|-operation-name)/i,
]

export function expectNothingInternal(
  { status, headers, body }: Answer,
  { planted, production }: Pick<Target, 'planted' | 'production'>,
): void {
  expect(status, body).toBeLessThan(500)
  const said = `${JSON.stringify(headers)}\n${body}`
  if (production) expect(said).not.toContain('Did you mean')
  for (const pattern of INTERNAL) expect(said).not.toMatch(pattern)
  for (const secret of planted) expect(said).not.toContain(secret)
}
