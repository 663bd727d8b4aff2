import { badInput, Fault } from '../../kernel/errors.ts'

/** A GraphQL request as it came: nothing about it is known yet. */
export interface AskedRequest {
  readonly query?: unknown
  /** The id of a trusted document in place of its text: `sha256:<hex>`. */
  readonly documentId?: unknown
  readonly operationName?: unknown
  readonly variables?: unknown
  readonly extensions?: unknown
}

const TEXTS = ['query', 'documentId', 'operationName'] as const
const JSONS = ['variables', 'extensions'] as const

/**
 * What an address asks, by its part from the question mark on. A parameter given twice, or JSON that is none,
 * stays as it is: whoever checks the request refuses what is not of the right kind.
 */
export function askedByAddress(search: string): AskedRequest {
  const parameters = new URLSearchParams(search)
  const asked: Record<string, unknown> = {}
  for (const name of [...TEXTS, ...JSONS]) {
    const values = parameters.getAll(name)
    if (values.length > 0) asked[name] = values.length === 1 ? values[0] : values
  }
  for (const name of JSONS) asked[name] = parsed(asked[name])
  return asked
}

/**
 * What a parsed JSON body asks.
 *
 * @throws Fault BAD_USER_INPUT for what is no operation, or holds something else than a text as its text: whoever reads it
 *   next would explain how his own clients work.
 */
export function askedByBody(body: unknown): AskedRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Fault('BAD_USER_INPUT', 'The body has to be one operation, as a JSON object: {"query": "…"}.')
  }
  const asked = body as AskedRequest
  if (asked.query === undefined || asked.query === null || typeof asked.query === 'string') return asked
  throw badInput('query', 'The operation has to be a text.')
}

/** The address that asks the same, from the question mark on. */
export function addressAsking(asked: AskedRequest): string {
  const parameters = new URLSearchParams()
  for (const name of [...TEXTS, ...JSONS]) {
    const value = asked[name]
    if (value === undefined || value === null) continue
    parameters.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return `?${parameters}`
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
