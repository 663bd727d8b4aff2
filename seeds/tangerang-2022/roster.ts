import { getOrSet } from '../../src/kernel/get-or-set.ts'
import { type Random, randomFrom } from '../random.ts'
import { generateDemo } from './demo.ts'
import { liesIn } from './places.ts'
import { readPlan } from './plan.ts'
import type { Outcome } from './roster/mistakes.ts'
import { type Listed, peopleOnTheList } from './roster/people-on-the-list.ts'
import { type Entry, plantMistakes } from './roster/plant-mistakes.ts'
import type { Cells } from './roster/roster-file.ts'
import { readRosterPlan } from './roster/roster-plan.ts'
import { familyCards, type Hand, handOf } from './roster/write-row.ts'

/** One row of the list, with what the hub will say of it. */
export interface RosterRow {
  /** From 1, the first below the headers. */
  readonly row: number
  readonly cells: Cells
  readonly planted: Outcome
  /**
   * Of INVALID_NIK the codes of its errors, of INCOMPLETE the columns that cannot be read, of the outcomes from
   * ALREADY_COVERED on the codes of all rules that find something; else none.
   */
  readonly reasons: readonly string[]
  /** Id of the worker of the demo whose row it is, however it is written; null for somebody the hub does not know. */
  readonly worker: number | null
}

/**
 * The list that Kabupaten Tangerang hands in for June to December 2023, computed from `roster.yaml` and the demo: the same
 * 75,000 rows at every call. Outcomes are those of an import into the demo as it is filled, where nothing has been
 * enrolled for these months yet and however much money is left.
 *
 * @throws SetupError when a file has a mistake, Error when the plan cannot be carried out.
 */
export async function generateRoster(): Promise<RosterRow[]> {
  const [plan, roster] = [readPlan(), readRosterPlan()]
  const demo = await generateDemo(plan)
  const listed = await peopleOnTheList(demo, plan, roster)
  const random = randomFrom('order of the list')
  const place = ({ person: { villageCode } }: Listed) =>
    // Whoever lives elsewhere stands at the end.
    `${liesIn(villageCode, roster.area) ? 0 : 1} ${villageCode}`
  const byVillage = random.shuffle(listed).sort((a, b) => compare(place(a), place(b)))
  const cards = familyCards(random)
  const hands = new Map<string, Hand>()
  const entries = byVillage.map((one): Entry => {
    const { person, judgment } = one
    const { villageCode: village } = person
    const write = getOrSet(hands, village, () => handOf(village))
    return {
      listed: one,
      cells: write(person, cards(village), random),
      planted: judgment.outcome,
      reasons: judgment.findings,
    }
  })
  const rows = writeTwice(plantMistakes(entries, demo.people, roster), roster.twice, random)
  return rows.map(({ listed: { isKnown, person }, ...row }, at) => ({
    row: at + 1,
    ...row,
    worker: isKnown ? person.id : null,
  }))
}

/** Writes complete rows a second time, anywhere below: the later one is the duplicate. */
function writeTwice(entries: readonly Entry[], count: number, random: Random): Entry[] {
  const whole = entries.flatMap(({ planted }, at) => (FAULTLESS.includes(planted) ? [at] : []))
  const copies = Map.groupBy(
    random.shuffle(whole).slice(0, count),
    (at) => at + random.below(entries.length - at),
  )
  return entries.flatMap((entry, at) => [
    entry,
    ...(copies.get(at) ?? []).map(
      (of): Entry => ({ ...entries[of]!, planted: 'DUPLICATE_IN_FILE', reasons: [] }),
    ),
  ])
}

/** Of rows that say what they are to say. */
const FAULTLESS: readonly Outcome[] = ['ALREADY_COVERED', 'INELIGIBLE', 'REVIEW', 'ELIGIBLE']

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
