import { createReadStream } from 'node:fs'
import { userInfo } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { EVERYWHERE, type Viewer } from '../../access/viewer.ts'
import { type Hub, openHub } from '../../app.ts'
import type { Context } from '../../contract/context.ts'
import { FolderInUse } from '../../db/embedded-lock.ts'
import { readConfig } from '../../kernel/config.ts'
import { SetupError } from '../../kernel/errors.ts'
import { createLogger } from '../../kernel/log.ts'
import type { Progress } from '../../kernel/progress.ts'
import { receiveRoster } from '../../rosters/receiving/receive-roster.ts'
import type { RosterState } from '../../rosters/roster.entity.ts'
import { workOnRosters } from '../../rosters/roster-work.ts'
import { summarize } from '../../rosters/summarize.ts'
import { type Import, type ImportedRoster, isOnItsWay } from './imported-roster.ts'

/** Milliseconds until it is looked again how far another process has come. */
const LOOKS_AGAIN_AFTER = 500

/** Receives a file into the hub of the environment, which nobody serves meanwhile, and screens it. */
export async function importHere(file: Import, progress: Progress): Promise<ImportedRoster> {
  const config = readConfig()
  const hub = await openHub(config, createLogger({ level: config.logLevel })).catch((error: unknown) => {
    throw error instanceof FolderInUse ? withRemedy(error) : error
  })
  try {
    const context = hub.context({ viewer: await administratorFor(file.program, hub) })
    const arriving = progress.step('reading', file.size)
    const body = counted(file.file, (bytes) => arriving.advance(bytes))
    const { id, isNew } = await receiveRoster(context, file, body, config.rosters)
    arriving.done()
    await screenHere(id, hub, progress)
    return { isNew, ...(await toldOfRoster(id, context)) }
  } finally {
    await hub.close()
  }
}

function withRemedy({ message }: FolderInUse): SetupError {
  return new SetupError(
    `${message}\n  - or send the file to that hub: --url http://… with a token in PAYUNG_TOKEN`,
  )
}

/** Whoever has the folder or the database may do everything; it is written down as whom the system knows him. */
async function administratorFor(program: string, { db }: Hub): Promise<Viewer> {
  const [found] = await db.query<{ payer: string }>(
    '/* import.payer */ select payer_id as payer from coverage_program where code = $1',
    [program],
  )
  return {
    subject: `cli:${userInfo().username}`,
    permissions: new Set(['roster:write', 'registry:read']),
    areas: [EVERYWHERE],
    ...(found && { payer: found.payer }),
  }
}

async function* counted(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array, void> {
  for await (const piece of createReadStream(path)) {
    onBytes(piece.length)
    yield piece
  }
}

async function screenHere(id: string, hub: Hub, progress: Progress): Promise<void> {
  let { state, rows } = await stateOf(id, hub)
  if (!isOnItsWay(state)) return
  const screening = progress.step('screening', rows)
  let done = 0
  while (isOnItsWay(state)) {
    await workOnRosters(hub, {
      onChunk: (chunk) => {
        if (chunk.roster !== id || chunk.state !== 'SCREENING') return
        screening.advance(chunk.done - done)
        done = chunk.done
      },
      // What else waits is not this command's.
      isStopped: () => done === rows,
    })
    ;({ state, rows } = await stateOf(id, hub))
    // Another process has it.
    if (isOnItsWay(state)) await setTimeout(LOOKS_AGAIN_AFTER)
  }
  screening.done(`${rows.toLocaleString('en')} rows`)
}

async function stateOf(id: string, { db }: Pick<Hub, 'db'>): Promise<{ state: RosterState; rows: number }> {
  const [roster] = await db.query<{ state: RosterState; rows: number }>(
    '/* import.state */ select state, row_count as rows from roster where id = $1',
    [id],
  )
  return roster!
}

/** What is told of a roster at the end of its import. */
export async function toldOfRoster(id: string, context: Context): Promise<Omit<ImportedRoster, 'isNew'>> {
  const { state, rows } = await stateOf(id, context)
  const [step] = await context.db.query<{ reason: string | null }>(
    '/* import.reason */ select reason from roster_step where roster_id = $1 order by id desc limit 1',
    [id],
  )
  const { outcomes, cost, fits, overBudget, budgets } = await summarize(id, context)
  return {
    id,
    state,
    reason: step?.reason ?? null,
    rowCount: rows,
    outcomes,
    cost,
    fits,
    overBudget,
    budgets: budgets.map(({ fiscalYear, needed, remaining }) => ({ fiscalYear, needed, remaining })),
  }
}
