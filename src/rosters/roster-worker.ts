import type { Logger } from '../kernel/log.ts'
import { deleteAbandonedDrafts } from './receiving/draft.ts'
import { type RosterHub, workOnRosters } from './roster-work.ts'
import { ROSTER_CHANNEL } from './steps.ts'

/** How long it waits after an error, and looks anew in any case: a notification may be lost with its connection. */
const LOOKS_AGAIN_AFTER_MS = 15_000

/** Work that goes on until it is stopped. */
export interface RosterWorker {
  /** Ends after the transaction at hand. */
  stop(): Promise<void>
}

/**
 * Works on rosters whenever one is received or approved, in this process or another, and once at the start on those that an
 * earlier process left. The log gets a line for each transaction of long work.
 */
export function startRosterWork(hub: RosterHub, { logger }: { readonly logger: Logger }): RosterWorker {
  const log = logger.child({ component: 'rosters' })
  let isStopped = false
  let isNew = true
  let wake = () => {}
  const look = () => {
    isNew = true
    wake()
  }
  const listening = hub.db.listen(ROSTER_CHANNEL, look).catch((err: Error) => {
    log.warn({ err }, 'rosters are looked for from time to time only')
    return () => {}
  })
  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOKS_AGAIN_AFTER_MS)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const working = (async () => {
    await listening
    while (!isStopped) {
      isNew = false
      try {
        await deleteAbandonedDrafts(hub.db)
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
      const stopListening = await listening
      stopListening()
      await working
    },
  }
}
