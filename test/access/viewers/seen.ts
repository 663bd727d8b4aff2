import type { Viewer } from '../../../src/access/viewer.ts'
import { TODAY } from '../../harness/hub.ts'
import type { Row, Tables } from './rows.ts'

/**
 * The world as one viewer may see it, row by row and without SQL: the access rules in other words than those of the
 * hub. Rows he may not see are gone, values he may not see are null.
 */
export function seenBy(viewer: Viewer, world: Tables): Tables {
  const sight = new Sight(viewer, world)
  return {
    ...world,
    worker: world.worker!.filter((worker) => sight.ofWorker(worker)),
    enrollment: world.enrollment!.filter((enrollment) => sight.ofEnrollment(enrollment)),
    charge: world.charge!.filter((charge) => sight.ofCharge(charge)),
    coverage_line: world
      .coverage_line!.filter((line) => sight.ofLine(line))
      .map((line) => (sight.knows(line.payer_id!) ? line : withoutPayer(line))),
    dispute: world.dispute!.filter((dispute) => sight.ofPerson(dispute)),
    claim_check: world.claim_check!.filter((check) => sight.ofPerson(check)),
    refund: world.refund!.filter((refund) => sight.ofCharge(refund)),
    worker_event: world
      .worker_event!.filter((event) => sight.ofHistory(event))
      .map((event) => (sight.knowsActor(event) ? event : { ...event, actor: null, actor_payer_id: null })),
    roster: world.roster!.filter((roster) => sight.ofRoster(roster)),
    roster_step: world.roster_step!.filter((step) => sight.ofRosterOf(step)),
    roster_row: world.roster_row!.filter((row) => sight.ofRosterOf(row)),
    agreement: world.agreement!.filter((agreement) => sight.ofAgreement(agreement)),
    budget: world.budget!.filter((budget) => sight.ofBudget(budget)),
    budget_entry: world.budget_entry!.filter((entry) => sight.ofEntry(entry)),
    audit_event: world.audit_event!.filter((event) => sight.ofEvent(event)),
    audit_pending: viewer.permissions.has('audit:read') ? world.audit_pending! : [],
  }
}

/** Which payers a viewer may know to pay for somebody. */
export function knownPayers(viewer: Viewer, world: Tables): (payer: string) => boolean {
  const sight = new Sight(viewer, world)
  return (payer) => sight.knows(payer)
}

/** What says who pays for somebody, or leads to it. */
export const CONCEALED = [
  'payer_id',
  'funding_source',
  'program_code',
  'enrollment_id',
  'reported_by',
  'reported_on',
] as const

function withoutPayer(line: Row): Row {
  return { ...line, ...Object.fromEntries(CONCEALED.map((column) => [column, null])) }
}

class Sight {
  readonly #reads: boolean
  readonly #everywhere: boolean
  readonly #partners: readonly string[]
  readonly #seen = new Map<string, boolean>()

  constructor(
    readonly viewer: Viewer,
    readonly world: Tables,
  ) {
    this.#reads = viewer.permissions.has('registry:read')
    this.#everywhere = viewer.areas.some((area) => area === '*')
    this.#partners = world.agreement!.flatMap(({ first_id: a, second_id: b, period }) => {
      if (!containsDay(period!, TODAY)) return []
      if (a === viewer.payer) return [b!]
      return b === viewer.payer ? [a!] : []
    })
  }

  /**
   * Whoever lives in one of his areas, and whoever his payer pays for or has decided about, wherever he lives; never a row
   * that was merged into another.
   */
  ofWorker({ id, village_code: village, merged_into_id: other }: Row): boolean {
    if (!this.#reads || other !== null) return false
    return this.#everywhere || this.#includes(village!) || this.#isOwn(id!)
  }

  ofEnrollment({ worker_id: worker, program_code: program }: Row): boolean {
    if (!this.#reads) return false
    const payer = this.#one('coverage_program', 'code', program).payer_id!
    return this.#everywhere || this.#isMine(payer) || (this.#partners.includes(payer) && this.#sees(worker!))
  }

  ofCharge({ budget_id: budget }: Row): boolean {
    return this.#reads && (this.#everywhere || this.#isMine(this.#one('budget', 'id', budget).payer_id!))
  }

  ofLine({ worker_id: worker }: Row): boolean {
    return this.#reads && this.#sees(worker!)
  }

  /** What is told of a person, by whoever sees the person. */
  ofPerson({ worker_id: worker }: Row): boolean {
    return this.#reads && this.#sees(worker!)
  }

  /** What happened to a person he sees, also while that was another row; of enrollments, those of payers he may know. */
  ofHistory({ worker_id: worker, payer_id: payer, enrollment_id: enrollment }: Row): boolean {
    const now = enrollment === null ? worker : this.#one('enrollment', 'id', enrollment).worker_id
    const { merged_into_id: other } = this.#one('worker', 'id', now)
    return this.#reads && (payer === null || this.knows(payer!)) && this.#sees(other ?? now!)
  }

  knowsActor({ actor_payer_id: payer }: Row): boolean {
    return this.#everywhere || (payer !== null && this.knows(payer!))
  }

  /** Whether he may know that this payer pays for somebody he sees. */
  knows(payer: string): boolean {
    return this.#everywhere || this.#isMine(payer) || this.#partners.includes(payer)
  }

  ofAgreement({ first_id: first, second_id: second }: Row): boolean {
    return this.#reads && (this.#everywhere || this.#isMine(first!) || this.#isMine(second!))
  }

  ofBudget({ payer_id: payer }: Row): boolean {
    if (!this.#reads) return false
    const { area_code: area } = this.#one('payer', 'id', payer)
    return this.#everywhere || this.#isMine(payer!) || (area != null && this.#includes(area))
  }

  ofEntry({ budget_id: budget }: Row): boolean {
    const of = this.#one('budget', 'id', budget)
    return this.ofBudget(of) && this.knows(of.payer_id!)
  }

  ofEvent({ payer_id: payer }: Row): boolean {
    return this.viewer.permissions.has('audit:read') && (this.#everywhere || this.#isMine(payer))
  }

  /** Whoever works for its payer, and sees all areas that it is about. */
  ofRoster({ payer_id: payer, areas }: Row): boolean {
    const all = areas!.replace(/[{}]/g, '').split(',').filter(Boolean)
    const seesAll = all.every((area) => area !== '*' && this.#includes(area))
    return this.#reads && (this.#everywhere || (this.#isMine(payer) && seesAll))
  }

  ofRosterOf({ roster_id: roster }: Row): boolean {
    return this.ofRoster(this.#one('roster', 'id', roster))
  }

  /** Codes nest by their parts: 36 includes 36.03, and 36.0 would include nothing. */
  #includes(area: string): boolean {
    const parts = area.split('.')
    return this.viewer.areas.some((own) => own.split('.').every((part, i) => part === parts[i]))
  }

  #isMine(payer: string | null | undefined): boolean {
    return this.viewer.payer !== undefined && payer === this.viewer.payer
  }

  #isOwn(worker: string): boolean {
    const pays = this.world.coverage_line!.some(
      (line) => line.worker_id === worker && this.#isMine(line.payer_id!),
    )
    return (
      pays ||
      this.world.enrollment!.some(
        ({ worker_id, program_code, decision }) =>
          worker_id === worker &&
          decision !== 'PROPOSED' &&
          decision !== 'VERIFIED' &&
          this.#isMine(this.#one('coverage_program', 'code', program_code).payer_id!),
      )
    )
  }

  #sees(worker: string): boolean {
    let sees = this.#seen.get(worker)
    if (sees === undefined) {
      sees = this.ofWorker(this.#one('worker', 'id', worker))
      this.#seen.set(worker, sees)
    }
    return sees
  }

  #one(table: string, key: string, value: string | null | undefined): Row {
    return this.world[table]!.find((row) => row[key] === value)!
  }
}

/** Whether a half-open range of days, as PostgreSQL writes it, contains a day; either end may be open. */
function containsDay(range: string, day: string): boolean {
  const [from, until] = range.slice(1, -1).split(',') as [string, string]
  return (from === '' || from <= day) && (until === '' || day < until)
}
