import type { NikKeys } from '../src/access/vault/nik-keys.ts'
import type { Query } from '../src/db/database.ts'
import type { Progress } from '../src/kernel/progress.ts'

export interface FillOptions {
  /** The keys of the vault; the first one seals. */
  readonly keys: NikKeys
  readonly progress: Progress
  /** How many workers, for scenarios of any size. */
  readonly workers?: number
  /** Whether the vault is filled as well, for scenarios that can do without. Default true. */
  readonly identities?: boolean
}

/** Data that fills an empty hub. */
export interface Scenario {
  readonly name: string
  /** One sentence for a list of scenarios. */
  readonly describe: string
  /** The business day `YYYY-MM-DD` on which the data makes sense. */
  readonly today?: string
  /** How many workers it makes when nobody says; absent when their number is fixed. */
  readonly defaultWorkers?: number
  /** Writes the data into a hub that has its areas and rates, inside the caller's transaction. */
  fill(query: Query, options: FillOptions): Promise<void>
}
