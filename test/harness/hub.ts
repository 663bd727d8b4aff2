import { type Hub, openHub } from '../../src/app.ts'

/** The business day of every test hub. */
export const TODAY = '2023-05-15'

/** An empty hub on PGlite in memory: real migrations, real planner, statements traced. One per test file. */
export function openTestHub(): Promise<Hub> {
  return openHub({
    dataDir: 'memory',
    poolSize: 1,
    nikKeys: undefined,
    production: false,
    today: TODAY,
    exposeSql: true,
  })
}
