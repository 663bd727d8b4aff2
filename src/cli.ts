import { CommanderError } from 'commander'
import { explainFailure, MISUSED } from './cli/failure.ts'
import { createProgram } from './cli/program.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  // Commander has printed already; help and version are no mistakes.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : MISUSED
  else explainFailure(error)
}
