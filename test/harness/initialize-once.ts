import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { CLUSTER_VARIABLE } from './start-initialized.ts'

/**
 * Around a whole run of tests: makes the empty database, as `initdb` does, with which every one in memory begins. Each of a
 * hundred files would else make it anew, which takes longer than most of their tests.
 */
export default async function initializeOnce(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'payung-cluster-'))
  const file = join(folder, 'cluster.tar')
  const pglite = await PGlite.create('memory://')
  writeFileSync(file, Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer()))
  await pglite.close()
  process.env[CLUSTER_VARIABLE] = file
  return () => rmSync(folder, { recursive: true })
}
