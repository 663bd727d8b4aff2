import { statSync } from 'node:fs'
import { extname } from 'node:path'
import { SetupError } from '../../kernel/errors.ts'
import { silentProgress, terminalProgress } from '../../kernel/progress.ts'
import { FAILED } from '../failure.ts'
import { type Output, print } from '../output.ts'
import { importHere } from './import-here.ts'
import { importThere } from './import-there.ts'
import { inWords } from './imported-roster.ts'

export interface ImportOptions extends Output {
  readonly program: string
  /** The first month `YYYY-MM`. */
  readonly from: string
  /** The last one. */
  readonly to: string
  /** Id of the roster that it corrects. */
  readonly replaces?: string
  /** Of a hub that runs; without it the hub of the environment is opened here. */
  readonly url?: string
}

/**
 * Imports a file of people and tells what came of its rows: here, or with `url` at a hub that runs. Exits 1 when the file
 * is damaged.
 *
 * @param env for the token of whoever sends it to another hub.
 * @throws SetupError or Fault when it is refused.
 */
export async function importRoster(
  path: string,
  { json, url, ...facts }: ImportOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const file = { ...facts, file: path, format: formatOf(path), size: statSync(path).size }
  const progress = json ? silentProgress : terminalProgress()
  const roster =
    url === undefined
      ? await importHere(file, progress)
      : await importThere(file, { url: checkedUrl(url), token: tokenIn(env) }, progress)
  if (roster.state === 'DAMAGED') process.exitCode = FAILED
  print(json ? roster : inWords(roster))
}

function formatOf(path: string): 'csv' | 'xlsx' {
  const ending = extname(path).toLowerCase()
  if (ending === '.csv') return 'csv'
  if (ending === '.xlsx') return 'xlsx'
  throw new SetupError(`${path} ends neither in .csv nor in .xlsx.`)
}

function checkedUrl(url: string): string {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url
  throw new SetupError('--url is the address of a hub that runs, such as http://localhost:4000.')
}

function tokenIn({ PAYUNG_TOKEN }: NodeJS.ProcessEnv): string {
  if (PAYUNG_TOKEN?.trim()) return PAYUNG_TOKEN.trim()
  throw new SetupError('Set PAYUNG_TOKEN to a token for that hub, with roster:write and registry:read.')
}
