import type { Database, Query } from '../db/database.ts'
import { LEDGER_CHECKS, LIVES } from './ledger-checks.ts'

/** What {@link verifyLedger} found. */
export interface LedgerVerification {
  readonly budgets: number
  readonly entries: number
  readonly enrollments: number
  readonly charges: number
  readonly lines: number
  readonly refunds: number
  /** The rules that do not hold; none when everything agrees. */
  readonly broken: readonly BrokenRule[]
}

export interface BrokenRule {
  readonly code: string
  /** What should hold, in one sentence. */
  readonly rule: string
  /** How often it does not. */
  readonly count: number
  /** The first 20 of those. */
  readonly cases: readonly BrokenCase[]
}

export interface BrokenCase {
  /** Whom or what it is about: `{ budget: '3' }`, `{ worker: '7', enrollment: '12' }`. */
  readonly ids: Readonly<Record<string, string | null>>
  readonly found: string
  readonly expected: string
}

/**
 * Proves that entries, balances, charges, lines and refunds agree, by every rule of `ledger-checks.ts`. Reads one
 * snapshot, so that money and people may be entered meanwhile, and tells of people by id only.
 */
export async function verifyLedger(db: Pick<Database, 'transaction'>): Promise<LedgerVerification> {
  return db.transaction(async (query) => {
    // Months of a million lines are sorted in memory; compiling so large a statement takes longer than running it.
    await query(`/* ledger.verify_snapshot */ set transaction isolation level repeatable read, read only;
      set local statement_timeout = 0; set local work_mem = '64MB'; set local jit = off`)
    return { ...(await sizeOf(query)), broken: await findBrokenRules(query) }
  })
}

/** Every rule of the ledger that does not hold, in the order of `ledger-checks.ts`. */
export async function findBrokenRules(query: Query): Promise<readonly BrokenRule[]> {
  const rows = await query<FoundCase>(BROKEN)
  return LEDGER_CHECKS.flatMap(({ code, rule }) => {
    const cases = rows.filter((row) => row.code === code)
    if (cases.length === 0) return []
    return [{ code, rule, count: Number(cases[0]!.count), cases: cases.map(caseOf) }]
  })
}

function caseOf({ ids, found, expected }: FoundCase): BrokenCase {
  return { ids, found, expected }
}

interface FoundCase extends BrokenCase {
  readonly code: string
  readonly count: string
}

const MOST_LISTED = 20

// One statement, so that what the checks have in common is gathered once.
const BROKEN = `/* ledger.verify */ with ${LIVES} ${LEDGER_CHECKS.map(
  ({ code, sql }) => `(select '${code}' as code, count(*) over () as count, ids, found, expected
    from (${sql}) as broken order by length(ids::text), ids::text, found limit ${MOST_LISTED})`,
).join(' union all ')}`

const COUNTED = {
  budgets: 'budget',
  entries: 'budget_entry',
  enrollments: 'enrollment',
  charges: 'charge',
  lines: 'coverage_line',
  refunds: 'refund',
} as const

async function sizeOf(query: Query) {
  const counts = Object.entries(COUNTED).map(([name, table]) => `(select count(*) from ${table}) as ${name}`)
  const [size] = await query<Record<keyof typeof COUNTED, string>>(
    `/* ledger.verify_size */ select ${counts.join(', ')}`,
  )
  const { budgets, entries, enrollments, charges, lines, refunds } = size!
  return {
    budgets: Number(budgets),
    entries: Number(entries),
    enrollments: Number(enrollments),
    charges: Number(charges),
    lines: Number(lines),
    refunds: Number(refunds),
  }
}
