/** What one person needs of each budget, in rupiah; under null what no budget can be found for. */
export type Needs = ReadonlyMap<string | null, bigint>

/**
 * For whom the money lasts: one after the other, whoever still fits into all of his budgets is taken, and the next is asked.
 * Enrolling people one by one in this order gives the same.
 *
 * @param needs of each person, in the order in which they are asked.
 * @param remaining of each budget, in rupiah; what is taken is taken from it.
 */
export function takeWhoFits(needs: Iterable<Needs>, remaining: Map<string, bigint>): boolean[] {
  const fits: boolean[] = []
  for (const ofOne of needs) {
    const isPossible = [...ofOne].every(
      ([budget, amount]) => budget !== null && amount <= (remaining.get(budget) ?? 0n),
    )
    fits.push(isPossible)
    if (!isPossible) continue
    for (const [budget, amount] of ofOne) remaining.set(budget!, remaining.get(budget!)! - amount)
  }
  return fits
}
