import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { pgSmartTags } from 'postgraphile/utils'

/**
 * PostGraphile 5 over the hub's tables. The regency and province of a worker are generated columns without a
 * foreign key; a smart tag tells PostGraphile of them, as its documentation advises.
 */
const keys = pgSmartTags([
  {
    kind: 'class',
    match: 'worker',
    tags: {
      foreignKey: ['(regency_code) references regency (code)', '(province_code) references province (code)'],
    },
  },
  {
    kind: 'class',
    match: 'payer',
    tags: {
      foreignKey: ['(area_code) references regency (code)', '(area_code) references province (code)'],
    },
  },
])

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [keys],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL!,
      max: Number(process.env.POOL),
      schemas: ['public'],
    }),
  ],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false },
  grafast: { explain: false },
})

const server = createServer()
const handler = instance.createServ(grafserv)
await handler.addTo(server)
if (process.env.PRINT_SCHEMA) {
  const { printSchema } = await import('postgraphile/graphql')
  console.log(printSchema(await instance.getSchema()))
  process.exit(0)
}
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))
