import { formatRupiah, parseRupiah } from '../../kernel/rupiah.ts'
import type { RosterFacts } from '../../rosters/receiving/receive-roster.ts'
import type { RosterState } from '../../rosters/roster.entity.ts'

/** What of a roster is told at the end of its import; money in rupiah, as text. */
export interface ImportedRoster {
  readonly id: string
  /** False when the same file was sent before. */
  readonly isNew: boolean
  readonly state: RosterState
  /** Why it came to this state, where somebody said why. */
  readonly reason: string | null
  readonly rowCount: number
  readonly outcomes: readonly { readonly outcome: string; readonly rows: number }[]
  /** What enrolling those who fit costs, or has cost. */
  readonly cost: string
  readonly fits: number
  readonly overBudget: number
  readonly budgets: readonly {
    readonly fiscalYear: number
    readonly needed: string
    readonly remaining: string
  }[]
}

/** A file, and where it goes. */
export interface Import extends RosterFacts {
  /** Path of the file. */
  readonly file: string
  /** Bytes. */
  readonly size: number
}

/** Whether there is still something to wait for. */
export function isOnItsWay(state: RosterState): boolean {
  return state === 'DRAFT' || state === 'SCREENING'
}

export function inWords(roster: ImportedRoster): string {
  const { id, isNew, state, reason, rowCount, outcomes } = roster
  const width = Math.max(0, ...outcomes.map(({ outcome }) => outcome.length))
  return [
    isNew
      ? `Roster ${id} is ${state}.`
      : `This file was sent before: it is roster ${id}, and that is ${state}.`,
    ...(reason === null ? [] : [reason]),
    ...(rowCount === 0 ? [] : [`${count(rowCount)} rows:`]),
    ...outcomes.map(({ outcome, rows }) => `  ${outcome.padEnd(width)}  ${count(rows).padStart(9)}`),
    ...moneyInWords(roster),
  ].join('\n')
}

function moneyInWords(roster: ImportedRoster): string[] {
  const { id, state, fits, overBudget } = roster
  if (fits + overBudget === 0) return []
  if (state === 'ENROLLED') return enrolledInWords(roster)
  if (state === 'REJECTED') return [`Nobody is enrolled; a new version goes in with --replaces ${id}.`]
  const short = overBudget === 0 ? '' : ` For ${count(overBudget)} it does not last.`
  return [
    `Enrolling ${people(fits)} costs ${rupiah(roster.cost)}.${short}`,
    ...roster.budgets.map(
      ({ fiscalYear, needed, remaining }) =>
        `Budget of ${fiscalYear}: all who are eligible need ${rupiah(needed)}, ${rupiah(remaining)} is left.`,
    ),
  ]
}

function enrolledInWords({ id, fits, cost, overBudget }: ImportedRoster): string[] {
  return [
    `${people(fits)} ${fits === 1 ? 'is' : 'are'} enrolled, for ${rupiah(cost)}.`,
    ...(overBudget === 0
      ? []
      : [`For ${people(overBudget)} the money did not last: --replaces ${id} asks for them again.`]),
  ]
}

function people(number: number): string {
  return number === 1 ? '1 person' : `${count(number)} people`
}

function rupiah(text: string): string {
  return formatRupiah(parseRupiah(text))
}

function count(rows: number): string {
  return rows.toLocaleString('en')
}
