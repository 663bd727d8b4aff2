import type { Database } from '../../db/database.ts'
import type { Logger } from '../../kernel/log.ts'
import { MOST_SEALED, type Sealed, sealWaiting } from './chain.ts'

export interface SealerOptions {
  /** Milliseconds from the end of one round to the next. Default 1,000. */
  readonly everyMs?: number
  readonly logger?: Logger | undefined
}

export interface Sealer {
  /**
   * Seals what waits now, and tells how many events it sealed: none while another server seals.
   *
   * @throws Error of the database.
   */
  sealNow(): Promise<number>
  /** Ends after the batch that is being sealed; what still waits is sealed after the next start. */
  stop(): Promise<void>
}

/**
 * Seals events in the background, apart from those who write them. Several servers may run one each: whoever comes
 * second leaves the round to the first. A database that fails is reported once, and asked again in the next round.
 * Does not keep the process alive.
 *
 * Every seal is a line in the log, with its hash: who rewrites the whole chain in the database has to rewrite the
 * logs as well.
 */
export function startSealer(
  db: Pick<Database, 'query' | 'transaction'>,
  { everyMs = 1_000, logger }: SealerOptions = {},
): Sealer {
  let stopped = false
  let failing = false
  let timer: NodeJS.Timeout
  let running: Promise<unknown> = Promise.resolve()

  /** One after the other, so that `stop` has one thing to wait for. */
  const sealNow = () => {
    const round = running.then(() => sealAll(db, () => stopped, logger))
    running = round.catch(() => {})
    return round
  }

  const wait = () => {
    timer = setTimeout(round, everyMs).unref()
  }

  const round = async () => {
    try {
      await sealNow()
      failing = false
    } catch (err) {
      if (!failing) logger?.error({ component: 'audit', err }, 'the audit trail cannot be sealed')
      failing = true
    }
    if (!stopped) wait()
  }

  wait()
  return {
    sealNow,
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

async function sealAll(
  db: Pick<Database, 'query' | 'transaction'>,
  isStopped: () => boolean,
  logger: Logger | undefined,
): Promise<number> {
  let events = 0
  // Mostly nothing waits, and one statement says so.
  while (!isStopped() && (await isAnythingWaiting(db))) {
    const sealed = await db.transaction(sealWaiting)
    if (!sealed) break
    report(sealed, logger)
    events += sealed.events
    if (sealed.events < MOST_SEALED) break
  }
  return events
}

async function isAnythingWaiting({ query }: Pick<Database, 'query'>): Promise<boolean> {
  const [found] = await query<{ waiting: boolean }>(
    '/* audit.is_waiting */ select exists (select from audit_pending) as waiting',
  )
  return found!.waiting
}

function report({ seal, hash, events }: Sealed, logger: Logger | undefined): void {
  logger?.info({ component: 'audit', seal, hash, events }, 'sealed the audit trail')
}
