import type { AuditAction } from '../access/audit/audit-event.entity.ts'
import type { Purpose } from '../access/purpose.ts'
import type { NikKeys } from '../access/vault/nik-keys.ts'
import type { Viewer } from '../access/viewer.ts'
import type { Database, Query } from '../db/database.ts'
import type { Month } from '../kernel/month.ts'
import type { PartnerKey } from '../kernel/partner-keys.ts'
import type { PlannedRequest } from '../planner/planner.ts'
import type { Sql } from '../planner/sql.ts'

/** Who counts as eligible; limits are configuration, not law, and each set of them has a version. */
export interface EligibilityLimits {
  /** Kept with every enrollment that was decided by them. */
  readonly version: string
  readonly minAge: number
  readonly maxAge: number
  /** From this age on, whoever is younger than `minAge` is for a person to judge. */
  readonly reviewAge: number
  readonly maxDecile: number
  /** How many months a welfare decile is taken as known. */
  readonly decileMonths: number
  /** Categories that are eligible without a welfare decile. */
  readonly exemptCategories: readonly string[]
  /** By funding source: the categories that its money is meant for; any, where none are named. */
  readonly earmarks: Readonly<Record<string, readonly string[]>>
}

/** What a resolver knows of its request. To change one, derive from it (`Object.create`); a spread would lose the dates. */
export interface Context extends PlannedRequest {
  readonly requestId: string
  readonly viewer: Viewer
  /** Whether a gateway of ours passes the request on. */
  readonly fromGateway: boolean
  readonly db: Database
  /** Today in Jakarta, or the scenario's today. */
  readonly today: string
  readonly currentMonth: Month
  readonly limits: EligibilityLimits
  /** Keys of the identity vault, the current one first. */
  readonly nikKeys: NikKeys
  readonly partnerKeys: readonly PartnerKey[]
  /** Whether the operation came over HTTP GET, where URLs are logged by others. */
  readonly overGet: boolean
  /**
   * Takes so many people from what this client may look up for now.
   *
   * @throws Fault TOO_COMPLEX when he has looked up too many.
   */
  readonly allow: (people: number) => Promise<void>
  /** Runs a fragment under this viewer's rules: rows he may not see are not there, in mutations too. */
  read<Row>(fragment: Sql, query?: Query): Promise<Row[]>
  /**
   * When a subscription to one thing has to look at it: at once, and whenever `notify` (`db/notifications.ts`) sends its id
   * to the channel. It tells nothing else, so that what is pushed is read anew under the viewer's rules.
   *
   * @param channel a constant of the code.
   * @param isOver whether nothing will change any more: the subscription is completed then. Without it, it has no end.
   */
  changesOf(channel: string, id: string, isOver?: () => Promise<boolean>): AsyncIterableIterator<string>
  /** Present in a mutation: the one transaction in which it changes things and is recorded. */
  readonly change?: Change
}

/** Money of one budget that a mutation moves: always above zero, and what it means says the kind. */
export interface Posting {
  /** Id. */
  readonly budget: string
  readonly kind: 'COMMIT' | 'RELEASE' | 'PAY' | 'REFUND_REQUEST' | 'REFUND'
  /** Rupiah. */
  readonly amount: bigint
  /** What it is for; names nobody. */
  readonly note: string
}

/** What a mutation changes, and what the audit trail will say of it. */
export interface Change {
  readonly query: Query
  /**
   * Leaves something for the ledger. All of it is entered when everything else is done, so that nobody waits for a budget
   * longer than it takes; the mutation is refused then, when a budget has not enough left.
   */
  post(postings: readonly Posting[]): void
  /** Notes what the audit trail will say: whom the change is about, why, and whether a rule refused it. */
  note(facts: ChangeFacts): void
}

export interface ChangeFacts {
  /** MUTATION unless told. */
  readonly action?: AuditAction
  readonly workers?: readonly string[]
  readonly purpose?: Purpose
  /** What was changed, as `Type:id`. */
  readonly subject?: string
  readonly refused?: boolean
}
