import { parse } from 'graphql'
import { CASES } from './cases.ts'
import { EVERYBODY } from './viewers.ts'

/** What planning costs without a database: a plan made for the first time, and one replayed from its recording. */
const { openHub } = await import('../dist/src/app.js')
const { leafFormats } = await import('../dist/src/contract/scalars.js')
const { entities } = await import('../dist/src/graph/entities.js')
const { createPlannedSchema } = await import('../dist/src/graph/schema.js')
const { Tables } = await import('../dist/src/planner/tables.js')

const PLANS = 3_000

const hub = await openHub({ dataDir: 'memory', poolSize: 1, production: false, exposeSql: false })
const planner = createPlannedSchema({
  tables: new Tables(hub.db.orm, entities),
  formats: leafFormats,
  guarded: { rows: () => false, column: () => false },
  execute: async () => [['null']],
})
const request = hub.context({ viewer: EVERYBODY })

for (const { name, hub: query } of CASES) {
  const variables = {
    v: name.startsWith('20 budgets') ? 2022 : name.startsWith('one worker') ? '42' : '36.03',
  }
  const rootOf = () => {
    const document = parse(query)
    return planner.selections.ofOperation(document, document.definitions[0] as never, variables)[0]!
  }
  const microseconds = async (roots: ReturnType<typeof rootOf>[]) => {
    const started = performance.now()
    for (const root of roots) await planner.rootField(root, variables, request)
    return ((performance.now() - started) * 1_000) / roots.length
  }
  const fresh = () => Array.from({ length: PLANS }, rootOf)
  const known = new Array(PLANS).fill(rootOf())
  for (const roots of [fresh(), known]) await microseconds(roots)
  const [first, replayed] = [await microseconds(fresh()), await microseconds(known)]
  console.log(`${name}: ${first.toFixed(0)} µs planned, ${replayed.toFixed(0)} µs replayed`)
}
await hub.close()
