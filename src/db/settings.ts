import { z } from 'zod'
import { SetupError } from '../kernel/errors.ts'
import type { Database } from './database.ts'

const Eligibility = z.object({
  minAge: z.number().int(),
  maxAge: z.number().int(),
  maxDecile: z.number().int().min(1).max(10),
  exemptCategories: z.array(z.string()),
})

/** What the hub knows about itself (table `setting`). */
export interface Settings {
  /** The scenario it was filled with. */
  readonly scenario?: string
  /** The scenario's today, `YYYY-MM-DD`. */
  readonly today?: string
  /** Limits of eligibility in place of the built-in ones, stored as JSON. */
  readonly eligibility?: z.infer<typeof Eligibility>
}

/** Reads all settings. Throws SetupError when one cannot be understood. */
export async function readSettings(db: Pick<Database, 'query'>): Promise<Settings> {
  const rows = await db.query<{ name: string; value: string }>(
    '/* settings.read */ select name, value from setting',
  )
  const { scenario, today, eligibility } = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  return {
    scenario,
    today,
    eligibility: eligibility === undefined ? undefined : parseEligibility(eligibility),
  }
}

function parseEligibility(json: string): z.infer<typeof Eligibility> {
  try {
    return Eligibility.parse(JSON.parse(json))
  } catch (cause) {
    const example = '{"minAge":18,"maxAge":64,"maxDecile":4,"exemptCategories":["NON_ASN"]}'
    throw new SetupError(`The setting "eligibility" cannot be understood; it looks like ${example}.`, [], {
      cause,
    })
  }
}
