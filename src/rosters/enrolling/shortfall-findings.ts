import type { ChargePlan } from '../../enrollments/eligibility/charge-plan.ts'
import type { Finding } from '../../enrollments/eligibility/finding.ts'

const MESSAGES = {
  OVER_BUDGET: 'The money of a year went to those before.',
  NO_BUDGET: 'The program has no budget of a year, or more than one that it could be.',
} as const

/**
 * Why somebody who is eligible is not enrolled: a finding for each year whose budget does not last, or is not there.
 *
 * @param lacking the budgets that do not last for him; null: none can be found.
 */
export function shortfallFindings(
  charges: readonly ChargePlan[],
  lacking: readonly (string | null)[],
): Finding[] {
  const short = charges.filter(({ budget }) => lacking.includes(budget))
  return [...Map.groupBy(short, ({ year }) => year)].map(([year, ofYear]) => {
    const code = ofYear[0]!.budget === null ? 'NO_BUDGET' : 'OVER_BUDGET'
    return { code, level: 'INELIGIBLE', message: MESSAGES[code], fact: String(year) }
  })
}
