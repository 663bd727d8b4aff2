import type { Readable } from 'node:stream'
import { setImmediate as turnOfOthers } from 'node:timers/promises'
import { recordFailure, recordRefusal } from '../../access/audit/audit.ts'
import { checkPermission } from '../../access/check-permission.ts'
import type { Context } from '../../contract/context.ts'
import { badInput, type Fault } from '../../kernel/errors.ts'
import { readTable, type TableOptions } from '../file/read-table.ts'
import { watchForSpreadsheetDamage } from '../file/spreadsheet-damage.ts'
import { ANSWER_HEADERS, type AnswerLine, answerReader } from './answer-line.ts'
import { type AnswerProblem, isProblem } from './answer-problem.ts'
import { findOwnEnrolledRoster } from './own-enrolled-roster.ts'
import { ACCEPTANCE, takeAnswers } from './take-answers.ts'

/** What came of an answer of BPJS; it names nobody. */
export interface ReceivedAnswers {
  /** How many people were taken on by it. */
  readonly accepted: number
  /** How many were not; their months are released. */
  readonly refused: number
  /** How many lines say what was said before. */
  readonly unchanged: number
  /** The first lines that changed nothing; `row` is the number of the data row in the file. */
  readonly problems: readonly {
    readonly row: number
    readonly code: AnswerProblem['code']
    readonly message: string
  }[]
  /** How many more lines changed nothing. */
  readonly moreProblems: number
}

export interface AnswerOptions extends TableOptions {
  /** Throws when nobody waits for the counts any more. */
  readonly checkAwaited?: () => void
}

function roundedNiks(): Fault {
  return badInput(
    'file',
    'More than 30 % of the NIKs end in 0: a spreadsheet kept them as numbers and rounded the last digit away.',
    'Send the number of each row too (BARIS in the submission), or the NIKs in a column formatted as text.',
  )
}

/** Longer answers nobody reads. */
const MOST_PROBLEMS = 1_000

/**
 * Takes the answer of BPJS to an enrolled roster, a transaction for about a thousand lines: whom it accepted, and whom not
 * and why (DOMAIN.md §5). A line that says something impossible stops no other. The same file again changes nothing, so
 * one that breaks off, or whose sender leaves, is sent again.
 *
 * @returns undefined for a roster that is not there, or another payer's; nothing of the body is read then.
 * @throws Fault BAD_USER_INPUT about `file`, and whatever the body throws: lines before are taken then. UNAUTHENTICATED or
 *   FORBIDDEN without the permission roster:write, CONFLICT before it is enrolled.
 */
export async function receiveAnswers(
  context: Context,
  id: string,
  body: AsyncIterable<Uint8Array> | Readable,
  { checkAwaited, ...options }: AnswerOptions,
): Promise<ReceivedAnswers | undefined> {
  try {
    checkPermission(context.viewer, 'roster:write', 'Sending in what BPJS answered')
    const roster = await findOwnEnrolledRoster(context, id)
    if (!roster) {
      await recordRefusal(context.db, context, { ...ACCEPTANCE, reason: 'FORBIDDEN' })
      return undefined
    }
    const damage = watchForSpreadsheetDamage()
    const read = readTable(body, options, ANSWER_HEADERS, (header) =>
      answerReader(header, { format: options.format, today: context.today, damage }),
    )
    const counts = { accepted: 0, refused: 0, unchanged: 0 }
    const problems: AnswerProblem[] = []
    let moreProblems = 0
    for await (const batch of read) {
      checkAwaited?.()
      if (damage.isDamaged) throw roundedNiks()
      const answers = batch.filter((line): line is AnswerLine => !isProblem(line))
      const taken = await context.db.transaction((query) => takeAnswers(query, roster, answers, context))
      counts.accepted += taken.accepted
      counts.refused += taken.refused
      counts.unchanged += taken.unchanged
      const found = [...batch.filter(isProblem), ...taken.problems].sort((a, b) => a.line - b.line)
      const shown = found.slice(0, MOST_PROBLEMS - problems.length)
      problems.push(...shown)
      moreProblems += found.length - shown.length
      // The embedded database answers within one turn: without this, nobody else would have any until the end.
      await turnOfOthers()
    }
    return {
      ...counts,
      problems: problems.map(({ line, code, message }) => ({ row: line, code, message })),
      moreProblems,
    }
  } catch (error) {
    await recordFailure(context, ACCEPTANCE, error)
    throw error
  }
}
