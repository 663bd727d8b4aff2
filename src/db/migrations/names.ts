/** Every migration, in the order in which they apply. The classes are in `index.ts`, under the same names. */
export const MIGRATION_NAMES = [
  'Migration20261122000000_first_light',
  'Migration20261123000000_audit',
  'Migration20261123000100_identity_tokens',
  'Migration20261123000200_agreements',
  'Migration20261124000000_enrollment_life',
  'Migration20261125000000_rosters',
] as const

export type MigrationName = (typeof MIGRATION_NAMES)[number]
