import type { Pool } from 'pg'

/**
 * Settings of every session.
 *
 * DateStyle and TimeZone decide how dates and timestamps look in the JSON that PostgreSQL writes, so they may
 * not depend on the server's configuration. jit is off because nested JSON looks expensive to the cost model:
 * the compiler would work a few hundred milliseconds on statements that run for five. random_page_cost is that of
 * solid-state disks: with the default of 4, counting the 1,426 people of one regency among 300,000 read all their
 * lines from end to end (450 ms) instead of looking theirs up (22 ms).
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  DateStyle: 'ISO',
  TimeZone: 'UTC',
  jit: 'off',
  random_page_cost: '1.1',
}

/** Plans statements until the end of the transaction whatever values they are given (`TransactionOptions.keepsPlans`). */
export const KEEP_PLANS = 'set local plan_cache_mode = force_generic_plan'

/**
 * From now on PostgreSQL gives up statements of this pool that run longer: SQLSTATE 57014. Waits for a moment in
 * which every open connection is free, so it belongs to the end of a start.
 */
export async function limitStatements(pool: Pool, milliseconds: number): Promise<void> {
  // For connections to come; a pool reads its options anew for each.
  pool.options.statement_timeout = milliseconds
  const open = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()))
  try {
    const text = `/* session.limit_statements */ set statement_timeout = ${milliseconds}`
    await Promise.all(open.map((client) => client.query(text)))
  } finally {
    for (const client of open) client.release()
  }
}
