/** What one person needs of each budget, in rupiah; under null what no budget can be found for. */
export type Needs = ReadonlyMap<string | null, bigint>

/**
 * For whom the money lasts: one after the other, whoever still fits into all of his budgets is taken, and the next is asked.
 * Enrolling people one by one in this order gives the same.
 *
 * @param needs of each person, in the order in which they are asked.
 * @param remaining of each budget, in rupiah; what is taken is taken from it.
 * @returns of each person the budgets that do not last for him; none of who fits.
 */
export function takeWhoFits(
  needs: Iterable<Needs>,
  remaining: Map<string, bigint>,
): readonly (readonly (string | null)[])[] {
  const lacking: (readonly (string | null)[])[] = []
  for (const ofOne of needs) {
    const short: (string | null)[] = []
    for (const [budget, amount] of ofOne) {
      if (budget === null || amount > (remaining.get(budget) ?? 0n)) short.push(budget)
    }
    lacking.push(short)
    if (short.length > 0) continue
    for (const [budget, amount] of ofOne) remaining.set(budget!, remaining.get(budget!)! - amount)
  }
  return lacking
}
