/** The tables about people that scenarios fill, in the order in which they refer to each other. */
export const PEOPLE_TABLES = [
  'worker',
  'identity_token',
  'worker_identity',
  'enrollment',
  'charge',
  'coverage_line',
]
