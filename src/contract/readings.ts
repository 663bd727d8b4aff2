/** Tables read to count people and money, never to show rows. */
export const STATISTICS = 'statistics'

/** Tables read to say of people asked about by NIK or token whether they are covered. */
export const COVERAGE_CHECK = 'coverage check'

/** A line read to say of what kind its payer is, where which payer it is may not be seen. */
export const KIND_OF_PAYER = 'kind of payer'
