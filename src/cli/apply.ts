import { existsSync } from 'node:fs'
import { areAreasLoaded, loadAreas } from '../areas/load-areas.ts'
import type { Database } from '../db/database.ts'
import { embeddedFolder } from '../db/embedded.ts'
import { isMigrated } from '../db/migrate.ts'
import { readSettings } from '../db/settings.ts'
import { systemClock } from '../kernel/clock.ts'
import { readConfig } from '../kernel/config.ts'
import { readDataFile } from '../kernel/data-file.ts'
import { SetupError } from '../kernel/errors.ts'
import { silentProgress, terminalProgress } from '../kernel/progress.ts'
import { type Applied, type AppliedRow, applySetup } from '../setup/apply-setup.ts'
import { SetupFile } from '../setup/setup-file.ts'
import { withDatabase } from './database.ts'
import { FAILED } from './failure.ts'
import { type Output, print } from './output.ts'

/**
 * Says what a file of payers, agreements, programs, budgets and rates would change; with `yes` brings the schema and the
 * areas, and changes it. Exits 1 when a row is refused, and then nothing of the file is done.
 *
 * @throws SetupError that names every mistake of the file, who has the embedded database open, or without `yes` what
 *   the hub lacks to tell.
 */
export async function apply(path: string, { yes = false, json }: Output & { yes?: boolean }): Promise<void> {
  // Before the database: a file with mistakes opens nothing.
  const file = readDataFile(path, { schema: SetupFile })
  const config = readConfig()
  // Opening an embedded database that is not there would make one.
  if (!yes && config.databaseUrl === undefined && !existsSync(embeddedFolder(config.dataDir)))
    throw notMigrated()
  const applied = await withDatabase(async (db) => {
    if (yes) {
      await db.migrate()
      await loadAreas(db, json ? silentProgress : terminalProgress())
    } else {
      await checkReady(db)
    }
    const { today } = await readSettings(db)
    return applySetup(db, file, { today: systemClock(config.today ?? today).today(), dryRun: !yes })
  })
  if (applied.rows.some(isRefused)) process.exitCode = FAILED
  print(json ? applied : inWords(applied))
}

/** Who only looks changes nothing at all, not even what a hub needs before. */
async function checkReady(db: Database): Promise<void> {
  if (!(await isMigrated(db))) throw notMigrated()
  if (await areAreasLoaded(db.query)) return
  throw new SetupError(
    'The areas of Indonesia are not loaded, so it cannot be said what would come of the file. payung serve loads them ' +
      '(with PAYUNG_SEED=none nothing else), and so does payung apply --yes.',
  )
}

function notMigrated(): SetupError {
  return new SetupError('The database has not the tables of this version. Run payung migrate first.')
}

const WORDS = { CREATE: 'create', REVISE: 'revise', UNCHANGED: 'unchanged', REFUSED: 'refused' } as const

function inWords({ rows, done }: Applied): string {
  const lines = rows.map(({ what, name, outcome, message }) =>
    [WORDS[outcome].padEnd(9), what.padEnd(9), message === undefined ? name : `${name}: ${message}`].join(
      '  ',
    ),
  )
  return [...lines, conclusion(rows, done)].join('\n')
}

function conclusion(rows: readonly AppliedRow[], done: boolean): string {
  if (rows.some(isRefused)) return 'Nothing was changed, because something is refused.'
  if (done) return 'Done.'
  if (rows.every(({ outcome }) => outcome === 'UNCHANGED')) return 'The hub is so already.'
  return 'Nothing was changed yet: --yes does it.'
}

function isRefused({ outcome }: AppliedRow): boolean {
  return outcome === 'REFUSED'
}
