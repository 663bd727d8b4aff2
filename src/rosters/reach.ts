import { EVERYWHERE, reaches, seesEverywhere, type Viewer } from '../access/viewer.ts'
import { mayActFor } from '../payers/acting.ts'

/**
 * The areas whose people somebody may have enrolled for a payer: those he sees, within the payer's own. Nobody who lives
 * elsewhere would be eligible.
 *
 * @param payerArea null for a payer of the whole country.
 */
export function areasOfRoster(viewer: Viewer, payerArea: string | null): readonly string[] {
  if (payerArea === null) return seesEverywhere(viewer) ? [EVERYWHERE] : viewer.areas
  if (reaches(viewer, payerArea)) return [payerArea]
  return viewer.areas.filter((area) => area.startsWith(`${payerArea}.`))
}

/** Whether somebody sees all areas of a roster: who sees a district neither reads nor approves a list of the whole regency. */
export function seesAreas(viewer: Viewer, areas: readonly string[]): boolean {
  return areas.every((area) => (area === EVERYWHERE ? seesEverywhere(viewer) : reaches(viewer, area)))
}

/** Whose a roster is, and which areas it is about. */
export interface SentRoster {
  /** Id. */
  readonly payer: string
  readonly areas: readonly string[]
}

/** Whether somebody acts for the payer of a roster and sees all that it is about. */
export function mayUse(viewer: Viewer, { payer, areas }: SentRoster): boolean {
  return mayActFor(viewer, payer) && seesAreas(viewer, areas)
}
