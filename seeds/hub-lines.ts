import type { Query } from '../src/db/database.ts'

/**
 * Writes the hub's own lines: one for each benefit of each enrollment, over its months, exclusive by benefit. Ids
 * count from 1 in the order of enrollments and of their program's benefits.
 */
export async function writeHubLines(query: Query): Promise<void> {
  await query(
    `/* seed.hub_lines */ insert into coverage_line (worker_id, id, enrollment_id, program_code, payer_id,
        funding_source, segment, benefit, period, exclusive_group, origin)
      select worker_id, row_number() over (order by enrollment.id, position), enrollment.id, program.code,
        payer_id, funding_source, segment, benefit, enrollment.period, benefit, 'HUB'
      from enrollment
        join coverage_program as program on program.code = program_code
        cross join unnest(benefits) with ordinality as one (benefit, position)`,
  )
}
