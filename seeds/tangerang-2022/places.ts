import { getOrSet } from '../../src/kernel/get-or-set.ts'
import type { DemoPerson } from './plain-data.ts'

/** Whether a village lies in an area, or is it. */
export function liesIn(village: string, area: string): boolean {
  return village === area || village.startsWith(`${area}.`)
}

/** The people of any area, in the order of their ids. */
export type PeopleIn = (area: string) => readonly DemoPerson[]

/** Remembers its answers: the same few areas are asked for again and again. */
export function peopleByArea(people: readonly DemoPerson[]): PeopleIn {
  const answers = new Map<string, readonly DemoPerson[]>()
  return (area) =>
    getOrSet(answers, area, () => people.filter(({ villageCode }) => liesIn(villageCode, area)))
}
