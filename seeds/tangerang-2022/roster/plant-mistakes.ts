import { randomFrom } from '../../random.ts'
import type { DemoPerson } from '../plain-data.ts'
import { MISTAKES, type Mistake, type Outcome } from './mistakes.ts'
import type { Listed } from './people-on-the-list.ts'
import type { Cells } from './roster-file.ts'
import type { RosterPlan } from './roster-plan.ts'

/** One row of the list, before it has a number. */
export interface Entry {
  readonly listed: Listed
  readonly cells: Cells
  /** What the hub will say of the row. */
  readonly planted: Outcome
  /** With what reasons: codes of errors of the NIK and of rules of eligibility, or columns that cannot be read. */
  readonly reasons: readonly string[]
}

/**
 * Writes as many rows wrong as the plan says, each in one way at most.
 *
 * @param registry everybody whom the hub knows.
 * @throws Error when too few rows are left for a mistake.
 */
export function plantMistakes(
  entries: readonly Entry[],
  registry: readonly DemoPerson[],
  { mistakes }: RosterPlan,
): Entry[] {
  const planted = [...entries]
  const people = [...registry, ...entries.map(({ listed }) => listed.person)]
  const niks = new Set<string>(people.map(({ nik }) => nik))
  const random = randomFrom('mistakes of the list')
  const left = random.shuffle(entries.map((_, at) => at))
  for (const [name, count] of Object.entries(mistakes)) {
    const { outcome, reason, fits = anybody, make } = MISTAKES[name as Mistake]
    for (let made = 0; made < count; ) {
      const at = left.pop()
      if (at === undefined) throw new Error(`No row is left for the mistake ${name}.`)
      const { listed, cells } = entries[at]!
      const other = entries[random.below(entries.length)]!.listed
      if (!fits(listed, other)) continue
      const wrong = make(listed, { random, other, isTaken: (nik) => niks.has(nik) })
      if (wrong.NIK !== undefined) niks.add(wrong.NIK)
      const reasons = reason === null ? [] : [reason]
      planted[at] = { listed, cells: { ...cells, ...wrong }, planted: outcome, reasons }
      made++
    }
  }
  return planted
}

const anybody = () => true
