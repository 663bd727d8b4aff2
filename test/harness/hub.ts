import { ROLES } from '../../src/access/permission.ts'
import { EVERYWHERE, type Viewer } from '../../src/access/viewer.ts'
import { type Hub, openHub } from '../../src/app.ts'

/** The business day of every test hub. */
export const TODAY = '2023-05-15'

/** Somebody who may do everything, everywhere. */
export const ADMIN: Viewer = {
  subject: 'admin',
  permissions: new Set(ROLES.admin),
  areas: [EVERYWHERE],
}

/**
 * An empty hub on PGlite in memory: real migrations, real planner, statements traced. One per test file. Whoever
 * does not say who asks sees everything: suites about access rules say so each time.
 */
export async function openTestHub(): Promise<Hub> {
  const hub = await openHub({
    dataDir: 'memory',
    poolSize: 1,
    nikKeys: undefined,
    production: false,
    today: TODAY,
    exposeSql: true,
  })
  return { ...hub, context: (facts) => hub.context({ viewer: ADMIN, ...facts }) }
}
