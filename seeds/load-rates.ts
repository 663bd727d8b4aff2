import { ANONYMOUS } from '../src/access/viewer.ts'
import { Refused } from '../src/contract/outcome.ts'
import type { Query } from '../src/db/database.ts'
import { dateInJakarta } from '../src/kernel/clock.ts'
import { Fault } from '../src/kernel/errors.ts'
import { firstDay } from '../src/kernel/month.ts'
import {
  type Rate,
  Rates,
  rateName,
  recordContributionRate,
} from '../src/programs/contribution-rate.rules.ts'
import { readYaml } from './yaml-file.ts'

const RATES_FILE = 'seeds/rates.yaml'

/**
 * The rates of a data file, checked row by row and against each other.
 *
 * @throws SetupError naming each wrong row.
 */
export function readRates(file = RATES_FILE): Rate[] {
  return readYaml(file, Rates, ([index, ...path], content) => {
    const row = Array.isArray(content) ? (content[Number(index)] as Partial<Rate> | undefined) : undefined
    if (row === undefined) return 'the file'
    return [`row ${Number(index) + 1} (${rateName(row)})`, ...path.map(String)].join(', ')
  })
}

/**
 * Records the rates that the hub does not have. What it has stays, because somebody may have corrected it, and so does
 * what is charged: a row that would change it is left out.
 *
 * @returns how many rates the file has.
 */
export async function loadRates(query: Query, rates: readonly Rate[] = readRates()): Promise<number> {
  const known = await query<{ name: string }>(
    `/* seed.known_rates */ select concat_ws(' ', segment, benefit, variant, payer, sector, effective_from) as name
      from contribution_rate`,
  )
  const names = new Set(known.map(({ name }) => name))
  const by = {
    change: { query, note: () => {} },
    viewer: ANONYMOUS,
    today: dateInJakarta(new Date()),
  }
  for (const rate of rates) {
    const { segment, benefit, variant, payer, sector, from } = rate
    if (names.has([segment, benefit, variant, payer, sector, firstDay(from)].join(' '))) continue
    try {
      await recordContributionRate(by, rate)
    } catch (error) {
      const isKnownBetter = error instanceof Refused || (error instanceof Fault && error.code === 'CONFLICT')
      if (!isKnownBetter) throw error
    }
  }
  return rates.length
}
