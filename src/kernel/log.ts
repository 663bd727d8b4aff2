import type { Logger } from 'pino'
import { destination as openDestination, pino, stdSerializers } from 'pino'
import type { LogLevel } from './config.ts'
import { scrubLine } from './scrub.ts'

export type { Logger } from 'pino'

export interface LogOptions {
  readonly level: LogLevel
  /** Lines are always JSON; a terminal reads them through a tool such as `pino-pretty`. */
  readonly pretty?: false
  /** Receives each line, line end included. Default: standard output. */
  readonly destination?: { write(line: string): unknown }
}

/**
 * A structured logger whose lines carry no identity: see {@link scrubLine} for what is taken out.
 *
 * The finished line is scrubbed, not the values that go into it: child loggers, serializers and error
 * causes reach the line by ways of their own, and only the line sees them all. Bigints are written as
 * numbers. A name of ours is redacted as well (`name` is a key of identity): label with `component`.
 */
export function createLogger({ level, destination = openDestination(1) }: LogOptions): Logger {
  return pino(
    // `error` too, because a nested Error has no JSON of its own and would vanish.
    { level, serializers: { err: stdSerializers.err, error: stdSerializers.err } },
    { write: (line: string) => void destination.write(scrubLine(line)) },
  )
}
