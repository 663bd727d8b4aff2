import { NEEDED } from './file/columns.ts'

/** Cells besides the NIK that every row needs; of the others it only tells what could not be read. */
export const NEEDED_CELLS: readonly string[] = NEEDED.filter((field) => field !== 'nik')

/** SQL: whether problems, a JSON array, leave a row incomplete. */
export function leaveIncomplete(problems: string): string {
  const cells = NEEDED_CELLS.map((cell) => `'${cell}'`).join(', ')
  return `exists (select from jsonb_array_elements(${problems}) as problem where problem ->> 'field' in (${cells}))`
}

/** SQL: whether a row of the table `roster_row` has all that it needs besides a NIK. */
export function isComplete(line: string): string {
  return `(not ${leaveIncomplete(`${line}.problems`)}
    and (select true from village where village.code = ${line}.village_code) is not null)`
}
