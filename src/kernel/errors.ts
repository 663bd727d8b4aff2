/** Every error code a client can meet. The list is closed: clients may switch over it exhaustively. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'TOO_COMPLEX',
  'CONFLICT',
  'INTERNAL',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export interface FaultDetails {
  /** The input field at fault, as the client wrote it: `input.months`. */
  readonly field?: string
  /** What the person can do about it, as a sentence. */
  readonly remedy?: string
  readonly cause?: unknown
}

/**
 * A refusal or failure with a code from {@link ERROR_CODES}. The message is shown to clients:
 * it never holds a NIK, a name or a birth date.
 */
export class Fault extends Error {
  readonly code: ErrorCode
  readonly field?: string
  readonly remedy?: string

  constructor(code: ErrorCode, message: string, { field, remedy, cause }: FaultDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.field = field
    this.remedy = remedy
  }
}

/** A `BAD_USER_INPUT` fault about one input field. Returns it, so that the caller's `throw` stays visible. */
export function badInput(field: string, message: string, remedy?: string): Fault {
  return new Fault('BAD_USER_INPUT', message, { field, remedy })
}

/** Of something that is sent, there is more than is taken. */
export class TooLarge extends Fault {}

/** Like {@link badInput}, about a field that holds more than is taken. */
export function tooLarge(field: string, message: string, remedy: string): TooLarge {
  return new TooLarge('BAD_USER_INPUT', message, { field, remedy })
}

/**
 * The program cannot start or continue as it was set up. The message is plain words for the command line;
 * `problems` holds each mistake on its own.
 */
export class SetupError extends Error {
  readonly problems: string[]

  constructor(message: string, problems: readonly string[] = [], options?: ErrorOptions) {
    super([message, ...problems.map((problem) => `  - ${problem}`)].join('\n'), options)
    this.problems = [...problems]
  }
}

// On the prototype, not the instance: an own `name` is copied into every log line and GraphQL extension.
for (const [type, name] of [
  [Fault, 'Fault'],
  [SetupError, 'SetupError'],
] as const) {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true })
}
