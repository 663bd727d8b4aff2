import type { Logger } from '../kernel/log.ts'
import { deleteAbandonedDrafts } from './receiving/draft.ts'
import { forgetIdentities } from './receiving/forget-identities.ts'
import { type RosterHub, workOnRosters } from './roster-work.ts'
import { ROSTER_CHANNEL } from './steps.ts'

/** How long it waits after an error, and looks anew in any case: a notification may be lost with its connection. */
const LOOKS_AGAIN_AFTER_MS = 15_000

/** Work that goes on until it is stopped. */
export interface RosterWorker {
  /** Ends after the transaction at hand. */
  stop(): Promise<void>
}

export interface RosterWorkerOptions {
  readonly logger: Logger
  /** How many days who the rows are is kept after a roster has come to its end. */
  readonly identityDays: number
  /** 15 seconds unless told. */
  readonly looksAgainAfterMs?: number
}

/**
 * Works on rosters whenever one is received or approved, in this process or another, and once at the start on those that an
 * earlier process left. The log gets a line for each transaction of long work. It needs no notifications, and waits for none:
 * a server that has no connection left for them still has those of the pool.
 */
export function startRosterWork(
  hub: RosterHub,
  { logger, identityDays, looksAgainAfterMs = LOOKS_AGAIN_AFTER_MS }: RosterWorkerOptions,
): RosterWorker {
  const log = logger.child({ component: 'rosters' })
  let isStopped = false
  let isNew = true
  let wake = () => {}
  const look = () => {
    isNew = true
    wake()
  }
  const stopListening = listen(hub, look).catch((err: Error) => {
    if (!isStopped) log.warn({ err }, 'rosters are looked for from time to time only')
    return () => {}
  })
  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, looksAgainAfterMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const working = (async () => {
    while (!isStopped) {
      isNew = false
      try {
        await deleteAbandonedDrafts(hub.db)
        for (const roster of await forgetIdentities(hub.db, identityDays))
          log.info({ roster }, 'it is forgotten who its rows are')
        await workOnRosters(hub, {
          isStopped: () => isStopped,
          onChunk: (progress) => log.info(progress, 'roster'),
        })
      } catch (err) {
        log.error({ err }, 'work on rosters failed, and is tried again')
        isNew = false
      }
      if (!isStopped && !isNew) await rest()
    }
  })()
  return {
    stop: async () => {
      isStopped = true
      wake()
      // Whenever it has begun, perhaps never.
      void stopListening.then((stop) => stop())
      await working
    },
  }
}

async function listen({ db }: RosterHub, look: () => void): Promise<() => void> {
  const stop = await db.listen(ROSTER_CHANNEL, look)
  // What was told before anybody listened.
  look()
  return stop
}
