/**
 * The hub without its access rules: nobody is asked who he is, no operation passes the gate, and every table enters a
 * statement whole. What the hub is slower than this is what the rules cost.
 */
const { openHub } = await import('../../dist/src/app.js')
const { createServer } = await import('../../dist/src/server/server.js')
const { readConfig } = await import('../../dist/src/kernel/config.js')
const { createLogger } = await import('../../dist/src/kernel/log.js')
const { ANONYMOUS } = await import('../../dist/src/access/viewer.js')

const config = readConfig()
const hub = await openHub(config)
const ruleless = {
  ...hub,
  authenticator: { viewerOf: async () => ANONYMOUS, isGateway: async () => false },
  gate: { pass: async () => {} },
  context: (facts: object) => Object.assign(hub.context(facts), { visibility: () => undefined }),
}
const server = await createServer(ruleless, config, createLogger({ level: 'warn' }))
await server.listen({ port: config.port, host: config.host })
process.send?.('ready')
