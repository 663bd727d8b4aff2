/** How a command tells its result. */
export interface Output {
  /** One JSON value on standard output instead of words. */
  readonly json?: boolean
}

/** Words as they are, anything else as one line of JSON, on standard output. */
export function print(result: unknown): void {
  process.stdout.write(`${typeof result === 'string' ? result : JSON.stringify(result)}\n`)
}
