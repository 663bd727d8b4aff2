import type { Database, Query } from '../src/db/database.ts'
import { SetupError } from '../src/kernel/errors.ts'
import { isEmptyHub, loadReferenceData } from './reference-data.ts'
import type { FillOptions, Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** What {@link seedHub} found or did. */
export interface Seeding {
  readonly scenario: string
  /** FILLED now, or PRESENT since an earlier time. */
  readonly outcome: 'FILLED' | 'PRESENT'
}

/**
 * Fills an empty, migrated hub with a scenario: areas, contribution rates, and the scenario's data in one
 * transaction, so that an interrupted run leaves an empty hub and the next one starts anew. Repeatable: a hub
 * that holds the scenario already stays as it is. Hubs that start together wait for the first.
 *
 * @throws SetupError when there is no such scenario, or the hub holds other data: those are never touched.
 */
export async function seedHub(db: Database, name: string, options: FillOptions): Promise<Seeding> {
  const scenario = scenarioNamed(name)
  const size = sizeOf(scenario, options)
  if (await isPresent(db.query, scenario, size)) return { scenario: name, outcome: 'PRESENT' }
  await loadReferenceData(db, options.progress)
  const outcome = await db.transaction(async (query) => {
    await query(`/* seed.lock */ select pg_advisory_xact_lock(${LOCK})`)
    // Once more, now that nobody else can fill it.
    if (await isPresent(query, scenario, size)) return 'PRESENT'
    await scenario.fill(query, { ...options, workers: size })
    await continueAfterIds(query)
    await rememberScenario(query, scenario, size)
    return 'FILLED'
  })
  if (outcome === 'FILLED') {
    const step = options.progress.step('Gathering statistics')
    await db.query('/* seed.vacuum */ vacuum analyze')
    step.done()
  }
  return { scenario: name, outcome }
}

/** A number of our own among PostgreSQL's advisory locks: the letters "seeds". */
const LOCK = '495622382707'

function scenarioNamed(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name)
  if (scenario) return scenario
  const known = SCENARIOS.map((candidate) => `${candidate.name}: ${candidate.describe}`)
  throw new SetupError(`There is no scenario ${name}. These exist:`, known)
}

/** Undefined for a scenario of one size. */
function sizeOf({ name, defaultWorkers }: Scenario, { workers }: FillOptions): number | undefined {
  if (defaultWorkers !== undefined) return workers ?? defaultWorkers
  if (workers === undefined) return undefined
  throw new SetupError(`The scenario ${name} has its own number of workers; leave the number out.`)
}

/** Whether the hub holds exactly this scenario; false when it is empty. */
async function isPresent(query: Query, scenario: Scenario, size: number | undefined): Promise<boolean> {
  if (await isEmptyHub(query)) return false
  const [found] = await query<{ scenario: string | null; workers: string | null }>(
    `/* seed.present */ select
      (select value from setting where name = 'scenario') as scenario,
      (select value from setting where name = 'scenario-workers') as workers`,
  )
  if (found?.scenario == null) {
    throw new SetupError(
      'This hub already has data of its own, and a scenario would mix made-up people with real ones. ' +
        `Use an empty hub for the scenario ${scenario.name}: ${REMEDY}.`,
    )
  }
  const there = describe(found.scenario, found.workers ?? undefined)
  const wanted = describe(scenario.name, size?.toString())
  if (there === wanted) return true
  throw new SetupError(`This hub is filled with ${there}. For ${wanted} use an empty hub: ${REMEDY}.`)
}

const REMEDY = 'another folder in PAYUNG_DATA, or an empty database in DATABASE_URL'

function describe(scenario: string, workers: string | undefined): string {
  return workers === undefined ? scenario : `${scenario} with ${workers} workers`
}

/** Scenarios number their rows themselves; whoever comes later goes on after them. */
async function continueAfterIds(query: Query): Promise<void> {
  for (const table of ['payer', 'budget', 'worker', 'enrollment', 'coverage_line']) {
    await query(
      `/* seed.sequence */ select setval(pg_get_serial_sequence('${table}', 'id'), coalesce(max(id), 0) + 1, false)
        from ${table}`,
    )
  }
}

async function rememberScenario(query: Query, { name, today }: Scenario, size?: number): Promise<void> {
  const settings = { scenario: name, today, 'scenario-workers': size?.toString() }
  for (const [setting, value] of Object.entries(settings)) {
    if (value === undefined) continue
    await query('/* seed.setting */ insert into setting (name, value) values ($1, $2)', [setting, value])
  }
}
