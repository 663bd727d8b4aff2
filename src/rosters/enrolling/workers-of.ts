import type { Query } from '../../db/database.ts'
import { registerPeople } from '../../workers/registration/register-people.ts'
import type { Enrolling } from './enroll-chunk.ts'
import type { JudgedRow } from './judge-again.ts'

/**
 * The workers of rows: those whom the hub knows, and the others registered now. What the file says of their decile and
 * domicile is of today.
 *
 * @returns ids of workers by row.
 */
export async function workersOf(
  query: Query,
  rows: readonly JudgedRow[],
  enrolling: Enrolling,
): Promise<ReadonlyMap<number, string>> {
  const { today } = enrolling
  const unknown = rows.filter(({ worker }) => worker === null)
  const people = unknown.map(({ person, category, sex, village, welfareDecile, identityReason }) => ({
    ...person!,
    category,
    sex,
    village,
    domicileSince: today,
    welfareDecile,
    decileAsOf: welfareDecile === null ? null : today,
    civilServant: false,
    reason: identityReason,
  }))
  const registered = await registerPeople(query, people, enrolling)
  return new Map([
    ...rows.flatMap(({ row, worker }) => (worker === null ? [] : [[row, worker] as const])),
    ...unknown.map(({ row }, n) => [row, registered[n]!] as const),
  ])
}
