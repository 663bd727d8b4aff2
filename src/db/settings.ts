import { z } from 'zod'
import { SetupError } from '../kernel/errors.ts'
import type { Database } from './database.ts'

const Eligibility = z.object({
  version: z.string().min(1).max(40).default('of this hub'),
  minAge: z.number().int(),
  maxAge: z.number().int(),
  reviewAge: z.number().int().optional(),
  maxDecile: z.number().int().min(1).max(10),
  decileMonths: z.number().int().positive().optional(),
  exemptCategories: z.array(z.string()),
  earmarks: z.record(z.string(), z.array(z.string())).optional(),
})

const SeededViewer = z.strictObject({
  name: z.string().min(1),
  subject: z.string().min(1),
  permissions: z.array(z.string()),
  areas: z.array(z.string()),
  payer: z.string().optional(),
})

/** Somebody a scenario brings along, as whom GraphiQL can ask in development: what his token says. */
export interface SeededViewer {
  /** Shown to people: `Petugas Kabupaten Tangerang`. */
  readonly name: string
  readonly subject: string
  readonly permissions: readonly string[]
  /** Official codes, or `*`. */
  readonly areas: readonly string[]
  /** Id of the payer he works for. */
  readonly payer?: string | undefined
}

/** What the hub knows about itself (table `setting`). */
export interface Settings {
  /** The scenario it was filled with. */
  readonly scenario?: string
  /** The scenario's today, `YYYY-MM-DD`. */
  readonly today?: string
  /** Limits of eligibility in place of the built-in ones, stored as JSON. */
  readonly eligibility?: z.infer<typeof Eligibility>
  /** Whom GraphiQL offers in its menu, stored as JSON; nobody without a scenario. */
  readonly viewers: readonly SeededViewer[]
}

/** Reads all settings. Throws SetupError when one cannot be understood. */
export async function readSettings(db: Pick<Database, 'query'>): Promise<Settings> {
  const rows = await db.query<{ name: string; value: string }>(
    '/* settings.read */ select name, value from setting',
  )
  const { scenario, today, eligibility, viewers } = Object.fromEntries(
    rows.map(({ name, value }) => [name, value]),
  )
  return {
    scenario,
    today,
    eligibility:
      eligibility === undefined ? undefined : parse('eligibility', eligibility, Eligibility, ELIGIBILITY),
    viewers: viewers === undefined ? [] : parse('viewers', viewers, z.array(SeededViewer), VIEWERS),
  }
}

const ELIGIBILITY = '{"minAge":18,"maxAge":64,"maxDecile":4,"exemptCategories":["NON_ASN"]}'
const VIEWERS =
  '[{"name":"Analis","subject":"analis","permissions":["registry:read"],"areas":["36"],"payer":"1"}]'

/** What stood there is not repeated: a subject may be a person. */
function parse<Shape extends z.ZodType>(
  name: string,
  json: string,
  shape: Shape,
  example: string,
): z.infer<Shape> {
  try {
    return shape.parse(JSON.parse(json))
  } catch (cause) {
    const message = `The setting "${name}" cannot be understood; it looks like ${example}.`
    throw new SetupError(message, [], { cause })
  }
}
