/**
 * What a field costs beyond its shape. The unit is about one row of a page, fetched by its index and written as
 * JSON; a plain value of a row costs a tenth. An operation may cost `PAYUNG_MAX_COMPLEXITY`.
 */
export interface Price<Args = never> {
  /** Added once, however many rows the field has. */
  readonly once?: number
  /** Added for every row. */
  readonly perRow?: number
  /** How many rows a list has; by default what any plain list is assumed to have. */
  readonly rows?: number | ((args: Args) => number)
  /**
   * The arguments that `rows` reads. Of their values it may read numbers, booleans, texts of up to 40 characters
   * and how long lists are; nothing else tells two operations apart when costs are remembered.
   */
  readonly reads?: readonly string[]
}

/** Counting the people of a scope: every line of a month is read. On 300,000 workers, what 300 rows take. */
export const COUNTING_PEOPLE = 300

/** Counting the rows of a list. */
export const COUNTING_ROWS = 30

/**
 * Extensions of a field that costs more than its shape says; a number is added once.
 *
 * ```ts
 * @Extensions(costs(COUNTING_PEOPLE))
 * @Extensions(costs({ rows: ({ first }: { first: number }) => first, reads: ['first'] }))
 * ```
 */
export function costs<Args>(price: number | Price<Args>): { readonly complexity: Price } {
  return { complexity: typeof price === 'number' ? { once: price } : price }
}
