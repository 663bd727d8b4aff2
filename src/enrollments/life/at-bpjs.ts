import type { Change } from '../../contract/context.ts'
import type { Query } from '../../db/database.ts'
import { type Acting, recordEvents } from '../../workers/record-events.ts'
import { planCut, writeCuts } from './cut.ts'
import type { HeldEnrollment } from './held-enrollment.ts'

/** Why BPJS does not take somebody on (DOMAIN.md §5). */
export type RejectionReason = 'AGE_LIMIT' | 'NIK_MISMATCH' | 'ALREADY_ACTIVE' | 'DECEASED' | 'INCOMPLETE'

/** Notes of committed enrollments, of workers who are held, that BPJS is asked to take them on; others stay as they are. */
export async function submitEnrollments(
  query: Query,
  workers: readonly string[],
  enrollments: readonly string[],
  today: string,
): Promise<void> {
  await query(
    `/* enrollment.submit */ update enrollment set decision = 'SUBMITTED', decided_on = $3::date
      where worker_id = any($1::bigint[]) and id = any($2::bigint[]) and decision = 'COMMITTED'`,
    [workers, enrollments, today],
  )
}

/** Writes down that BPJS has taken people on, in the history of each. The caller holds them. */
export async function acceptEnrollments(
  query: Query,
  accepted: readonly HeldEnrollment[],
  acting: Acting,
): Promise<void> {
  await query(
    `/* enrollment.accept */ update enrollment set decision = 'ACCEPTED', decided_on = $3::date
      where worker_id = any($1::bigint[]) and id = any($2::bigint[])`,
    [accepted.map(({ worker }) => worker), accepted.map(({ id }) => id), acting.today],
  )
  await recordEvents(
    query,
    acting,
    accepted.map(({ worker, id, payer, period }) => ({
      worker,
      kind: 'ACCEPTED',
      enrollment: id,
      payer,
      period,
    })),
  )
}

/**
 * Takes all months from people whom BPJS has not taken on: they were never covered, and are a gap again. Unpaid months are
 * released; of paid ones the money is asked back. The caller holds them, and has made sure that no claim rests on a month.
 *
 * @param note what the ledger says it is for; names nobody.
 */
export async function rejectEnrollments(
  change: Change,
  rejected: readonly HeldEnrollment[],
  reason: RejectionReason,
  { note, ...acting }: Acting & { readonly note: string },
): Promise<void> {
  const cuts = rejected.map((held) => planCut(held, held.period.from, 'REFUND', 'REJECTED'))
  await writeCuts(change, cuts, { ...acting, event: 'REJECTED', reason, note })
}
