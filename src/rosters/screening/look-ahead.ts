import type { NikKeys } from '../../access/vault/nik-keys.ts'
import type { Database } from '../../db/database.ts'
import { type MatchedRow, matchRows } from './match-rows.ts'

/** Rows of a roster that were looked up before their turn. */
export interface LookedUp {
  /** How many rows of the roster come before them. */
  readonly after: number
  readonly rows: readonly MatchedRow[]
}

/**
 * Finds who the next rows of rosters are while those before them are written: looking holds nothing, takes half of the time of
 * screening, and a server can do both at once.
 */
export interface LookAhead {
  /** What was looked up of a roster, once. */
  take(roster: string): Promise<LookedUp | undefined>
  /** Looks up the rows after so many of a roster, as soon as the database can; what was looked up of it before is forgotten. */
  begin(roster: string, after: number): void
  /** Waits for what is still looked up. */
  end(): Promise<void>
}

/** @param most rows at once. */
export function lookAhead(db: Database, keys: NikKeys, most: number): LookAhead {
  const ahead = new Map<string, Promise<LookedUp>>()
  const looking = new Set<Promise<unknown>>()
  return {
    take: async (roster) => {
      const found = ahead.get(roster)
      ahead.delete(roster)
      return found
    },
    begin: (roster, after) => {
      const found = db.transaction(
        async (query) => ({ after, rows: await matchRows(query, roster, numbersAfter(after, most), keys) }),
        { keepsPlans: true },
      )
      ahead.set(roster, found)
      // Whoever takes it hears of its failure.
      const settled = found.then(
        () => {},
        () => {},
      )
      looking.add(settled)
      void settled.then(() => looking.delete(settled))
    },
    end: async () => {
      await Promise.all(looking)
    },
  }
}

/** Numbers of rows, from 1; of rows that a roster does not have, nothing is found. */
export function numbersAfter(after: number, most: number): number[] {
  return Array.from({ length: most }, (_, n) => after + n + 1)
}
