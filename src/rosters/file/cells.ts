/** The cells of one line of a table, by column from 0, as text. */
export type Cells = readonly (string | undefined)[]

/** Whether nothing is written from a column on. */
export function areBlank(cells: Cells, from = 0): boolean {
  return cells.every((cell, column) => column < from || cell === undefined || cell.trim() === '')
}
