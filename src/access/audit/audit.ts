import { idValue } from '../../contract/id.ts'
import type { Database, Query } from '../../db/database.ts'
import { prepared } from '../../db/prepared.ts'
import { type ErrorCode, Fault } from '../../kernel/errors.ts'
import type { Purpose } from '../purpose.ts'
import type { Viewer } from '../viewer.ts'
import type { AuditAction, AuditOutcome } from './audit-event.entity.ts'

/** How many workers an event names at most; how many it is about it says in any case, and the history of each tells the rest. */
const MOST_NAMED = 1_000

/** Who asks, and in which request: the request id leads from an event to the lines of the log. */
export interface Asking {
  readonly viewer: Viewer
  readonly requestId: string
}

/** What is to be recorded. Never a NIK, a name or a birth date. */
export interface AuditRecord {
  readonly action: AuditAction
  readonly outcome: AuditOutcome
  readonly purpose?: Purpose | undefined
  /** A constant of the code: the coordinate of a field (`Worker.identity`) or the name of a mutation. */
  readonly what: string
  /** Ids of the workers concerned: the first {@link MOST_NAMED} are named. Ids that no worker can have are left out. */
  readonly workers?: readonly string[] | undefined
  /** How many people were asked about, known or not; as many as `workers` unless told. */
  readonly people?: number | undefined
  /** What was changed, as `Type:id` or `Type:code`. */
  readonly subject?: string | undefined
  /** Why not, for what is not done. */
  readonly reason?: ErrorCode | undefined
}

/** A record of something that did not happen; REFUSED unless told. */
export interface Refusal extends Omit<AuditRecord, 'outcome'> {
  readonly outcome?: Exclude<AuditOutcome, 'DONE'> | undefined
}

/**
 * Records an event in the caller's own transaction, so that what is not recorded is neither shown nor changed, and
 * what is rolled back is not recorded as done.
 *
 * @param query of the transaction that reads or changes what is recorded.
 * @throws Error of the database when the event cannot be written; the caller's transaction is lost then, as it should.
 */
export async function recordAudit(
  query: Query,
  { viewer, requestId }: Asking,
  { action, outcome, purpose, what, workers = [], people = workers.length, subject, reason }: AuditRecord,
): Promise<void> {
  const known = workers.filter((id) => idValue(id) !== null).slice(0, MOST_NAMED)
  const payer = viewer.payer === undefined ? null : idValue(viewer.payer)
  await query(RECORD, [
    viewer.subject ?? null,
    payer,
    action,
    outcome,
    purpose ?? null,
    what,
    known,
    people,
    reason ?? null,
    requestId,
    subject ?? null,
  ])
}

/**
 * Records what was refused or failed, in a transaction of its own: that of the caller never began or is rolled back.
 *
 * @throws Error inside {@link Database.transaction}, whose end would take the record with it.
 */
export async function recordRefusal(
  { query }: Pick<Database, 'query'>,
  asking: Asking,
  { outcome = 'REFUSED', ...refusal }: Refusal,
): Promise<void> {
  await recordAudit(query, asking, { ...refusal, outcome })
}

/**
 * Records what ended with an error: refused when a rule said so, failed when it was the hub's own. The caller throws
 * the error on.
 *
 * @throws Error inside {@link Database.transaction}, like {@link recordRefusal}.
 */
export async function recordFailure(
  context: Asking & { readonly db: Pick<Database, 'query'> },
  event: Omit<Refusal, 'outcome' | 'reason'>,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Fault ? error.code : 'INTERNAL'
  const outcome = reason === 'INTERNAL' ? 'FAILED' : 'REFUSED'
  await recordRefusal(context.db, context, { ...event, outcome, reason })
}

const RECORD = prepared(`/* audit.record */
insert into audit_event (actor, payer_id, action, outcome, purpose, what, workers, people, reason, request_id, subject)
values ($1, $2, $3, $4, $5, $6, $7::bigint[], $8, $9, $10, $11)`)
