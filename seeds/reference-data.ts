import { loadAreas } from '../src/areas/load-areas.ts'
import type { Database, Query } from '../src/db/database.ts'
import type { Progress } from '../src/kernel/progress.ts'
import { loadRates } from './load-rates.ts'

/**
 * Brings what every hub needs, whether it has a scenario or real data: the areas of the current edition and the
 * contribution rates of `rates.yaml`. Repeatable; areas take over what changed, rates that are there already stay.
 */
export async function loadReferenceData(db: Database, progress: Progress): Promise<void> {
  await loadAreas(db, progress)
  await db.transaction(loadRates)
}

/** Whether a hub has neither a scenario nor data of its own; reference data do not count. */
export async function isEmptyHub(query: Query): Promise<boolean> {
  const [found] = await query<{ empty: boolean }>(
    `/* seed.is_empty */ select not (exists (select from setting where name = 'scenario')
      or exists (select from worker) or exists (select from payer) or exists (select from budget)) as empty`,
  )
  return found!.empty
}
