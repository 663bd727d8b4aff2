import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Transaction } from '@electric-sql/pglite'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { SetupError } from '../kernel/errors.ts'
import { lockFolder } from './embedded-lock.ts'
import type { Engine, Query } from './engine.ts'
import { embeddedNotifications } from './notifications.ts'
import { PgliteDialect } from './pglite-dialect.ts'
import { runOn } from './run-on-pglite.ts'
import { KEEP_PLANS, SESSION_SETTINGS } from './session.ts'
import { insideTransaction, refuseInsideTransaction } from './transaction-scope.ts'
import { VALUE_PARSERS } from './values.ts'

/**
 * Whoever reads a table from end to end asks the system first how long its file is, which takes longer here than to look up
 * a row. For a table of a few rows PostgreSQL would do so all the same, also to see that what a row names is there: with a
 * plan that it makes once and keeps. Those it made before the first such transaction are made anew.
 */
const KEEP_PLANS_HERE = `${KEEP_PLANS}; set local enable_seqscan = off`

/**
 * PostgreSQL inside this process, its files in `<dataDir>/database`, or nowhere for `memory`.
 *
 * @throws SetupError when another process has the folder open, or it cannot be opened.
 */
export async function openEmbedded(dataDir: string): Promise<Engine> {
  if (dataDir === 'memory') return engineOver(await boot('memory://'), () => {})
  const folder = resolve(dataDir)
  mkdirSync(folder, { recursive: true })
  const release = lockFolder(folder)
  try {
    return engineOver(await boot(embeddedFolder(folder)), release)
  } catch (cause) {
    release()
    throw new SetupError(
      `The embedded database in ${folder} cannot be opened: ${(cause as Error).message}. It may be damaged, ` +
        'or written by another version. Use another folder (PAYUNG_DATA), or move this one away to start anew.',
      [],
      { cause },
    )
  }
}

/** Where an embedded database has its files; not there before it was opened for the first time. */
export function embeddedFolder(dataDir: string): string {
  return resolve(dataDir, 'database')
}

async function boot(dataDir: string): Promise<PGlite> {
  const pglite = await PGlite.create({
    dataDir,
    extensions: { btree_gist, pg_trgm },
    parsers: { ...VALUE_PARSERS },
  })
  const settings = Object.entries({ ...SESSION_SETTINGS, application_name: 'payung' })
  await pglite.exec(settings.map(([name, value]) => `set ${name} = '${value}'`).join('; '))
  return pglite
}

function engineOver(pglite: PGlite, released: () => void): Engine {
  let hasStartedAnew = false
  return {
    kind: 'embedded',
    pglite,
    databaseName: 'postgres',
    dialect: new PgliteDialect(pglite),
    notifications: embeddedNotifications(pglite),
    query: async (text, values) => {
      refuseInsideTransaction(pglite)
      return (await runOn(pglite, text, values)).rows as never[]
    },
    transaction: async (work, { keepsPlans = false } = {}) => {
      refuseInsideTransaction(pglite)
      return pglite.transaction(async (tx) => {
        if (keepsPlans) await tx.exec(hasStartedAnew ? KEEP_PLANS_HERE : `${KEEP_PLANS_HERE}; discard plans`)
        hasStartedAnew ||= keepsPlans
        return insideTransaction(pglite, () => work(queryOn(tx)))
      })
    },
    close: async () => {
      try {
        await pglite.close()
      } finally {
        released()
      }
    },
  }
}

function queryOn(tx: Transaction): Query {
  return async (text, values) => (await runOn(tx, text, values)).rows as never[]
}
