import type { Query } from '../../db/database.ts'
import { committedOf, type HeldEnrollment } from '../life/held-enrollment.ts'
import { isSubsidy } from '../subsidy.ts'

/** The committed enrollments of a worker who is held that somebody pays for him, and not as his employer. */
export async function subsidizedOf(query: Query, worker: string): Promise<HeldEnrollment[]> {
  const held = await committedOf(query, worker)
  const subsidized = await query<{ code: string }>(
    `/* life_event.subsidized */ select code from coverage_program
      where code = any($1) and ${isSubsidy()}`,
    [held.map(({ program }) => program)],
  )
  const codes = new Set(subsidized.map(({ code }) => code))
  return held.filter(({ program }) => codes.has(program))
}
