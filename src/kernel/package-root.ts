import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder of Payung's package.json, absolute. Data files (seeds, the GraphiQL bundle) are found from here,
 * because the compiled code stands one folder deeper than its source.
 */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(folder: string): string {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'payung') return folder
  const above = dirname(folder)
  if (above === folder) throw new Error('the package.json of payung is not above its code')
  return findRoot(above)
}
