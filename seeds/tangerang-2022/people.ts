import { randomFrom } from '../random.ts'
import { personMaker } from './person-maker.ts'
import type { DemoPerson } from './plain-data.ts'
import type { Plan } from './plan.ts'
import { readPlan } from './plan.ts'

/**
 * Everybody in the demo's registry: the same people in the same order at every call, ids from 1. About 140,000,
 * in half a second.
 *
 * @throws Error when the plan asks for a place or a category that does not exist.
 */
export async function generatePeople(plan: Plan = readPlan()): Promise<DemoPerson[]> {
  const random = randomFrom(`people of ${plan.registry.today}`)
  const { villageOf, person } = await personMaker(plan)
  const people: DemoPerson[] = []
  for (const { regency, workers, nonAsn } of plan.registry.regencies) {
    const village = villageOf(regency)
    const staff = new Set(
      random.shuffle(Array.from({ length: workers + nonAsn }, (_, at) => at)).slice(0, nonAsn),
    )
    for (let at = 0; at < workers + nonAsn; at++) {
      people.push(person({ id: people.length + 1, village: village(random), staff: staff.has(at) }, random))
    }
  }
  return people
}
