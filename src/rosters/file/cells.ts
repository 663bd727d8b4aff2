/** The cells of one line of a table, by column from 0, as text. */
export type Cells = readonly (string | undefined)[]

/** Characters of a line; no line of people has as many. */
export const LONGEST_LINE = 100_000

/** Whether nothing is written from a column on. */
export function areBlank(cells: Cells, from = 0): boolean {
  return cells.every((cell, column) => column < from || cell === undefined || cell.trim() === '')
}

/** What is written in a column; nothing in one that the table does not have. */
export function textAt(cells: Cells, column: number | undefined): string {
  return (column === undefined ? undefined : cells[column])?.trim() ?? ''
}
