/**
 * Whether a program or a line is a subsidy, as SQL: somebody pays for a person who has no duty to be paid for. Two
 * subsidies of a benefit in one month are one too many (DOMAIN.md §9.1). What an employer owes for his wage earners and
 * for his project's workers stands beside anything and before it (§9.3, rank 1), and so does what somebody pays himself.
 *
 * @param of the name of the program or line, where another table has such columns too.
 */
export function isSubsidy(of?: string): string {
  const [segment, source] = ['segment', 'funding_source'].map((column) => (of ? `${of}.${column}` : column))
  return `(${segment} not in ('PU', 'JAKON') and ${source} <> 'SELF')`
}

/** The exclusive group of one of the hub's own lines, as SQL: the benefit of a subsidy, and none of anything else. */
export function exclusiveGroup(benefit: string): string {
  return `case when ${isSubsidy()} then ${benefit} end`
}
