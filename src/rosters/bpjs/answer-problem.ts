/** Why a line of an answer changes nothing, in words that tell nothing of anybody. */
const MESSAGES = {
  SHIFTED: 'The line has more cells than the header; a cell that holds the delimiter needs quotes.',
  NOBODY: 'The line names neither a row of the roster nor a NIK.',
  UNREADABLE_ROW: 'The row cannot be read: write its number in the roster.',
  UNREADABLE_NIK: 'The NIK cannot be read: it has 16 digits, in a cell formatted as text.',
  ROUNDED_NIK:
    'A spreadsheet may have rounded the NIK, so that it could be several people: name the row, or write all 16 digits in a cell formatted as text.',
  UNKNOWN_STATUS: 'The status cannot be read: write DITERIMA or DITOLAK.',
  NO_REASON: 'A refusal needs a reason.',
  UNKNOWN_REASON:
    'The reason cannot be read: write AGE_LIMIT, NIK_MISMATCH, ALREADY_ACTIVE, DECEASED or INCOMPLETE.',
  UNKNOWN_ROW: 'The roster has no such row, or nobody of this NIK is enrolled with it.',
  AMBIGUOUS: 'Several rows of the roster turned out to be this person: name the row.',
  OTHER_PERSON: 'The NIK is not that of the person in this row.',
  NOT_ENROLLED: 'Nobody is enrolled by this row.',
  NOT_SUBMITTED: 'BPJS was not asked about this person yet: fetch submission.csv first.',
  SAID_OTHERWISE: 'Something else was said of this row before.',
  NOT_RUNNING: 'The enrollment has lost all of its months meanwhile.',
  DISPUTED: 'A record of this person is disputed: decide that first, and send the line again.',
  CLAIM_OPEN: 'There may be a claim for a month of it, so the person stays covered: settle that with BPJS.',
  CHANGED_MEANWHILE: 'The person was changed at this moment: send the line again.',
} as const
export type AnswerProblemCode = keyof typeof MESSAGES

/** A line of an answer that changes nothing. */
export interface AnswerProblem {
  /** Number of the data row in the file, from 1: the header is not counted. */
  readonly line: number
  readonly code: AnswerProblemCode
  readonly message: string
}

export function problemOf(line: number, code: AnswerProblemCode): AnswerProblem {
  return { line, code, message: MESSAGES[code] }
}

export function isProblem(read: object): read is AnswerProblem {
  return 'code' in read
}
