/**
 * The hub without something, to see what that costs: without `rules` nobody is asked who he is, no operation passes the
 * gate, and every table enters a statement whole; without `audit` nothing seals the audit trail beside the reads.
 */
const { openHub } = await import('../../dist/src/app.js')
const { createServer } = await import('../../dist/src/server/server.js')
const { startSealer } = await import('../../dist/src/access/audit/sealer.js')
const { readConfig } = await import('../../dist/src/kernel/config.js')
const { createLogger } = await import('../../dist/src/kernel/log.js')
const { ANONYMOUS } = await import('../../dist/src/access/viewer.js')

const config = readConfig()
const logger = createLogger({ level: 'warn' })
const hub = await openHub(config)
const ruleless = {
  ...hub,
  authenticator: { viewerOf: async () => ANONYMOUS, isGateway: async () => false },
  gate: { pass: async () => {}, ended: async () => {} },
  context: (facts: object) => Object.assign(hub.context(facts), { visibility: () => undefined }),
}
const server = await createServer(process.env.WITHOUT === 'rules' ? ruleless : hub, config, logger)
if (process.env.WITHOUT !== 'audit') startSealer(hub.db, { logger })
await server.listen({ port: config.port, host: config.host })
process.send?.('ready')
