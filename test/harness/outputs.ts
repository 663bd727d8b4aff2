import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What the hub says while the tests run is kept in files, and searched for the people that tests planted when the
 * run ends: see `search-outputs.ts`.
 *
 * Kept: lines of the log, what a command wrote to its terminal, whole HTTP responses, addresses that pages of the
 * hub ask for, answers of harnesses without HTTP, the planner's statements, and what went to the console. Not kept:
 * what tests themselves say, such as their titles and the values in failed assertions, and what they send; both may
 * name planted people on purpose.
 */
export type OutputKind =
  | 'log'
  | 'terminal'
  | 'response'
  | 'address'
  | 'answer'
  | 'statement'
  | 'console'
  /** Data of an operation that asked for identities with the NIK masked: only NIKs may not be in it. */
  | 'shown identities'

/** Names the folder, for workers and whatever they start. Without it nothing is kept: benchmarks use harnesses too. */
export const OUTPUTS_VARIABLE = 'PAYUNG_TEST_OUTPUTS'

/** One line of a kept file, as JSON: kind, test file, text. */
export type KeptOutput = readonly [kind: OutputKind, suite: string, text: string]

const FLUSHED_FROM = 1 << 18
/** Texts that were kept already and come again and again: statements of random operations, most of all. */
const repeated = new Set<string>()
const MOST_REPEATED = 20_000

const file = `${process.pid}-${randomBytes(4).toString('hex')}`
let suite = ''
let kept = ''
let flushedFrom = FLUSHED_FROM

/** From now on, what is kept belongs to this test file. */
export function keepFor(testFile: string): void {
  suite = testFile
}

export function keep(kind: OutputKind, text: string, of = suite): void {
  const folder = process.env[OUTPUTS_VARIABLE]
  if (folder === undefined || text === '') return
  kept += `${JSON.stringify([kind, of, text] satisfies KeptOutput)}\n`
  if (kept.length >= flushedFrom) flush(folder)
}

/** Statements come again with other values, which they do not hold. */
export function keepStatements(statements: readonly string[]): void {
  for (const statement of statements) {
    if (repeated.has(statement)) continue
    if (repeated.size < MOST_REPEATED) repeated.add(statement)
    keep('statement', statement)
  }
}

/**
 * Keeps an answer, but for the people it was asked to show: of an operation that reveals identities its data is left
 * out, and of one that shows them with the NIK masked it may hold names.
 *
 * @param operation its text, as far as known: of an operation that is known to the server only, everything is kept.
 * @param text the answer as JSON.
 */
export function keepAnswer(kind: 'answer' | 'response', operation: string, text: string): void {
  const answer = /\b(identity|revealIdentity)\b/.test(operation) ? parsed(text) : undefined
  if (answer === undefined) {
    keep(kind, text)
    return
  }
  const { data, ...rest } = answer
  keep(kind, JSON.stringify(rest))
  if (data && !/\brevealIdentity\b/.test(operation)) keep('shown identities', JSON.stringify(data))
}

/** Undefined for what is no answer of GraphQL, or broke off. */
function parsed(text: string): { data?: unknown } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What went to the console, as Vitest hears of it: in the process that starts the workers. */
export function keepConsole(text: string, of: string | undefined): void {
  const folder = process.env[OUTPUTS_VARIABLE]
  keep('console', text, of)
  if (folder !== undefined) flush(folder)
}

/** Writes what is kept so far, and from now on everything at once: the last call of a test file. */
export function keepNoLonger(): void {
  const folder = process.env[OUTPUTS_VARIABLE]
  if (folder !== undefined) flush(folder)
  flushedFrom = 0
}

function flush(folder: string): void {
  if (kept !== '') appendFileSync(join(folder, file), kept)
  kept = ''
}
