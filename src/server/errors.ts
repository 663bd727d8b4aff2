import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import { type ErrorCode, Fault } from '../kernel/errors.ts'
import type { Logger } from '../kernel/log.ts'
import { scrubText } from '../kernel/scrub.ts'
import { currentRequestId } from './request-id.ts'

/** What a client is told when it did nothing wrong. */
const MASKED = 'Something went wrong here. Give the request id to whoever runs this hub.'

/** What Apollo and graphql-js say of operations that cannot be run as they were sent. */
const CLIENT_MISTAKES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_FOUND',
])

/**
 * Apollo's `formatError`: a {@link Fault} speaks for itself unless the failure is our own, a client's mistake is
 * explained, and everything else is hidden behind the request id and logged once. Codes are those of `ERROR_CODES`,
 * no other. `suggestions`: whether graphql-js may say what of the schema was perhaps meant.
 */
export function errorFormat(logger: Logger, { suggestions }: { readonly suggestions: boolean }) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const fault = faultIn(error)
    if (fault && fault.code !== 'INTERNAL') return { ...formatted, ...faultShown(fault) }
    if (
      CLIENT_MISTAKES.has(formatted.extensions?.code) ||
      isMistakenRequest(error) ||
      isMistakenArgument(error)
    ) {
      const code: ErrorCode = 'BAD_USER_INPUT'
      const message = withoutValues(explained(formatted), error)
      return {
        ...formatted,
        message: suggestions ? message : withoutSuggestion(message),
        extensions: { code },
      }
    }
    return { ...formatted, ...masked(logger, currentRequestId() ?? 'unknown', error) }
  }
}

/** A fault as GraphQL shows it. */
export function faultShown({ message, code, field, remedy }: Fault) {
  return {
    message,
    extensions: { code, ...(field !== undefined && { field }), ...(remedy !== undefined && { remedy }) },
  }
}

/** Logs what happened and gives what may be said about it. */
export function masked(logger: Logger, requestId: string, error: unknown) {
  const field = error instanceof GraphQLError ? fieldName(error) : undefined
  logger.error({ component: 'server', requestId, field, err: innermost(error) }, 'a request failed')
  const code: ErrorCode = 'INTERNAL'
  return { message: MASKED, extensions: { code, requestId } }
}

function faultIn(error: unknown): Fault | undefined {
  const links = chain(error)
  const fault = links.find((link): link is Fault => link instanceof Fault)
  if (fault) return fault
  return links.some((link) => (link as { code?: unknown } | null)?.code === QUERY_CANCELED)
    ? outOfTime()
    : undefined
}

/** SQLSTATE of a statement that ran into `statement_timeout`. */
const QUERY_CANCELED = '57014'

function outOfTime(): Fault {
  const remedy = 'Ask for fewer fields, a smaller page or a smaller area at once.'
  return new Fault('TOO_COMPLEX', 'The database needed too long for this and gave it up.', { remedy })
}

function innermost(error: unknown): unknown {
  return chain(error).at(-1)
}

/** The error and what it wraps, outermost first. */
function chain(error: unknown): unknown[] {
  const links = [error]
  while (links.length < 20) {
    const last = links.at(-1)
    const next = last instanceof GraphQLError ? last.originalError : undefined
    if (next === undefined || next === null) break
    links.push(next)
  }
  return links
}

/** Apollo says of some requests only by their status that they are wrong: a hash that is not that of the text. */
function isMistakenRequest(error: unknown): boolean {
  const http = error instanceof GraphQLError ? error.extensions.http : undefined
  const status = (http as { status?: unknown } | undefined)?.status
  return typeof status === 'number' && status >= 400 && status < 500
}

/**
 * graphql-js finds some wrong arguments only while it executes, and says so without a code. It points at the
 * argument; an error that points at a field, or nowhere, is about our own data.
 */
function isMistakenArgument(error: unknown): boolean {
  const cause = innermost(error)
  return cause instanceof GraphQLError && !!cause.nodes?.length && cause.nodes[0]!.kind !== Kind.FIELD
}

/** The name in the schema, not the alias: a caller may write anything into an alias. */
function fieldName({ nodes }: GraphQLError): string | undefined {
  const node = nodes?.[0]
  return node?.kind === Kind.FIELD ? node.name.value : undefined
}

/** Apollo tells of itself, and of how it is set up, when it refuses to tell of the schema. */
function explained({ message, extensions }: GraphQLFormattedError): string {
  return extensions?.validationErrorCode === 'INTROSPECTION_DISABLED'
    ? 'This hub does not tell about its schema.'
    : message
}

/** Apollo hides what graphql-js suggests for operations, and forgets what it suggests for variables. */
function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean .+$/s, '')
}

/** Where a variable is wrong, as graphql-js writes it behind the value: ` at "input.people[0].nik"`. */
const PLACE = / at "[\w.[\]]+"$/
const REPEATED: readonly (readonly [where: RegExp, without: string])[] = [
  [/( is not a valid \w+): .+$/s, '$1'],
  [/( represent [\w ,-]+| has invalid value|(?<=Expected value of type "[^"]+"), found)(:? .+)$/s, '$1'],
  [/^(Syntax Error: (?:Expected [^,]+, found|Unexpected) (?:String|BlockString|Int|Float)) ".*"\.$/s, '$1.'],
  [/Value ".*" (does not exist in "\w+" enum)/s, 'The value $1'],
  // What is a word is the caller's code; what is not came from his data.
  [/Field "(?!\w+" is not defined by type "\w+"\.).*" (is not defined by type)/s, 'A field $1'],
  [/^Unknown operation named "(?!\w+"\.$).*"\.$/s, 'Unknown operation name.'],
]

/** graphql-js repeats a wrong value in its complaint; it may be a NIK or a name, and callers log complaints. */
function withoutValues(message: string, error: unknown): string {
  const complaint = withoutVariable(message.trim(), error)
  return scrubText(REPEATED.reduce((text, [where, without]) => text.replace(where, without), complaint))
}

/** By the complaint that is wrapped, because the value may hold everything that could tell where it ends. */
function withoutVariable(message: string, error: unknown): string {
  const [subject] = /^Variable "\$\w+" got invalid value /.exec(message) ?? []
  const complaint = chain(error).findLast((link) => link instanceof GraphQLError)?.message
  if (subject === undefined || !complaint || !message.endsWith(`; ${complaint}`)) return message
  const place = PLACE.exec(message.slice(0, -`; ${complaint}`.length))?.[0] ?? ''
  return `${subject.trim()}${place}; ${complaint}`
}
