import { startSealer } from './access/audit/sealer.ts'
import { type Hub, openHub } from './app.ts'
import { type Config, readConfig } from './kernel/config.ts'
import { createLogger, type Logger } from './kernel/log.ts'
import { type Progress, terminalProgress } from './kernel/progress.ts'
import { startRosterWork } from './rosters/roster-worker.ts'
import { createServer } from './server/server.ts'
import { stopGracefully, stopOnSignals } from './server/stop.ts'

/**
 * Opens the hub of the environment, fills it when it is empty, and serves it until a signal stops it. Progress and
 * addresses go to standard error: standard output carries the log.
 *
 * @throws SetupError when the environment, the database or the scenario is not as it must be.
 */
export async function serve(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const config = readConfig(env)
  const logger = createLogger({ level: config.logLevel })
  let running: Awaited<ReturnType<typeof open>> | undefined
  stopOnSignals(async () => {
    // What was interrupted while opening was in one transaction, and the database forgets it.
    if (!running) return
    await stopGracefully(running.server)
    await running.rosters.stop()
    await running.sealer.stop()
    await running.hub.close()
  })
  running = await open(config, logger)
  process.stderr.write(`${whereItIs(running.address, config)}\n`)
}

async function open(config: Config, logger: Logger) {
  const progress = terminalProgress()
  const hub = await openHub(config, logger)
  try {
    await fill(hub, config, progress)
    const server = await createServer(hub, config, logger)
    const address = await server.listen({ port: config.port, host: config.host })
    const rosters = startRosterWork(hub, { logger, identityDays: config.rosters.identityDays })
    return { server, hub, address, rosters, sealer: startSealer(hub.db, { logger }) }
  } catch (error) {
    await hub.close()
    throw error
  }
}

/** Fills an empty hub with the scenario; brings any other the areas and rates that every hub needs. */
async function fill(hub: Hub, { seed }: Config, progress: Progress): Promise<void> {
  const { isEmptyHub, loadReferenceData } = await import('../seeds/reference-data.ts')
  if (seed === 'none' || !(await isEmptyHub(hub.db.query))) return loadReferenceData(hub.db, progress)
  // Loaded only here: an ordinary start has nothing to fill.
  const { seedHub } = await import('../seeds/seed-hub.ts')
  await hub.db.asOwner((owner) => seedHub(owner, seed, { keys: hub.nikKeys, progress }))
  await hub.refresh()
}

function whereItIs(address: string, { graphiql }: Config): string {
  return [
    'Payung is open.',
    `  GraphQL   ${address}/graphql`,
    ...(graphiql ? [`  GraphiQL  ${address}/graphiql`] : []),
    `  Health    ${address}/health/ready`,
    `  Metrics   ${address}/metrics`,
  ].join('\n')
}
