import { Fault, SetupError } from '../kernel/errors.ts'
import { createLogger } from '../kernel/log.ts'

/** Exit codes of the command line; 2 is for commands that were not understood. */
export const FAILED = 1
export const MISUSED = 2

/**
 * Tells a person why a command failed. What they can do something about is said in plain words; anything else is
 * a mistake of ours, and its stack goes through the logger, which takes identity out.
 */
export function explainFailure(error: unknown): void {
  process.exitCode = FAILED
  const words = inPlainWords(error)
  if (words !== undefined) process.stderr.write(`${words}\n`)
  else createLogger({ level: 'error', destination: process.stderr }).error({ err: error }, 'a command failed')
}

function inPlainWords(error: unknown): string | undefined {
  if (error instanceof SetupError) return error.message
  if (error instanceof Fault) return [error.message, error.remedy].filter(Boolean).join(' ')
  if (!isSystemError(error)) return undefined
  const { code, port, path } = error
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Choose another: PORT=${port! + 1}`
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} is not for everybody. Choose one from 1024 on.`
  if (code === 'ENOENT' && path !== undefined) return `There is no ${path}.`
  return undefined
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { port?: number } {
  return error instanceof Error && 'syscall' in error
}
