import type { Viewer } from '../access/viewer.ts'
import { idValue } from '../contract/id.ts'
import type { Query } from '../db/database.ts'
import { type Period, toDaterange } from '../kernel/period.ts'
import type { WorkerEventKind } from './worker-event.entity.ts'

/** What happened to a worker, or to one of his enrollments with its payer. */
export interface NewWorkerEvent {
  readonly worker: string
  readonly kind: WorkerEventKind
  readonly enrollment?: string | undefined
  readonly payer?: string | undefined
  readonly period?: Period | undefined
  /** Rupiah. */
  readonly amount?: bigint | undefined
  readonly reason?: string | null | undefined
  /** What became of it, in codes: see `WorkerEventEntity`. */
  readonly fact?: string | undefined
}

/** Who acts, and on which business day. */
export interface Acting {
  readonly viewer: Viewer
  readonly today: string
}

/** Adds to the history of people, in the caller's transaction and in one statement. */
export async function recordEvents(
  query: Query,
  acting: Acting,
  events: readonly NewWorkerEvent[],
): Promise<void> {
  if (events.length === 0) return
  const column = <Value>(of: (event: NewWorkerEvent) => Value) => events.map(of)
  await query(
    `/* worker_event.record */ ${insertEvents(
      `select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::daterange[], $6::bigint[],
        $7::text[], $8::text[])`,
      9,
    )}`,
    [
      column(({ worker }) => worker),
      column(({ kind }) => kind),
      column(({ enrollment }) => enrollment ?? null),
      column(({ payer }) => payer ?? null),
      column(({ period }) => (period ? toDaterange(period) : null)),
      column(({ amount }) => amount?.toString() ?? null),
      column(({ reason }) => reason ?? null),
      column(({ fact }) => fact ?? null),
      ...actor(acting),
    ],
  )
}

/**
 * SQL that adds to the history within a statement that does something else too.
 *
 * @param events a query: worker, kind, enrollment, payer, period, amount, reason and fact, in this order.
 * @param first the number of the first of the three parameters that {@link actor} gives.
 */
export function insertEvents(events: string, first: number): string {
  return `insert into worker_event (worker_id, kind, enrollment_id, payer_id, period, amount, reason, fact, entered_on,
    actor, actor_payer_id)
  select happened.*, $${first}::date, $${first + 1}, $${first + 2}::bigint from (${events}) as happened`
}

/** Values of a statement that writes events itself: the business day, who acts, and for which payer. */
export function actor({ viewer, today }: Acting): [string, string | null, string | null] {
  return [today, viewer.subject ?? null, viewer.payer === undefined ? null : idValue(viewer.payer)]
}
