import { openAsBlob } from 'node:fs'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'

/** Names the file of `initialize-once.ts`. */
export const CLUSTER_VARIABLE = 'PAYUNG_TEST_CLUSTER'

// Runs before each test file. Databases with a folder are left alone: they are as a person makes them.
const file = process.env[CLUSTER_VARIABLE]
const create = PGlite.create.bind(PGlite) as (options?: PGliteOptions) => Promise<PGlite>

if (file !== undefined) {
  PGlite.create = (async (options: PGliteOptions) =>
    options.dataDir === 'memory://'
      ? create({ ...options, loadDataDir: await openAsBlob(file) })
      : create(options)) as typeof PGlite.create
}
